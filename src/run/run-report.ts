import type { Report } from '../code/index.ts';
import type { Priority } from '../kernel/index.ts';
import type { LandedAs, LeftOut } from '../landing/index.ts';
import type { LeaseHolder, MergedFile, RunFileState } from '../state/index.ts';

/** How a run ended. */
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

/** The exit code of each outcome. `unverified` becomes 6 with `--strict`; 2 is wrong usage and never an outcome. */
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

/** One file that differs because of the run. */
export interface ChangedFile {
  path: string;
  /** One per edit: `remove unused import of "join" from "node:path"`. */
  titles: readonly string[];
}

/** What was tried and taken back, and why. */
export interface RejectedChange extends ChangedFile {
  reason: string;
}

/** One of the repository's own checks, before and after. */
export interface CheckReport {
  name: string;
  command: string;
  /** `passed`, `failed`, `timed-out`, `unavailable`. Absent: not run. */
  before?: string;
  after?: string;
  /** What failed after and not before, as test id or `file: rule: message`. */
  newFailures: readonly string[];
  /** What a person should know about the judgement: `3 failures existed before`. */
  notes: readonly string[];
  /** It failed and says nothing about the changes; a note says why. Absent: it does, or it did not run. */
  inconclusive?: boolean;
  /** Longest single execution, in milliseconds. */
  durationMs: number;
}

/** A file that somebody else changed meanwhile; `detail` says where both versions are. */
export interface FileConflict {
  path: string;
  detail: string;
  /** Absolute path of a copy of the version that is not in the tree. */
  kept?: string;
  /** Absolute path of a copy of the version that is. */
  present?: string;
  /** Absolute path of a file with both between conflict markers. */
  marked?: string;
}

/** Where the changes of a run are when they did not stay in the tree. */
export interface LandingReport {
  as: LandedAs;
  /** What it cannot hold, with the reason; taken back with the rest. */
  leftOut: readonly LeftOut[];
  /** Files that had uncommitted edits: the run's own change was merged onto the committed version, without them. */
  merged: readonly string[];
  /** Other files with uncommitted edits, not part of it: they were in the tree while the run was checked. */
  uncommitted: readonly string[];
  /** The command that uses it. */
  use: string;
  /** The command that throws it away. */
  discard: string;
}

/** The analysis: all import findings, and the rest as the tree is when the run has ended. */
export type Findings = Omit<Report, 'importChanges' | 'dependencyChanges'>;

/** The last event of a run (`run.finished`), and what `pyagent show` reads. */
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
  /** One or two sentences: what happened and what to do. */
  message: string;
  /** Milliseconds since the Unix epoch. */
  startedAt: number;
  durationMs: number;
  /** What is in the tree now, or where `landing` says; for a dry run, what would be. */
  changes: readonly ChangedFile[];
  rejected: readonly RejectedChange[];
  /** Absent when the run ended before the analysis. */
  findings?: Findings;
  checks: readonly CheckReport[];
  /** Why nothing was checked; absent when something was, or when there was nothing to check. */
  unverified?: string;
  /** Which isolation the commands had: `ran unisolated`. Absent when none ran. */
  isolation?: string;
  /** Zero without a model. */
  cost: { tokens: number; money: number };
  conflicts: readonly FileConflict[];
  /**
   * Files that somebody else edited during the run. After a landing both edits are in them, and no check has seen them
   * together; after a rollback, and where the run landed elsewhere, only the other one. Absent: none.
   */
  merged?: readonly MergedFile[];
  /** Who works on the repository, when the outcome is `busy`. */
  holder?: LeaseHolder;
  /** Absent: the changes are in the tree, or there are none. */
  landing?: LandingReport;
  /** Whether `pyagent undo` can take it back. */
  undoable: boolean;
  /** How much of it is in the tree now; only where a report is shown later. */
  inTree?: RunFileState;
  /** What undo needs is gone; only where a report is shown later. */
  pruned?: boolean;
}
