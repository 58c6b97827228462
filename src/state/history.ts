import type { Store } from '../store/index.ts';
import { readEntries, readTransactions, type TransactionRecord } from './journal.ts';
import { type NetChange, netChanges } from './net-change.ts';

/** One run that changed files, or tried to. */
export interface HistoryEntry {
  run: string;
  title: string;
  /**
   * `landed`: its changes are in the tree. `undone`: they were taken back. `rolled-back`: they never landed.
   * `open`: it goes on, or its process was killed and recovery has not run.
   */
  state: 'landed' | 'undone' | 'rolled-back' | 'open';
  /** Milliseconds since the Unix epoch, of the last thing that happened to it. */
  changedAt: number;
}

/** The runs in the order of their last landing, undo or redo; the newest last. */
export async function readHistory(store: Store): Promise<HistoryEntry[]> {
  const runs = new Map<string, HistoryEntry>();
  for (const record of await readTransactions(store)) {
    const known = runs.get(record.run);
    // An undo that did not come to pass changes nothing, not even the order.
    if (known && record.state !== 'committed') continue;
    const title = record.kind === 'change' ? record.title : (known?.title ?? record.title);
    const state = stateAfter(record);
    const changedAt = record.endedAt ?? record.begunAt;
    runs.delete(record.run);
    runs.set(record.run, { run: record.run, title, state, changedAt });
  }
  return [...runs.values()];
}

function stateAfter({ kind, state }: TransactionRecord): HistoryEntry['state'] {
  if (state !== 'committed') return state;
  return kind === 'undo' ? 'undone' : 'landed';
}

/** What a run changed: one change per path, from before its first transaction to after its last. */
export async function runChanges(store: Store, run: string): Promise<NetChange[]> {
  const landed = (await readTransactions(store, run)).filter(
    ({ kind, state }) => kind === 'change' && state === 'committed',
  );
  const entries = [];
  for (const { id } of landed) entries.push(...(await readEntries(store, id)));
  return netChanges(entries);
}
