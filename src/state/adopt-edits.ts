import { type Conflict, keepBoth } from './conflict.ts';
import type { FileState } from './file-state.ts';
import { limited } from './limited.ts';
import type { ObjectFolder } from './object-folder.ts';
import { type MergeContext, type MergeFile, type Resolution, type ThreeWay, threeWay } from './three-way.ts';

/** An edit of somebody else to a file of a transaction, merged with it. */
export interface AdoptedEdit {
  path: string;
  /** The edit, as it was found. */
  ours: FileState;
  /** The edit and the transaction's own change. */
  to: FileState;
  /** The edit without the transaction's own change: where the path goes when the transaction is taken back. */
  origin: FileState;
  /** What merged it; absent: the transaction had changed nothing there. */
  by?: string;
}

/** All edits merged, or the ones that cannot be. */
export type Adoption = { kind: 'adopted'; edits: AdoptedEdit[] } | { kind: 'conflict'; conflicts: Conflict[] };

/** What {@link adoptEdits} works with. */
export interface AdoptContext {
  objects: ObjectFolder;
  /** Where both versions of what cannot be merged are kept. */
  folder: string;
  present: MergeContext['present'];
  merge: MergeFile;
}

/**
 * Merges edits that somebody made to files after a transaction changed them: `base` is what was there before it, `theirs`
 * what it left. Both ways must be clean, with the transaction's change and without it, so that taking it back later keeps
 * the edit. All contents are kept, durably, and nothing in the tree is touched.
 */
export async function adoptEdits(outside: readonly ThreeWay[], context: AdoptContext): Promise<Adoption> {
  const { objects, folder, present, merge } = context;
  const merging: MergeContext = { read: objects.read, present, merge };
  const contents: Uint8Array[] = [];
  const looked = await limited(outside, async (states) => {
    const { path, base, ours, theirs } = states;
    const into = settled(ours, await threeWay(states, merging));
    const out = settled(ours, await threeWay({ path, base: theirs, ours, theirs: base }, merging));
    if (into.kind === 'conflict' || out.kind === 'conflict') {
      const { reason, marked } = into.kind === 'conflict' ? into : { reason: BACK, marked: undefined };
      return { states, reason, ...(marked === undefined ? {} : { marked }) };
    }
    const now = ours.kind === 'file' ? await present(path, ours.hash) : undefined;
    if (now) contents.push(now);
    for (const { bytes } of [into, out]) if (bytes) contents.push(bytes);
    return { path, ours, to: into.to, origin: out.to, ...(into.by === undefined ? {} : { by: into.by }) };
  });
  const conflicts: Conflict[] = [];
  const edits: AdoptedEdit[] = [];
  for (const each of looked) {
    if (!('states' in each)) edits.push(each);
    else conflicts.push(await keepBoth({ ...each.states, ...each }, { folder, objects, present }));
  }
  if (conflicts.length > 0) return { kind: 'conflict', conflicts };
  await objects.keep(contents);
  return { kind: 'adopted', edits };
}

const BACK = 'it was edited by somebody else in a way that could not be taken apart again';

type Settled =
  | { kind: 'settled'; to: FileState; bytes?: Uint8Array; by?: string }
  | (Resolution & { kind: 'conflict' });

/** What the path is afterwards. */
function settled(ours: FileState, resolution: Resolution): Settled {
  switch (resolution.kind) {
    case 'there':
      return { kind: 'settled', to: ours };
    case 'merged':
      return { ...resolution, kind: 'settled' };
    case 'take':
      return { kind: 'conflict', reason: 'somebody else put back what was there before' };
    case 'conflict':
      return resolution;
  }
}
