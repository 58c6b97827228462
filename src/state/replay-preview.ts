import { join } from 'node:path';
import { isPyAgentError } from '../kernel/index.ts';
import type { Store } from '../store/index.ts';
import { describeChange } from './diff-run.ts';
import type { FileState } from './file-state.ts';
import { limited } from './limited.ts';
import { objectFolder, openTree } from './object-folder.ts';
import { chooseReplay, type ReplayTarget } from './replay-choice.ts';
import { type LookContext, planReplay, presentIn, type ReplayPlan } from './replay-plan.ts';
import type { MergeFile, ThreeWay } from './three-way.ts';
import { type DamagedFile, damage, explain } from './undo.ts';

/** What would happen to one path. */
export interface PreviewedFile {
  path: string;
  /**
   * `create`, `remove` and `restore` put it exactly where it was; `merge` keeps an edit of somebody else; `nothing`: it
   * is there already; `conflict` refuses the whole.
   */
  action: 'create' | 'remove' | 'restore' | 'merge' | 'nothing' | 'conflict';
  /** What would merge it. */
  by?: string;
  /** Why it is a conflict. */
  detail?: string;
  /** From what is there now to what would be there; for a conflict to what would be put back. Empty: no difference. */
  diff: string;
}

/** What an undo or a redo would do. */
export type ReplayPreview =
  | {
      kind: 'preview';
      would: 'undone' | 'redone' | 'conflict' | 'damaged';
      run: string;
      takesBack?: string;
      files: PreviewedFile[];
      /** Kept bytes that are damaged; where there are any, the files cannot be shown. */
      damaged: DamagedFile[];
      sound: string[];
    }
  | { kind: 'nothing'; message: string };

/** What {@link previewReplay} reads. */
export interface PreviewContext {
  store: Store;
  /** The true path of the repository. */
  root: string;
  stateFolder: string;
  merge: MergeFile;
}

/** Works out an undo or a redo to the last byte and writes nothing, neither to the tree nor to the state folder. */
export async function previewReplay(target: ReplayTarget, context: PreviewContext): Promise<ReplayPreview> {
  const objects = objectFolder(join(context.stateFolder, 'objects'));
  const tree = openTree(context.root, objects);
  const choice = await chooseReplay(context.store, target);
  if (choice.kind === 'nothing') return choice;
  const { run, takesBack, effect } = choice;
  const base = { kind: 'preview' as const, run, ...(takesBack === undefined ? {} : { takesBack }) };
  try {
    const plan = await planReplay(choice, { tree, read: objects.read, merge: context.merge });
    const files = await previewFiles(plan, run, context.store, { tree, read: objects.read });
    const would = plan.conflicts.length > 0 ? 'conflict' : effect === 'undo' ? 'undone' : 'redone';
    return { ...base, would, files, damaged: [], sound: [] };
  } catch (error) {
    const found = isPyAgentError(error, 'state/object') ? await damage(choice, { objects }) : undefined;
    if (found === undefined) throw error;
    return { ...base, would: 'damaged', files: [], damaged: found.damaged, sound: found.sound };
  }
}

async function previewFiles(
  plan: ReplayPlan,
  run: string,
  store: Store,
  { tree, read: kept }: Pick<LookContext, 'tree' | 'read'>,
): Promise<PreviewedFile[]> {
  const present = presentIn(tree);
  const show = async ({ path, ours }: ThreeWay, to: FileState, bytes?: Uint8Array): Promise<string> => {
    const contents = new Map<string, Uint8Array>();
    const now = ours.kind === 'file' ? await present(path, ours.hash) : undefined;
    if (ours.kind === 'file' && now) contents.set(ours.hash, now);
    if (to.kind === 'file' && bytes) contents.set(to.hash, bytes);
    return describeChange(
      { path, before: ours, after: to },
      { read: async (hash) => contents.get(hash) ?? kept(hash) },
    );
  };
  const files = await limited(plan.paths, async (planned): Promise<PreviewedFile> => {
    const { path, ours, theirs, resolution } = planned;
    if (resolution.kind === 'there' || resolution.kind === 'stays') return { path, action: 'nothing', diff: '' };
    if (resolution.kind === 'take') return { path, action: actionFor(ours, theirs), diff: await show(planned, theirs) };
    const { to, bytes, by } = resolution;
    return { path, action: 'merge', by, diff: await show(planned, to, bytes) };
  });
  const reasons = plan.conflicts.map(({ path, reason }) => ({ path, detail: reason }));
  const explained = await explain(reasons, run, { store });
  const conflicts = await limited([...plan.conflicts.entries()], async ([index, collision]): Promise<PreviewedFile> => {
    const detail = explained[index]?.detail ?? collision.reason;
    return { path: collision.path, action: 'conflict', detail, diff: await show(collision, collision.theirs) };
  });
  return [...files, ...conflicts].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function actionFor(ours: FileState, theirs: FileState): 'create' | 'remove' | 'restore' {
  if (theirs.kind === 'absent') return 'remove';
  return ours.kind === 'absent' ? 'create' : 'restore';
}
