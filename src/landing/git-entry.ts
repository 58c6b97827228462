import { bytesOfPath } from '../diff/index.ts';
import type { FileState, NetChange } from '../state/index.ts';
import type { LeftOut } from './landing-outcome.ts';

/** What git keeps of a path. */
export interface GitEntry {
  /** A file, a file that may be executed, a symbolic link. */
  mode: '100644' | '100755' | '120000';
  /** The content; of a link, its target. */
  bytes: Uint8Array;
}

/** A change as git sees it; absent: nothing is there. */
export interface EntryChange {
  path: string;
  before?: GitEntry;
  after?: GitEntry;
}

/** The changes that git can hold, and those that it cannot, with the reason. */
export async function entryChanges(
  changes: readonly NetChange[],
  read: (hash: string) => Promise<Uint8Array>,
): Promise<{ held: EntryChange[]; leftOut: LeftOut[] }> {
  const held: EntryChange[] = [];
  const leftOut: LeftOut[] = [];
  for (const change of changes) {
    const reason = whyNotHeld(change, changes);
    if (reason !== undefined) leftOut.push({ path: change.path, reason });
    const [before, after] = [await entryOf(change.before, read), await entryOf(change.after, read)];
    if (reason !== undefined || (before === undefined && after === undefined)) continue;
    held.push({ path: change.path, ...(before ? { before } : {}), ...(after ? { after } : {}) });
  }
  return { held, leftOut };
}

async function entryOf(state: FileState, read: (hash: string) => Promise<Uint8Array>): Promise<GitEntry | undefined> {
  if (state.kind === 'symlink') return { mode: '120000', bytes: bytesOfPath(state.target) };
  if (state.kind !== 'file') return undefined;
  return { mode: fileMode(state.mode), bytes: await read(state.hash) };
}

const fileMode = (mode: number) => (mode & 0o100 ? '100755' : '100644');

function whyNotHeld({ path, before, after }: NetChange, all: readonly NetChange[]): string | undefined {
  if (before.kind === 'file' && after.kind === 'file') {
    const same = before.hash === after.hash && fileMode(before.mode) === fileMode(after.mode);
    return same ? 'git keeps of the mode only whether a file may be executed' : undefined;
  }
  if (before.kind === 'folder' && after.kind === 'folder') return 'git keeps no modes of folders';
  const isFolder = [before, after].every(({ kind }) => kind === 'folder' || kind === 'absent');
  if (!isFolder) return undefined;
  // A folder with files comes and goes with them.
  const used = all.some((other) => other.path.startsWith(`${path}/`) && [other.before, other.after].some(isHeld));
  return used ? undefined : 'git keeps no empty folders';
}

const isHeld = ({ kind }: FileState) => kind === 'file' || kind === 'symlink';
