import { draftPath } from './apply-changes.ts';
import { type Conflict, type KeepingContext, keepAside } from './conflict.ts';
import { observeAll } from './file-state.ts';
import { ioError } from './io-error.ts';
import type { RestoreTarget } from './restore.ts';

/**
 * Removes the temporary files that a kill left beside the targets. One that holds neither a known content nor the start
 * of one is an edit of somebody else, caught between two steps: it is kept in `folder` and returned.
 */
export async function sweepDrafts(targets: readonly RestoreTarget[], context: KeepingContext): Promise<Conflict[]> {
  const drafts = targets.flatMap((target) =>
    target.seqs.map((seq) => ({ target, draft: draftPath(context.transaction, { path: target.path, seq }) })),
  );
  const seen = await observeAll(
    context.tree,
    drafts.map(({ draft }) => draft),
  );
  const strays: Conflict[] = [];
  for (const [index, { target, draft }] of drafts.entries()) {
    const kind = seen[index]?.state.kind;
    if (kind === 'file') strays.push(...(await keepStray(target, draft, context)));
    if (kind === 'file' || kind === 'symlink') await remove(draft, context);
  }
  return strays;
}

async function keepStray(
  { path, from, to }: RestoreTarget,
  draft: string,
  { tree, folder, objects }: KeepingContext,
): Promise<Conflict[]> {
  const hashes = new Set([...from, to].flatMap((state) => (state.kind === 'file' ? [state.hash] : [])));
  if (await tree.isDraftOf(draft, [...hashes])) return [];
  const kept = await keepAside(folder, `${path}.edited`, await tree.readFile(draft), objects);
  const detail = 'an edit of somebody else met a write that was killed; it was kept aside';
  return [{ path, detail, ...(kept === undefined ? {} : { kept }) }];
}

async function remove(draft: string, { tree }: KeepingContext): Promise<void> {
  try {
    await tree.removeFile(draft);
  } catch (cause) {
    throw ioError('remove', draft, cause);
  }
}
