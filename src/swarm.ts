/**
 * The composition root: the only file that knows every room. It makes the parts, hands each what it needs from its
 * neighbours, and gives out the operations that the interfaces offer. It decides nothing by itself.
 */
import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Catalogue, invalidManifest, loadCatalogue, readManifestFile } from './agent/index.ts';
import { readEdits } from './edits/index.ts';
import { renderText, type WorkflowDefinition } from './factory/index.ts';
import { type Clock, type EventListener, eventStream, idFactory, type RandomSource } from './kernel/index.ts';
import { packageRoot, sandboxHelperPath } from './native/index.ts';
import { type HealthReport, healthAudit } from './observability/index.ts';
import { manifestFlow, planTask, type Plan as TaskPlan } from './planner/index.ts';
import {
  boundHistory,
  carryOut,
  type EditReport,
  editFiles,
  editRefused,
  editTitle,
  type HistoryOutcome,
  type HistoryPruning,
  type HistoryRequest,
  healthProbes,
  holdWorkspace,
  landingOf,
  listOperations,
  type PreviewOutcome,
  type PruningOutcome,
  previewHistory,
  pruneHistory,
  type RunReport,
  type RunRequest,
  type RunSummary,
  readWorkspace,
  redacted,
  replayHistory,
  runJournal,
  runReport,
  runSummaries,
  type SandboxTrial,
  shownReport,
  trySandbox,
  workspaceFolder,
} from './run/index.ts';
import { type Environment, type Executed, type Execution, execute, userEnvironment } from './sandbox/index.ts';
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
import { describeHolder, type LeaseHolder, type LeaseWait, type OperationEntry, runPatch } from './state/index.ts';
import type { Store } from './store/index.ts';

export type {
  HistoryOutcome,
  HistoryPruning,
  HistoryRequest,
  PreviewOutcome,
  PruningOutcome,
  RunSummary,
} from './run/index.ts';
export type { LeaseHolder, LeaseWait, OperationEntry, PathPattern } from './state/index.ts';

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
  /** Name of the machine, for those who wait. Absent: unknown. */
  host?: string;
  /** The person's home folder. Absent: there is none. */
  home?: string | undefined;
  /** Whose process this is. Absent: the system has no user ids. */
  user?: { uid: number; gid: number } | undefined;
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

/** How a run is watched and ended. */
export interface RunOptions {
  signal: AbortSignal;
  onEvent: EventListener;
  /** Default: no waiting. */
  wait?: Pick<LeaseWait, 'atMost'>;
}

/** Edits to carry out. */
export interface EditRequest {
  root: string;
  /** JSON by `schemas/edit.v1.json`, search/replace blocks, or a unified diff. */
  text: string;
  /** Say what would change, and change nothing. */
  dryRun: boolean;
}

/** A command to run in the sandbox. */
export type ExecutionRequest = { root: string } & Pick<
  Execution,
  'argv' | 'cwd' | 'policy' | 'writes' | 'isolation' | 'timeoutMs' | 'signal' | 'onOutput'
>;

/** What the interfaces can ask for. Roots are existing folders. */
export interface Swarm {
  /** With `wait`, a repository that is in use is waited for; otherwise the outcome is `busy`. */
  run(request: RunRequest, options: RunOptions): Promise<RunReport>;
  /** Carries out edits as they are, all of them or none; one run of the history. */
  edit(request: EditRequest, options?: { wait?: LeaseWait }): Promise<EditReport>;
  plan(request: Pick<RunRequest, 'task' | 'root'>): Promise<PlanOutcome>;
  /** The newest first. */
  runs(root: string): Promise<readonly RunSummary[]>;
  /** The report of a run; default: the newest. */
  show(root: string, run?: string): Promise<RunReport | undefined>;
  /** Everything that happened to the files, undos and redos included; the newest first. */
  operations(root: string): Promise<readonly OperationEntry[]>;
  /** What a run changed, as one patch. Empty when it changed nothing. */
  diff(root: string, run: string): Promise<Uint8Array>;
  replay(root: string, request: HistoryRequest): Promise<HistoryOutcome>;
  /** What {@link Swarm.replay} would do; changes nothing. */
  preview(root: string, request: HistoryRequest): Promise<PreviewOutcome>;
  prune(root: string, pruning: HistoryPruning): Promise<PruningOutcome>;
  manifests(root?: string): Promise<Catalogue>;
  validateManifest: typeof readManifestFile;
  skills(): readonly Skill<never>[];
  /** Runs one command by a sandbox policy; nothing of it is kept in the history. */
  execute(request: ExecutionRequest): Promise<Executed>;
  /** Runs a command that does nothing as the checks of `root` would be run. */
  trySandbox(root: string): Promise<SandboxTrial>;
  /** `deep`: every kept content is read again. */
  audit(root: string, options?: { deep?: boolean }): Promise<HealthReport>;
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
  const { host, home, user } = environment;
  const isolation = () => {
    const env = userEnvironment(environment.env, packageRoot(import.meta.url));
    return { env, home, user, clock, helper: sandboxHelperPath() };
  };
  const named = host === undefined ? {} : { host };
  const historyOf = async (root: string) => ({ root: await realpath(root), stateHome, clock, newId, ...named });

