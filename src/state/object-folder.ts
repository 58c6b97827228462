import { type NativeObjects, type NativeTree, native } from '../native/index.ts';
import { ioError } from './io-error.ts';

/** Contents by their BLAKE3: originals and results, so that each can be put back byte by byte. */
export interface ObjectFolder {
  readonly native: NativeObjects;
  /** Makes contents durable; those already kept cost only a look at them. */
  keep(contents: readonly Uint8Array[]): Promise<void>;
  /** The bytes behind a hash; fails with `state/object` when they are missing or damaged. */
  read(hash: string): Promise<Uint8Array>;
  /** Whether the bytes behind a hash are there and undamaged; they are read in pieces and not handed over. */
  isSound(hash: string): Promise<boolean>;
  /** Everything that is kept, with its size in bytes. */
  list(): Promise<{ hash: string; size: number }[]>;
  /** Removes contents; those that are not there are no failure. */
  remove(hashes: readonly string[]): Promise<void>;
  /** Removes drafts that a killed process left behind. Only under the lock of the workspace. */
  sweep(): Promise<void>;
}

/** The objects in `folder`, which is created when first needed. */
export function objectFolder(folder: string): ObjectFolder {
  const objects = native().openObjects(folder);
  const told = (operation: string) => (cause: unknown) => {
    throw ioError(operation, folder, cause);
  };
  return {
    native: objects,
    keep: (contents) => objects.keep([...contents]).catch(told('keep originals in')),
    read: (hash) => objects.read(hash).catch(told('read')),
    isSound: (hash) => objects.isSound(hash).catch(told('read')),
    list: () => objects.list().catch(told('list')),
    remove: (hashes) => objects.remove([...hashes]).catch(told('clean up')),
    sweep: () => objects.sweep().catch(told('clean up')),
  };
}

/** The work tree at `root`, whose contents are kept in `objects`. */
export function openTree(root: string, objects: ObjectFolder): NativeTree {
  try {
    return objects.native.openTree(root);
  } catch (cause) {
    throw ioError('open', root, cause);
  }
}
