import type { Report } from '../code/index.ts';
import type { Priority } from '../kernel/index.ts';

/** How a run ended. Each outcome has one exit code. */
export type RunOutcome =
  | 'done'
  | 'nothing-to-do'
  | 'dry-run'
  | 'failed'
  | 'needs-model'
  | 'refused'
  | 'conflict'
  | 'unverified'
  | 'partly'
  | 'timed-out'
  | 'busy'
  | 'interrupted';

/** Exit codes, as documented in the README. `unverified` is 0, and 6 with `--strict`. */
export const EXIT_CODES: Readonly<Record<RunOutcome, number>> = {
  done: 0,
  'nothing-to-do': 0,
  'dry-run': 0,
  failed: 1,
  'needs-model': 3,
  refused: 4,
  conflict: 5,
  unverified: 0,
  partly: 7,
  'timed-out': 8,
  busy: 9,
  interrupted: 130,
};

/** One edit that was proposed, and what became of it. */
export interface ReportedChange {
  path: string;
  /** What the edit does: `remove unused import of "join" from "node:path"`. */
  title: string;
  /** `landed`: in the tree. `proposed`: a dry run. `rejected`: rolled back because a check failed with it. */
  state: 'landed' | 'proposed' | 'rejected' | 'rolled-back';
  /** For a rejected one: the failures it caused. */
  failures?: string[];
}

/** One of the repository's own checks, before and after. */
export interface ReportedCheck {
  id: string;
  command: string;
  before?: 'passed' | 'failed' | 'timed-out' | 'unavailable';
  after?: 'passed' | 'failed' | 'timed-out' | 'unavailable';
  /** Failures that did not exist before, as test id or `file: rule: message`. */
  newFailures: string[];
  /** Failures that existed before the run and are not counted. */
  knownFailures: number;
  /** Why the check could not judge. */
  note?: string;
  /** Longest single execution, in milliseconds. */
  durationMs: number;
}

/** What the checks said about the run as a whole. */
export interface Verification {
  kind: 'verified' | 'unverified' | 'partly' | 'broken' | 'not-needed';
  /** One sentence each; never empty for `unverified`. */
  reasons: string[];
}

/** The last event of a run, and what `pyagent show` reads. Published with the event schema. */
export interface RunReport {
  v: 1;
  run: string;
  task: string;
  /** Absent when no manifest matched the task. */
  manifest?: string;
  root: string;
  priority: Priority;
  outcome: RunOutcome;
  exitCode: number;
  /** One sentence that says what happened. */
  message: string;
  /** What to do next, when there is something. */
  advice: string[];
  /** Milliseconds since the Unix epoch. */
  startedAt: number;
  durationMs: number;
  changes: ReportedChange[];
  /** The analysis of the tree as the run found it (changes of the run included in `changes`, not here). */
  findings: Pick<
    Report,
    'imports' | 'dependencies' | 'cycles' | 'deadFiles' | 'deadExports' | 'skipped' | 'notes' | 'totals'
  >;
  checks: ReportedCheck[];
  verification: Verification;
  /** Which isolation the commands ran under: `ran unisolated` where there is none. */
  isolation: string;
  /** What the run cost: zero without a model. */
  cost: { tokens: number; money: number };
  /** Files that could not be changed because somebody else changed them, with where both versions are. */
  conflicts: { path: string; detail: string }[];
  /** Whether `pyagent undo <run>` has something to take back. */
  undoable: boolean;
}
