import type { Report } from '../code/index.ts';
import type { WorkflowOutcome } from '../factory/index.ts';
import type { LeaseHolder, MergedFile } from '../state/index.ts';
import type { ChangeSet } from './change-set.ts';
import type { CheckedOutcome, ProjectChecks } from './project-checks.ts';
import { redacted } from './redacted.ts';
import type {
  ChangedFile,
  FileConflict,
  Findings,
  LandingReport,
  RejectedChange,
  RunOutcome,
  RunReport,
} from './run-report.ts';
import { EXIT_CODES } from './run-report.ts';
import type { RunRequest } from './run-request.ts';

/** Why a run ended before its flow did. */
export type StopReason = 'interrupted' | 'timed-out';

/** What is known when a run's flow has ended, before its files are kept or taken back. */
export interface RunEnd {
  workflow: WorkflowOutcome;
  /** Set when the run was cancelled from outside. */
  stoppedBy: StopReason | undefined;
  checked: CheckedOutcome | undefined;
  changes: ChangeSet | undefined;
  /** What a dry run would change. */
  proposals: readonly ChangedFile[];
  mayLand: boolean;
  dryRun: boolean;
}

/** What becomes of the run. */
export interface Verdict {
  outcome: RunOutcome;
  message: string;
  land: boolean;
  rejected: readonly RejectedChange[];
  unverified?: string;
}

/** Decides what becomes of a run: the one place where outcomes are chosen. */
export function judgeRun(end: RunEnd): Verdict {
  const { workflow, stoppedBy, checked, changes, mayLand } = end;
  const takenBack = (outcome: RunOutcome, message: string): Verdict => ({
    outcome,
    message,
    land: false,
    rejected: [],
  });
  if (stoppedBy === 'interrupted') return takenBack('interrupted', 'Interrupted; everything was rolled back.');
  if (stoppedBy === 'timed-out') return takenBack('timed-out', 'The time was up; everything was rolled back.');
  if (workflow.kind !== 'completed') return takenBack(...failure(workflow));
  if (end.dryRun) {
    const edits = end.proposals.reduce((sum, { titles }) => sum + titles.length, 0);
    return takenBack('dry-run', `${edits} edits in ${end.proposals.length} files would be made; nothing was changed.`);
  }
  if (changes === undefined || changes.isEmpty) return takenBack('nothing-to-do', 'There was nothing to change.');
  if (!mayLand) return takenBack('failed', 'The flow ended without a land step; everything was rolled back.');
  return landed(checked);
}

function failure(workflow: Exclude<WorkflowOutcome, { kind: 'completed' }>): [RunOutcome, string] {
  if (workflow.kind === 'cancelled') return ['interrupted', `${workflow.reason}; everything was rolled back.`];
  const { code, message } = workflow;
  if (code === 'run/broken') return ['failed', `${message}; everything was rolled back.`];
  if (code === 'run/conflict') return ['conflict', message];
  if (code === 'run/timed-out') return ['timed-out', `${message}; everything was rolled back.`];
  if (code === 'run/cancelled') return ['interrupted', `${message}; everything was rolled back.`];
  const refused = code === 'run/permission-denied' || code.startsWith('agent/');
  return [refused ? 'refused' : 'failed', `${message} Everything was rolled back.`];
}

function landed(checked: CheckedOutcome | undefined): Verdict {
  switch (checked?.kind) {
    case 'verified':
      return { outcome: 'done', message: 'Done and verified.', land: true, rejected: [] };
    case 'partly': {
      const message = 'Done in part: what broke a check was rolled back, the rest is verified.';
      return { outcome: 'partly', message, land: true, rejected: checked.rejected };
    }
    default: {
      const why = checked?.kind === 'unverified' ? checked.why : 'the flow has no verify step';
      return { outcome: 'unverified', message: 'Done, but unverified.', land: true, rejected: [], unverified: why };
    }
  }
}

/** What a report is made from. */
export interface ReportParts {
  run: string;
  request: RunRequest;
  manifest?: string;
  startedAt: number;
  durationMs: number;
  outcome: RunOutcome;
  message: string;
  changes?: readonly ChangedFile[];
  rejected?: readonly RejectedChange[];
  unverified?: string;
  analysis?: Report | undefined;
  checks?: ProjectChecks;
  /** Absent when no command was run. */
  isolation?: string;
  notes?: readonly string[];
  conflicts?: readonly FileConflict[];
  merged?: readonly MergedFile[];
  holder?: LeaseHolder;
  landing?: LandingReport;
  undoable?: boolean;
}

/** The report of a run, without what is private in it: whatever a check printed may stand there. */
export function runReport(parts: ReportParts): RunReport {
  return redacted(wholeReport(parts));
}

function wholeReport(parts: ReportParts): RunReport {
  const { run, request, manifest, outcome, message, startedAt, durationMs, checks, analysis, unverified } = parts;
  return {
    v: 1,
    run,
    task: request.task,
    ...(manifest === undefined ? {} : { manifest }),
    root: request.root,
    priority: request.priority,
    outcome,
    exitCode: outcome === 'unverified' && request.strict ? 6 : EXIT_CODES[outcome],
    message,
    startedAt,
    durationMs,
    changes: parts.changes ?? [],
    rejected: parts.rejected ?? [],
    ...(analysis === undefined ? {} : { findings: findingsOf(analysis, parts.notes ?? []) }),
    checks: checks?.report() ?? [],
    ...(unverified === undefined ? {} : { unverified }),
    ...(parts.isolation === undefined ? {} : { isolation: parts.isolation }),
    cost: { tokens: 0, money: 0 },
    conflicts: parts.conflicts ?? [],
    ...(parts.merged === undefined || parts.merged.length === 0 ? {} : { merged: parts.merged }),
    ...(parts.holder === undefined ? {} : { holder: parts.holder }),
    ...(parts.landing === undefined ? {} : { landing: parts.landing }),
    undoable: parts.undoable ?? false,
  };
}

function findingsOf(analysis: Report, notes: readonly string[]): Findings {
  const { importChanges: _, dependencyChanges: __, ...findings } = analysis;
  return { ...findings, notes: [...findings.notes, ...notes.map((message) => ({ message }))] };
}
