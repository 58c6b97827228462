import type { Manifest } from '../agent/index.ts';
import { codeIndex } from '../code/index.ts';
import {
  budget,
  type Clock,
  type EventStream,
  FULL_GRANT,
  type idFactory,
  type Permission,
  permission,
  rootTask,
} from '../kernel/index.ts';
import { type Landing, landingFor } from '../landing/index.ts';
import { packageRoot, sandboxHelperPath } from '../native/index.ts';
import type { Plan } from '../planner/index.ts';
import {
  commandRunner,
  type Environment,
  type RunCommand,
  STANDARD_POLICY,
  userEnvironment,
} from '../sandbox/index.ts';
import type { RepositoryServices, skillRegistry } from '../skills/index.ts';
import { type ImportSortingOptions, importSorting } from '../sorting/index.ts';
import { checkEnvironment, detectChecks, verifyMode } from '../verify/index.ts';
import { type CheckCommands, checkCommands, layerFolderOf } from './check-commands.ts';
import { projectChecks } from './project-checks.ts';
import { runJournal } from './run-journal.ts';
import type { RunReport } from './run-report.ts';
import type { RunRequest } from './run-request.ts';
import { runTask, TIME_IS_UP } from './run-task.ts';
import { transactionFiles } from './transaction-files.ts';
import { type HeldWorkspace, workspaceFolder } from './workspace-folder.ts';

/** The outside world as far as a run needs it. */
export interface RunEnvironment {
  /** Where journals, originals and caches live. */
  stateHome: string;
  /** The person's own variables: checks and landings start from these. */
  env: Environment;
  platform: NodeJS.Platform;
  clock: Clock;
  /** The person's home folder. Absent: there is none. */
  home?: string | undefined;
  /** Whose process this is. Absent: the system has no user ids. */
  user?: { uid: number; gid: number } | undefined;
}

/** What {@link carryOut} works with. */
export interface CarryOut {
  environment: RunEnvironment;
  request: RunRequest;
  run: string;
  events: EventStream;
  planned: Plan & { kind: 'planned' };
  workspace: HeldWorkspace;
  skills: ReturnType<typeof skillRegistry<RepositoryServices>>;
  newId: ReturnType<typeof idFactory>;
  signal: AbortSignal;
  landing: Landing | undefined;
}

/** One run in an open workspace: makes the parts of the run and walks the flow. */
export async function carryOut(parts: CarryOut): Promise<RunReport> {
  const { environment, request, run, workspace } = parts;
  const { scratch } = workspace.folder;
  const own = packageRoot(import.meta.url);
  const userEnv = userEnvironment(environment.env, own);
  const { clock, home, user } = environment;
  const commands = await checkCommands({
    clock,
    home,
    user,
    root: request.root,
    level: request.isolation,
    helper: sandboxHelperPath(),
    env: userEnv,
    scratch,
    layerFolder: layerFolderOf(scratch, run),
    policy: STANDARD_POLICY,
  });
  try {
    return await walkFlow(parts, commands, checkEnvironment(userEnv, scratch));
  } finally {
    await commands.close();
  }
}

async function walkFlow(parts: CarryOut, commands: CheckCommands, env: Record<string, string>): Promise<RunReport> {
  const { environment, request, run, events, planned, workspace, skills, newId } = parts;
  const { clock, platform } = environment;
  const { manifest } = planned.entry;
  const { root } = request;
  const { cache, scratch } = workspace.folder;
  const emit = (kind: string, data: unknown) => events.emit({ kind, data });
  const signal = withTimeout(parts.signal, request.timeoutMs);
  emit('run.started', startOf(parts, manifest));
  for (const recovered of workspace.recovered) emit('run.recovered', recovered);
  emit('plan.ready', { nodes: planned.definition.nodes, edges: planned.definition.edges });
  const allowed = permission(FULL_GRANT).narrow(manifest.permissions);
  const look = permitted(commands.look, allowed);
  const index = codeIndex();
  const judge: ImportSortingOptions['judge'] = (files) => index.importOrders({ root, cache, files });
  const mode = verifyMode(request.verify);
  const transaction = request.dryRun ? undefined : await workspace.files.begin({ run, title: request.task });
  const checks = projectChecks({
    detect: () => detectChecks({ root, mode, env, platform, runCommand: look, scratch, signal }),
    context: { clock, env, emit, signal },
    commands: { ...commands, check: permitted(commands.check, allowed) },
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
    sorting: importSorting({ root, runCommand: look, env, platform, clock, signal, judge }),
    isolation: commands.isolation,
    files: transaction && transactionFiles(transaction),
    landing: parts.landing,
    journal: runJournal(workspace.store, run, clock),
    clock,
    signal,
    emit,
  });
}

/** How the run lands when not in place. These are the user's own git and `gh`: no manifest's permissions hold for them. */
export function landingOf(
  { env, stateHome, clock }: RunEnvironment,
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
