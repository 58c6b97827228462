import {
  type Check,
  type CheckContext,
  type CheckResult,
  commandLine,
  type DetectedChecks,
  runChecks,
  type Verification,
  verifyChanges,
} from '../verify/index.ts';
import type { Unit } from './change-set.ts';
import type { CheckCommands } from './check-commands.ts';
import type { CheckReport, RejectedChange } from './run-report.ts';
import { type TreeWatch, treeWatch } from './tree-watch.ts';

/** How checking a run's changes ended. */
export type CheckedOutcome =
  | { kind: 'verified' }
  | { kind: 'unverified'; why: string }
  | { kind: 'partly'; kept: readonly Unit[]; rejected: readonly RejectedChange[] }
  | { kind: 'broken'; failures: readonly string[]; why: string }
  | { kind: 'stopped'; by: 'cancelled' | 'timed-out' };

/** The repository's own checks during one run: before, after, and what they said. */
export interface ProjectChecks {
  /** Runs the checks on the tree as it is, before the first change. */
  baseline(): Promise<'done' | 'cancelled' | 'timed-out'>;
  /** Runs them again and leaves in the tree only what passes. */
  verify(units: readonly Unit[], apply: (kept: readonly Unit[]) => Promise<void>): Promise<CheckedOutcome>;
  report(): CheckReport[];
  /** Whether any command was run. */
  ran(): boolean;
}

/** What {@link projectChecks} works with. */
export interface ProjectChecksOptions {
  /** Finds the checks; called once, before the first change. */
  detect(): Promise<DetectedChecks>;
  context: Omit<CheckContext, 'runCommand'>;
  commands: Pick<CheckCommands, 'check' | 'renew' | 'stamps' | 'fate'>;
  /** Why nothing is checked although changes are made; absent when checks are wanted. */
  switchedOff?: string;
}

/** The {@link ProjectChecks} of one run. */
export function projectChecks({ detect, commands, switchedOff, ...options }: ProjectChecksOptions): ProjectChecks {
  const watch = treeWatch(commands.check, commands.stamps, commands.fate);
  const context = { ...options.context, runCommand: watch.runCommand };
  let detected: DetectedChecks = { checks: [], unavailable: [] };
  let before: readonly CheckResult[] = [];
  let verification: Verification<Unit> | undefined;
  return {
    baseline: async () => {
      detected = await detect();
      await commands.renew();
      const run = await runChecks(detected.checks, 'before', context);
      before = run.results;
      return run.kind;
    },
    verify: async (units, applyUnits) => {
      if (switchedOff !== undefined) return { kind: 'unverified', why: switchedOff };
      const { checks, unavailable } = detected;
      const apply = async (kept: readonly Unit[]) => {
        await applyUnits(kept);
        await commands.renew();
      };
      await commands.renew();
      verification = await verifyChanges({ checks, unavailable, baseline: before, units, apply, context });
      return outcomeOf(verification);
    },
    report: () => [
      ...detected.checks.map((check) => checkReport(check, before, verification, watch)),
      ...detected.unavailable.map(({ id, reason, remedy }) => ({
        name: id,
        command: '',
        before: 'unavailable',
        newFailures: [],
        notes: [`${reason}; ${remedy}`],
        durationMs: 0,
      })),
    ],
    ran: () => before.length > 0,
  };
}

function outcomeOf(verification: Verification<Unit>): CheckedOutcome {
  switch (verification.kind) {
    case 'verified':
      return { kind: 'verified' };
    case 'unverified':
      return { kind: 'unverified', why: verification.why.map(({ id, reason }) => `${id}: ${reason}`).join('; ') };
    case 'partly': {
      const rejected = verification.rejected.map(({ unit, failures }) => ({
        path: unit.path,
        titles: unit.titles,
        reason:
          failures.length === 0 ? 'a check failed with it' : `with it fails ${list(failures.map(({ id }) => id))}`,
      }));
      return { kind: 'partly', kept: verification.kept, rejected };
    }
    case 'broken': {
      const failures = verification.failures.map(({ id }) => id);
      const search = verification.exhausted ? '; the search for the change behind it ran out of time' : '';
      return { kind: 'broken', failures, why: `with the changes fails ${list(failures)}${search}` };
    }
    case 'cancelled':
    case 'timed-out':
      return { kind: 'stopped', by: verification.kind };
  }
}

const MOST_NAMED = 3;

function list(ids: readonly string[]): string {
  const more = ids.length > MOST_NAMED ? ` and ${ids.length - MOST_NAMED} more` : '';
  return `${ids.slice(0, MOST_NAMED).join(', ')}${more}`;
}

function checkReport(
  check: Check,
  baseline: readonly CheckResult[],
  verification: Verification<Unit> | undefined,
  watch: TreeWatch,
): CheckReport {
  const before = baseline.find((result) => result.check.id === check.id);
  const after = verification?.results.find((result) => result.check.id === check.id);
  const known = new Set(before?.failures.map(({ id }) => id));
  const flaky = new Set(verification?.flaky.map(({ id }) => id));
  const fresh = (after?.failures ?? []).map(({ id }) => id).filter((id) => !known.has(id) && !flaky.has(id));
  const reasons = verification?.notChecked.filter(({ id }) => id === check.id).map(({ reason }) => reason) ?? [];
  const old = (after?.failures ?? before?.failures ?? []).filter(({ id }) => known.has(id)).length;
  return {
    name: check.id,
    command: commandLine(check),
    ...(before === undefined ? {} : { before: before.outcome }),
    ...(after === undefined ? {} : { after: after.outcome }),
    ...(after?.outcome === 'failed' && !isEvidence(check, verification) ? { inconclusive: true } : {}),
    newFailures: fresh,
    notes: [
      ...reasons,
      ...(old > 0 ? [`${old} ${old === 1 ? 'failure' : 'failures'} existed before and did not count`] : []),
      ...(flaky.size > 0 && after ? flakyNotes(after, flaky) : []),
      ...watch.notes(check),
    ],
    durationMs: Math.max(before?.durationMs ?? 0, after?.durationMs ?? 0),
  };
}

function isEvidence(check: Check, verification: Verification<Unit> | undefined): boolean {
  const by = verification?.kind === 'verified' || verification?.kind === 'partly' ? verification.by : [];
  return by.includes(check.id);
}

function flakyNotes(after: CheckResult, flaky: ReadonlySet<string>): string[] {
  const ids = after.failures.map(({ id }) => id).filter((id) => flaky.has(id));
  return ids.length === 0 ? [] : [`flaky, did not fail again: ${list(ids)}`];
}
