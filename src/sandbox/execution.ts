import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { Clock } from '../kernel/index.ts';
import type { Command, CommandOutcome, Environment } from './command.ts';
import { type EgressDecision, proxyEnvironment, startEgressProxy } from './egress/egress-proxy.ts';
import { type IsolationLevel, REQUIRED_LAYERS } from './isolation/isolation-level.ts';
import { overlayLayer } from './isolation/overlay-layer.ts';
import { sandbox } from './isolation/sandbox.ts';
import type { SandboxPlace, WorkspaceAccess } from './isolation/sandbox-place.ts';
import type { ActiveLayer, SandboxNetwork } from './isolation/sandbox-spec.ts';
import { surroundings } from './isolation/surroundings.ts';
import { decide } from './policy/decide.ts';
import { filterEnvironment } from './policy/filter-environment.ts';
import { isBelow } from './policy/match-rule.ts';
import type { SandboxPolicy } from './policy/sandbox-policy.ts';
import { commandRunner } from './run-command.ts';

/** One command to run by a policy. */
export interface Execution extends Pick<Command, 'argv' | 'cwd' | 'stdin' | 'signal' | 'timeoutMs' | 'onOutput'> {
  policy: SandboxPolicy;
  /** Absolute, existing. */
  workspace: string;
  /** What becomes of its writes below the workspace. */
  writes: 'kept' | 'discarded' | 'refused';
  /** Default: what the policy says. */
  isolation?: IsolationLevel;
  /** The user's environment. */
  env: Environment;
  home: string | undefined;
  user: { uid: number; gid: number } | undefined;
  /** Path of the helper binary. */
  helper: string;
  /** A folder of ours for what the sandbox needs; made and removed. */
  scratch: string;
  /** Folders of ours that no command may see; absolute. */
  hidden: readonly string[];
  clock: Clock;
  onDecision?: (decision: EgressDecision) => void;
}

/** How it went, and by what the command was kept apart; `layers` is absent when there was no isolation. */
export interface Executed {
  outcome: CommandOutcome;
  layers?: readonly ActiveLayer[];
}

/** Where the proxy is found inside. */
const PROXY_PORT = 3128;

/** Runs a command by a policy: judged first, then isolated as the policy says. Whatever is missing is a refusal. */
export async function execute(execution: Execution): Promise<Executed> {
  const { policy, argv } = execution;
  const workspace = await realpath(execution.workspace);
  const env = filterEnvironment(execution.env, policy.environment);
  const find = (name: string) => findProgram(name, env, workspace);
  const verdict = decide(policy, { argv, cwd: execution.cwd, workspace }, { headless: true, find });
  if (verdict.kind !== 'allow') return { outcome: { kind: 'refused', reason: verdict.reason } };
  const level = execution.isolation ?? policy.isolation;
  if (level === 'none') return { outcome: await unisolated(execution) };
  const { scratch } = execution;
  const layer = execution.writes === 'discarded' ? await overlayLayer(join(scratch, 'layer')) : undefined;
  const hosts = policy.network.hosts;
  const proxy =
    hosts.length === 0
      ? undefined
      : await startEgressProxy({ hosts, socketPath: join(scratch, 'proxy', 'egress.sock'), ...decisions(execution) });
  try {
    const { outputBytes, seconds, ...limits } = policy.limits;
    const room = sandbox({
      clock: execution.clock,
      helper: execution.helper,
      place: await placeOf(execution, workspace, access(execution, layer)),
      network: proxy
        ? ({ kind: 'proxy', socket: proxy.socketPath, port: PROXY_PORT } satisfies SandboxNetwork)
        : { kind: 'none' },
      unixSockets: policy.unixSockets,
      limits,
      require: REQUIRED_LAYERS[level],
      environment: (given) => ({
        ...filterEnvironment(given, policy.environment),
        ...(proxy === undefined ? {} : proxyEnvironment(PROXY_PORT)),
      }),
    });
    const outcome = await room.runCommand({ ...commandOf(execution), outputLimitBytes: outputBytes || undefined });
    const layers = room.layers();
    return { outcome, ...(layers === undefined ? {} : { layers }) };
  } finally {
    await proxy?.close();
    await layer?.remove();
  }
}

function decisions({ onDecision }: Execution): { onDecision?: (decision: EgressDecision) => void } {
  return onDecision === undefined ? {} : { onDecision };
}

async function placeOf(execution: Execution, workspace: string, given: WorkspaceAccess): Promise<SandboxPlace> {
  const { policy, home, env, user, hidden } = execution;
  const { files } = policy;
  return {
    workspace,
    access: given,
    home,
    env,
    user,
    read: [...(await surroundings(workspace, home)), ...files.read],
    write: files.write,
    protect: files.protect,
    hide: [...files.hide, ...hidden],
  };
}

function access({ writes }: Execution, layer: { upper: string; work: string } | undefined): WorkspaceAccess {
  if (layer !== undefined) return { kind: 'overlay', upper: layer.upper, work: layer.work };
  return { kind: writes === 'refused' ? 'read' : 'write' };
}

/** The sooner of the policy's time and the one that was asked for. */
function commandOf({ argv, cwd, env, stdin, signal, onOutput, timeoutMs, policy }: Execution): Command {
  const allowed = policy.limits.seconds ? policy.limits.seconds * 1000 : Number.POSITIVE_INFINITY;
  const limit = Math.min(allowed, timeoutMs ?? Number.POSITIVE_INFINITY);
  const kept = onOutput === undefined ? {} : { maxOutputBytes: 2 };
  return { argv, cwd, env, stdin, signal, onOutput, ...kept, ...(Number.isFinite(limit) ? { timeoutMs: limit } : {}) };
}

/** The person wants no isolation; the policy still holds for the command and its environment. */
async function unisolated(execution: Execution): Promise<CommandOutcome> {
  const command = commandOf(execution);
  const env = filterEnvironment(execution.env, execution.policy.environment);
  return commandRunner({ clock: execution.clock })({ ...command, env });
}

/**
 * The file that a word leads to through PATH as the command will have it. What is inside the workspace, by its name, by the
 * folder that holds it or by the file that it links to, is given as that.
 */
function findProgram(name: string, { PATH = '' }: Environment, workspace: string): string | undefined {
  if (name === '' || name.includes('/')) return undefined;
  const folders = PATH.split(delimiter).filter(isAbsolute);
  const found = folders.map((folder) => join(folder, name)).find(isExecutable);
  if (found === undefined) return undefined;
  const forms = [found, join(realpathSync(dirname(found)), name), realpathSync(found)];
  return forms.find((path) => isBelow(workspace, path)) ?? found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
