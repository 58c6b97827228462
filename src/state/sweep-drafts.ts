import { unlink } from 'node:fs/promises';
import { type Conflict, keepAside } from './conflict.ts';
import { observe } from './file-state.ts';
import { ioError, isErrno } from './io-error.ts';
import { limited } from './limited.ts';
import { type ObjectFolder, readIfSound } from './object-folder.ts';
import type { RestoreTarget } from './restore.ts';
import { draftPath, type TransitionContext } from './transition.ts';

type SweepContext = TransitionContext & { folder: string; objects: ObjectFolder };

/**
 * Removes the temporary files that a kill left beside the targets. One that holds neither a known content nor the start
 * of one is an edit of somebody else, caught between two steps: it is kept in `folder` and returned.
 */
export async function sweepDrafts(targets: readonly RestoreTarget[], context: SweepContext): Promise<Conflict[]> {
  const drafts = targets.flatMap((target) => target.seqs.map((seq) => ({ target, seq })));
  const strays = await limited(drafts, ({ target, seq }) => sweep(target, seq, context));
  return strays.filter((stray) => stray !== undefined);
}

async function sweep(target: RestoreTarget, seq: number, context: SweepContext): Promise<Conflict | undefined> {
  const draft = draftPath(context.root, context.transaction, { path: target.path, seq });
  const { state, bytes } = await observe(draft);
  if (state.kind !== 'file' && state.kind !== 'symlink') return undefined;
  const stray = bytes !== undefined && !(await isOurs(bytes, target, context.read));
  const kept = stray ? await keepAside(context.folder, `${target.path}.edited`, bytes, context.objects) : undefined;
  try {
    await unlink(draft);
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT')) throw ioError('remove', draft, cause);
  }
  if (kept === undefined) return undefined;
  return { path: target.path, detail: 'an edit of somebody else met a write that was killed; it was kept aside', kept };
}

async function isOurs(
  bytes: Uint8Array,
  { from, to }: RestoreTarget,
  read: TransitionContext['read'],
): Promise<boolean> {
  const hashes = new Set([...from, to].flatMap((state) => (state.kind === 'file' ? [state.hash] : [])));
  for (const hash of hashes) {
    const content = await readIfSound(read, hash);
    if (content === undefined || content.length < bytes.length) continue;
    if (Buffer.compare(content.subarray(0, bytes.length), bytes) === 0) return true;
  }
  return false;
}
