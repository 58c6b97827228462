/**
 * File transactions: every change that a run makes to the repository goes through here, and can be taken back exactly.
 *
 * **The promise.** Before a path changes, its original (content by BLAKE3, mode, link target, or absence) is on the
 * disk in the state folder and the change stands in the journal. A path then changes in one step. The run lands with
 * one row in one commit of the store, together with the rows of other rooms. So after a `kill -9` at any instant
 * {@link Workspace.recover} finds either the row, and the tree is exactly as after the run, or no row, and the tree is
 * brought back exactly as before it. Undo and redo are transactions too. How that is proved, for kills and power cuts:
 * `docs/design/durability.md`.
 *
 * **What is never done.** An edit of somebody else is never overwritten: content is compared when a file is written, in
 * the step that replaces it, at the commit, and on the way back. At the commit, at rollback and recovery, and at undo and
 * redo it is merged three ways where that is clean; otherwise the collision is a result (`conflict`) that names the
 * paths, the file stays as it is, and both versions are kept in the state folder. There is no partial batch, commit,
 * undo or redo of what was asked for. Nothing outside the root, nothing in `.git`, and nothing through a symbolic link
 * is written.
 *
 * **History.** What a run changed, an undo and a redo are operations with an id; `replay()` takes one back, whole or on
 * some of its paths, and {@link previewReplay} works out the same and writes nothing. `prune()` bounds what is kept.
 * Rows carry sums: a damaged journal or damaged kept bytes are an error, never a wrong restore.
 *
 * **How to use it.** {@link openWorkspace} takes the lease, or waits for it, `recover()` cleans up, `begin()` opens the transaction,
 * `writeAll()` changes many files with one flush, `savepoint()` and `rollbackTo()` frame a step, `commit()` or
 * `rollback()` ends it. Reading the past needs no lock: {@link readHistory}, {@link diffRun}, {@link runPatch}.
 *
 * Kept: bytes, permission bits, link targets, empty folders, which names are names of one file, and the owner where the
 * process may set it. Not kept: times and extended attributes.
 *
 * **Commands.** What a command does to the tree is not asked for beforehand: `capture()` keeps everything, lets it work,
 * and makes the differences part of the transaction.
 *
 * **Agents side by side.** {@link openParallel} gives each of them a copy of the repository to change as it likes, with a
 * repository of git of its own, and `mergeBack()` brings the copies into the transaction in the order of the tasks. What
 * cannot be merged is data (`MergeConflict`) that an agent or a person answers. A copy is disposable and never flushed;
 * nothing done in it reaches the original, whose dependency folders it sees through an overlay or has copies of.
 */

export type { CapturedChange, CaptureOptions, CaptureOutcome } from './capture.ts';
export { type ContentsCheck, type ContentsCheckRequest, checkContents, type SpoiledContent } from './check-contents.ts';
export type { Conflict } from './conflict.ts';
export { type DiffRequest, diffRun, type RunDiff, runPatch } from './diff-run.ts';
export type { FileState } from './file-state.ts';
export { type HistoryEntry, type OperationEntry, readHistory, readOperations, runChanges } from './history.ts';
export type { StateErrorCode } from './io-error.ts';
export type { RunFileState } from './journal.ts';
export { describeHolder, type LeaseClaim, type LeaseHolder, type LeaseWait, leaseHolder, taken } from './lease.ts';
export type { NetChange } from './net-change.ts';
export type { Operation } from './operation.ts';
export type { MergedPath, MergeOutcome } from './parallel/merge-back.ts';
export type { ConflictKind, ConflictRegion, MergeConflict } from './parallel/merge-conflict.ts';
export type { MergeContents, MergedContents } from './parallel/merge-path.ts';
export { openParallel, type Parallel, type ParallelOptions } from './parallel/parallel.ts';
export type { ParallelWorkspace, WorkspaceChange } from './parallel/parallel-workspace.ts';
export type { GitCopy } from './parallel/private-git.ts';
export type { ConflictResolution, ResolveOutcome } from './parallel/resolve-conflict.ts';
export type { HistorySize, PruneOutcome, PruneRequest } from './prune.ts';
export type { HistoryLimits } from './prune-choice.ts';
export type { Recovered } from './recovery.ts';
export type { PathPattern, ReplayTarget } from './replay-choice.ts';
export { type PreviewContext, type PreviewedFile, previewReplay, type ReplayPreview } from './replay-preview.ts';
export type { MergedFile, MergeFile, MergeRequest, MergeResult } from './three-way.ts';
export type {
  CaptureConflict,
  CommitOutcome,
  CommitRows,
  RollbackOutcome,
  Savepoint,
  WriteOutcome,
} from './transaction.ts';
export type { DamagedFile, ReplayOutcome } from './undo.ts';
export { openWorkspace, type Transaction, type Workspace, type WorkspaceOptions } from './workspace.ts';
