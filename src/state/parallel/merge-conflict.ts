import type { FileState } from '../file-state.ts';

/** A region of a text that both sides changed differently. */
export interface ConflictRegion {
  base: Uint8Array;
  ours: Uint8Array;
  theirs: Uint8Array;
  /** Line of the marked text, counted from 1, where the first marker stands. */
  line: number;
}

/**
 * Two changes of one path that could not be put together. It is data: an agent or a person answers it with
 * `Parallel.resolve`. The contents behind the hashes are kept in the state folder (`Parallel.read`).
 */
export interface MergeConflict {
  path: string;
  /** The name of the parallel workspace. */
  workspace: string;
  kind: ConflictKind;
  /** When the workspace was made. */
  base: FileState;
  /** In the repository now; it was left as it is. */
  ours: FileState;
  /** In the workspace. */
  theirs: FileState;
  /** Of a conflict in text: where the sides meet. */
  regions?: readonly ConflictRegion[];
  /** Of a conflict in text: hash of both sides in one file, with conflict markers. */
  marked?: string;
}

export type ConflictKind =
  /** Both changed the same part of a text, the target of a link, or a file whose base was too large to keep. */
  | 'content'
  /** One removed what the other changed. */
  | 'delete-modify'
  /** A file here, a folder or a link there; or a parent folder that is something else now. */
  | 'kind'
  /** Both changed the permission bits, to different ones. */
  | 'mode'
  /** Both changed bytes that are not text. */
  | 'binary'
  /** Somebody outside the run edits the file, after the run had changed it or while it is written. */
  | 'outside';
