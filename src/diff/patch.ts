import { type NativePatchFile, native } from '../native/index.ts';
import { bytesOfPath, pathOfBytes } from './path-bytes.ts';

/** What a patch does to one file. */
export interface FilePatch {
  /** The path before; absent when the file is added. Git's `a/` is gone. */
  from?: string;
  /** The path after; absent when the file is removed. */
  to?: string;
  change: 'modify' | 'create' | 'delete' | 'rename' | 'copy';
  oldMode?: number;
  newMode?: number;
  /** Percent, of a rename or copy. */
  similarity?: number;
  /** The object names of git's `index` line, often shortened. */
  oldObject?: string;
  newObject?: string;
  /** The content is not text: not in the patch (`differ`), or as a `GIT binary patch`, which is not read here. */
  binary?: 'differ' | 'git-patch';
  hunks: PatchHunk[];
}

/** One contiguous change with the lines around it. */
export interface PatchHunk {
  /** First line before, counted from 1; with `oldCount` 0 the line that the change follows. */
  oldStart: number;
  oldCount: number;
  newStart: number;
  newCount: number;
  /** What follows the second `@@`. */
  heading: Uint8Array;
  /** The lines as they stand in the patch, each with its sign. */
  body: Uint8Array;
}

/** A patch read, or why a text is none: `message` says what was expected, `line` counts from 1. */
export type ParsedPatch =
  | { kind: 'parsed'; files: FilePatch[] }
  | { kind: 'refused'; line?: number | undefined; message: string };

/** Where a hunk went. */
export interface AppliedHunk {
  /** Line of the file before, counted from 1. */
  line: number;
  /** Lines further down than the hunk says; negative is further up. */
  offset: number;
  /** Lines of context that were left out at each end. */
  fuzz: number;
}

/**
 * Why a hunk was refused: `no-match` (its old lines are nowhere), `ambiguous` (in two places at the same distance),
 * `malformed` (its lines do not agree with its header), `exists` (the patch adds a file that is there), `leftover` (it
 * removes a file and something would remain), `binary`.
 */
export interface HunkFailure {
  /** Index in the file's hunks, from 0. */
  hunk: number;
  reason: 'no-match' | 'ambiguous' | 'malformed' | 'exists' | 'leftover' | 'binary';
  /** The place that comes nearest, where any line fits at all. */
  nearest?: NearestPlace;
}

export interface NearestPlace {
  /** Line, counted from 1, where the hunk would begin. */
  line: number;
  /** How many of the hunk's `of` old lines stand there. */
  matching: number;
  of: number;
  /** The first lines that differ; `found` is absent beyond the end of the file. */
  differs: { line: number; expected: Uint8Array; found?: Uint8Array }[];
}

export type AppliedPatch =
  | { kind: 'applied'; bytes: Uint8Array; hunks: AppliedHunk[] }
  | { kind: 'refused'; failures: HunkFailure[] };

export interface ApplyPatchOptions {
  /** Lines of context at each end of a hunk that may differ, as in `patch --fuzz`. Default: 0. */
  fuzz?: number;
}

/** Reads a patch over any number of files: git's, or one of `diff -u`. Text around it is skipped. */
export function parsePatch(patch: Uint8Array | string): ParsedPatch {
  const parsed = native().parsePatch(typeof patch === 'string' ? Buffer.from(patch) : patch);
  if (!Array.isArray(parsed)) return { kind: 'refused', ...parsed };
  return { kind: 'parsed', files: parsed.map(toFilePatch) };
}

/**
 * The bytes after one file's part of a patch. A hunk goes to its exact place, else to the nearest place where every old
 * line stands; with `fuzz`, then with less context. All hunks fit, or nothing is applied and every failure is named. An
 * absent file is empty bytes.
 */
export function applyPatch(before: Uint8Array, patch: FilePatch, options: ApplyPatchOptions = {}): AppliedPatch {
  const { bytes, hunks, failures } = native().applyPatch(before, toNative(patch), options.fuzz ?? 0);
  if (bytes !== undefined && hunks !== undefined) return { kind: 'applied', bytes, hunks };
  return { kind: 'refused', failures: failures ?? [] };
}

/** The patch that takes back what another does. */
export function reversePatch(patch: FilePatch): FilePatch {
  return toFilePatch(native().reversePatch(toNative(patch)));
}

function toFilePatch({ from, to, ...rest }: NativePatchFile): FilePatch {
  return {
    ...(from === undefined ? {} : { from: pathOfBytes(from) }),
    ...(to === undefined ? {} : { to: pathOfBytes(to) }),
    ...rest,
  };
}

function toNative({ from, to, ...rest }: FilePatch): NativePatchFile {
  return {
    ...(from === undefined ? {} : { from: bytesOfPath(from) }),
    ...(to === undefined ? {} : { to: bytesOfPath(to) }),
    ...rest,
  };
}
