import { chmod, chown, mkdir, open, rename, rmdir, symlink, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { native } from '../native/index.ts';
import { type FileState, type Observation, observe, sameState } from './file-state.ts';
import { ioError, isErrno } from './io-error.ts';
import { limited } from './limited.ts';
import { TEMPORARY } from './workspace-path.ts';

/** A path that shall go from what was seen there to another state. */
export interface PendingChange {
  /** Relative to the root. */
  path: string;
  seen: Observation;
  to: FileState;
  /** Names the temporary file; unique within the transaction. */
  seq: number;
}

/** Where a transition works. */
export interface TransitionContext {
  /** Absolute. */
  root: string;
  /** The transaction, part of the names of temporary files. */
  transaction: string;
  /** The bytes behind a hash. */
  read: (hash: string) => Promise<Uint8Array>;
  /** Told before each effect on the tree; a crash test ends the process here. */
  beforeEffect: (name: string) => void;
}

/** The name of a temporary file beside `path`. Recovery finds it by the transaction and the sequence number. */
export function draftPath(root: string, transaction: string, { path, seq }: { path: string; seq: number }): string {
  return join(root, dirname(path), `${TEMPORARY}${transaction}-${seq}.tmp`);
}

/**
 * Brings all paths to their states and returns those that somebody else changed in the meantime: they are left as they
 * are. Each path changes in one step, so a kill leaves it at one of its two states, and what it displaces is compared
 * with what was seen before it is deleted.
 *
 * All new content is on the disk before the first existing file changes: a full disk or a folder that cannot be written
 * is noticed while the tree is whole. When it throws, some paths may have changed; temporary files are gone.
 */
export async function transition(changes: readonly PendingChange[], context: TransitionContext): Promise<string[]> {
  const work = new Transition(context);
  try {
    return await work.run(changes);
  } catch (error) {
    await work.dropDrafts();
    throw error;
  }
}

/** What needs a folder that is still in the way or missing is tried again after the removals. */
type Chance = 'first' | 'last';

const isContent = (state: FileState) => state.kind === 'file' || state.kind === 'symlink';
const depth = ({ path }: PendingChange) => path.split('/').length;

/** Only the permission bits differ. */
function isModeOnly({ seen: { state }, to }: PendingChange): boolean {
  if (state.kind === 'folder') return to.kind === 'folder';
  return state.kind === 'file' && to.kind === 'file' && state.hash === to.hash;
}

class Transition {
  readonly #context: TransitionContext;
  readonly #conflicts: string[] = [];
  readonly #drafts = new Set<string>();

  constructor(context: TransitionContext) {
    this.#context = context;
  }

  async run(all: readonly PendingChange[]): Promise<string[]> {
    const modes = all.filter(isModeOnly);
    const changes = all.filter((change) => !isModeOnly(change));
    const inPlace = changes.filter(({ seen, to }) => seen.linked && to.kind === 'file');
    const writes = changes.filter((change) => isContent(change.to) && !inPlace.includes(change));
    const folders = changes.filter(({ to }) => to.kind === 'folder').sort((a, b) => depth(a) - depth(b));
    const lateFolders = await this.#makeFolders(folders);
    const lateWrites = await this.#makeDrafts(writes);
    await this.#remove(changes);
    await this.#makeFolders(lateFolders, 'last');
    await this.#makeDrafts(lateWrites, 'last');
    const drafted = writes.filter(({ path }) => !this.#conflicts.includes(path));
    await limited(drafted, (change) => this.#place(change));
    for (const change of inPlace) await this.#overwrite(change);
    for (const change of modes) await this.#setMode(change);
    return this.#conflicts;
  }

  async dropDrafts(): Promise<void> {
    // The error that led here is the one to report; recovery looks for leftovers again.
    await limited([...this.#drafts], (draft) => unlink(draft).catch(() => undefined));
  }

  #place(change: PendingChange): Promise<void> {
    return this.#attempt('write', change, async (path, draft) => {
      const { to } = change;
      if (to.kind === 'file') await dress(draft, to);
      this.#context.beforeEffect(`place ${change.path}`);
      const placed = isContent(change.seen.state) ? await replace(draft, path, change.seen) : await create(draft, path);
      await unlink(draft).catch((error: unknown) => ignore(error, 'ENOENT'));
      this.#drafts.delete(draft);
      if (!placed) this.#conflicts.push(change.path);
    });
  }

  /** Returns those whose parent stands only after removals. */
  async #makeFolders(folders: readonly PendingChange[], chance: Chance = 'first'): Promise<PendingChange[]> {
    const late: PendingChange[] = [];
    for (const change of folders) {
      await this.#attempt('create', change, async (path) => {
        this.#context.beforeEffect(`mkdir ${change.path}`);
        try {
          await mkdir(path);
          if (change.to.kind === 'folder') await chmod(path, change.to.mode);
        } catch (cause) {
          if (!isErrno(cause, 'EEXIST', 'ENOENT', 'ENOTDIR')) throw cause;
          if (chance === 'first') late.push(change);
          else this.#conflicts.push(change.path);
        }
      });
    }
    return late;
  }

  /** Returns those whose folder stands only after removals. */
  async #makeDrafts(writes: readonly PendingChange[], chance: Chance = 'first'): Promise<PendingChange[]> {
    const late: PendingChange[] = [];
    const made: string[] = [];
    const make = (change: PendingChange) =>
      this.#attempt('write', change, async (_path, draft) => {
        this.#context.beforeEffect(`draft ${change.path}`);
        try {
          this.#drafts.add(draft);
          await this.#writeDraft(draft, change.to);
          if (change.to.kind === 'file') made.push(draft);
        } catch (cause) {
          if (!isErrno(cause, 'ENOENT', 'ENOTDIR')) throw cause;
          if (chance === 'first') late.push(change);
          else this.#conflicts.push(change.path);
        }
      });
    await limited(writes, make);
    await native().syncPaths(made);
    return late;
  }

  async #writeDraft(draft: string, to: FileState): Promise<void> {
    if (to.kind === 'symlink') return symlink(to.target, draft);
    if (to.kind !== 'file') return;
    const bytes = await this.#context.read(to.hash);
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
  }

  /** Files first, then folders from the deepest. */
  async #remove(changes: readonly PendingChange[]): Promise<void> {
    const files = changes.filter(({ seen, to }) => isContent(seen.state) && !isContent(to));
    const folders = changes.filter(({ seen, to }) => seen.state.kind === 'folder' && to.kind !== 'folder');
    await limited(files, (change) =>
      this.#attempt('remove', change, async (path, draft) => {
        this.#context.beforeEffect(`remove ${change.path}`);
        if (!(await takeAway(path, draft, change.seen))) this.#conflicts.push(change.path);
      }),
    );
    for (const change of folders.sort((a, b) => depth(b) - depth(a))) {
      await this.#attempt('remove', change, async (path) => {
        this.#context.beforeEffect(`rmdir ${change.path}`);
        try {
          await rmdir(path);
        } catch (cause) {
          ignore(cause, 'ENOTEMPTY', 'EEXIST', 'ENOENT');
          if (!isErrno(cause, 'ENOENT')) this.#conflicts.push(change.path);
        }
      });
    }
  }

  /** A file with several names keeps them all: its bytes change, from the first on, and recovery knows such a mix. */
  #overwrite(change: PendingChange): Promise<void> {
    return this.#attempt('write', change, async (path) => {
      if (change.to.kind !== 'file') return;
      // Another of its names may stand in the same batch.
      if (!(await isStill(path, change.seen))) {
        this.#conflicts.push(change.path);
        return;
      }
      this.#context.beforeEffect(`overwrite ${change.path}`);
      await overwrite(path, await this.#context.read(change.to.hash));
      await chmod(path, change.to.mode);
      await flushMode(path);
    });
  }

  #setMode(change: PendingChange): Promise<void> {
    return this.#attempt('change the mode of', change, async (path) => {
      this.#context.beforeEffect(`chmod ${change.path}`);
      if (change.to.kind === 'file' || change.to.kind === 'folder') await chmod(path, change.to.mode);
      await flushMode(path);
    });
  }

  async #attempt(
    operation: string,
    change: PendingChange,
    work: (path: string, draft: string) => Promise<void>,
  ): Promise<void> {
    const { root, transaction } = this.#context;
    try {
      await work(join(root, change.path), draftPath(root, transaction, change));
    } catch (cause) {
      throw ioError(operation, join(root, change.path), cause);
    }
  }
}

