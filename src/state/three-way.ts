import { native } from '../native/index.ts';
import { type FileState, sameState } from './file-state.ts';

/** Three versions of the bytes of one file. */
export interface MergeRequest {
  path: string;
  base: Uint8Array;
  ours: Uint8Array;
  theirs: Uint8Array;
}

/** A clean merge with what made it (`text`, `syntax`), or a conflict, where there is one with both sides marked. */
export type MergeResult = { kind: 'clean'; bytes: Uint8Array; by: string } | { kind: 'conflict'; bytes?: Uint8Array };

/** Merges contents. The room declares it and the composition root hands it in. */
export type MergeFile = (request: MergeRequest) => MergeResult | Promise<MergeResult>;

/** A merge that never succeeds: every collision is a conflict. */
export const neverMerge: MergeFile = () => ({ kind: 'conflict' });

/** Three states of one path. */
export interface ThreeWay {
  path: string;
  /** What the one who changes found or left there. */
  base: FileState;
  /** What is there now. */
  ours: FileState;
  /** What shall be there. */
  theirs: FileState;
}

/** What becomes of a path whose three states are known. */
export type Resolution =
  /** It is already as wanted, or nothing is wanted of it. */
  | { kind: 'there' }
  /** Nobody else changed it. */
  | { kind: 'take'; to: FileState }
  /** Both changed it, and both changes are in `to`. `bytes` is new content; without it only other things differ. */
  | { kind: 'merged'; to: FileState & { kind: 'file' }; bytes?: Uint8Array; by: string }
  /** `marked`: both sides in one file, with conflict markers. */
  | { kind: 'conflict'; reason: string; marked?: Uint8Array };

/** A file that an edit of somebody else was merged with; both are in it. */
export interface MergedFile {
  path: string;
  /** What merged it: `text`, `syntax`; `permissions` where only those met. */
  by: string;
}

/** Where {@link threeWay} gets contents from and what merges them. */
export interface MergeContext {
  /** Kept bytes by their hash. */
  read: (hash: string) => Promise<Uint8Array>;
  /** The bytes that are at the path now; `undefined` when they are no longer those of `ours`. */
  present: (path: string, hash: string) => Promise<Uint8Array | undefined>;
  merge: MergeFile;
}

/** Larger files are not merged: both versions are kept instead. */
const LARGEST = 32 * 1024 * 1024;

/**
 * Brings a path to `theirs` without losing what somebody else made of `base`. Content and mode are merged apart, so a
 * changed mode never stands in the way of changed content. A removal against an edit, another kind of file, and bytes
 * that are not text are conflicts.
 */
export async function threeWay(states: ThreeWay, context: MergeContext): Promise<Resolution> {
  const { base, ours, theirs } = states;
  if (sameState(ours, theirs) || sameState(base, theirs)) return { kind: 'there' };
  if (sameState(base, ours)) return { kind: 'take', to: theirs };
  if (base.kind !== 'file' || ours.kind !== 'file' || theirs.kind !== 'file') {
    return { kind: 'conflict', reason: collision(ours, theirs) };
  }
  const mode = oneOf(base.mode, ours.mode, theirs.mode);
  if (mode === undefined) return { kind: 'conflict', reason: 'its permissions were changed to something else' };
  const hash = oneOf(base.hash, ours.hash, theirs.hash);
  if (hash !== undefined) {
    const { size } = hash === ours.hash ? ours : theirs;
    return { kind: 'merged', to: { ...inPlaceOf(ours), hash, size, mode }, by: 'permissions' };
  }
  return mergeContents(states.path, { base, ours, theirs, mode }, context);
}

interface Contents {
  base: FileState & { kind: 'file' };
  ours: FileState & { kind: 'file' };
  theirs: FileState & { kind: 'file' };
  mode: number;
}

async function mergeContents(
  path: string,
  { base, ours, theirs, mode }: Contents,
  { read, present, merge }: MergeContext,
): Promise<Resolution> {
  const edited = 'it was edited in the same places by somebody else';
  if (Math.max(base.size, ours.size, theirs.size) > LARGEST) {
    return { kind: 'conflict', reason: 'it was edited by somebody else and is too large to be merged' };
  }
  const now = await present(path, ours.hash);
  if (now === undefined) return { kind: 'conflict', reason: 'it is being changed by somebody else right now' };
  const versions = { base: await read(base.hash), ours: now, theirs: await read(theirs.hash) };
  if (Object.values(versions).some((bytes) => bytes.subarray(0, SNIFFED).includes(0))) {
    return { kind: 'conflict', reason: 'it was changed by somebody else and is not text' };
  }
  const merged = await merge({ path, ...versions });
  if (merged.kind === 'conflict') {
    return { kind: 'conflict', reason: edited, ...(merged.bytes === undefined ? {} : { marked: merged.bytes }) };
  }
  const to = { ...inPlaceOf(ours), hash: native().hashBytes(merged.bytes), size: merged.bytes.length, mode };
  return { kind: 'merged', to, bytes: merged.bytes, by: merged.by };
}

/** A file with one name makes room for a new one, whose identity is not known yet. */
function inPlaceOf(ours: FileState & { kind: 'file' }): FileState & { kind: 'file' } {
  const { id: _, ...same } = ours;
  return ours.linked ? ours : same;
}

/** Git looks as far for a zero byte before it calls a file binary. */
const SNIFFED = 8000;

/** The one that changed; `undefined` when both did, differently. */
function oneOf<T>(base: T, ours: T, theirs: T): T | undefined {
  if (ours === base || ours === theirs) return theirs;
  return theirs === base ? ours : undefined;
}

function collision(ours: FileState, theirs: FileState): string {
  if (ours.kind === 'absent') return 'it was removed by somebody else';
  if (theirs.kind === 'absent') return 'it was edited by somebody else and would be removed';
  if (ours.kind === 'file' && theirs.kind === 'file') return 'somebody else made a file there';
  return `somebody else put a ${ours.kind === 'other' ? 'device or socket' : ours.kind} there`;
}
