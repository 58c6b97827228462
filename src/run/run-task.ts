import { type Agent, becomeAgent, type Manifest } from '../agent/index.ts';
import type { CodeIndex } from '../code/index.ts';
import {
  type JournalEntry,
  runWorkflow,
  type StepContext,
  type StepOutcome,
  type StepRequest,
  type WorkflowDefinition,
  type WorkflowOutcome,
} from '../factory/index.ts';
import type { Clock, Task } from '../kernel/index.ts';
import type { Landing } from '../landing/index.ts';
import type { RepositoryServices, SkillRegistry } from '../skills/index.ts';
import type { ImportSorting } from '../sorting/index.ts';
import { analysis } from './analysis.ts';
import { byPath, ChangeSet } from './change-set.ts';
import { landElsewhere } from './land-elsewhere.ts';
import type { ProjectChecks } from './project-checks.ts';
import { judgeRun, type ReportParts, runReport, type StopReason, type Verdict } from './report-builder.ts';
import { repositoryServices } from './repository-services.ts';
import type { RunFiles } from './run-files.ts';
import type { RunJournal } from './run-journal.ts';
import type { RunReport } from './run-report.ts';
import type { RunRequest } from './run-request.ts';
import { type StepRunner, stepRunner } from './step-runner.ts';

/** Everything one run works with; the composition root brings it together. */
export interface RunParts {
  run: string;
  request: RunRequest;
  manifest: Manifest;
  definition: WorkflowDefinition;
  /** Who asks: the root of the lineage. */
  parent: Task;
  /** Id of the agent's own task. */
  taskId: string;
  skills: SkillRegistry<RepositoryServices>;
  index: CodeIndex;
  /** Folder of the analysis cache. */
  cache: string;
  checks: ProjectChecks;
  sorting: ImportSorting;
  /** The sentence about isolation for the report, once commands have run. */
  isolation(): string | undefined;
  /** Absent in a dry run. */
  files: RunFiles | undefined;
  /** Absent: the changes land in place. */
  landing: Landing | undefined;
  journal: RunJournal;
  clock: Clock;
  /** Cancels the run; the reason `timed-out` is told apart. */
  signal: AbortSignal;
  emit(kind: string, data: unknown): void;
}

/** The abort reason of a run whose time is up. */
export const TIME_IS_UP = 'timed-out';

/** Carries out one run from its first step to its report. Whatever happens, the tree is as before or as reported. */
export async function runTask(parts: RunParts): Promise<RunReport> {
  try {
    return await carryThrough(parts);
  } catch (error) {
    // The tree goes back first. When even that fails, or the files had landed, the journal tells recovery what is true.
    await parts.files?.rollback().catch(() => undefined);
    throw error;
  }
}

async function carryThrough(given: RunParts): Promise<RunReport> {
  const parts = { ...given, emit: eachFindingOnce(given.emit) };
  const { clock, request, manifest, files } = parts;
  const startedAt = clock.now();
  const start = clock.monotonic();
  const analysed = analysis({
    index: parts.index,
    root: request.root,
    cache: parts.cache,
    only: request.only,
    removeUnknownTargets: request.unsafe,
  });
  const changes = files === undefined ? undefined : new ChangeSet(files);
  let agentTask = parts.parent;
  const services = repositoryServices({
    analysis: analysed,
    changes,
    sorting: parts.sorting,
    request,
    permission: () => agentTask.permission,
    emit: parts.emit,
  });
  const reanalyze = () => {
    analysed.invalidate();
    return analysed.current();
  };
  const steps = stepRunner({ ...parts, root: request.root, services, changes, reanalyze });
  const common = { run: parts.run, request, manifest: manifest.name, startedAt };
  const report = (rest: Omit<ReportParts, keyof typeof common | 'durationMs'>): RunReport =>
    runReport({ ...common, durationMs: clock.monotonic() - start, ...rest });

  await parts.journal.started({ run: parts.run, task: request.task, startedAt });
  const became = await agentFor(parts, steps);
  if (became.kind !== 'agent') {
    // Delegation refuses what was cancelled already: that is the person's doing, not a policy's.
    const stopped = stopReason(parts.signal);
    const refused = report(
      stopped === undefined ? { outcome: 'refused', message: became.message } : neverBegan(stopped),
    );
    await files?.rollback();
    await parts.journal.finished(refused);
    return refused;
  }
  agentTask = became.agent.task;
  const workflow = await flow(parts, became.agent);
  const stoppedBy = stopReason(parts.signal);
  const proposals = byPath(services.proposals());
  const checked = steps.checked();
  const verdict = judgeRun({
    workflow,
    stoppedBy,
    checked,
    changes,
    proposals,
    mayLand: steps.mayLand(),
    dryRun: request.dryRun,
  });
  const found = verdict.land ? await analysed.overall() : analysed.first();
  const ran = parts.checks.ran() || parts.sorting.ran();
  const statement = ran ? parts.isolation() : undefined;
  const isolation = statement === undefined ? {} : { isolation: statement };
  const base = { analysis: found, checks: parts.checks, notes: services.notes(), ...isolation };
  return settle(parts, verdict, changes, (rest) => report({ ...base, ...rest, ...dryRunChanges(request, proposals) }));
}

