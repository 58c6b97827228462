import { isPyAgentError } from '../kernel/index.ts';
import { type Conflict, type KeepingContext, keepAside } from './conflict.ts';
import { limited } from './limited.ts';
import type { MergeBack } from './merge-back.ts';
import { type RestoreTarget, restore } from './restore.ts';
import { sweepDrafts } from './sweep-drafts.ts';
import type { MergedFile } from './three-way.ts';

/** What a restore could not put back, and what it merged with an edit of somebody else. */
export interface Restored {
  conflicts: Conflict[];
  merged: MergedFile[];
}

/**
 * {@link restore}, with leftovers of a kill removed first. What somebody else edited goes through `mergeBack` (default:
 * nothing is merged); of what could not be put back a copy is kept. A path whose original is damaged is reported and
 * does not keep the others from going back.
 */
export async function restoreKeepingBoth(
  targets: readonly RestoreTarget[],
  context: KeepingContext,
  mergeBack: MergeBack = leaveAll,
): Promise<Restored> {
  const conflicts = await sweepDrafts(targets, context);
  const merged: MergedFile[] = [];
  const restoreSome = async (some: readonly RestoreTarget[]) => {
    const restored = await restoreSound(some, context, mergeBack);
    conflicts.push(...restored.conflicts);
    merged.push(...restored.merged);
  };
  try {
    await restoreSome(targets);
  } catch (error) {
    if (!isPyAgentError(error, 'state/object')) throw error;
    const sound = await limited(targets, ({ to }) => isSound(to, context));
    const lost = targets.filter((_, index) => !sound[index]);
    if (lost.length === 0) throw error;
    const detail = `it was left as it is, because its original is damaged: ${error.message}`;
    conflicts.push(...lost.map(({ path }) => ({ path, detail })));
    await restoreSome(targets.filter((_, index) => sound[index]));
  }
  // A restore that met a full disk may have left drafts of its own: none outlives the transaction.
  conflicts.push(...(await sweepDrafts(targets, context)));
  return { conflicts, merged };
}

const leaveAll: MergeBack = async (collided) => ({ merged: [], left: [...collided] });

async function restoreSound(
  targets: readonly RestoreTarget[],
  context: KeepingContext,
  mergeBack: MergeBack,
): Promise<Restored> {
  const paths = new Set(await restore(targets, context));
  const { merged, left } = await mergeBack(targets.filter(({ path }) => paths.has(path)));
  const conflicts = await limited(left, async ({ path, to }): Promise<Conflict> => {
    const copy = await keepAside(context.folder, path, to, context.objects);
    const detail = 'it was changed by somebody else, so it was left as it is';
    return copy === undefined ? { path, detail } : { path, detail, kept: copy };
  });
  return { conflicts, merged };
}

async function isSound(to: RestoreTarget['to'], { objects }: KeepingContext): Promise<boolean> {
  return to.kind !== 'file' || objects.isSound(to.hash);
}
