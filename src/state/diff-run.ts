import { join } from 'node:path';
import { bytesOfPath, type DiffSide, fileDiff } from '../diff/index.ts';
import type { Store } from '../store/index.ts';
import type { FileState } from './file-state.ts';
import { runChanges } from './history.ts';
import type { NetChange } from './net-change.ts';
import { type ObjectFolder, objectFolder } from './object-folder.ts';

/** What a run changed at one path. */
export interface RunDiff {
  path: string;
  kind: 'added' | 'removed' | 'modified';
  /**
   * Git's patch of the path, to read: a line for what is not text, a sentence for what git does not keep (folders), and
   * U+FFFD for bytes that are no UTF-8. {@link runPatch} is the patch to apply.
   */
  text: string;
}

type Contents = Pick<ObjectFolder, 'read'>;

/** What is needed to read the changes of a run; works while another process holds the workspace. */
export interface DiffRequest {
  store: Store;
  stateFolder: string;
  run: string;
}

/** The changes of a run as unified diffs, sorted by path. Empty when it changed nothing or never landed. */
export async function diffRun({ store, stateFolder, run }: DiffRequest): Promise<RunDiff[]> {
  const objects = objectFolder(join(stateFolder, 'objects'));
  const diffs: RunDiff[] = [];
  for (const change of await runChanges(store, run)) {
    const { path, before, after } = change;
    const kind = before.kind === 'absent' ? 'added' : after.kind === 'absent' ? 'removed' : 'modified';
    diffs.push({ path, kind, text: await describeChange(change, objects) });
  }
  return diffs;
}

/** A change as a {@link RunDiff} tells it. */
export async function describeChange(change: NetChange, objects: Contents): Promise<string> {
  const patch = fileDiff(...(await sidesOf(change, objects)));
  const text = typeof patch === 'string' ? patch : new TextDecoder().decode(patch);
  return text + noteOf(change, text);
}

/**
 * The changes of a run as one patch that `git apply` accepts, binary files included. What git does not keep is not in
 * it: folders, and of modes all but whether a file may be executed.
 */
export async function runPatch({ store, stateFolder, run }: DiffRequest): Promise<Uint8Array> {
  const objects = objectFolder(join(stateFolder, 'objects'));
  const patches: Uint8Array[] = [];
  for (const change of await runChanges(store, run)) {
    const patch = fileDiff(...(await sidesOf(change, objects)), { binary: true });
    patches.push(typeof patch === 'string' ? Buffer.from(patch) : patch);
  }
  return Buffer.concat(patches);
}

async function sidesOf({ path, before, after }: NetChange, objects: Contents) {
  return [await sideOf(path, before, objects), await sideOf(path, after, objects)] as const;
}

/** The state as git would keep it; `undefined` for what it does not keep. */
async function sideOf(path: string, state: FileState, objects: Contents): Promise<DiffSide | undefined> {
  if (state.kind === 'symlink') return { path, mode: 0o120000, bytes: bytesOfPath(state.target) };
  if (state.kind !== 'file') return undefined;
  return { path, mode: state.mode & 0o100 ? 0o100755 : 0o100644, bytes: await objects.read(state.hash) };
}

/** A sentence about what the patch of git leaves unsaid. */
function noteOf({ path, before, after }: NetChange, text: string): string {
  const unsaid = [before, after].filter(({ kind }) => kind === 'folder' || kind === 'other');
  if (unsaid.length > 0) return `${path}: ${wordFor(before)} -> ${wordFor(after)}\n`;
  if (text !== '' || before.kind !== 'file' || after.kind !== 'file') return '';
  return `${path}: mode ${before.mode.toString(8)} -> ${after.mode.toString(8)}\n`;
}

function wordFor(state: FileState): string {
  if (state.kind === 'file') return `${state.size} bytes`;
  return state.kind === 'symlink' ? `link to ${state.target}` : state.kind;
}
