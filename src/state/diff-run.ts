import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import type { Store } from '../store/index.ts';
import type { FileState } from './file-state.ts';
import { runChanges } from './history.ts';
import { type ObjectFolder, objectFolder } from './object-folder.ts';

/** What a run changed at one path. */
export interface RunDiff {
  path: string;
  kind: 'added' | 'removed' | 'modified';
  /** A unified diff; for what is not text one sentence instead. */
  text: string;
}

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
  for (const { path, before, after } of await runChanges(store, run)) {
    const kind = before.kind === 'absent' ? 'added' : after.kind === 'absent' ? 'removed' : 'modified';
    diffs.push({ path, kind, text: await describe(path, before, after, objects) });
  }
  return diffs;
}

async function describe(path: string, before: FileState, after: FileState, objects: ObjectFolder): Promise<string> {
  const [old, now] = [await textOf(before, objects), await textOf(after, objects)];
  const notes = modeNote(path, before, after);
  if (old === undefined || now === undefined) return `${notes}${path}: ${wordFor(before)} -> ${wordFor(after)}\n`;
  if (old === now) return notes;
  const from = before.kind === 'absent' ? '/dev/null' : `a/${path}`;
  const to = after.kind === 'absent' ? '/dev/null' : `b/${path}`;
  return notes + createTwoFilesPatch(from, to, old, now, undefined, undefined, { context: 3 });
}

/** Text content; `undefined` for what has none. */
async function textOf(state: FileState, objects: ObjectFolder): Promise<string | undefined> {
  if (state.kind === 'absent') return '';
  if (state.kind !== 'file') return undefined;
  const bytes = await objects.read(state.hash);
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function modeNote(path: string, before: FileState, after: FileState): string {
  if (before.kind !== 'file' || after.kind !== 'file' || before.mode === after.mode) return '';
  return `${path}: mode ${before.mode.toString(8)} -> ${after.mode.toString(8)}\n`;
}

function wordFor(state: FileState): string {
  if (state.kind === 'file') return `${state.size} bytes`;
  return state.kind === 'symlink' ? `link to ${state.target}` : state.kind;
}
