import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Conflict,
  type DamagedFile,
  describeHolder,
  type LeaseHolder,
  type LeaseWait,
  leaseHolder,
  type MergedFile,
  type OperationEntry,
  previewReplay,
  type Recovered,
  type ReplayOutcome,
  type ReplayPreview,
  type ReplayTarget,
  type RunFileState,
  readOperations,
} from '../state/index.ts';
import { auditAppended } from '../store/index.ts';
import { mergeOutside } from './merge-outside.ts';
import { nothingInTree } from './nothing-in-tree.ts';
import { type HoldOptions, holdWorkspace, readWorkspace, workspaceFolder } from './workspace-folder.ts';

/** What undo and redo are asked for. */
export interface HistoryRequest extends ReplayTarget {
  /** Default: a repository that is in use is told at once. */
  wait?: LeaseWait;
}

/** What undo and redo did. */
export type HistoryOutcome = (
  | {
      kind: 'undone' | 'redone';
      run: string;
      /** Its own id: undoing that takes it back. */
      operation: string;
      takesBack?: string;
      paths: readonly string[];
      merged: readonly MergedFile[];
      runState: RunFileState;
    }
  | { kind: 'nothing'; message: string }
  | { kind: 'conflict'; run: string; paths: readonly string[]; conflicts: readonly Conflict[]; message: string }
  | { kind: 'damaged'; run: string; damaged: readonly DamagedFile[]; sound: readonly string[]; message: string }
  | { kind: 'busy'; message: string; holder?: LeaseHolder }
) & {
  /** What a killed process had left open and was rolled back first. Absent: nothing. */
  recovered?: readonly Recovered[];
};

/** What undo and redo would do; `message` says why not. */
export type PreviewOutcome =
  | (ReplayPreview & { kind: 'preview'; message?: string; open: readonly string[] })
  | { kind: 'nothing'; message: string }
  | { kind: 'busy'; message: string; holder?: LeaseHolder };

/** Where a history lives and what it takes to write to it. */
export type HistoryContext = Omit<HoldOptions, 'claim' | 'wait'> & { host?: string };

/** Takes a run, some of its files, or an earlier undo back; or brings it back. */
export async function replayHistory(request: HistoryRequest, context: HistoryContext): Promise<HistoryOutcome> {
  const { kind, wait, target } = request;
  const { host, clock, stateHome, root } = context;
  const task = target === undefined ? kind : `${kind} ${target}`;
  const holding = await holdWorkspace({
    ...context,
    claim: { task, ...(host === undefined ? {} : { host }) },
    ...(wait === undefined ? {} : { wait }),
  });
  if (holding.kind === 'busy') return holding;
  const { files, store, close, recovered } = holding.workspace;
  try {
    const audit = auditAppended({ time: clock.now(), kind: `run.${kind}`, data: { target: target ?? 'newest' } });
    const outcome = await files.replay(request, [audit]);
    if (outcome.kind === 'nothing') outcome.message = await nothingInTree(outcome.message, store, target);
    return { ...told(outcome, request, stateHome, root), ...(recovered.length === 0 ? {} : { recovered }) };
  } finally {
    await close();
  }
}

/** What {@link replayHistory} would do now. Takes no lock and writes nothing. */
export async function previewHistory(
  request: ReplayTarget,
  { root, stateHome }: Pick<HistoryContext, 'root' | 'stateHome'>,
): Promise<PreviewOutcome> {
  const folder = workspaceFolder(stateHome, root);
  const none: PreviewOutcome = { kind: 'nothing', message: `There is no run to ${request.kind}.` };
  if (!existsSync(folder.store)) return none;
  const held = leaseHolder(join(folder.path, 'lock'));
  if (held !== undefined) {
    const message = `${root} is in use by ${describeHolder(held.holder)}: what it does may change what would happen.`;
    return { kind: 'busy', message, ...(held.holder === undefined ? {} : { holder: held.holder }) };
  }
  const read = async (store: Parameters<typeof readOperations>[0]): Promise<PreviewOutcome> => {
    const preview = await previewReplay(request, { store, root, stateFolder: folder.path, merge: mergeOutside });
    if (preview.kind === 'nothing') {
      return { ...preview, message: await nothingInTree(preview.message, store, request.target) };
    }
    const open = (await readOperations(store, 'open')).map(({ run }) => run);
    if (preview.would !== 'damaged') return { ...preview, open };
    return { ...preview, open, message: damageMessage(preview, request, stateHome, root) };
  };
  return readWorkspace(folder, read, none);
}

/** Everything that happened to the files of a repository, the newest first. */
export async function listOperations({
  root,
  stateHome,
}: Pick<HistoryContext, 'root' | 'stateHome'>): Promise<OperationEntry[]> {
  return (await readWorkspace(workspaceFolder(stateHome, root), readOperations, [])).reverse();
}

function told(outcome: ReplayOutcome, request: ReplayTarget, stateHome: string, root: string): HistoryOutcome {
  if (outcome.kind === 'damaged') return { ...outcome, message: damageMessage(outcome, request, stateHome, root) };
  if (outcome.kind !== 'conflict') return outcome;
  const message = [`These files were edited since ${outcome.run}; nothing was touched:`];
  for (const { path, detail, kept, present, marked } of outcome.conflicts) {
    message.push(`  ${path}: ${detail}`);
    if (kept !== undefined) message.push(`    what would have been put back: ${kept}`);
    if (present !== undefined) message.push(`    what is there now, as a copy: ${present}`);
    if (marked !== undefined) message.push(`    both, with conflict markers: ${marked}`);
  }
  return { ...outcome, paths: outcome.conflicts.map(({ path }) => path), message: message.join('\n') };
}

function damageMessage(
  { run, damaged, sound }: { run: string; damaged: readonly DamagedFile[]; sound: readonly string[] },
  { kind }: ReplayTarget,
  stateHome: string,
  root: string,
): string {
  const objects = join(workspaceFolder(stateHome, root).path, 'objects');
  const lines = damaged.map(({ path, hash }) => `  ${path}: ${join(objects, hash)}`);
  const message = [`Kept bytes of ${run} are missing or damaged; nothing was touched:`, ...lines];
  if (sound.length > 0) {
    const files = sound.length === 1 ? '1 other file' : `${sound.length} other files`;
    message.push(`The ${files} can still go: pyagent ${kind} ${run} --only ${shown(sound)}`);
  }
  message.push('Restore the named files from a backup of the state folder to bring back the rest.');
  return message.join('\n');
}

function shown(paths: readonly string[]): string {
  const quoted = paths
    .slice(0, 8)
    .map((path) => (/^[\w./@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`));
  return paths.length > quoted.length ? `${quoted.join(' ')} …` : quoted.join(' ');
}
