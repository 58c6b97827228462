import type { Report } from '../code/index.ts';
import type { StepOutcome, StepRequest } from '../factory/index.ts';
import { isPyAgentError, type JsonValue, type Task } from '../kernel/index.ts';
import type { RepositoryServices, SkillRegistry } from '../skills/index.ts';
import type { ChangeSet } from './change-set.ts';
import { withNeededDependencies } from './needed-dependencies.ts';
import type { CheckedOutcome, ProjectChecks } from './project-checks.ts';

/** What the steps of one run work with. */
export interface StepRunnerParts {
  root: string;
  skills: SkillRegistry<RepositoryServices>;
  services: RepositoryServices;
  /** Absent in a dry run. */
  changes: ChangeSet | undefined;
  checks: ProjectChecks;
  /** The analysis of the tree after edits were taken back. */
  reanalyze(): Promise<Report>;
  emit(kind: string, data: unknown): void;
}

/** Carries out the steps of one run. */
export interface StepRunner {
  runStep(step: StepRequest, signal: AbortSignal, task: Task): Promise<StepOutcome>;
  /** What the checks said. Absent before the verify step. */
  checked(): CheckedOutcome | undefined;
  /** Whether the flow reached its land step: without it, the run is rolled back. */
  mayLand(): boolean;
}

/** A {@link StepRunner}. Each kind of step is one function. */
export function stepRunner(parts: StepRunnerParts): StepRunner {
  let checked: CheckedOutcome | undefined;
  let mayLand = false;
  const runners: Record<
    StepRequest['node']['kind'],
    (step: StepRequest, signal: AbortSignal, task: Task) => Promise<StepOutcome>
  > = {
    skill: (step, signal, task) => runSkill(parts, step, signal, task),
    baseline: () => runBaseline(parts),
    verify: async () => {
      if (parts.changes === undefined || parts.changes.isEmpty) return nothing('nothing changed, nothing to check');
      checked = await verify(parts, parts.changes);
      return checkedStep(checked);
    },
    land: async () => {
      mayLand = true;
      const files = parts.changes?.changedFiles().length ?? 0;
      return files === 0 ? nothing('nothing to land') : done(`${files} ${files === 1 ? 'file' : 'files'}`, files);
    },
  };
  return {
    runStep: async (step, signal, task) => {
      try {
        return await runners[step.node.kind](step, signal, task);
      } catch (error) {
        if (!isPyAgentError(error)) throw error;
        return { kind: 'failed', code: error.code, message: error.message, retryable: false };
      }
    },
    checked: () => checked,
    mayLand: () => mayLand,
  };
}

async function verify({ checks, reanalyze }: StepRunnerParts, changes: ChangeSet): Promise<CheckedOutcome> {
  const checked = await checks.verify(changes.units(), (units) => changes.restrictTo(units));
  if (checked.kind !== 'partly') return checked;
  const outcome = withNeededDependencies(checked, await reanalyze());
  if (outcome !== checked) await changes.restrictTo(outcome.kept);
  return outcome;
}

/** One savepoint for each step: a step that fails leaves nothing of itself in the tree. */
async function runSkill(
  parts: StepRunnerParts,
  step: StepRequest,
  signal: AbortSignal,
  task: Task,
): Promise<StepOutcome> {
  const back = await parts.changes?.savepoint(step.idempotencyKey);
  try {
    const outcome = await attemptSkill(parts, step, signal, task);
    if (outcome.kind === 'failed') await back?.();
    return outcome;
  } catch (error) {
    await back?.();
    throw error;
  }
}

async function attemptSkill(
  { root, skills, services, emit }: StepRunnerParts,
  { node, input }: StepRequest,
  signal: AbortSignal,
  task: Task,
): Promise<StepOutcome> {
  if (node.kind !== 'skill') return nothing('not a skill');
  const outcome = await skills.run(node.skill, { root, signal, task, services, emit }, input);
  switch (outcome.kind) {
    case 'done':
      return done(outcome.summary, outcome.changedFiles.length, outcome.output as JsonValue);
    case 'nothing-to-do':
      return nothing(outcome.summary, outcome.output as JsonValue | undefined);
    case 'failed':
      return { kind: 'failed', code: outcome.code, message: outcome.message, retryable: false };
  }
}

async function runBaseline({ changes, checks }: StepRunnerParts): Promise<StepOutcome> {
  if (changes === undefined) return nothing('a dry run checks nothing');
  const ended = await checks.baseline();
  if (ended !== 'done') return stopped(ended);
  const reports = checks.report();
  const ran = reports.filter(({ before }) => before === 'passed' || before === 'failed');
  const failed = ran.filter(({ before }) => before === 'failed').length;
  if (ran.length === 0) return nothing('no check could run');
  return done(`${ran.length} run${failed > 0 ? `, ${failed} red before the change` : ', all green'}`, 0);
}

function checkedStep(checked: CheckedOutcome): StepOutcome {
  switch (checked.kind) {
    case 'verified':
      return done('no new failure', 0);
    case 'unverified':
      return done(`unverified: ${checked.why}`, 0);
    case 'partly':
      return done(
        `${checked.rejected.length} of ${checked.kept.length + checked.rejected.length} edits rolled back`,
        0,
      );
    case 'broken':
      return { kind: 'failed', code: 'run/broken', message: checked.why, retryable: false };
    case 'stopped':
      return stopped(checked.by);
  }
}

function stopped(by: 'cancelled' | 'timed-out'): StepOutcome {
  const message = by === 'cancelled' ? 'the run was cancelled' : 'the time of the run is up';
  return { kind: 'failed', code: `run/${by}`, message, retryable: false };
}

function done(summary: string, changed: number, output?: JsonValue): StepOutcome {
  return { kind: 'done', summary, changed, ...(output === undefined ? {} : { output }) };
}

function nothing(summary: string, output?: JsonValue): StepOutcome {
  return { kind: 'nothing-to-do', summary, ...(output === undefined ? {} : { output }) };
}
