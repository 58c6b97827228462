import { PyAgentError } from '../../kernel/index.ts';
import { type NativeTree, native } from '../../native/index.ts';
import { type FileState, observeAll } from '../file-state.ts';
import { ioError } from '../io-error.ts';
import { limited } from '../limited.ts';
import type { ObjectFolder } from '../object-folder.ts';
import type { Operation } from '../operation.ts';
import type { WriteOutcome } from '../transaction.ts';
import type { Transaction } from '../workspace.ts';
import type { MergeConflict } from './merge-conflict.ts';
import { type Contents, type MergeContents, type MergedBy, mergePath } from './merge-path.ts';
import { fitTogether, type PlannedMerge } from './merge-plan.ts';
import type { ParallelWorkspace, WorkspaceChange } from './parallel-workspace.ts';

/** What a merge works with. */
export interface MergeContext {
  transaction: Transaction;
  /** The repository. */
  tree: NativeTree;
  objects: ObjectFolder;
  merge: MergeContents;
}

/** A path that was brought into the transaction. */
export interface MergedPath {
  path: string;
  workspace: string;
  by: MergedBy;
}

/** `merged`: everything is in the transaction; `conflict`: everything but what `conflicts` names. */
export type MergeOutcome =
  | { kind: 'merged'; merged: MergedPath[] }
  | { kind: 'conflict'; merged: MergedPath[]; conflicts: MergeConflict[] };

/** Merges workspaces one after the other, in the order given, so that equal changes come to equal bytes on every run. */
export async function mergeBack(
  workspaces: readonly ParallelWorkspace[],
  context: MergeContext,
): Promise<MergeOutcome> {
  const merged: MergedPath[] = [];
  const conflicts: MergeConflict[] = [];
  for (const workspace of workspaces) {
    const one = await mergeWorkspace(workspace, context);
    merged.push(...one.merged);
    conflicts.push(...one.conflicts);
  }
  return conflicts.length === 0 ? { kind: 'merged', merged } : { kind: 'conflict', merged, conflicts };
}

interface WorkspaceMerge {
  merged: MergedPath[];
  conflicts: MergeConflict[];
}

/**
 * One batch. When somebody writes to the repository meanwhile it is planned anew, once; after that the paths that the
 * transaction refuses are conflicts, and the rest is written without them.
 */
async function mergeWorkspace(workspace: ParallelWorkspace, context: MergeContext): Promise<WorkspaceMerge> {
  const changes = await workspace.changes();
  const theirs = await keepTheirs(workspace, changes, context);
  const outside = new Set<string>();
  for (let attempt = 0; attempt <= changes.length + 1; attempt += 1) {
    const planned = await planAll(changes, outside, { workspace, theirs, context });
    const writes = planned.filter(({ merge }) => merge.kind === 'write');
    const outcome = await writeAll(writes, context.transaction);
    if (outcome.kind === 'written') {
      return {
        merged: writes.map((one) => mergedPath(one, workspace)),
        conflicts: await conflictsOf(planned, workspace, context),
      };
    }
    if (attempt > 0) for (const { path } of outcome.conflicts) outside.add(path);
  }
  throw unsettled(workspace, 'the repository is being written to');
}

/** The workspace's side of every change, in the state folder: the workspace may be gone before a conflict is answered. */
async function keepTheirs(
  workspace: ParallelWorkspace,
  changes: readonly WorkspaceChange[],
  { objects }: MergeContext,
): Promise<NativeTree> {
  try {
    const tree = objects.native.openTree(workspace.root);
    const files = changes.flatMap(({ path, after }) => (after.kind === 'file' ? [{ path, hash: after.hash }] : []));
    const [changed] = await tree.keepFiles(files);
    if (changed !== undefined) throw unsettled(workspace, `${changed} is being written`);
    return tree;
  } catch (cause) {
    throw ioError('read', workspace.root, cause);
  }
}

interface Side {
  workspace: ParallelWorkspace;
  /** The workspace's own tree. */
  theirs: NativeTree;
  context: MergeContext;
}