/** Writes from the first byte on, then cuts to length, then flushes. */
export async function overwrite(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'r+');
  try {
    let done = 0;
    while (done < bytes.length) done += (await file.write(bytes, done, bytes.length - done, done)).bytesWritten;
    await file.truncate(bytes.length);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without a rename the flush of the folder does not carry the new mode. */
async function flushMode(path: string): Promise<void> {
  try {
    await native().syncPaths([path]);
  } catch (cause) {
    // The new mode may keep the process from opening it: then the file system flushes it in its own time.
    ignore(cause, 'EACCES');
  }
}

/** Owner first: changing it clears some mode bits. */
async function dress(draft: string, to: FileState & { kind: 'file' }): Promise<void> {
  if (process.platform !== 'win32') {
    // Only a privileged process may give a file away; for others the file becomes theirs.
    await chown(draft, ...to.owner).catch((error: unknown) => ignore(error, 'EPERM', 'EINVAL'));
  }
  await chmod(draft, to.mode);
}

async function create(draft: string, path: string): Promise<boolean> {
  try {
    native().renameNew(draft, path);
    return true;
  } catch (cause) {
    if (isErrno(cause, 'EEXIST')) return false;
    if (!isErrno(cause, 'ENOTSUP')) throw cause;
  }
  if ((await observe(path)).state.kind !== 'absent') return false;
  await rename(draft, path);
  return true;
}

/** Swaps the two names, looks at what came out, and swaps back when it is not what was seen. */
async function replace(draft: string, path: string, seen: Observation): Promise<boolean> {
  try {
    native().exchange(draft, path);
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return false;
    if (!isErrno(cause, 'ENOTSUP')) throw cause;
    if (!(await isStill(path, seen))) return false;
    await rename(draft, path);
    return true;
  }
  if (await isStill(draft, seen)) return true;
  native().exchange(draft, path);
  return false;
}

async function takeAway(path: string, draft: string, seen: Observation): Promise<boolean> {
  try {
    native().renameNew(path, draft);
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return true;
    if (!isErrno(cause, 'ENOTSUP')) throw cause;
    if (!(await isStill(path, seen))) return false;
    await unlink(path);
    return true;
  }
  if (await isStill(draft, seen)) {
    await unlink(draft);
    return true;
  }
  native().renameNew(draft, path);
  return false;
}

async function isStill(path: string, seen: Observation): Promise<boolean> {
  return sameState((await observe(path)).state, seen.state);
}

function ignore(error: unknown, ...codes: string[]): void {
  if (!isErrno(error, ...codes)) throw error;
}
