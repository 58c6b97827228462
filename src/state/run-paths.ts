import { PyAgentError } from '../kernel/index.ts';
import type { Store } from '../store/index.ts';
import type { FileState } from './file-state.ts';
import {
  type OperationPath,
  type RunFileState,
  readCommitted,
  readOperationPaths,
  readTransactions,
  type TransactionRecord,
} from './journal.ts';
import { type NetChange, netChanges } from './net-change.ts';

/** Where one path of a run stands: what happened to it last, and what taking that back goes from and to. */
export interface RunPath extends OperationPath {
  state: 'applied' | 'undone';
  /** The transaction that brought it there. */
  operation: string;
}

/** What a run changed: one change per path, from before its first transaction to after its last. */
export async function runChanges(store: Store, run: string): Promise<NetChange[]> {
  return changesOf(store, await readTransactions(store, run));
}

/** Every path of a run, sorted, after all that was undone and redone. Empty when it changed nothing or was pruned. */
export async function runPaths(store: Store, run: string): Promise<RunPath[]> {
  const records = await readTransactions(store, run);
  const paths = new Map<string, RunPath>();
  const done = records.findLast(({ kind, state }) => kind === 'change' && state === 'committed');
  for (const change of await changesOf(store, records)) {
    paths.set(change.path, { ...change, state: 'applied', operation: done?.id ?? '' });
  }
  for (const record of records) {
    const { id, kind, state, runState } = record;
    if (kind === 'change' || state !== 'committed') continue;
    // Format 1 knew only whole runs, and kept no list.
    const about = runState === undefined ? [...paths.values()].map(turned) : await readOperationPaths(store, record);
    for (const { path, before, after } of about) {
      paths.set(path, { path, before, after, state: kind === 'undo' ? 'undone' : 'applied', operation: id });
    }
  }
  return [...paths.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The same step the other way round. */
export function turned({ path, before, after }: OperationPath): OperationPath {
  return { path, before: after, after: before };
}

/** How a run stands when its paths are as given. Folders follow their files: they count only where there is nothing else. */
export function runStateOf(paths: readonly Pick<RunPath, 'state' | 'before' | 'after'>[]): RunFileState {
  const files = paths.filter(({ before, after }) => !isFolder(before) && !isFolder(after));
  const counted = files.length > 0 ? files : paths;
  const undone = counted.filter(({ state }) => state === 'undone').length;
  if (undone === 0) return 'landed';
  return undone === counted.length ? 'undone' : 'partly-undone';
}

async function changesOf(store: Store, records: readonly TransactionRecord[]): Promise<NetChange[]> {
  const landed = records.filter(({ kind, state }) => kind === 'change' && state === 'committed');
  const entries = [];
  for (const record of landed) entries.push(...(await readCommitted(store, record)));
  return netChanges(entries);
}

function isFolder(state: FileState): boolean {
  return state.kind === 'folder';
}

/** The error for an id that names neither a run that changed files nor one of its undos and redos. */
export function unknownRun(run: string): PyAgentError {
  return new PyAgentError({
    code: 'state/unknown-run',
    message: `Expected a run that changed files, or the id of an undo or a redo, found none named ${run}: list them with \`pyagent runs --all\`.`,
    details: { run },
  });
}
