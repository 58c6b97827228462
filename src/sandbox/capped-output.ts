/** Collects the output of one stream within a byte limit: the head and the tail are kept, what lies between is counted. */
export interface CappedOutput {
  add(chunk: Uint8Array): void;
  readonly truncated: boolean;
  /** The kept text; a cut is a line of its own that says how many bytes are missing. */
  text(): string;
}

/** A {@link CappedOutput} that keeps at most `limit` bytes, half of them from each end. */
export function cappedOutput(limit: number): CappedOutput {
  const half = Math.max(1, Math.floor(limit / 2));
  const head: Uint8Array[] = [];
  const tail: Uint8Array[] = [];
  let headBytes = 0;
  let tailBytes = 0;
  let leftOut = 0;

  function addToTail(chunk: Uint8Array): void {
    tail.push(chunk);
    tailBytes += chunk.length;
    while (tailBytes > half) {
      const first = tail[0] as Uint8Array;
      const drop = Math.min(first.length, tailBytes - half);
      leftOut += drop;
      tailBytes -= drop;
      if (drop === first.length) tail.shift();
      else tail[0] = first.subarray(drop);
    }
  }

  return {
    add: (chunk) => {
      const room = half - headBytes;
      if (room > 0) {
        const kept = chunk.subarray(0, room);
        head.push(kept);
        headBytes += kept.length;
      }
      if (chunk.length > room) addToTail(chunk.subarray(Math.max(0, room)));
    },
    get truncated() {
      return leftOut > 0;
    },
    text: () => {
      const first = Buffer.concat(head);
      const last = Buffer.concat(tail);
      if (leftOut === 0) return Buffer.concat([first, last]).toString('utf8');
      return joinAtLines(first, last, leftOut);
    },
  };
}

/** Cuts at line ends where there are any, so that no half line is taken for a whole one. */
function joinAtLines(head: Buffer, tail: Buffer, leftOut: number): string {
  const headEnd = head.lastIndexOf(10) + 1 || head.length;
  const tailStart = tail.indexOf(10) + 1;
  const missing = leftOut + (head.length - headEnd) + tailStart;
  const before = head.subarray(0, headEnd).toString('utf8');
  const separator = before.endsWith('\n') ? '' : '\n';
  return `${before}${separator}[... ${missing} bytes left out ...]\n${tail.subarray(tailStart).toString('utf8')}`;
}
