import { isPyAgentError } from '../kernel/index.ts';
import { applyChanges, type PendingChange, type TreeContext } from './apply-changes.ts';
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
    if (sameState(now.state, target.to)) continue;
    const known = target.from.some((state) => sameState(now.state, state)) || (await isHalfway(now, target, context));
    if (known) pending.push({ path: target.path, seq: target.seq, seen: now, to: target.to });
    else conflicts.push(target.path);
  }
  const raced = await applyWithin(pending, context, linksOf(targets));
  // A folder that is not empty holds files of somebody else: it stays, and that is no conflict.
  const folders = new Set(pending.filter(({ seen: now }) => now.state.kind === 'folder').map(({ path }) => path));
  await flushFolders(
    context,
    targets.map(({ path }) => path),
  );
  return [...conflicts, ...raced.filter((path) => !folders.has(path))];
}

function linksOf(targets: readonly RestoreTarget[]): Set<string> {
  const states = targets.flatMap(({ from, to }) => [...from, to]);
  return new Set(states.flatMap((state) => (state.kind === 'file' && state.link ? [state.link] : [])));
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
async function applyWithin(
  pending: readonly PendingChange[],
  context: TreeContext,
  links: ReadonlySet<string>,
): Promise<string[]> {
  try {
    return await applyChanges(pending, context, links);
  } catch (error) {
    if (!isPyAgentError(error, 'state/full')) throw error;
  }
  const isWrite = ({ to }: PendingChange) => to.kind === 'file' || to.kind === 'symlink';
  const removals = pending.filter((change) => !isWrite(change));
  const conflicts = await applyChanges(await stillPending(removals, context), context, links);
  for (const change of await stillPending(pending.filter(isWrite), context)) {
    conflicts.push(...(await applyOne(change, context, links)));
  }
  return conflicts;
}

async function applyOne(change: PendingChange, context: TreeContext, links: ReadonlySet<string>): Promise<string[]> {
  try {
    return await applyChanges([change], context, links);
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
