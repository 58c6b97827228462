import { isPyAgentError } from '../kernel/index.ts';
import { applyChanges, joins, type PendingChange, parts, type TreeContext } from './apply-changes.ts';
import { type FileState, type Observation, observeAll, sameState } from './file-state.ts';
import { isHalfway } from './halfway.ts';
import { ioError } from './io-error.ts';

/** A path that shall go back, from any state that the journal knows. */
export interface RestoreTarget {
  path: string;
  /** Names the temporary file of this restore. */
  seq: number;
  /** Whose temporary files may have been left behind. */
  seqs: readonly number[];
  /** Every state that this transaction may have left there. */
  from: readonly FileState[];
  to: FileState;
}

/**
 * Brings paths back, whatever a kill left behind: a path already there is left alone, so it can be repeated. Returns
 * the paths that somebody else changed; they are left as they are. The result is on the disk when it resolves.
 */
export async function restore(targets: readonly RestoreTarget[], context: TreeContext): Promise<string[]> {
  const seen = await observeAll(
    context.tree,
    targets.map(({ path }) => path),
  );
  const conflicts: string[] = [];
  const pending: PendingChange[] = [];
  for (const [index, target] of targets.entries()) {
    const now = seen[index] as Observation;
    const change = { path: target.path, seq: target.seq, seen: now, to: target.to, inPlace: wasAlwaysThatFile(target) };
    const isThere = sameState(now.state, target.to);
    if (isThere && !joins(change) && !isParted(change, target)) continue;
    const known = isThere || target.from.some((state) => sameState(now.state, state));
    if (known || (await isHalfway(now, target, context))) pending.push(change);
    else conflicts.push(target.path);
  }
  const raced = await applyWithin(pending, context);
  // A folder that is not empty holds files of somebody else: it stays, and that is no conflict.
  const folders = new Set(pending.filter(({ seen: now }) => now.state.kind === 'folder').map(({ path }) => path));
  await flushFolders(
    context,
    targets.map(({ path }) => path),
  );
  return [...conflicts, ...raced.filter((path) => !folders.has(path))];
}

/** A file with several names whose bytes were changed where they are: they go back the same way. */
function wasAlwaysThatFile({ from, to }: RestoreTarget): boolean {
  if (to.kind !== 'file' || !to.linked) return false;
  return from.every((state) => state.kind === 'file' && state.id === to.id);
}

/** This transaction made it a name of another file. */
function isParted(change: PendingChange, { from, to }: RestoreTarget): boolean {
  const { identity } = change.seen;
  const isOurs = from.some((state) => state.kind === 'file' && state.id !== undefined && state.id === identity);
  return parts(change) && isOurs && to.kind === 'file' && to.id !== identity;
}

/** Flushes the folders of paths, as far as they exist. */
export async function flushFolders({ tree, root }: TreeContext, paths: readonly string[]): Promise<void> {
  try {
    await tree.syncFolders([...paths]);
  } catch (cause) {
    throw ioError('flush', root, cause);
  }
}

/** All at once; on a full disk one after the other, and at last over the old bytes, which needs no space. */
async function applyWithin(pending: readonly PendingChange[], context: TreeContext): Promise<string[]> {
  try {
    return await applyChanges(pending, context);
  } catch (error) {
    if (!isPyAgentError(error, 'state/full')) throw error;
  }
  const isWrite = ({ to }: PendingChange) => to.kind === 'file' || to.kind === 'symlink';
  const removals = pending.filter((change) => !isWrite(change));
  const conflicts = await applyChanges(await stillPending(removals, context), context);
  for (const change of await stillPending(pending.filter(isWrite), context)) {
    conflicts.push(...(await applyOne(change, context)));
  }
  return conflicts;
}

async function applyOne(change: PendingChange, context: TreeContext): Promise<string[]> {
  try {
    return await applyChanges([change], context);
  } catch (error) {
    const { seen, to, path } = change;
    const fits = to.kind === 'file' && seen.state.kind === 'file' && to.size <= seen.state.size;
    if (!isPyAgentError(error, 'state/full') || !fits) throw error;
    try {
      await context.tree.overwrite(path, to);
    } catch (cause) {
      throw ioError('write', path, cause);
    }
    return [];
  }
}

async function stillPending(changes: readonly PendingChange[], { tree }: TreeContext): Promise<PendingChange[]> {
  const seen = await observeAll(
    tree,
    changes.map(({ path }) => path),
  );
  return changes
    .map((change, index) => ({ ...change, seen: seen[index] ?? change.seen }))
    .filter(({ seen: now, to }) => !sameState(now.state, to));
}
