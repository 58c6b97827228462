import { PyAgentError } from '../kernel/index.ts';
import type { NativeTree } from '../native/index.ts';
import type { SqlStatement, Store } from '../store/index.ts';
import type { Conflict } from './conflict.ts';
import { type HistoryEntry, readHistory, runChanges } from './history.ts';
import type { TransactionKind } from './journal.ts';
import type { NetChange } from './net-change.ts';
import type { Operation } from './operation.ts';
import { FileTransaction, type TransactionContext } from './transaction.ts';

/** What an undo or a redo did: all of it, or nothing. */
export type ReplayOutcome =
  | { kind: 'undone' | 'redone'; run: string; paths: string[] }
  /** There is no run in the right state; `message` says so. */
  | { kind: 'nothing'; message: string }
  /** Files have changed since; none was touched. */
  | { kind: 'conflict'; run: string; conflicts: Conflict[] };

/** Which run to take back or to bring back. */
export interface ReplayRequest {
  kind: 'undo' | 'redo';
  /** Default: undo the run that landed last, redo the one that was undone last. */
  run?: string;
  /** Id of the transaction that does it. */
  transaction: string;
  /** Rows of other rooms that are committed with it. Default: none. */
  statements?: readonly SqlStatement[];
}

const WANTED = { undo: 'landed', redo: 'undone' } as const;

/** Takes a run back, or brings it back, inside a transaction of its own. */
export async function replay(request: ReplayRequest, context: TransactionContext): Promise<ReplayOutcome> {
  const { kind } = request;
  const history = await readHistory(context.store);
  const chosen = await choose(history, request, context.store);
  if ('kind' in chosen) return chosen;
  const { run, title, changes } = chosen;
  const transaction = new FileTransaction(
    { id: request.transaction, run, kind, title, state: 'open', begunAt: context.clock.now() },
    context,
  );
  const conflict = async (conflicts: Conflict[]): Promise<ReplayOutcome> => {
    await transaction.rollback();
    return { kind: 'conflict', run, conflicts: await explain(conflicts, run, history, context) };
  };
  try {
    const applied = await transaction.apply(await operations(changes, kind, context.tree));
    if (applied.kind === 'conflict') return await conflict(applied.conflicts);
    // Also when every path is there already: the row is what makes the run undone.
    await transaction.journalOpening();
    const outcome = await transaction.commit(request.statements);
    if (outcome.kind === 'conflict') return await conflict(outcome.conflicts);
    return { kind: kind === 'undo' ? 'undone' : 'redone', run, paths: changes.map(({ path }) => path) };
  } catch (error) {
    if (transaction.isOpen) await transaction.rollback();
    throw error;
  }
}

type Choice = HistoryEntry & { changes: NetChange[] };

async function choose(
  history: readonly HistoryEntry[],
  { kind, run }: ReplayRequest,
  store: Store,
): Promise<Choice | ReplayOutcome> {
  if (run === undefined) {
    for (const entry of history.filter(({ state }) => state === WANTED[kind]).reverse()) {
      const changes = await runChanges(store, entry.run);
      if (changes.length > 0) return { ...entry, changes };
    }
    return { kind: 'nothing', message: `There is no run to ${kind}.` };
  }
  const entry = history.find((candidate) => candidate.run === run);
  if (!entry) {
    throw new PyAgentError({
      code: 'state/unknown-run',
      message: `Expected a run that changed files, found none named ${run}: list them with \`pyagent runs\`.`,
      details: { run },
    });
  }
  const changes = await runChanges(store, run);
  if (entry.state === WANTED[kind] && changes.length > 0) return { ...entry, changes };
  const why = entry.state === WANTED[kind] ? 'changed nothing' : `is ${entry.state.replace('-', ' ')}`;
  return { kind: 'nothing', message: `Run ${run} ${why}: there is nothing to ${kind}.` };
}

async function operations(
  changes: readonly NetChange[],
  kind: TransactionKind,
  tree: NativeTree,
): Promise<Operation[]> {
  const targets = changes.map(({ path, before, after }) =>
    kind === 'undo' ? { path, to: before, expect: after } : { path, to: after, expect: before },
  );
  const result: Operation[] = [];
  const goes = new Set(targets.filter(({ to }) => to.kind === 'absent').map(({ path }) => path));
  // From the deepest, so that a folder that must stay keeps the ones above it.
  for (const target of targets.sort((a, b) => (a.path < b.path ? 1 : -1))) {
    if (target.expect.kind === 'folder' && target.to.kind === 'absent' && (await isUsed(tree, target.path, goes))) {
      goes.delete(target.path);
      continue;
    }
    result.push({ kind: 'restore', ...target });
  }
  return result;
}

/** Whether a folder holds anything that does not go. */
async function isUsed(tree: NativeTree, path: string, goes: ReadonlySet<string>): Promise<boolean> {
  const below = await tree.below(path);
  return below.some((found) => !found.slice(path.length + 1).includes('/') && !goes.has(found));
}

/** Names the later run that changed a path, where it was one. */
async function explain(conflicts: Conflict[], run: string, history: HistoryEntry[], context: TransactionContext) {
  const place = history.findIndex((entry) => entry.run === run);
  const later = history.slice(place + 1).filter(({ state }) => state === 'landed');
  const owners = new Map<string, string>();
  for (const entry of later) {
    for (const { path } of await runChanges(context.store, entry.run)) owners.set(path, entry.run);
  }
  return conflicts.map((conflict) => {
    const owner = owners.get(conflict.path);
    return owner ? { ...conflict, detail: `run ${owner} changed it since: undo that one first` } : conflict;
  });
}
