/**
 * Differences of bytes: unified diffs that `git apply` and `patch` accept, patches read and applied, three-way merges.
 *
 * Its promise: the answers are git's, byte for byte where git has one; line endings, missing newlines at the end and
 * bytes that are no UTF-8 pass unchanged; and nothing is guessed. A hunk that does not fit exactly, or fits in two
 * places, and two sides that changed the same lines come back as data that says where and why.
 *
 * It never touches a file, a process or git: pure functions, whose work is done by `crates/diff`. Paths are strings in
 * the manner of PEP 383: a byte 0xNN that is not UTF-8 is the lone surrogate U+DCNN.
 *
 * `fileDiff` makes one file's part of a patch, `unifiedDiff` (and `unifiedDiffs`, many in one call) the bare diff of two
 * contents; `parsePatch` reads both and `applyPatch` applies one file of them; `mergeTexts` merges line by line, and
 * `mergeFile` by the syntax of the file's language too (`crates/merge`), where the lines conflict.
 */

export type { ObjectFormat } from './binary-patch.ts';
export { type MergedFile, type MergeFileInput, mergeFile } from './merge-file.ts';
export {
  type MergeConflict,
  type MergedTexts,
  type MergeInput,
  type MergeOptions,
  mergeTexts,
} from './merge-texts.ts';
export {
  type AppliedHunk,
  type AppliedPatch,
  type ApplyPatchOptions,
  applyPatch,
  type FilePatch,
  type HunkFailure,
  type NearestPlace,
  type ParsedPatch,
  type PatchHunk,
  parsePatch,
  reversePatch,
} from './patch.ts';
export { bytesOfPath, pathOfBytes } from './path-bytes.ts';
export {
  type DiffAlgorithm,
  type DiffOptions,
  type DiffPair,
  type DiffSide,
  type FileDiffOptions,
  fileDiff,
  type UnifiedDiffOptions,
  unifiedDiff,
  unifiedDiffs,
} from './unified-diff.ts';
