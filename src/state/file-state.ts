import { constants } from 'node:fs';
import { lstat, open, readlink } from 'node:fs/promises';
import { native } from '../native/index.ts';
import { ioError, isErrno } from './io-error.ts';

/** What stands at a path. Two states are the same when {@link sameState} says so. */
export type FileState =
  | { kind: 'absent' }
  | {
      kind: 'file';
      /** BLAKE3 of the bytes. */
      hash: string;
      /** Permission bits, `0o7777` at most. */
      mode: number;
      /** Bytes. */
      size: number;
      /** User and group; restored where the process may, never compared. */
      owner: [number, number];
    }
  | { kind: 'symlink'; target: string }
  | { kind: 'folder'; mode: number }
  /** A socket, a device: never touched. */
  | { kind: 'other' };

/** A state with what it was read from. */
export interface Observation {
  state: FileState;
  /** The content of a file. */
  bytes?: Uint8Array;
  /** More than one name leads to the file. */
  linked: boolean;
}

const MODE = 0o7777;

/** Reads what stands at an absolute path, without following a symbolic link. */
export async function observe(path: string): Promise<Observation> {
  const stats = await statsAt(path);
  if (!stats) return { state: { kind: 'absent' }, linked: false };
  const mode = stats.mode & MODE;
  if (stats.isDirectory()) return { state: { kind: 'folder', mode }, linked: false };
  if (stats.isSymbolicLink()) return { state: { kind: 'symlink', target: await readlink(path) }, linked: false };
  if (!stats.isFile()) return { state: { kind: 'other' }, linked: false };
  return observeFile(path);
}

async function observeFile(path: string): Promise<Observation> {
  try {
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const stats = await file.stat();
      const bytes = await file.readFile();
      const owner: [number, number] = [stats.uid, stats.gid];
      const mode = stats.mode & MODE;
      return {
        state: { kind: 'file', hash: native().hashBytes(bytes), mode, size: bytes.length, owner },
        bytes,
        linked: stats.nlink > 1,
      };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw ioError('read', path, cause);
  }
}

async function statsAt(path: string) {
  try {
    return await lstat(path);
  } catch (cause) {
    if (isErrno(cause, 'ENOENT', 'ENOTDIR')) return undefined;
    throw ioError('read', path, cause);
  }
}

/** Same kind, bytes and mode (Windows has no modes); owner and times are not compared. */
export function sameState(a: FileState, b: FileState): boolean {
  const sameMode = (x: number, y: number) => process.platform === 'win32' || x === y;
  if (a.kind === 'file' && b.kind === 'file') return a.hash === b.hash && sameMode(a.mode, b.mode);
  if (a.kind === 'folder' && b.kind === 'folder') return sameMode(a.mode, b.mode);
  if (a.kind === 'symlink' && b.kind === 'symlink') return a.target === b.target;
  return a.kind === b.kind && a.kind !== 'other';
}
