/**
 * The composition root: the only file that knows every room. It makes the parts, hands each what it needs from its
 * neighbours, and gives out the operations that the interfaces offer. It decides nothing by itself.
 */
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { type Catalogue, invalidManifest, loadCatalogue, type Manifest, readManifestFile } from './agent/index.ts';
import { codeIndex } from './code/index.ts';
import { readEdits } from './edits/index.ts';
import { renderText, type WorkflowDefinition } from './factory/index.ts';
import {
  budget,
  type Clock,
  type EventListener,
  type EventStream,
  eventStream,
  FULL_GRANT,
  idFactory,
  type Permission,
  permission,
  type RandomSource,
  rootTask,
} from './kernel/index.ts';
import { type Landing, landingFor } from './landing/index.ts';
import { packageRoot } from './native/index.ts';
import { type HealthReport, healthAudit } from './observability/index.ts';
import { manifestFlow, planTask, type Plan as TaskPlan } from './planner/index.ts';
import {
  type EditReport,
  editFiles,
  editRefused,
  editTitle,
  type HeldWorkspace,
  healthProbes,
  holdWorkspace,
  nothingInTree,
  projectChecks,
  type RunReport,
  type RunRequest,
  readWorkspace,
  runJournal,
  runReport,
  runTask,
  type TakeBack,
  TIME_IS_UP,
  takeBack,
  told,
  transactionFiles,
  workspaceFolder,
} from './run/index.ts';
import { commandRunner, type Environment, layers, type RunCommand, userEnvironment } from './sandbox/index.ts';
import {
  cyclesSkill,
  deadCodeSkill,
  dependenciesSkill,
  importsSkill,
  type RepositoryServices,
  type Skill,
  skillRegistry,
  surveySkill,
} from './skills/index.ts';
import { type ImportSortingOptions, importSorting } from './sorting/index.ts';
import { readHistory } from './state/index.ts';
import { auditAppended, listRuns, readRun } from './store/index.ts';
import { checkEnvironment, detectChecks, verifyMode } from './verify/index.ts';

/** The outside world as the interfaces found it. */
export interface SwarmEnvironment {
  /** Where journals, originals and caches live. */
  stateHome: string;
  /** Where the person's own manifests live (`manifests/`). */
  configHome: string;
  env: Environment;
  platform: NodeJS.Platform;
  clock: Clock;
  random: RandomSource;
}

/** How a task would be carried out. */
export type PlanOutcome =
  | {
      kind: 'planned';
      manifest: string;
      score: number;
      definition: WorkflowDefinition;
      text: string;
      ignored: readonly string[];
    }
  | { kind: 'needs-model'; message: string }
  | { kind: 'refused'; message: string };

/** A run in the history. */
export interface RunSummary {
  run: string;
  task: string;
  /** Absent: it goes on, or its process was killed. */
  outcome?: string;
  /** Milliseconds since the Unix epoch. */
  startedAt: number;
  durationMs?: number;
  changedFiles: number;
  /** Its changes were taken back since. */
  undone: boolean;
}

/** What undo and redo did. */
export type HistoryOutcome =
  | { kind: 'undone' | 'redone'; run: string; paths: readonly string[] }
  | { kind: 'nothing'; message: string }
  | { kind: 'conflict'; run: string; paths: readonly string[]; message: string }
  | { kind: 'busy'; message: string };

/** Edits to carry out. */
export interface EditRequest {
  root: string;
  /** JSON by `schemas/edit.v1.json`, search/replace blocks, or a unified diff. */
  text: string;
  /** Say what would change, and change nothing. */
  dryRun: boolean;
}

/** What the interfaces can ask for. Roots are existing folders. */
export interface Swarm {
  run(request: RunRequest, options: { signal: AbortSignal; onEvent: EventListener }): Promise<RunReport>;
  /** Carries out edits as they are, all of them or none; one run of the history. */
  edit(request: EditRequest): Promise<EditReport>;
  plan(request: Pick<RunRequest, 'task' | 'root'>): Promise<PlanOutcome>;
  /** The newest first. */
  runs(root: string): Promise<readonly RunSummary[]>;
  /** The report of a run; default: the newest. */
  show(root: string, run?: string): Promise<RunReport | undefined>;
  undo(root: string, run?: string): Promise<HistoryOutcome>;
  redo(root: string, run?: string): Promise<HistoryOutcome>;
  manifests(root?: string): Promise<Catalogue>;
  validateManifest: typeof readManifestFile;
  skills(): readonly Skill<never>[];
  audit(root: string): Promise<HealthReport>;
}

const MODEL_HINT = 'Other tasks need a language model; this version has no model layer yet.';

