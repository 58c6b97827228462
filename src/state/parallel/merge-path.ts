import { type FileState, sameState } from '../file-state.ts';
import type { ConflictKind, ConflictRegion } from './merge-conflict.ts';

/** Merges three versions of a file's content; the composition root hands it in. */
export type MergeContents = (request: {
  path: string;
  base: Uint8Array;
  ours: Uint8Array;
  theirs: Uint8Array;
}) => MergedContents | Promise<MergedContents>;

/** What a merge came to; `mergeFile` of the room `diff` answers so. */
export type MergedContents =
  | { kind: 'clean'; bytes: Uint8Array; by?: 'text' | 'syntax' }
  | { kind: 'conflict'; bytes: Uint8Array; conflicts: readonly ConflictRegion[] };

/** Three states of one path. */
export interface ThreeStates {
  path: string;
  base: FileState;
  ours: FileState;
  theirs: FileState;
}

/** Where the contents come from; `undefined` for those that nobody has any more. */
export interface Contents {
  base(hash: string): Promise<Uint8Array | undefined>;
  ours(path: string): Promise<Uint8Array>;
  theirs(path: string): Promise<Uint8Array>;
}

/** How two changes were put together. `taken`: the repository still had what the agent had changed. */
export type MergedBy = 'taken' | 'permissions' | 'text' | 'syntax';

/** What becomes of a path. `bytes`: new content that neither side has. */
export type PathMerge =
  | { kind: 'there' }
  | { kind: 'write'; to: FileState; by: MergedBy; bytes?: Uint8Array }
  | { kind: 'conflict'; as: ConflictKind; regions?: readonly ConflictRegion[]; bytes?: Uint8Array };

type File = Extract<FileState, { kind: 'file' }>;

/**
 * Decides one path by its three states: whoever is alone in having changed it wins, content and permission bits apart;
 * contents that both changed are merged.
 */
export async function mergePath(states: ThreeStates, contents: Contents, merge: MergeContents): Promise<PathMerge> {
  const { base, ours, theirs } = states;
  if (sameState(ours, theirs) || sameState(base, theirs)) return { kind: 'there' };
  if (sameState(base, ours)) return { kind: 'write', to: theirs, by: 'taken' };
  if (ours.kind === 'file' && theirs.kind === 'file' && (base.kind === 'file' || base.kind === 'absent')) {
    return mergeFiles(states.path, { base, ours, theirs }, contents, merge);
  }
  return { kind: 'conflict', as: collision(base, ours, theirs) };
}

function collision(base: FileState, ours: FileState, theirs: FileState): ConflictKind {
  if (ours.kind === 'absent' || theirs.kind === 'absent') return 'delete-modify';
  if (ours.kind !== theirs.kind) return 'kind';
  if (ours.kind === 'folder') return 'mode';
  return base.kind === ours.kind || base.kind === 'absent' ? 'content' : 'kind';
}

interface Files {
  base: File | { kind: 'absent' };
  ours: File;
  theirs: File;
}

async function mergeFiles(path: string, files: Files, contents: Contents, merge: MergeContents): Promise<PathMerge> {
  const { base, ours, theirs } = files;
  const before = base.kind === 'file' ? base : undefined;
  const mode = oneOf(before?.mode, ours.mode, theirs.mode);
  if (mode === undefined) return { kind: 'conflict', as: 'mode' };
  const hash = oneOf(before?.hash, ours.hash, theirs.hash);
  if (hash !== undefined) {
    const { size } = hash === ours.hash ? ours : theirs;
    return { kind: 'write', to: { ...ours, hash, size, mode }, by: 'permissions' };
  }
  const old = before ? await contents.base(before.hash) : new Uint8Array();
  const [mine, other] = [await contents.ours(path), await contents.theirs(path)];
  if ([mine, other, ...(old ? [old] : [])].some(isBinary)) return { kind: 'conflict', as: 'binary' };
  if (!old) return { kind: 'conflict', as: 'content' };
  const merged = await merge({ path, base: old, ours: mine, theirs: other });
  if (merged.kind === 'conflict') {
    return { kind: 'conflict', as: 'content', regions: merged.conflicts, bytes: merged.bytes };
  }
  const { bytes, by = 'text' } = merged;
  // The hash is that of the bytes; who writes them fills it in.
  return { kind: 'write', to: { ...ours, size: bytes.length, mode }, by, bytes };
}

/** The value of the one side that changed it, or of both when they agree. */
function oneOf<T>(base: T | undefined, ours: T, theirs: T): T | undefined {
  if (ours === theirs || theirs === base) return ours;
  return ours === base ? theirs : undefined;
}

/** As git decides it: a zero byte among the first 8,000. */
function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 8000).includes(0);
}
