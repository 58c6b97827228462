import { chmod, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the writes of commands go that see the workspace through an overlay. */
export interface OverlayLayer {
  upper: string;
  work: string;
  /** Throws away what was written: the next command sees the workspace as it is. */
  clear(): Promise<void>;
  /**
   * What commands have written since, by path relative to the workspace: a word that another writing changes, or
   * `deleted`.
   */
  written(): Promise<ReadonlyMap<string, string>>;
  /** Removes the layer. */
  remove(): Promise<void>;
}

/** An {@link OverlayLayer} in `folder`, which is made and is ours alone. */
export async function overlayLayer(folder: string): Promise<OverlayLayer> {
  const upper = join(folder, 'upper');
  const work = join(folder, 'work');
  const remove = async () => {
    // The kernel makes this one unreadable for its owner.
    await chmod(join(work, 'work'), 0o700).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  };
  const clear = async () => {
    await remove();
    await mkdir(upper, { recursive: true, mode: 0o700 });
    await mkdir(work, { mode: 0o700 });
  };
  await clear();
  return {
    upper,
    work,
    clear,
    remove,
    written: async () => {
      const found = new Map<string, string>();
      await list(upper, '', found);
      return found;
    },
  };
}

/** A deleted name is a character device 0/0 there (Documentation/filesystems/overlayfs.rst, "whiteouts"). */
async function list(upper: string, inside: string, found: Map<string, string>): Promise<void> {
  const entries = await readdir(join(upper, inside), { withFileTypes: true });
  for (const entry of entries) {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
    if (entry.isDirectory()) {
      await list(upper, path, found);
      continue;
    }
    const { size, mtimeMs, mode, ino, rdev } = await lstat(join(upper, path));
    found.set(path, entry.isCharacterDevice() && rdev === 0 ? 'deleted' : `${ino} ${size} ${mtimeMs} ${mode}`);
  }
}
