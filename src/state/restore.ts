import { dirname, join } from 'node:path';
import { isPyAgentError } from '../kernel/index.ts';
import { native } from '../native/index.ts';
import { type FileState, type Observation, observe, sameState } from './file-state.ts';
import { ioError, isErrno } from './io-error.ts';
import { limited } from './limited.ts';
import { readIfSound } from './object-folder.ts';
import { overwrite, type PendingChange, type TransitionContext, transition } from './transition.ts';

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
export async function restore(targets: readonly RestoreTarget[], context: TransitionContext): Promise<string[]> {
  const conflicts: string[] = [];
  const classified = await limited(targets, async (target): Promise<PendingChange | undefined> => {
    const seen = await observe(join(context.root, target.path));
    if (sameState(seen.state, target.to)) return undefined;
    const known = target.from.some((state) => sameState(seen.state, state)) || (await isTorn(seen, target, context));
    if (known) return { path: target.path, seq: target.seq, seen, to: target.to };
    conflicts.push(target.path);
    return undefined;
  });
  const pending = classified.filter((change) => change !== undefined);
  const raced = await applyWithin(pending, context);
  // A folder that is not empty holds files of somebody else: it stays, and that is no conflict.
  const folders = new Set(pending.filter(({ seen }) => seen.state.kind === 'folder').map(({ path }) => path));
  await flushFolders(
    context.root,
    targets.map(({ path }) => path),
  );
  return [...conflicts, ...raced.filter((path) => !folders.has(path))];
}

/** Flushes the folders of paths, as far as they exist. */
export async function flushFolders(root: string, paths: readonly string[]): Promise<void> {
  const folders = [...new Set(paths.map((path) => join(root, dirname(path))))];
  await limited(folders, async (folder) => {
    try {
      await native().syncPaths([folder]);
    } catch (cause) {
      if (!isErrno(cause, 'ENOENT', 'ENOTDIR')) throw ioError('flush', folder, cause);
    }
  });
}

/** All at once; on a full disk one after the other, and at last over the old bytes, which needs no space. */
async function applyWithin(pending: readonly PendingChange[], context: TransitionContext): Promise<string[]> {
  try {
    return await transition(pending, context);
  } catch (error) {
    if (!isPyAgentError(error, 'state/full')) throw error;
  }
  const isWrite = ({ to }: PendingChange) => to.kind === 'file' || to.kind === 'symlink';
  const conflicts = await transition(
    await stillPending(
      pending.filter((change) => !isWrite(change)),
      context,
    ),
    context,
  );
  for (const change of await stillPending(pending.filter(isWrite), context)) {
    conflicts.push(...(await applyOne(change, context)));
  }
  return conflicts;
}

async function applyOne(change: PendingChange, context: TransitionContext): Promise<string[]> {
  try {
    return await transition([change], context);
  } catch (error) {
    const { seen, to } = change;
    const fits = to.kind === 'file' && seen.state.kind === 'file' && to.size <= seen.state.size;
    if (!isPyAgentError(error, 'state/full') || !fits) throw error;
    await overwrite(join(context.root, change.path), await context.read(to.hash));
    return [];
  }
}

async function stillPending(changes: readonly PendingChange[], { root }: TransitionContext): Promise<PendingChange[]> {
  const seen = await limited(changes, ({ path }) => observe(join(root, path)));
  return changes
    .map((change, index) => ({ ...change, seen: seen[index] ?? change.seen }))
    .filter(({ seen: now, to }) => !sameState(now.state, to));
}

/**
 * Whether a file with several names was left between two known contents by a kill: the new bytes up to some point, the
 * old ones from there on.
 */
async function isTorn({ linked, bytes }: Observation, target: RestoreTarget, context: TransitionContext) {
  if (!linked || !bytes) return false;
  const known = [...target.from, target.to].filter((state) => state.kind === 'file');
  const hashes = [...new Set(known.map(({ hash }) => hash))];
  const contents = (await limited(hashes, (hash) => readIfSound(context.read, hash))).filter((it) => it !== undefined);
  return contents.some((after) => contents.some((before) => after !== before && isMix(bytes, before, after)));
}

function isMix(bytes: Uint8Array, before: Uint8Array, after: Uint8Array): boolean {
  let written = 0;
  while (written < bytes.length && written < after.length && bytes[written] === after[written]) written += 1;
  return Buffer.compare(bytes.subarray(written), before.subarray(written)) === 0;
}
