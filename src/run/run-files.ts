import type { NetChange } from '../state/index.ts';
import type { SqlStatement } from '../store/index.ts';
import type { FileAccess } from './change-set.ts';
import type { FileConflict } from './run-report.ts';

/** The file transaction of one run. */
export interface RunFiles extends FileAccess {
  /** Keeps the files together with `rows`, in one commit. Gives the conflicts that prevented it; then nothing was kept. */
  commit(rows: readonly SqlStatement[]): Promise<readonly FileConflict[]>;
  /** Takes everything back and commits `rows` with that. Gives the files that somebody else changed; those are left. */
  rollback(rows?: readonly SqlStatement[]): Promise<readonly FileConflict[]>;
  /** What differs from before the run, one change per path. */
  changes(): readonly NetChange[];
  /** The bytes behind a hash of the changes. */
  content(hash: string): Promise<Uint8Array>;
}
