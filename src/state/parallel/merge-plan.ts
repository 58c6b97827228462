import { dirname } from 'node:path/posix';
import type { NativeTree } from '../../native/index.ts';
import { type FileState, observeAll } from '../file-state.ts';
import type { PathMerge, ThreeStates } from './merge-path.ts';
import { nextVersion } from './next-version.ts';

/** A path with its three states and what becomes of it. */
export type PlannedMerge = ThreeStates & { merge: PathMerge };

/**
 * Paths are decided one by one; this makes the decisions fit together. A folder that still holds something of the
 * repository's own is not removed, and a path whose parent became something else there is a conflict.
 */
export async function fitTogether(planned: readonly PlannedMerge[], tree: NativeTree): Promise<PlannedMerge[]> {
  const fitted = new Map(planned.map((one) => [one.path, dressed(one)]));
  await keepFullFolders(fitted, tree);
  await refuseLostParents(fitted, tree);
  return [...fitted.values()];
}

function dressed(one: PlannedMerge): PlannedMerge {
  const { ours, merge } = one;
  return merge.kind === 'write' ? { ...one, merge: { ...merge, to: nextVersion(ours, merge.to) } } : one;
}

/** From the deepest, so that a folder that stays keeps the ones above it. */
async function keepFullFolders(planned: Map<string, PlannedMerge>, tree: NativeTree): Promise<void> {
  const going = [...planned.values()].filter(({ ours, merge }) => {
    return ours.kind === 'folder' && merge.kind === 'write' && merge.to.kind !== 'folder';
  });
  for (const one of going.sort((a, b) => (a.path < b.path ? 1 : -1))) {
    const below = await tree.below(one.path);
    if (below.every((path) => target(planned, path)?.kind === 'absent')) continue;
    const stays = one.theirs.kind === 'absent';
    planned.set(one.path, { ...one, merge: stays ? { kind: 'there' } : { kind: 'conflict', as: 'kind' } });
  }
}

async function refuseLostParents(planned: Map<string, PlannedMerge>, tree: NativeTree): Promise<void> {
  const arriving = [...planned.values()].filter(({ path }) => (target(planned, path)?.kind ?? 'absent') !== 'absent');
  const parents = [...new Set(arriving.flatMap(({ path }) => foldersAbove(path)))];
  const seen = await observeAll(tree, parents);
  const lost = new Set<string>();
  for (const [index, parent] of parents.entries()) {
    const { kind } = target(planned, parent) ?? seen[index]?.state ?? { kind: 'absent' };
    if (kind !== 'folder' && !(kind === 'absent' && target(planned, parent) === undefined)) lost.add(parent);
  }
  for (const one of arriving) {
    if (!foldersAbove(one.path).some((parent) => lost.has(parent))) continue;
    planned.set(one.path, { ...one, merge: { kind: 'conflict', as: 'kind' } });
  }
}

/** What a path is going to be, if it is written at all. */
function target(planned: ReadonlyMap<string, PlannedMerge>, path: string): FileState | undefined {
  const merge = planned.get(path)?.merge;
  return merge?.kind === 'write' ? merge.to : undefined;
}

function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) folders.push(folder);
  return folders;
}
