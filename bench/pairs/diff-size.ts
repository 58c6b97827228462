/** What a unified diff amounts to. */
export interface DiffSize {
  files: number;
  /** Removed and added lines. */
  changed: number;
  /**
   * Bytes of hunk headers and hunks: what every program has to write. Names are longer for one than for the other, and
   * `diff --git`, `index` and the heading behind the second `@@` are git's alone: they are not counted.
   */
  bytes: number;
}

const hunkHeader = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** Reads a diff of any number of files, given as one character per byte. */
export function diffSize(diff: string): DiffSize {
  const size = { files: 0, changed: 0, bytes: 0 };
  let [old, now] = [0, 0];
  for (const line of diff.split('\n')) {
    if (old > 0 || now > 0 || line.startsWith('\\')) {
      size.bytes += line.length + 1;
      if (line.startsWith('\\')) continue;
      if (line.startsWith('-') || line.startsWith('+')) size.changed += 1;
      if (!line.startsWith('+')) old -= 1;
      if (!line.startsWith('-')) now -= 1;
      continue;
    }
    const header = hunkHeader.exec(line);
    if (header) {
      [old, now] = [Number(header[1] ?? 1), Number(header[2] ?? 1)];
      size.bytes += header[0].length + 1;
    } else if (line.startsWith('+++ ')) {
      size.files += 1;
    }
  }
  return size;
}
