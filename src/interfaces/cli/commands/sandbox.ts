import { realpath, writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { redactor } from '../../../redaction/index.ts';
import {
  type CommandOutcome,
  type Executed,
  isolationStatement,
  type PolicyReading,
  readPolicyFile,
  STANDARD_POLICY,
} from '../../../sandbox/index.ts';
import type { CommandContext } from '../command-context.ts';
import { isolationKind } from '../config/setting-kind.ts';
import { parseDuration } from '../duration.ts';
import { exitCode } from '../exit-code.ts';
import { interruption } from '../interruption.ts';
import { repositoryPath } from '../repository-path.ts';
import { usageError } from '../usage-error.ts';
import { printable } from '../view/printable.ts';
import { safeTerminal } from '../view/safe-terminal.ts';

interface ExecOptions {
  path: string;
  policy?: string;
  discard?: boolean;
  readOnly?: boolean;
  isolation?: string;
  timeout?: string;
  report?: string;
}

/** By the convention of `env`, `timeout` and `nice`: the command was ended by them, or was not found. */
const OVER_LIMIT = 125;
const NOT_FOUND = 127;
/** A command that dies of a signal ends a shell with this and the signal's number. */
const SIGNALLED = 128;

/** `pyagent sandbox exec`: the command's own exit code, or what kept it from having one. */
export async function execInSandbox(context: CommandContext, argv: string[], options: ExecOptions): Promise<number> {
  const cwd = await realpath(context.environment.cwd());
  const root = await repositoryPath(options.path, cwd);
  const reading = await policyOf(cwd, options.policy);
  if (reading.kind !== 'policy') return refuse(context, reading.message);
  const { isolation, timeout } = options;
  const interrupted = interruption(process, () => {});
  for (const output of [context.stdout, context.stderr])
    output.onBroken(() => interrupted.interrupt('the output was closed'));
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout, '--timeout');
  try {
    const executed = await (await context.swarm()).execute({
      root,
      argv,
      cwd,
      policy: reading.policy,
      writes: options.discard ? 'discarded' : options.readOnly ? 'refused' : 'kept',
      ...(isolation === undefined ? {} : { isolation: isolationKind.fromText(isolation, '--isolation') }),
      timeoutMs,
      signal: interrupted.signal,
      onOutput: passOn(context),
    });
    if (options.report !== undefined) await writeReport(resolve(cwd, options.report), argv, executed);
    return tell(context, executed.outcome);
  } finally {
    interrupted.dispose();
  }
}

async function policyOf(cwd: string, file: string | undefined): Promise<PolicyReading> {
  return file === undefined ? { kind: 'policy', policy: STANDARD_POLICY } : readPolicyFile(resolve(cwd, file));
}

/** To a terminal only what cannot do anything to it; anywhere else the bytes as they are. A slow reader is waited for. */
function passOn({ stdout, stderr }: CommandContext): (chunk: Uint8Array, stream: 'stdout' | 'stderr') => Promise<void> {
  const way = (output: CommandContext['stdout']) => {
    const [terminal, decoder] = [safeTerminal(), new StringDecoder('utf8')];
    return async (chunk: Uint8Array) => {
      output.write(output.isTerminal ? terminal.push(decoder.write(Buffer.from(chunk))) : chunk);
      await output.flushed();
    };
  };
  const ways = { stdout: way(stdout), stderr: way(stderr) };
  return (chunk, stream) => ways[stream](chunk);
}

function tell(context: CommandContext, outcome: CommandOutcome): number {
  const say = (line: string, code: number) => {
    context.stderr.write(`pyagent sandbox: ${printable(line)}\n`);
    return code;
  };
  switch (outcome.kind) {
    case 'exited':
      return outcome.code;
    case 'signalled': {
      const number = constants.signals[outcome.signal as NodeJS.Signals] ?? 0;
      return say(`the command was ended by ${outcome.signal}`, SIGNALLED + number);
    }
    case 'timed-out':
      return say('the command took too long and was ended', exitCode.timedOut);
    case 'cancelled':
      return exitCode.interrupted;
    case 'exceeded':
      return say(`the command used more ${outcome.resource} than it may and was ended`, OVER_LIMIT);
    case 'not-found':
      return say(`${outcome.program} was not found in the sandbox`, NOT_FOUND);
    case 'refused':
      return refuse(context, outcome.reason);
  }
}

function refuse({ stderr }: CommandContext, reason: string): number {
  stderr.write(`pyagent sandbox: ${printable(reason)}\n`);
  return exitCode.refused;
}

async function writeReport(path: string, argv: readonly string[], { outcome, layers }: Executed): Promise<void> {
  const { stdout: _, stderr: __, ...rest } = { stdout: '', stderr: '', ...outcome };
  const report = { v: 1, argv, outcome: rest, isolation: isolationStatement(layers), layers: layers ?? [] };
  try {
    await writeFile(path, `${JSON.stringify(redactor().redactJson(report), null, 2)}\n`);
  } catch (cause) {
    throw usageError(`Cannot write the report: ${(cause as Error).message}`, { path }, cause);
  }
}

/** `pyagent sandbox status`: 0 when commands can be isolated here, 4 when not. */
export async function sandboxStatus(
  context: CommandContext,
  options: { path: string; json?: boolean },
): Promise<number> {
  const root = await repositoryPath(options.path, context.environment.cwd());
  const trial = await (await context.swarm()).trySandbox(root);
  if (options.json) context.stdout.write(`${JSON.stringify(trial, null, 2)}\n`);
  else if (trial.kind === 'refused') context.stdout.write(`not isolated: ${printable(trial.reason)}\n`);
  else {
    for (const { name, active, detail } of trial.layers)
      context.stdout.write(`${active ? 'active ' : 'missing'}  ${name}: ${printable(detail)}\n`);
  }
  return trial.kind === 'ran' ? exitCode.done : exitCode.refused;
}

/** `pyagent sandbox policy`: prints a policy as it is understood; 4 when it cannot be used. */
export async function showPolicy(context: CommandContext, file: string | undefined): Promise<number> {
  const reading = await policyOf(context.environment.cwd(), file);
  if (reading.kind !== 'policy') return refuse(context, reading.message);
  context.stdout.write(`${JSON.stringify({ version: 1, ...reading.policy }, null, 2)}\n`);
  return exitCode.done;
}
