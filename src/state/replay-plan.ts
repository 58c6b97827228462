import { type NativeTree, native } from '../native/index.ts';
import { type FileState, observeAll } from './file-state.ts';
import { ioError, isErrno } from './io-error.ts';
import type { OperationPath } from './journal.ts';
import { limited } from './limited.ts';
import type { Operation } from './operation.ts';
import type { ReplayChoice } from './replay-choice.ts';
import { turned } from './run-paths.ts';
import { type MergeContext, type MergeFile, type Resolution, type ThreeWay, threeWay } from './three-way.ts';

/** One path of an undo or a redo, looked at. */
export interface PlannedPath extends ThreeWay {
  resolution: Exclude<Resolution, { kind: 'conflict' }> | { kind: 'stays' };
}

/** A path that cannot go back, with the states that collide. */
export interface PlannedConflict extends ThreeWay {
  reason: string;
  marked?: Uint8Array;
}

/** What an undo or a redo would do, decided without writing anything. */
export interface ReplayPlan {
  paths: PlannedPath[];
  conflicts: PlannedConflict[];
}

/** Where the plan looks. */
export interface LookContext {
  tree: NativeTree;
  read: (hash: string) => Promise<Uint8Array>;
  merge: MergeFile;
}

/** Looks at every chosen path and resolves it three ways. */
export async function planReplay(choice: ReplayChoice, { tree, read, merge }: LookContext): Promise<ReplayPlan> {
  const context: MergeContext = { read, merge, present: presentIn(tree) };
  const plan: ReplayPlan = { paths: [], conflicts: [] };
  const paths = choice.paths.map(({ path }) => path);
  const seen = await observeAll(tree, paths);
  const looked = await limited([...choice.paths.entries()], async ([index, { path, before, after }]) => {
    const states: ThreeWay = { path, base: after, ours: seen[index]?.state ?? { kind: 'absent' }, theirs: before };
    return { states, resolution: await threeWay(states, context) };
  });
  const goes = new Set(
    looked
      .filter(({ resolution }) => resolution.kind === 'take' && resolution.to.kind === 'absent')
      .map(({ states }) => states.path),
  );
  // From the deepest, so that a folder that must stay keeps the ones above it.
  for (const { states, resolution } of looked.sort((a, b) => (a.states.path < b.states.path ? 1 : -1))) {
    const { path, base } = states;
    if (resolution.kind === 'conflict') {
      plan.conflicts.push({ ...states, ...resolution });
    } else if (base.kind === 'folder' && goes.has(path) && (await isUsed(tree, path, goes))) {
      goes.delete(path);
      plan.paths.push({ ...states, resolution: { kind: 'stays' } });
    } else plan.paths.push({ ...states, resolution });
  }
  plan.conflicts.sort((a, b) => (a.path < b.path ? -1 : 1));
  return plan;
}

/** The bytes in a tree, if they still are those with the hash. */
export function presentIn(tree: NativeTree): MergeContext['present'] {
  return async (path, hash) => {
    try {
      const bytes = await tree.readFile(path);
      return native().hashBytes(bytes) === hash ? bytes : undefined;
    } catch (cause) {
      if (isErrno(cause, 'ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP')) return undefined;
      throw ioError('read', path, cause);
    }
  };
}

/** The operations that carry the plan out; empty when all is there already. */
export function replayOperations({ paths }: ReplayPlan): Operation[] {
  return paths.flatMap(({ path, ours, resolution }): Operation[] => {
    if (resolution.kind === 'take') return [{ kind: 'restore', path, to: resolution.to, expect: ours }];
    if (resolution.kind !== 'merged' || isSameFile(ours, resolution.to)) return [];
    const { to, bytes } = resolution;
    if (bytes === undefined) return [{ kind: 'restore', path, to, expect: ours }];
    return [{ kind: 'write', path, bytes, mode: to.mode, ...(ours.kind === 'file' ? { expect: ours.hash } : {}) }];
  });
}

/** What each path did, so that taking this back is exact. Folders that had to stay are left to a later one. */
export function replayedPaths({ paths }: ReplayPlan, isWhole: boolean): OperationPath[] {
  return paths.flatMap(({ path, base, ours, theirs, resolution }): OperationPath[] => {
    if (resolution.kind === 'stays' && !isWhole) return [];
    const written = resolution.kind === 'take' || resolution.kind === 'merged' ? resolution.to : undefined;
    // Nothing to write: somebody had brought it there by hand, and the step itself is what can be turned round.
    if (written === undefined || isSameFile(ours, written)) return [turned({ path, before: theirs, after: base })];
    return [{ path, before: ours, after: written }];
  });
}

function isSameFile(a: FileState, b: FileState): boolean {
  return a.kind === 'file' && b.kind === 'file' && a.hash === b.hash && a.mode === b.mode;
}

/** Whether a folder holds anything that does not go. */
async function isUsed(tree: NativeTree, path: string, goes: ReadonlySet<string>): Promise<boolean> {
  const below = await tree.below(path);
  return below.some((found) => !found.slice(path.length + 1).includes('/') && !goes.has(found));
}