/** Each round of a loop finds again what the round before left: told once. */
function eachFindingOnce(emit: RunParts['emit']): RunParts['emit'] {
  const told = new Set<string>();
  return (kind, data) => {
    if (kind === 'finding') {
      const text = JSON.stringify(data);
      if (told.has(text)) return;
      told.add(text);
    }
    emit(kind, data);
  };
}

function dryRunChanges(request: RunRequest, proposals: ReturnType<typeof byPath>): Pick<ReportParts, 'changes'> {
  return request.dryRun ? { changes: proposals } : {};
}

type RunAgent = Agent<StepRequest, StepOutcome, StepContext>;

function agentFor(
  parts: RunParts,
  steps: StepRunner,
): ReturnType<typeof becomeAgent<StepRequest, StepOutcome, StepContext>> {
  return becomeAgent<StepRequest, StepOutcome, StepContext>({
    manifest: parts.manifest,
    parent: parts.parent,
    id: parts.taskId,
    signature: `${parts.manifest.name}: ${parts.request.task}`,
    skills: parts.skills,
    runTask: (step, context, task) => steps.runStep(step, context.signal, task),
  });
}

async function flow(parts: RunParts, agent: RunAgent): Promise<WorkflowOutcome> {
  return runWorkflow({
    definition: parts.definition,
    runTask: async (step, context) => agent.runStep(step, context),
    record: (entry: JournalEntry) => parts.journal.record(entry),
    clock: parts.clock,
    emit: parts.emit,
    signal: parts.signal,
  });
}

function neverBegan(outcome: StopReason): Pick<ReportParts, 'outcome' | 'message'> {
  const why = outcome === 'timed-out' ? 'The time was up' : 'Interrupted';
  return { outcome, message: `${why} before anything was done.` };
}

function stopReason(signal: AbortSignal): StopReason | undefined {
  if (!signal.aborted) return undefined;
  return signal.reason === TIME_IS_UP ? 'timed-out' : 'interrupted';
}

type MakeReport = (
  rest: Pick<ReportParts, 'outcome' | 'message'> &
    Partial<Pick<ReportParts, 'changes' | 'rejected' | 'unverified' | 'conflicts' | 'merged' | 'landing' | 'undoable'>>,
) => RunReport;

/** Keeps the files or takes them back, and commits the report with them. */
async function settle(
  { files, landing, journal, emit }: RunParts,
  verdict: Verdict,
  changes: ChangeSet | undefined,
  report: MakeReport,
): Promise<RunReport> {
  const { outcome, message, rejected, unverified } = verdict;
  const seen = [...(changes?.conflicts.values() ?? [])];
  if (files === undefined) {
    const done = report({ outcome, message });
    await journal.finished(done);
    return done;
  }
  if (verdict.land) {
    const kept = changes?.changedFiles() ?? [];
    const end = {
      outcome,
      message,
      changes: kept,
      rejected,
      ...(unverified === undefined ? {} : { unverified }),
      conflicts: seen,
    };
    if (landing && files.changes().length > 0) return landElsewhere({ landing, files, journal, emit }, end, report);
    let landed = report({ ...end, undoable: kept.length > 0 });
    const conflicts = await files.commit((merged) => {
      landed = report({ ...end, merged, undoable: kept.length > 0 });
      return journal.finishing(landed);
    });
    if (conflicts.length === 0) return landed;
    seen.push(...conflicts);
  }
  const { conflicts: left, merged } = await files.rollback();
  const conflicts = [...seen, ...left];
  const end: Pick<ReportParts, 'outcome' | 'message'> =
    verdict.land || left.length > 0
      ? { outcome: 'conflict', message: 'Somebody else changed files of this run; its own changes were rolled back.' }
      : { outcome, message };
  const done = report({ ...end, rejected, conflicts, merged });
  await journal.finished(done);
  return done;
}