/** Makes a swarm. Nothing is read or started before the first call. */
export function createSwarm(environment: SwarmEnvironment): Swarm {
  const { stateHome, clock, random } = environment;
  const newId = idFactory(clock, random);
  const skills = skillRegistry<RepositoryServices>([
    surveySkill,
    importsSkill as Skill<RepositoryServices>,
    dependenciesSkill as Skill<RepositoryServices>,
    cyclesSkill,
    deadCodeSkill,
  ]);
  const catalogue = (root?: string) =>
    loadCatalogue({
      user: join(environment.configHome, 'manifests'),
      ...(root === undefined ? {} : { project: join(root, '.pyagent', 'manifests') }),
    });
  const plan = async (task: string, root: string): Promise<TaskPlan> =>
    planTask(task, {
      entries: (await catalogue(root)).entries,
      skills: skills.list().map(({ name }) => name),
      modelHint: MODEL_HINT,
    });
  const hold = async (root: string) => holdWorkspace({ root: await realpath(root), stateHome, clock, newId });
  const replay = async (kind: 'undo' | 'redo', root: string, run?: string): Promise<HistoryOutcome> => {
    const holding = await hold(root);
    if (holding.kind === 'busy') return holding;
    const { files, store, close } = holding.workspace;
    try {
      const audit = auditAppended({ time: clock.now(), kind: `run.${kind}`, data: { run: run ?? 'newest' } });
      const outcome = await files[kind](run, [audit]);
      if (outcome.kind === 'nothing') return { ...outcome, message: await nothingInTree(outcome.message, store, run) };
      if (outcome.kind !== 'conflict') return outcome;
      const lines = outcome.conflicts.map(told).map(({ path, detail }) => `  ${path}: ${detail}`);
      const message = [`These files were edited since ${outcome.run}; nothing was touched:`, ...lines].join('\n');
      return { ...outcome, paths: outcome.conflicts.map(({ path }) => path), message };
    } finally {
      await close();
    }
  };

  return {
    run: async (given, { signal, onEvent }) => {
      const request = { ...given, root: await realpath(given.root) };
      const run = newId('run');
      const events = eventStream(run, clock);
      events.subscribe(onEvent);
      const finish = (report: RunReport): RunReport => {
        events.emit({ kind: 'run.finished', data: { report } });
        return report;
      };
      const early = (outcome: RunReport['outcome'], message: string): RunReport =>
        finish(runReport({ run, request, startedAt: clock.now(), durationMs: 0, outcome, message }));
      const planned = await plan(request.task, request.root);
      if (planned.kind === 'no-match') return early('needs-model', planned.message);
      if (planned.kind === 'broken-flow') return early('refused', planned.message);
      const landing = landingOf(environment, request, run, signal);
      const landable = await landing?.check();
      if (landable?.kind === 'refused') return early('refused', `${landable.reason}.`);
      const holding = await hold(request.root);
      if (holding.kind === 'busy') return early('busy', holding.message);
      const { workspace } = holding;
      try {
        const common = { environment, request, run, events, planned, workspace, skills, newId, signal };
        const report = await carryOut({ ...common, landing });
        return finish(report);
      } finally {
        await workspace.close();
      }
    },
    edit: async ({ root: given, text, dryRun }) => {
      const root = await realpath(given);
      const run = newId('run');
      const reading = await readEdits(text);
      const files = reading.kind === 'edits' ? reading.files : [];
      const known = { run, root, files, dryRun, clock };
      if (reading.kind === 'malformed') return editRefused(known, 'failed', reading.message);
      const holding = await hold(root);
      if (holding.kind === 'busy') return editRefused(known, 'busy', holding.message);
      const { files: workspace, store, close } = holding.workspace;
      try {
        const transaction = await workspace.begin({ run, title: editTitle(files) });
        return await editFiles({ ...known, transaction, journal: runJournal(store, run, clock) });
      } finally {
        await close();
      }
    },
    plan: async ({ task, root }) => {
      const planned = await plan(task, root);
      if (planned.kind === 'no-match') return { kind: 'needs-model', message: planned.message };
      if (planned.kind === 'broken-flow') return { kind: 'refused', message: planned.message };
      const { definition, score, ignored, entry } = planned;
      const text = renderText(definition).join('\n');
      return { kind: 'planned', manifest: entry.manifest.name, score, definition, text, ignored };
    },
    runs: async (root) => readWorkspace(workspaceFolder(stateHome, await realpath(root)), summaries, []),
    show: async (root, run) => {
      const folder = workspaceFolder(stateHome, await realpath(root));
      const record = await readWorkspace(folder, (store) => readRun(store, run), undefined);
      return record?.report === undefined ? undefined : (JSON.parse(record.report) as RunReport);
    },
    undo: (root, run) => replay('undo', root, run),
    redo: (root, run) => replay('redo', root, run),
    manifests: catalogue,
    validateManifest: async (path) => {
      const reading = await readManifestFile(path);
      if (reading.kind === 'invalid') return reading;
      const names = skills.list().map(({ name }) => name);
      const flow = manifestFlow(reading.manifest, names);
      return flow.kind === 'workflow' ? reading : invalidManifest(path, flow.problems);
    },
    skills: () => skills.list(),
    audit: async (root) => healthAudit(healthProbes(await realpath(root), stateHome)),
  };
}

