import type { NativeState, NativeTree } from '../native/index.ts';
import { ioError } from './io-error.ts';

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
      /** User and group, -1 to leave them as they come; restored where the process may, never compared. */
      owner: [number, number];
      /** Which file it is (device, inode, time of birth); absent for one that this program has yet to make. */
      id?: string;
      /** More than one name leads to the file: they are kept together. */
      linked?: true;
    }
  | { kind: 'symlink'; target: string }
  | { kind: 'folder'; mode: number }
  /** A socket, a device: never touched. Also what lies behind a symbolic link where a folder was. */
  | { kind: 'other' };

/** A state with what it was read from. */
export interface Observation {
  state: FileState;
  /** Device and inode; absent where nothing stands. */
  identity?: string;
}

/** Reads what stands at each path, without following a symbolic link. */
export async function observeAll(tree: NativeTree, paths: readonly string[]): Promise<Observation[]> {
  if (paths.length === 0) return [];
  try {
    const seen = await tree.observe([...paths]);
    return seen.map(({ state, identity }) => ({ state: fileState(state), ...(identity ? { identity } : {}) }));
  } catch (cause) {
    throw ioError('read', paths[0] ?? '', cause);
  }
}

/** A state as the native tree tells it. */
export function fileState(state: NativeState): FileState {
  const { kind, hash = '', mode = 0, size = 0, owner = [], id, linked, target = '' } = state;
  switch (kind) {
    case 'file':
      return {
        ...{ kind, hash, mode, size, owner: [owner[0] ?? -1, owner[1] ?? -1] },
        ...(id ? { id } : {}),
        ...(linked ? { linked } : {}),
      };
    case 'symlink':
      return { kind, target };
    case 'folder':
      return { kind, mode };
    default:
      return { kind: kind === 'absent' ? 'absent' : 'other' };
  }
}

/** Other names of a file came or went between two states. */
export function relinked(a: FileState, b: FileState): boolean {
  return a.kind === 'file' && b.kind === 'file' && a.id !== b.id && (a.linked === true || b.linked === true);
}

/** Same kind, bytes and mode (Windows has no modes); owner, other names and times are not compared. */
export function sameState(a: FileState, b: FileState): boolean {
  const sameMode = (x: number, y: number) => process.platform === 'win32' || x === y;
  if (a.kind === 'file' && b.kind === 'file') return a.hash === b.hash && sameMode(a.mode, b.mode);
  if (a.kind === 'folder' && b.kind === 'folder') return sameMode(a.mode, b.mode);
  if (a.kind === 'symlink' && b.kind === 'symlink') return a.target === b.target;
  return a.kind === b.kind && a.kind !== 'other';
}
