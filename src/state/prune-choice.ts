import type { HistoryEntry } from './history.ts';

/** What is kept; each limit alone can make a run go. */
export interface HistoryLimits {
  /** Milliseconds since the last thing that happened to a run. Absent: no limit. */
  olderThan?: number;
  /** Bytes of kept contents; the oldest runs go first. Absent: no limit. */
  maxSize?: number;
  /** The newest so many runs never go. Without another limit all others do. Default: none is protected. */
  keep?: number;
}

/** A run with the contents that it alone or with others needs. */
export interface RunContents {
  /** BLAKE3 to bytes. */
  contents: ReadonlyMap<string, number>;
}

/**
 * The runs that go. `history` is in the order in which things happened, the newest last: the store's own order, so a
 * clock that was set back cannot make a new run look old. Never chosen: what is open, what was pruned before, and the
 * newest run whose changes are in the tree.
 */
export function choosePruned(
  history: readonly HistoryEntry[],
  limits: HistoryLimits,
  now: number,
  contentsOf: (run: string) => RunContents['contents'],
): HistoryEntry[] {
  const { olderThan, maxSize, keep } = limits;
  const times = plausibleTimes(history, now);
  const newest = history.findLast(({ state }) => state === 'landed' || state === 'partly-undone')?.run;
  const firstKept = history.length - (keep ?? 0);
  const candidates = history.filter(
    ({ run, state, prunedAt }, index) =>
      state !== 'open' && prunedAt === undefined && run !== newest && index < firstKept,
  );
  const alone = keep !== undefined && olderThan === undefined && maxSize === undefined;
  const gone = new Set(
    candidates.filter(({ run }) => alone || (olderThan !== undefined && now - (times.get(run) ?? now) > olderThan)),
  );
  if (maxSize === undefined) return [...gone];
  const uses = new Map<string, number>();
  let size = 0;
  for (const entry of history) {
    if (gone.has(entry) || entry.prunedAt !== undefined) continue;
    for (const [hash, bytes] of contentsOf(entry.run)) {
      if (!uses.has(hash)) size += bytes;
      uses.set(hash, (uses.get(hash) ?? 0) + 1);
    }
  }
  for (const entry of candidates) {
    if (size <= maxSize) break;
    if (gone.has(entry)) continue;
    gone.add(entry);
    for (const [hash, bytes] of contentsOf(entry.run)) {
      const left = (uses.get(hash) ?? 1) - 1;
      uses.set(hash, left);
      if (left === 0) size -= bytes;
    }
  }
  return candidates.filter((entry) => gone.has(entry));
}

/**
 * When each run last changed, as far as that can be believed: never before what happened earlier, and never in the future;
 * a time in the future says only that the clock was wrong, and the next believable one is the latest that it can have been.
 */
function plausibleTimes(history: readonly HistoryEntry[], now: number): Map<string, number> {
  // From the end: the next believable time at or after each place.
  const next = new Array<number>(history.length);
  let believed = now;
  for (let index = history.length - 1; index >= 0; index -= 1) {
    const { changedAt = now } = history[index] ?? {};
    if (changedAt <= now) believed = changedAt;
    next[index] = believed;
  }
  const times = new Map<string, number>();
  let latest = Number.NEGATIVE_INFINITY;
  for (const [index, { run }] of history.entries()) {
    latest = Math.max(latest, next[index] ?? now);
    times.set(run, latest);
  }
  return times;
}