async function summaries(store: Parameters<typeof listRuns>[0]): Promise<RunSummary[]> {
  const states = new Map((await readHistory(store)).map(({ run, state }) => [run, state]));
  return (await listRuns(store)).map(({ finishedAt, ...listed }) => ({
    changedFiles: 0,
    ...listed,
    ...(finishedAt === undefined ? {} : { durationMs: finishedAt - listed.startedAt }),
    undone: states.get(listed.run) === 'undone',
  }));
}

interface CarryOut {
  environment: SwarmEnvironment;
  request: RunRequest;
  run: string;
  events: EventStream;
  planned: TaskPlan & { kind: 'planned' };
  workspace: HeldWorkspace;
  skills: ReturnType<typeof skillRegistry<RepositoryServices>>;
  newId: ReturnType<typeof idFactory>;
  signal: AbortSignal;
  landing: Landing | undefined;
}

/** One run in an open workspace: makes the parts of the run and lets the run room walk the flow. */
async function carryOut(parts: CarryOut): Promise<RunReport> {
  const { environment, request, run, events, planned, workspace, skills, newId } = parts;
  const { clock, platform } = environment;
  const { manifest } = planned.entry;
  const emit = (kind: string, data: unknown) => events.emit({ kind, data });
  const signal = withTimeout(parts.signal, request.timeoutMs);
  emit('run.started', startOf(parts, manifest));
  for (const recovered of workspace.recovered) emit('run.recovered', recovered);
  emit('plan.ready', { nodes: planned.definition.nodes, edges: planned.definition.edges });
  const allowed = permission(FULL_GRANT).narrow(manifest.permissions);
  const runCommand = permitted(commandRunner({ clock }), allowed);
  const env = checkEnvironment(
    userEnvironment(environment.env, packageRoot(import.meta.url)),
    workspace.folder.scratch,
  );
  const { root } = request;
  const { cache, scratch } = workspace.folder;
  const index = codeIndex();
  const judge: ImportSortingOptions['judge'] = (files) => index.importOrders({ root, cache, files });
  const mode = verifyMode(request.verify);
  const transaction = request.dryRun ? undefined : await workspace.files.begin({ run, title: request.task });
  const checks = projectChecks({
    detect: () => detectChecks({ root, mode, env, platform, runCommand, scratch, signal }),
    context: { runCommand, clock, env, emit, signal },
    takeBack: transaction ? takeBack(transaction, join(cache, 'scan')) : nothingToTakeBack,
    ...(mode.kind === 'none' ? { switchedOff: 'checking was switched off with --verify none' } : {}),
  });
  const parent = rootTask({
    id: newId('task'),
    signature: request.task,
    permission: permission(FULL_GRANT),
    budget: budget(request.timeoutMs === undefined ? {} : { milliseconds: request.timeoutMs }, clock),
    signal,
  });
  return runTask({
    run,
    request,
    manifest,
    definition: planned.definition,
    parent,
    taskId: newId('task'),
    skills,
    index,
    cache,
    checks,
    sorting: importSorting({ root, runCommand, env, platform, clock, signal, judge }),
    isolation: layers().statement,
    files: transaction && transactionFiles(transaction),
    landing: parts.landing,
    journal: runJournal(workspace.store, run, clock),
    clock,
    signal,
    emit,
  });
}

/** A dry run runs no checks. */
const nothingToTakeBack: TakeBack = async (work) => ({ result: await work(), written: [], deleted: [], notes: [] });

/** How the run lands when not in place. These are the user's own git and `gh`: no manifest's permissions hold for them. */
function landingOf(
  { env, stateHome, clock }: SwarmEnvironment,
  { landing, dryRun, root }: RunRequest,
  run: string,
  signal: AbortSignal,
): Landing | undefined {
  if (landing === undefined || dryRun) return undefined;
  return landingFor({
    request: landing,
    run,
    root,
    scratch: workspaceFolder(stateHome, root).scratch,
    env: userEnvironment(env, packageRoot(import.meta.url)),
    runCommand: commandRunner({ clock }),
    signal,
  });
}

function startOf({ request, planned }: CarryOut, manifest: Manifest): Record<string, unknown> {
  const { task, priority, root } = request;
  return { task, priority, root, manifest: manifest.name, ignoredWords: planned.ignored };
}

function withTimeout(signal: AbortSignal, timeoutMs: number | undefined): AbortSignal {
  if (timeoutMs === undefined) return signal;
  const late = new AbortController();
  setTimeout(() => late.abort(TIME_IS_UP), timeoutMs).unref();
  return AbortSignal.any([signal, late.signal]);
}

/** Commands that the manifest does not allow are refused where they would start. */
function permitted(run: RunCommand, allowed: Permission): RunCommand {
  return async (command) => {
    const verdict = allowed.allows({ kind: 'command', argv: command.argv });
    return verdict.kind === 'allowed' ? run(command) : { kind: 'refused', reason: verdict.message };
  };
}