  return {
    run: async (given, { signal, onEvent, wait }) => {
      const request = { ...given, root: await realpath(given.root) };
      const run = newId('run');
      const events = eventStream(run, clock);
      events.subscribe((event) => onEvent(redacted(event)));
      const finish = (report: RunReport): RunReport => {
        events.emit({ kind: 'run.finished', data: { report } });
        return report;
      };
      const early = (outcome: RunReport['outcome'], message: string, holder?: LeaseHolder): RunReport => {
        const parts = { run, request, startedAt: clock.now(), durationMs: 0, outcome, message };
        return finish(runReport(holder === undefined ? parts : { ...parts, holder }));
      };
      const planned = await plan(request.task, request.root);
      if (planned.kind === 'no-match') return early('needs-model', planned.message);
      if (planned.kind === 'broken-flow') return early('refused', planned.message);
      const landing = landingOf(environment, request, run, signal);
      const landable = await landing?.check();
      if (landable?.kind === 'refused') return early('refused', `${landable.reason}.`);
      const onWait = (holder: LeaseHolder | undefined) => {
        events.emit({ kind: 'run.waiting', data: { holder: holder ?? {}, for: describeHolder(holder) } });
      };
      const holding = await holdWorkspace({
        ...(await historyOf(request.root)),
        claim: { run, task: request.task, ...named },
        ...(wait === undefined ? {} : { wait: { ...wait, signal, onWait } }),
      }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
        return undefined;
      });
      if (holding === undefined) return early('interrupted', 'Interrupted while waiting; nothing was changed.');
      if (holding.kind === 'busy') return early('busy', holding.message, holding.holder);
      const { workspace } = holding;
      try {
        const common = { environment, request, run, events, planned, workspace, skills, newId, signal };
        const report = await carryOut({ ...common, landing });
        const emit = (kind: string, data: unknown) => events.emit({ kind, data });
        if (request.history && !request.dryRun) await boundHistory(workspace, request.history, emit);
        return finish(report);
      } finally {
        await workspace.close();
      }
    },
    edit: async ({ root: given, text, dryRun }, { wait } = {}) => {
      const root = await realpath(given);
      const run = newId('run');
      const reading = await readEdits(text);
      const files = reading.kind === 'edits' ? reading.files : [];
      const known = { run, root, files, dryRun, clock };
      if (reading.kind === 'malformed') return editRefused(known, 'failed', reading.message);
      const holding = await holdWorkspace({
        ...(await historyOf(root)),
        claim: { run, task: 'edit', ...named },
        ...(wait === undefined ? {} : { wait }),
      });
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
    runs: async (root) => readWorkspace(workspaceFolder(stateHome, await realpath(root)), runSummaries, []),
    show: async (root, run) => {
      const folder = workspaceFolder(stateHome, await realpath(root));
      return readWorkspace(folder, (store) => shownReport(store, run), undefined);
    },
    operations: async (root) => listOperations(await historyOf(root)),
    diff: async (root, run) => {
      const { path: stateFolder, store: path } = workspaceFolder(stateHome, await realpath(root));
      const read = (store: Store) => runPatch({ store, stateFolder, run });
      return readWorkspace({ store: path }, read, new Uint8Array());
    },
    replay: async (root, request) => replayHistory(request, await historyOf(root)),
    prune: async (root, pruning) => pruneHistory(pruning, await historyOf(root)),
    preview: async (root, request) => previewHistory(request, await historyOf(root)),
    manifests: catalogue,
    validateManifest: async (path) => {
      const reading = await readManifestFile(path);
      if (reading.kind === 'invalid') return reading;
      const names = skills.list().map(({ name }) => name);
      const flow = manifestFlow(reading.manifest, names);
      return flow.kind === 'workflow' ? reading : invalidManifest(path, flow.problems);
    },
    skills: () => skills.list(),
    execute: async ({ root, ...request }) => {
      const workspace = await realpath(root);
      const scratch = join(stateHome, 'sandboxes', newId('run'));
      const hidden = [stateHome, environment.configHome];
      try {
        return await execute({ ...request, ...isolation(), workspace, scratch, hidden, stdin: { inherit: true } });
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
    trySandbox: async (given) => trySandbox({ ...isolation(), root: await realpath(given) }),
    audit: async (given, { deep } = {}) => {
      const root = await realpath(given);
      const attempt = () => trySandbox({ ...isolation(), root });
      return redacted(await healthAudit(healthProbes({ root, stateHome, deep, trySandbox: attempt })));
    },
  };
}
