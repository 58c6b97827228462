import { type FileState, relinked, sameState } from './file-state.ts';
import type { JournalEntry } from './journal.ts';
import type { RestoreTarget } from './restore.ts';

/** What entries amount to for one path. */
export interface NetChange {
  path: string;
  before: FileState;
  after: FileState;
}

/** Entries in order, as one change per path; paths that are back where they were are left out. Sorted by path. */
export function netChanges(entries: readonly JournalEntry[]): NetChange[] {
  const byPath = new Map<string, NetChange>();
  for (const { path, before, after, origin } of withLinks(entries)) {
    byPath.set(path, { path, before: origin ?? byPath.get(path)?.before ?? before, after });
  }
  return [...byPath.values()]
    .filter(({ before, after }) => !sameState(before, after) || relinked(before, after))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What brings every path of `entries` back to where it stood before those with `seq > after` (default: all). */
export function restoreTargets(entries: readonly JournalEntry[], after = 0): RestoreTarget[] {
  const byPath = new Map<string, RestoreTarget & { from: FileState[]; seqs: number[] }>();
  for (const { path, seq, before, after: result, origin } of withLinks(entries)) {
    const target = byPath.get(path);
    if (origin) {
      // The edit of somebody else is in all that follows. Only the whole way back leads to it without the transaction.
      const seqs = [...(target?.seqs ?? []), seq];
      byPath.set(path, { path, seq, seqs, from: [before, result], to: after > 0 ? before : origin });
    } else if (target) {
      target.from.push(result);
      target.seqs.push(seq);
    } else if (seq > after) byPath.set(path, { path, seq, seqs: [seq], from: [before, result], to: before });
  }
  return [...byPath.values()];
}

/** A file that once had several names has them in every state: the last of them is alone only for the moment. */
function withLinks(entries: readonly JournalEntry[]): readonly JournalEntry[] {
  const states = entries.flatMap(({ before, after }) => [before, after]);
  const linked = new Set(states.flatMap((state) => (state.kind === 'file' && state.linked ? [state.id] : [])));
  if (linked.size === 0) return entries;
  const marked = (state: FileState): FileState =>
    state.kind === 'file' && state.id !== undefined && linked.has(state.id) ? { ...state, linked: true } : state;
  return entries.map((entry) => ({ ...entry, before: marked(entry.before), after: marked(entry.after) }));
}
