import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { type Clock, PyAgentError } from '../kernel/index.ts';
import { type CappedOutput, cappedOutput } from './capped-output.ts';
import { endTree, MARKER_NAME, type ProcessTree, signalTree } from './process-tree.ts';

/** Variables of a command's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One command to run. */
export interface Command {
  /** The program, found through `env.PATH`, and its arguments. No shell reads them. */
  argv: readonly string[];
  /** The folder it runs in; absolute. */
  cwd: string;
  /** Its whole environment: nothing is inherited. */
  env: Environment;
  /** Text for its standard input. Default: none, it reads the end of its input at once. */
  stdin?: string | undefined;
  /** Milliseconds until it is ended. Default: no limit. */
  timeoutMs?: number | undefined;
  /** Ends the command when aborted. */
  signal?: AbortSignal | undefined;
  /** How much of each stream is kept, half from each end. Default: 8 MiB. */
  maxOutputBytes?: number | undefined;
  /** Sees all output as it comes, also what is not kept. Must not throw. */
  onOutput?: ((text: string, stream: 'stdout' | 'stderr') => void) | undefined;
}

/** What every command that ran leaves behind. */
export interface CommandOutput {
  stdout: string;
  stderr: string;
  durationMs: number;
  /** Whether a part of stdout or stderr was left out. */
  truncated: boolean;
}

/** How a command went. Only `exited` says what the program itself decided. */
export type CommandOutcome =
  | ({ kind: 'exited'; code: number } & CommandOutput)
  | ({ kind: 'signalled'; signal: string } & CommandOutput)
  | ({ kind: 'timed-out' } & CommandOutput)
  | ({ kind: 'cancelled' } & CommandOutput)
  | { kind: 'not-found'; program: string }
  | { kind: 'refused'; reason: string };

/** Runs one command to its end. Throws `sandbox/spawn-failed` when the machine cannot start a process at all. */
export type RunCommand = (command: Command) => Promise<CommandOutcome>;

/** What a runner needs from outside. */
export interface RunnerOptions {
  clock: Clock;
  /** Milliseconds between asking a process to end and ending it. Default: 2000. */
  graceMs?: number;
}

const DEFAULT_OUTPUT = 8 * 1024 * 1024;
/** How long a pipe is read after the last process that could write to it should be gone. */
const PIPE_GRACE_MS = 1000;

const running = new Set<ProcessTree>();
let counter = 0;

/** A {@link RunCommand}. Each command leads its own process group, has no terminal, and leaves no process behind. */
export function commandRunner({ clock, graceMs = 2000 }: RunnerOptions): RunCommand {
  return async (command) => {
    const refusal = await whyRefused(command);
    if (refusal !== undefined) return { kind: 'refused', reason: refusal };
    const start = clock.monotonic();
    const stdout = cappedOutput(command.maxOutputBytes ?? DEFAULT_OUTPUT);
    const stderr = cappedOutput(command.maxOutputBytes ?? DEFAULT_OUTPUT);
    const output = (): CommandOutput => ({
      stdout: stdout.text(),
      stderr: stderr.text(),
      durationMs: clock.monotonic() - start,
      truncated: stdout.truncated || stderr.truncated,
    });
    if (command.signal?.aborted) return { kind: 'cancelled', ...output() };
    counter += 1;
    const marker = `${process.pid}.${clock.now()}.${counter}`;
    const child = startChild(command, marker);
    if ('kind' in child) return child;
    collect(child, 'stdout', stdout, command);
    collect(child, 'stderr', stderr, command);
    const pid = await started(child);
    if (typeof pid !== 'number') return notStarted(command, pid);
    // A program may end, or close its input, without having read it all; its exit code says whether that is wrong.
    child.stdin?.on('error', () => undefined).end(command.stdin);
    const end = await watch(child, { pid, marker }, command, graceMs);
    return { ...end, ...output() };
  };
}

async function whyRefused({ argv, cwd }: Command): Promise<string | undefined> {
  if (!argv[0]) return 'a command needs a program to run, and none was given';
  if (argv.some((word) => word.includes('\0'))) return 'an argument holds a NUL byte, which no program can receive';
  const found = await stat(cwd).catch(() => undefined);
  if (found === undefined) return `the folder to run in does not exist: ${cwd}`;
  return found.isDirectory() ? undefined : `the place to run in is not a folder: ${cwd}`;
}

