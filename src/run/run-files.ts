import type { SqlStatement } from '../store/index.ts';
import type { FileAccess } from './change-set.ts';
import type { FileConflict } from './run-report.ts';

/** The file transaction of one run. */
export interface RunFiles extends FileAccess {
  /** Keeps the files together with `rows`, in one commit. Gives the conflicts that prevented it; then nothing was kept. */
  commit(rows: readonly SqlStatement[]): Promise<readonly FileConflict[]>;
  /** Takes everything back. Gives the files that somebody else changed meanwhile; those are left as they are. */
  rollback(): Promise<readonly FileConflict[]>;
}
