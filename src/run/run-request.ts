import type { Priority } from '../kernel/index.ts';
import type { LandingRequest } from '../landing/index.ts';
import type { IsolationLevel } from '../sandbox/index.ts';
import type { HistoryLimits } from '../state/index.ts';

/** One task to carry out. */
export interface RunRequest {
  /** In a person's words, or the name of a manifest. */
  task: string;
  /** The repository: an existing folder. */
  root: string;
  priority: Priority;
  /** Show what would change, and change nothing. */
  dryRun: boolean;
  /** `auto`, `typecheck`, `test`, `none`, or a command line. */
  verify: string;
  /** Files, folders or globs relative to `root`. Empty: everything. */
  only: readonly string[];
  /** Also write dependency fixes to manifests. */
  applyDeps: boolean;
  /** Also remove unused imports whose target cannot be shown to be free of effects. */
  unsafe: boolean;
  /** An unverified landing exits with 6. */
  strict: boolean;
  /** Answers every confirmation. */
  yes: boolean;
  /** What must keep the repository's own commands apart from the machine, or they are not run. */
  isolation: IsolationLevel;
  /** Where the changes land. Default: in place, in the tree. */
  landing?: LandingRequest;
  /** Milliseconds for the whole run; then it is rolled back. Default: no limit. */
  timeoutMs?: number;
  /** What the history is kept within after the run. Default: no limit. */
  history?: Omit<HistoryLimits, 'keep'>;
}
