/**
 * File transactions: every change that a run makes to the repository goes through here, and can be taken back exactly.
 *
 * **The promise.** Before a path changes, its original (content by BLAKE3, mode, link target, or absence) is on the
 * disk in the state folder and the change stands in the journal. A path then changes in one step. The run lands with
 * one row in one commit of the store, together with the rows of other rooms. So after a `kill -9` at any instant
 * {@link Workspace.recover} finds either the row, and the tree is exactly as after the run, or no row, and the tree is
 * brought back exactly as before it. Undo and redo are transactions too.
 *
 * **What is never done.** An edit of somebody else is never overwritten: content is compared when a file is written, in
 * the step that replaces it, at the commit, and on the way back. A collision is a result (`conflict`) that names the
 * paths; the file stays as it is and our version is kept in the state folder. There is no partial batch, commit, undo
 * or redo. Nothing outside the root, nothing in `.git`, and nothing through a symbolic link is written.
 *
 * **How to use it.** {@link openWorkspace} takes the lock, `recover()` cleans up, `begin()` opens the transaction,
 * `writeAll()` changes many files with one flush, `savepoint()` and `rollbackTo()` frame a step, `commit()` or
 * `rollback()` ends it. Reading the past needs no lock: {@link readHistory}, {@link diffRun}, {@link runPatch}.
 *
 * Kept: bytes, permission bits, link targets, empty folders, which names are names of one file, and the owner where the
 * process may set it. Not kept: times and extended attributes.
 *
 * **Commands.** What a command does to the tree is not asked for beforehand: `capture()` keeps everything, lets it work,
 * and makes the differences part of the transaction.
 */

export type { CapturedChange, CaptureOptions, CaptureOutcome } from './capture.ts';
export type { Conflict } from './conflict.ts';
export { type DiffRequest, diffRun, type RunDiff, runPatch } from './diff-run.ts';
export type { FileState } from './file-state.ts';
export { type HistoryEntry, readHistory, runChanges } from './history.ts';
export type { StateErrorCode } from './io-error.ts';
export type { NetChange } from './net-change.ts';
export type { Operation } from './operation.ts';
export type { Recovered } from './recovery.ts';
export type { CaptureConflict, CommitOutcome, RollbackOutcome, Savepoint, WriteOutcome } from './transaction.ts';
export type { ReplayOutcome } from './undo.ts';
export { openWorkspace, type Transaction, type Workspace, type WorkspaceOptions } from './workspace.ts';
