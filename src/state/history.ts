import type { Store } from '../store/index.ts';
import { type RunFileState, readTransactions, type TransactionKind, type TransactionRecord } from './journal.ts';

export { runChanges } from './run-paths.ts';

/** One run that changed files, or tried to. */
export interface HistoryEntry {
  run: string;
  title: string;
  /**
   * `landed`: its changes are in the tree. `undone`: they were taken back. `partly-undone`: some were. `rolled-back`:
   * they never landed. `open`: it goes on, or its process was killed and recovery has not run.
   */
  state: RunFileState | 'rolled-back' | 'open';
  /** Milliseconds since the Unix epoch, of the last thing that happened to it. */
  changedAt: number;
  /** The transaction that brought it to this state. */
  operation: string;
  /** Set when what undo needs was pruned. */
  prunedAt?: number;
}

/** One thing that happened to the files: what a run did, an undo, a redo. Each has an id and can be taken back. */
export interface OperationEntry {
  operation: string;
  /** The run whose changes it is about. */
  run: string;
  kind: TransactionKind;
  title: string;
  /** The undo or redo that it takes back; absent: it is about what the run itself did. */
  takesBack?: string;
  /** How the run stood after it. */
  runState: RunFileState;
  /** Milliseconds since the Unix epoch. */
  at: number;
  prunedAt?: number;
}

/** The runs in the order of their last landing, undo or redo; the newest last. */
export async function readHistory(store: Store): Promise<HistoryEntry[]> {
  const runs = new Map<string, HistoryEntry>();
  for (const record of await readTransactions(store)) {
    const known = runs.get(record.run);
    // An undo that did not come to pass changes nothing, not even the order.
    if (known && record.state !== 'committed') continue;
    const title = record.kind === 'change' ? record.title : (known?.title ?? record.title);
    runs.delete(record.run);
    const prunedAt = record.prunedAt ?? known?.prunedAt;
    runs.set(record.run, {
      run: record.run,
      title,
      state: record.state === 'committed' ? stateAfter(record) : record.state,
      changedAt: record.endedAt ?? record.begunAt,
      operation: record.id,
      ...(prunedAt === undefined ? {} : { prunedAt }),
    });
  }
  return [...runs.values()];
}

/** Everything that happened to the files, in order; the newest last. `open`: what has not ended instead. */
export async function readOperations(
  store: Store,
  wanted: 'committed' | 'open' = 'committed',
): Promise<OperationEntry[]> {
  const records = await readTransactions(store);
  return records
    .filter(({ state }) => state === wanted)
    .map((record) => ({
      operation: record.id,
      run: record.run,
      kind: record.kind,
      title: record.title,
      ...(record.takesBack === undefined ? {} : { takesBack: record.takesBack }),
      runState: stateAfter(record),
      at: record.endedAt ?? record.begunAt,
      ...(record.prunedAt === undefined ? {} : { prunedAt: record.prunedAt }),
    }));
}

function stateAfter({ kind, runState }: TransactionRecord): RunFileState {
  return runState ?? (kind === 'undo' ? 'undone' : 'landed');
}
