import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { native } from '../native/index.ts';
import type { TreeContext } from './apply-changes.ts';
import type { FileState } from './file-state.ts';
import { ioError } from './io-error.ts';
import type { ObjectFolder } from './object-folder.ts';

/** A path that somebody else changed meanwhile. It is left as it is. */
export interface Conflict {
  path: string;
  /** One sentence for a person. */
  detail: string;
  /** Absolute path of a copy of the version that could not be put back. */
  kept?: string;
}

/** Where both versions of a file are kept when they collide. */
export interface KeepingContext extends TreeContext {
  /** Of this transaction. */
  folder: string;
}

/** Copies what should have stood at `path` into `folder`, durably, so that both versions exist. */
export async function keepAside(
  folder: string,
  path: string,
  content: FileState | Uint8Array,
  objects: ObjectFolder,
): Promise<string | undefined> {
  const isBytes = content instanceof Uint8Array;
  if (!isBytes && content.kind !== 'file') return undefined;
  const bytes = isBytes ? content : await objects.read(content.hash);
  const place = join(folder, path);
  try {
    await native().makeFolder(dirname(place));
    await writeFile(place, bytes, { mode: 0o600 });
    await native().syncPaths([place, dirname(place)]);
  } catch (cause) {
    throw ioError('keep both versions at', place, cause);
  }
  return place;
}
