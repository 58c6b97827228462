import type { Store } from '../store/index.ts';
import type { TreeContext } from './apply-changes.ts';
import { type FileState, observeAll } from './file-state.ts';
import { entriesAdded, readEntries } from './journal.ts';
import { limited } from './limited.ts';
import { presentIn } from './replay-plan.ts';
import { type RestoreTarget, restore } from './restore.ts';
import { type MergedFile, type MergeFile, threeWay } from './three-way.ts';

/** What became of paths that somebody else had changed when a transaction was taken back. */
export interface MergedBack {
  merged: MergedFile[];
  /** Could not be merged: left as they are. */
  left: RestoreTarget[];
}

/** Takes the transaction's change out of files that somebody else edited meanwhile, and keeps the edit. */
export type MergeBack = (collided: readonly RestoreTarget[]) => Promise<MergedBack>;

/** What {@link mergingBack} works with. */
export interface MergeBackContext extends TreeContext {
  store: Store;
  merge: MergeFile;
}

/**
 * The {@link MergeBack} of a whole transaction. What each file goes to stands in the journal before the file changes, so
 * that a kill in between is finished, not merged a second time.
 */
export function mergingBack(context: MergeBackContext): MergeBack {
  const { tree, objects, store, merge, transaction } = context;
  const present = presentIn(tree);
  return async (collided) => {
    if (collided.length === 0) return { merged: [], left: [] };
    const outcome: MergedBack = { merged: [], left: [] };
    const contents: Uint8Array[] = [];
    const paths = collided.map(({ path }) => path);
    const seen = await observeAll(tree, paths);
    const back: { target: RestoreTarget; ours: FileState; to: FileState }[] = [];
    await limited([...collided.entries()], async ([index, target]) => {
      const { path, to: theirs, from } = target;
      const ours = seen[index]?.state ?? { kind: 'absent' };
      const states = { path, base: from.at(-1) ?? theirs, ours, theirs };
      const resolution = await threeWay(states, { read: objects.read, present, merge });
      if (resolution.kind === 'there') return;
      const now = ours.kind === 'file' ? await present(path, ours.hash) : undefined;
      if (resolution.kind !== 'merged' || ours.kind !== 'file' || now === undefined) {
        outcome.left.push(target);
        return;
      }
      contents.push(now);
      if (resolution.bytes) contents.push(resolution.bytes);
      back.push({ target, ours, to: resolution.to });
      outcome.merged.push({ path, by: resolution.by });
    });
    if (back.length === 0) return outcome;
    await objects.keep(contents);
    const last = (await readEntries(store, transaction)).at(-1)?.seq ?? 0;
    const entries = back.map(({ target: { path }, ours, to }, index) => {
      return { seq: last + index + 1, path, before: ours, after: ours, origin: to };
    });
    await store.commit(entriesAdded(transaction, entries));
    const targets = back.map(({ target, ours, to }) => ({ ...target, from: [ours], to }));
    const raced = new Set(await restore(targets, context));
    outcome.left.push(...back.filter(({ target }) => raced.has(target.path)).map(({ target }) => target));
    outcome.merged = outcome.merged.filter(({ path }) => !raced.has(path));
    return outcome;
  };
}
