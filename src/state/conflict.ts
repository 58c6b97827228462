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
  /** Absolute path of a copy of what stood there when they collided; the file itself is as it was. */
  present?: string;
  /** Absolute path of a file with both sides between conflict markers, where text met text. */
  marked?: string;
}

/** Two versions of a path that collide. */
export interface Collision {
  path: string;
  /** What stands there. */
  ours: FileState;
  /** What should stand there. */
  theirs: FileState;
  reason: string;
  marked?: Uint8Array;
}

/** Where copies of both versions go and where contents come from. */
export interface KeepBothContext {
  /** Of the transaction that could not be. */
  folder: string;
  objects: ObjectFolder;
  /** The bytes at a path, if they still have that hash. */
  present: (path: string, hash: string) => Promise<Uint8Array | undefined>;
}

/** Copies both versions of a collision into the folder, durably: `wanted/`, `present/`, and `marked/` for a person to resolve. */
export async function keepBoth(
  { path, ours, theirs, reason, marked }: Collision,
  { folder, objects, present }: KeepBothContext,
): Promise<Conflict> {
  const kept = await keepAside(join(folder, 'wanted'), path, theirs, objects);
  const now = ours.kind === 'file' ? await present(path, ours.hash) : undefined;
  const there = now && (await keepAside(join(folder, 'present'), path, now, objects));
  const both = marked && (await keepAside(join(folder, 'marked'), path, marked, objects));
  return {
    path,
    detail: `${reason}, so it was left as it is${theirs.kind === 'file' ? '' : `; wanted was ${named(theirs)}`}`,
    ...(kept === undefined ? {} : { kept }),
    ...(there === undefined ? {} : { present: there }),
    ...(both === undefined ? {} : { marked: both }),
  };
}

function named(state: FileState): string {
  if (state.kind === 'absent') return 'no file at all';
  return state.kind === 'symlink' ? `a link to ${state.target}` : `a ${state.kind}`;
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