function startChild({ argv, cwd, env, stdin }: Command, marker: string): ChildProcess | CommandOutcome {
  const [program, ...rest] = argv as [string, ...string[]];
  try {
    return spawn(program, rest, {
      cwd,
      // A command that runs commands with this runner keeps the outer marker, so that the outer one can end them too.
      env: { ...env, [MARKER_NAME]: env[MARKER_NAME] ? `${env[MARKER_NAME]} ${marker}` : marker },
      // No terminal: a program that would ask a question reads the end of its input instead of waiting.
      stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    return notStarted({ argv, cwd, env }, error as NodeJS.ErrnoException);
  }
}

function started(child: ChildProcess): Promise<number | NodeJS.ErrnoException> {
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(child.pid as number));
    child.once('error', resolve);
  });
}

function notStarted({ argv, cwd }: Command, error: NodeJS.ErrnoException): CommandOutcome {
  const program = argv[0] ?? '';
  if (error.code === 'ENOENT') return { kind: 'not-found', program };
  if (error.code === 'EACCES' || error.code === 'ENOEXEC' || error.code === 'EINVAL' || error.code === 'E2BIG')
    return { kind: 'refused', reason: `the system does not run ${program}: ${error.message}` };
  throw new PyAgentError({
    code: 'sandbox/spawn-failed',
    message: `expected to start ${program} in ${cwd}, but the system answered ${error.code ?? error.message}; free processes, memory or file handles and try again`,
    details: { argv, cwd },
    cause: error,
  });
}

function collect(child: ChildProcess, name: 'stdout' | 'stderr', into: CappedOutput, { onOutput }: Command): void {
  const decoder = new StringDecoder('utf8');
  child[name]?.on('data', (chunk: Buffer) => {
    into.add(chunk);
    onOutput?.(decoder.write(chunk), name);
  });
}

type End =
  | { kind: 'exited'; code: number }
  | { kind: 'signalled'; signal: string }
  | { kind: 'timed-out' }
  | { kind: 'cancelled' };

async function watch(child: ChildProcess, tree: ProcessTree, command: Command, graceMs: number): Promise<End> {
  guardAgainstOurOwnExit(tree);
  const timers: NodeJS.Timeout[] = [];
  let stopped: 'timed-out' | 'cancelled' | undefined;
  const stop = (why: 'timed-out' | 'cancelled') => {
    if (stopped !== undefined) return;
    stopped = why;
    signalTree(tree, 'SIGTERM');
    timers.push(setTimeout(() => signalTree(tree, 'SIGKILL'), graceMs));
  };
  const cancel = () => stop('cancelled');
  if (command.timeoutMs !== undefined) timers.push(setTimeout(() => stop('timed-out'), command.timeoutMs));
  command.signal?.addEventListener('abort', cancel, { once: true });
  if (command.signal?.aborted) cancel();
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const end = await new Promise<End>((resolve) => {
    child.once('exit', (code, signal) =>
      resolve(code === null ? { kind: 'signalled', signal: signal ?? 'unknown' } : { kind: 'exited', code }),
    );
  });
  for (const timer of timers) clearTimeout(timer);
  command.signal?.removeEventListener('abort', cancel);
  await endTree(tree, graceMs);
  running.delete(tree);
  await closeWithin(child, closed);
  return stopped === undefined ? end : { kind: stopped };
}

async function closeWithin(child: ChildProcess, closed: Promise<void>): Promise<void> {
  const timer = setTimeout(() => {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }, PIPE_GRACE_MS);
  await closed;
  clearTimeout(timer);
}

/** A detached child outlives us unless it is ended, whichever way we go (except SIGKILL, which nobody survives to see). */
function guardAgainstOurOwnExit(tree: ProcessTree): void {
  if (running.size === 0 && !process.listeners('exit').includes(endAll)) process.on('exit', endAll);
  running.add(tree);
}

function endAll(): void {
  for (const tree of running) signalTree(tree, 'SIGKILL');
}
