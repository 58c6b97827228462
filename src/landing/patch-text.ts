import { createHash } from 'node:crypto';
import { type DiffSide, fileDiff } from '../diff/index.ts';
import { binaryPatch } from './binary-patch.ts';
import type { EntryChange, GitEntry } from './git-entry.ts';
import { quotedPath } from './git-path.ts';

/** The hash of the repository that a patch is for: `git apply` compares the ids of binary files. */
export type ObjectFormat = 'sha1' | 'sha256';

/**
 * Changes as a patch in git's extended format (git's documentation, `diff-generate-patch`), which `git apply` takes;
 * `patch -p1` takes it too where nothing in it is binary. Paths are relative to the root, in the order they come.
 */
export function patchText(changes: readonly EntryChange[], format: ObjectFormat): Buffer {
  return Buffer.concat(changes.flatMap(withoutTypeChange).map((change) => onePatch(change, format)));
}

/** A file that becomes a link, or the reverse, is removed and made anew: git accepts nothing else. */
function withoutTypeChange(change: EntryChange): EntryChange[] {
  const { path, before, after } = change;
  const isLink = (entry: GitEntry) => entry.mode === '120000';
  if (!before || !after || isLink(before) === isLink(after)) return [change];
  return [
    { path, before },
    { path, after },
  ];
}

function onePatch(change: EntryChange, format: ObjectFormat): Buffer {
  const { path, before, after } = change;
  const isBinary = [before, after].some((entry) => entry?.bytes.includes(0));
  if (isBinary) return Buffer.from(binaryChange(change, format));
  const side = (entry: GitEntry | undefined): DiffSide | undefined =>
    entry && { path, mode: Number.parseInt(entry.mode, 8), bytes: entry.bytes };
  return Buffer.from(fileDiff(side(before), side(after)));
}

function binaryChange({ path, before, after }: EntryChange, format: ObjectFormat): string {
  const lines = [`diff --git ${quotedPath(`a/${path}`)} ${quotedPath(`b/${path}`)}`];
  if (!before) lines.push(`new file mode ${after?.mode}`);
  else if (!after) lines.push(`deleted file mode ${before.mode}`);
  else if (before.mode !== after.mode) lines.push(`old mode ${before.mode}`, `new mode ${after.mode}`);
  const [old, now] = [before?.bytes ?? new Uint8Array(), after?.bytes ?? new Uint8Array()];
  if (Buffer.compare(old, now) === 0) return `${lines.join('\n')}\n`;
  lines.push(`index ${entryId(before, format)}..${entryId(after, format)}`, binaryPatch(old, now));
  return lines.join('\n');
}

/** The id that git would give the content, were it stored as it is. */
function entryId(entry: GitEntry | undefined, format: ObjectFormat): string {
  if (!entry) return '0'.repeat(format === 'sha1' ? 40 : 64);
  return createHash(format).update(`blob ${entry.bytes.length}\0`).update(entry.bytes).digest('hex');
}
