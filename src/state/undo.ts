import { join } from 'node:path';
import { isPyAgentError } from '../kernel/index.ts';
import type { SqlStatement } from '../store/index.ts';
import { type Conflict, keepBoth } from './conflict.ts';
import type { FileState } from './file-state.ts';
import { readHistory } from './history.ts';
import { operationRecorded, type RunFileState } from './journal.ts';
import { limited } from './limited.ts';
import { chooseReplay, type ReplayChoice, type ReplayTarget } from './replay-choice.ts';
import { planReplay, presentIn, type ReplayPlan, replayedPaths, replayOperations } from './replay-plan.ts';
import { type RunPath, runChanges, runStateOf } from './run-paths.ts';
import type { MergedFile } from './three-way.ts';
import { FileTransaction, type TransactionContext } from './transaction.ts';

/** A path whose kept bytes are damaged, so that it cannot go back. */
export interface DamagedFile {
  path: string;
  /** BLAKE3 of the bytes that are needed. */
  hash: string;
}

/** What an undo or a redo did: all of it, or nothing. */
export type ReplayOutcome =
  | {
      kind: 'undone' | 'redone';
      run: string;
      /** Its own id: undo that to take it back. */
      operation: string;
      /** The undo or redo that it took back. */
      takesBack?: string;
      paths: string[];
      merged: MergedFile[];
      /** How much of the run is in the tree now. */
      runState: RunFileState;
    }
  /** There is no run in the right state; `message` says so. */
  | { kind: 'nothing'; message: string }
  /** Files have changed since; none was touched. */
  | { kind: 'conflict'; run: string; conflicts: Conflict[] }
  /** Kept bytes are damaged; nothing was touched. `sound`: the files that can still go back. */
  | { kind: 'damaged'; run: string; damaged: DamagedFile[]; sound: string[] };

/** Which run to take back or to bring back. */
export interface ReplayRequest extends ReplayTarget {
  /** Id of the transaction that does it. */
  transaction: string;
  /** Rows of other rooms that are committed with it. Default: none. */
  statements?: readonly SqlStatement[];
}

/** Takes a run back, or brings it back, inside a transaction of its own. */
export async function replay(request: ReplayRequest, context: TransactionContext): Promise<ReplayOutcome> {
  const choice = await chooseReplay(context.store, request);
  if (choice.kind === 'nothing') return choice;
  try {
    return await carryOut(request, choice, context);
  } catch (error) {
    // Looked at only now: reading every object beforehand would cost as much as the undo itself.
    const outcome = isPyAgentError(error, 'state/object') ? await damage(choice, context) : undefined;
    if (outcome === undefined) throw error;
    return outcome;
  }
}

async function carryOut(
  request: ReplayRequest,
  choice: ReplayChoice,
  context: TransactionContext,
): Promise<ReplayOutcome> {
  const { run, title, effect, takesBack } = choice;
  const { tree, objects, merge } = context;
  const plan = await planReplay(choice, { tree, read: objects.read, merge });
  if (plan.conflicts.length > 0) {
    const conflicts = await keepConflicts(plan, request.transaction, context);
    return { kind: 'conflict', run, conflicts: await explain(conflicts, run, context) };
  }
  const begunAt = context.clock.now();
  const record = { id: request.transaction, run, kind: effect, title, state: 'open' as const, begunAt };
  const transaction = new FileTransaction(record, context);
  const conflict = async (conflicts: Conflict[]): Promise<ReplayOutcome> => {
    await transaction.rollback();
    return { kind: 'conflict', run, conflicts: await explain(conflicts, run, context) };
  };
  try {
    const applied = await transaction.apply(replayOperations(plan));
    if (applied.kind === 'conflict') return await conflict(applied.conflicts);
    // Also when every path is there already: the row is what makes the run undone.
    await transaction.journalOpening();
    const paths = replayedPaths(plan, request.only === undefined);
    const runState = stateWith(choice, new Set(paths.map(({ path }) => path)));
    const about = operationRecorded(record.id, { takesBack, runState, paths });
    const outcome = await transaction.commit([...about, ...(request.statements ?? [])]);
    if (outcome.kind === 'conflict') return await conflict(outcome.conflicts);
    return {
      kind: effect === 'undo' ? 'undone' : 'redone',
      run,
      operation: record.id,
      ...(takesBack === undefined ? {} : { takesBack }),
      paths: paths.map(({ path }) => path).sort(),
      merged: mergedFiles(plan),
      runState,
    };
  } catch (error) {
    if (transaction.isOpen) await transaction.rollback();
    throw error;
  }
}

/** How the run will stand once the paths have taken their step. */
function stateWith({ all, effect }: ReplayChoice, moved: ReadonlySet<string>): RunFileState {
  const state = effect === 'undo' ? ('undone' as const) : ('applied' as const);
  return runStateOf(all.map((path) => (moved.has(path.path) ? { ...path, state } : path)));
}

/** The files of a plan that are merged with an edit of somebody else, sorted. */
export function mergedFiles({ paths }: ReplayPlan): MergedFile[] {
  return paths
    .flatMap(({ path, resolution }) => (resolution.kind === 'merged' ? [{ path, by: resolution.by }] : []))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Which kept contents the step needs and cannot have; `undefined` when all are sound. */
export async function damage(
  { run, paths }: ReplayChoice,
  { objects }: Pick<TransactionContext, 'objects'>,
): Promise<(ReplayOutcome & { kind: 'damaged' }) | undefined> {
  const isLost = async (state: FileState) => state.kind === 'file' && !(await objects.isSound(state.hash));
  const look = async (side: 'before' | 'after') => limited(paths, (path) => isLost(path[side]));
  let lost = await look('before');
  // What a path goes from is needed only to merge with an edit.
  let side: 'before' | 'after' = 'before';
  if (!lost.includes(true)) {
    side = 'after';
    lost = await look(side);
  }
  const damaged = paths.flatMap((path, index): DamagedFile[] => {
    const state = path[side];
    return lost[index] && state.kind === 'file' ? [{ path: path.path, hash: state.hash }] : [];
  });
  const isFile = ({ before, after }: RunPath) => before.kind !== 'folder' && after.kind !== 'folder';
  const sound = paths.filter((path, index) => !lost[index] && isFile(path)).map(({ path }) => path);
  return damaged.length === 0 ? undefined : { kind: 'damaged', run, damaged, sound };
}

/** Both versions of each collision, durably in the conflict folder of the transaction that could not be. */
async function keepConflicts(
  { conflicts }: ReplayPlan,
  transaction: string,
  { tree, conflictFolder, objects }: TransactionContext,
): Promise<Conflict[]> {
  const kept: Conflict[] = [];
  for (const conflict of conflicts) {
    const folder = join(conflictFolder, transaction);
    kept.push(await keepBoth(conflict, { folder, objects, present: presentIn(tree) }));
  }
  return kept;
}

/** Names the later run that changed a path, where it was one. */
export async function explain(
  conflicts: readonly Conflict[],
  run: string,
  { store }: Pick<TransactionContext, 'store'>,
): Promise<Conflict[]> {
  const history = await readHistory(store);
  const place = history.findIndex((entry) => entry.run === run);
  const later = history.slice(place + 1).filter(({ state }) => state === 'landed');
  const owners = new Map<string, string>();
  for (const entry of later) {
    for (const { path } of await runChanges(store, entry.run)) owners.set(path, entry.run);
  }
  return conflicts.map((conflict) => {
    const owner = owners.get(conflict.path);
    return owner ? { ...conflict, detail: `run ${owner} changed it since: undo that one first` } : conflict;
  });
}
