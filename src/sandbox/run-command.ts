import { type ChildProcess, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { type Clock, PyAgentError } from '../kernel/index.ts';
import { attendChild } from './attend-child.ts';
import { type Command, type CommandOutcome, commandProblem, type RunCommand } from './command.ts';
import { MARKER_NAME } from './process-tree.ts';

/** What a runner needs from outside. */
export interface RunnerOptions {
  clock: Clock;
  /** Milliseconds between asking a process to end and ending it. Default: 2000. */
  graceMs?: number;
}

let counter = 0;

/**
 * A {@link RunCommand} without isolation: a command can do what the user can. Each command leads its own process group,
 * has no terminal, and leaves no process behind.
 */
export function commandRunner({ clock, graceMs = 2000 }: RunnerOptions): RunCommand {
  return async (command) => {
    const refusal = commandProblem(command) ?? (await folderProblem(command.cwd));
    if (refusal !== undefined) return { kind: 'refused', reason: refusal };
    if (command.signal?.aborted) return { kind: 'cancelled', stdout: '', stderr: '', durationMs: 0, truncated: false };
    counter += 1;
    const marker = `${process.pid}.${clock.now()}.${counter}`;
    const child = startChild(command, marker);
    if ('kind' in child) return child;
    const pid = await started(child);
    if (typeof pid !== 'number') return notStarted(command, pid);
    return attendChild(child, { pid, marker }, command, { clock, graceMs });
  };
}

async function folderProblem(cwd: string): Promise<string | undefined> {
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
      stdio: [inputOf(stdin), 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    return notStarted({ argv, cwd, env }, error as NodeJS.ErrnoException);
  }
}

/** How a child's standard input is opened. */
export function inputOf(stdin: Command['stdin']): 'ignore' | 'inherit' | 'pipe' {
  if (stdin === undefined) return 'ignore';
  return typeof stdin === 'string' ? 'pipe' : 'inherit';
}

/** The process id of a child that has started, or why it has not. */
export function started(child: ChildProcess): Promise<number | NodeJS.ErrnoException> {
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
  throw spawnFailed(program, cwd, error);
}

/** The machine could not start a process at all. */
export function spawnFailed(program: string, cwd: string, error: NodeJS.ErrnoException): PyAgentError {
  return new PyAgentError({
    code: 'sandbox/spawn-failed',
    message: `expected to start ${program} in ${cwd}, but the system answered ${error.code ?? error.message}; free processes, memory or file handles and try again`,
    details: { program, cwd },
    cause: error,
  });
}
