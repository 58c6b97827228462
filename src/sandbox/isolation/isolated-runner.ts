import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../kernel/index.ts';
import { attendChild, type ChildEnd } from '../attend-child.ts';
import { type Command, type CommandOutcome, type CommandOutput, commandProblem, type RunCommand } from '../command.ts';
import { inputOf, spawnFailed, started } from '../run-command.ts';
import { type HelperAnswers, readHelperAnswers } from './helper-answers.ts';
import type { ActiveLayer, SandboxSpec } from './sandbox-spec.ts';

/** What {@link isolatedRunner} needs. */
export interface IsolatedRunnerOptions {
  clock: Clock;
  /** Path of the helper binary. */
  helper: string;
  /** The sandbox of a command; its `argv`, `cwd` and `env` are the command's own, or what a policy left of them. */
  specOf(command: Command): Promise<SandboxSpec>;
  /** Told for each command that started. */
  onLayers?: (layers: readonly ActiveLayer[]) => void;
  /** Milliseconds between asking a command to end and ending it. Default: 2000. */
  graceMs?: number;
}

/**
 * A {@link RunCommand} in which each command has a sandbox of its own, made by the helper. Nothing is run when the
 * helper is missing, refuses, or dies before the sandbox is complete; when it dies later the command ends with it.
 */
export function isolatedRunner(options: IsolatedRunnerOptions): RunCommand {
  const { clock, helper, graceMs = 2000 } = options;
  return async (command) => {
    const refusal = commandProblem(command);
    if (refusal !== undefined) return { kind: 'refused', reason: refusal };
    if (command.signal?.aborted) return { kind: 'cancelled', stdout: '', stderr: '', durationMs: 0, truncated: false };
    const spec = await options.specOf(command);
    const child = startHelper(helper, command);
    const pid = await started(child);
    if (typeof pid !== 'number') {
      if (pid.code === 'EAGAIN' || pid.code === 'ENOMEM') throw spawnFailed(helper, '/', pid);
      return { kind: 'refused', reason: `the sandbox helper cannot be started (${pid.message}); nothing was run` };
    }
    const answers = converse(child.stdio[3] as Duplex, spec);
    const end = await attendChild(child, { pid }, command, { clock, graceMs });
    const told = readHelperAnswers(answers());
    if (told.layers !== undefined) options.onLayers?.(told.layers);
    return outcomeOf(told, end);
  };
}

function startHelper(helper: string, { stdin }: Command): ChildProcess {
  // Its own environment is readable from inside as that of process 1.
  return spawn(helper, [], { cwd: '/', env: {}, stdio: [inputOf(stdin), 'pipe', 'pipe', 'pipe'], detached: true });
}

function converse(channel: Duplex, spec: SandboxSpec): () => string {
  const said: Buffer[] = [];
  // A helper that dies leaves the channel broken; what it has not said tells.
  channel.on('error', () => undefined).on('data', (chunk: Buffer) => said.push(chunk));
  channel.write(`${JSON.stringify(spec)}\n`);
  return () => Buffer.concat(said).toString('utf8');
}

function outcomeOf(told: HelperAnswers, end: ChildEnd & CommandOutput): CommandOutcome {
  const output = { stdout: end.stdout, stderr: end.stderr, durationMs: end.durationMs, truncated: end.truncated };
  if (told.refused !== undefined) return { kind: 'refused', reason: told.refused };
  if (told.notFound !== undefined) return { kind: 'not-found', program: told.notFound };
  if (told.notRunnable !== undefined) return { kind: 'refused', reason: told.notRunnable };
  if (end.kind !== 'exited' && end.kind !== 'signalled') return end;
  const { ended } = told;
  if (ended?.exceeded !== undefined) return { kind: 'exceeded', resource: ended.exceeded, ...output };
  if (ended?.code !== undefined) return { kind: 'exited', code: ended.code, ...output };
  if (ended?.signal !== undefined) return { kind: 'signalled', signal: ended.signal, ...output };
  if (told.layers !== undefined) return { kind: 'signalled', signal: 'SIGKILL', ...output };
  const how = end.kind === 'signalled' ? `by ${end.signal}` : `with exit code ${end.code}`;
  const words = end.stderr.trim() === '' ? '' : `: ${end.stderr.trim().slice(0, 500)}`;
  return { kind: 'refused', reason: `the sandbox helper ended ${how} before the command began${words}` };
}
