import { isPyAgentError } from '../kernel/index.ts';
import { type Conflict, type KeepingContext, keepAside } from './conflict.ts';
import { limited } from './limited.ts';
import { isSound as areSound } from './object-folder.ts';
import { type RestoreTarget, restore } from './restore.ts';
import { sweepDrafts } from './sweep-drafts.ts';

/**
 * {@link restore}, with leftovers of a kill removed first, and a copy kept of what could not be put back. A path whose
 * original is damaged is reported and does not keep the others from going back.
 */
export async function restoreKeepingBoth(
  targets: readonly RestoreTarget[],
  context: KeepingContext,
): Promise<Conflict[]> {
  const conflicts = await sweepDrafts(targets, context);
  try {
    conflicts.push(...(await restoreSound(targets, context)));
  } catch (error) {
    if (!isPyAgentError(error, 'state/object')) throw error;
    const sound = await limited(targets, ({ to }) => isSound(to, context));
    const lost = targets.filter((_, index) => !sound[index]);
    if (lost.length === 0) throw error;
    const detail = `it was left as it is, because its original is damaged: ${error.message}`;
    conflicts.push(...lost.map(({ path }) => ({ path, detail })));
    const others = targets.filter((_, index) => sound[index]);
    conflicts.push(...(await restoreSound(others, context)));
  }
  return conflicts;
}

async function restoreSound(targets: readonly RestoreTarget[], context: KeepingContext): Promise<Conflict[]> {
  const paths = new Set(await restore(targets, context));
  return limited(
    targets.filter(({ path }) => paths.has(path)),
    async ({ path, to }): Promise<Conflict> => {
      const copy = await keepAside(context.folder, path, to, context.objects);
      const detail = 'it was changed by somebody else, so it was left as it is';
      return copy === undefined ? { path, detail } : { path, detail, kept: copy };
    },
  );
}

async function isSound(to: RestoreTarget['to'], { objects }: KeepingContext): Promise<boolean> {
  return to.kind !== 'file' || areSound(objects.read, to.hash);
}