async function planAll(
  changes: readonly WorkspaceChange[],
  outside: ReadonlySet<string>,
  { workspace, theirs, context }: Side,
): Promise<PlannedMerge[]> {
  const { tree, objects, merge } = context;
  const seen = await observeAll(
    tree,
    changes.map(({ path }) => path),
  );
  const contents: Contents = {
    base: workspace.base,
    ours: (path) => tree.readFile(path),
    theirs: (path) => theirs.readFile(path),
  };
  const planned = await limited([...changes.entries()], async ([index, change]): Promise<PlannedMerge> => {
    const ours = seen[index]?.state ?? { kind: 'absent' };
    const states = { path: change.path, base: change.before, ours, theirs: change.after };
    if (outside.has(change.path)) return { ...states, merge: { kind: 'conflict', as: 'outside' } };
    return { ...states, merge: await mergePath(states, contents, merge) };
  });
  const fitting = await fitTogether(planned, tree);
  await objects.keep(fitting.flatMap(({ merge: one }) => (one.kind !== 'there' && one.bytes ? [one.bytes] : [])));
  return fitting;
}

/** A file that becomes a folder is one before anything can be named in it; the savepoint makes both batches one. */
async function writeAll(writes: readonly PlannedMerge[], transaction: Transaction): Promise<WriteOutcome> {
  const first = writes.filter(becomesFolder);
  if (first.length === 0) return transaction.writeAll(writes.map(operation));
  const savepoint = await transaction.savepoint('files become folders');
  const opening = await transaction.writeAll(first.map(operation));
  if (opening.kind === 'conflict') return opening;
  try {
    const outcome = await transaction.writeAll(writes.filter((one) => !becomesFolder(one)).map(operation));
    if (outcome.kind === 'conflict') await transaction.rollbackTo(savepoint);
    return outcome;
  } catch (error) {
    await transaction.rollbackTo(savepoint);
    throw error;
  }
}

function becomesFolder({ ours, merge }: PlannedMerge): boolean {
  const stands = ours.kind === 'file' || ours.kind === 'symlink';
  return stands && merge.kind === 'write' && merge.to.kind === 'folder';
}

function operation({ path, ours, merge }: PlannedMerge): Operation {
  if (merge.kind !== 'write') throw new TypeError(`no operation for ${path}`);
  const { to, bytes } = merge;
  const target: FileState = bytes && to.kind === 'file' ? { ...to, hash: native().hashBytes(bytes) } : to;
  return { kind: 'restore', path, to: target, expect: ours };
}

function mergedPath({ path, merge }: PlannedMerge, workspace: ParallelWorkspace): MergedPath {
  return { path, workspace: workspace.name, by: merge.kind === 'write' ? merge.by : 'taken' };
}

/** As data, with all three contents in the state folder. */
async function conflictsOf(
  planned: readonly PlannedMerge[],
  workspace: ParallelWorkspace,
  { tree, objects }: MergeContext,
): Promise<MergeConflict[]> {
  const found = planned.flatMap((one): [MergeConflict, Uint8Array | undefined][] => {
    const { path, base, ours, theirs, merge } = one;
    if (merge.kind !== 'conflict') return [];
    const { as: kind, regions, bytes } = merge;
    const texts = { ...(regions ? { regions } : {}), ...(bytes ? { marked: native().hashBytes(bytes) } : {}) };
    return [[{ path, workspace: workspace.name, kind, base, ours, theirs, ...texts }, bytes]];
  });
  const conflicts = found.map(([conflict]) => conflict);
  await tree.keepFiles(
    conflicts.flatMap(({ path, ours }) => (ours.kind === 'file' ? [{ path, hash: ours.hash }] : [])),
  );
  for (const { base } of conflicts) {
    const bytes = base.kind === 'file' ? await workspace.base(base.hash) : undefined;
    if (bytes) await objects.keep([bytes]);
  }
  return conflicts;
}

function unsettled(workspace: ParallelWorkspace, what: string): PyAgentError {
  return new PyAgentError({
    code: 'state/unsettled',
    message: `Expected nobody to write while ${workspace.name} is merged, found that ${what}: end what writes and merge again.`,
    details: { workspace: workspace.name, root: workspace.root },
  });
}
