import type { MergedFile, NetChange } from '../state/index.ts';
import type { SqlStatement } from '../store/index.ts';
import type { FileAccess } from './change-set.ts';
import type { FileConflict } from './run-report.ts';

/** The file transaction of one run. */
export interface RunFiles extends FileAccess {
  /**
   * Keeps the files together with the rows, in one commit; `rows` is told which files were merged with edits made
   * meanwhile. Gives the conflicts that prevented it; then nothing was kept.
   */
  commit(rows: (merged: readonly MergedFile[]) => readonly SqlStatement[]): Promise<readonly FileConflict[]>;
  /**
   * Takes everything back and commits the rows with that. Gives the files that somebody else changed meanwhile: merged, so
   * that only that edit is in them, or in conflict and left as they are.
   */
  rollback(rows?: (merged: readonly MergedFile[]) => readonly SqlStatement[]): Promise<{
    conflicts: readonly FileConflict[];
    merged: readonly MergedFile[];
  }>;
  /** What differs from before the run, one change per path. */
  changes(): readonly NetChange[];
  /** The bytes behind a hash of the changes. */
  content(hash: string): Promise<Uint8Array>;
}
