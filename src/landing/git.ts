import { PyAgentError } from '../kernel/index.ts';
import type { CommandOutcome, Environment, RunCommand } from '../sandbox/index.ts';

/** What a git command said, whatever its exit code. */
export interface GitAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

/** Where and with what a git command runs. */
export interface GitOptions {
  /** Text for its standard input. Default: none. */
  stdin?: string;
  /** Default: that of the {@link Git}. */
  cwd?: string;
  /** Added to the environment. Default: nothing. */
  env?: Environment;
  /** `-c` settings beside {@link QUIET}; an empty list also takes those away. */
  settings?: readonly string[];
  signal?: AbortSignal | undefined;
  timeoutMs?: number;
  /** Exit codes that are answers, beside 0. Default: none. */
  answers?: readonly number[];
}

/** Runs git. */
export interface Git {
  /** Gives the answer; throws `landing/git` only when git could not be run to its end. */
  ask(args: readonly string[], options?: GitOptions): Promise<GitAnswer>;
  /** Gives what it printed; throws `landing/git` with git's own words when its exit code is no answer. */
  read(args: readonly string[], options?: GitOptions): Promise<string>;
}

/**
 * Plumbing that leaves no trace but what it is asked for: no hook runs (`post-index-change` and
 * `reference-transaction` would, plumbing or not), no shared index or monitor is started, and objects and refs are
 * flushed to the disk.
 */
const QUIET = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.splitIndex=false',
  'core.untrackedCache=false',
  'core.sparseCheckout=false',
  'index.sparse=false',
  'core.quotePath=true',
  'core.fsync=objects,reference',
  'gc.auto=0',
  'i18n.commitEncoding=UTF-8',
  'i18n.logOutputEncoding=UTF-8',
  'user.useConfigOnly=true',
];

const MOST_OUTPUT = 256 * 1024 * 1024;

/** A {@link Git} that runs in `cwd`. */
export function gitIn(cwd: string, env: Environment, runCommand: RunCommand): Git {
  const ask = async (args: readonly string[], options: GitOptions = {}): Promise<GitAnswer> => {
    const settings = (options.settings ?? QUIET).flatMap((setting) => ['-c', setting]);
    const outcome = await runCommand({
      argv: ['git', ...settings, ...args],
      cwd: options.cwd ?? cwd,
      env: { ...env, ...options.env },
      maxOutputBytes: MOST_OUTPUT,
      stdin: options.stdin,
      signal: options.signal,
      timeoutMs: options.timeoutMs,
    });
    if (outcome.kind === 'exited') return outcome;
    throw gitError(`git ${args[0]}`, whyNotRun(outcome));
  };
  const read = async (args: readonly string[], options?: GitOptions) => {
    const { code, stdout, stderr } = await ask(args, options);
    if (code === 0 || options?.answers?.includes(code)) return stdout;
    throw gitError(`git ${args[0]}`, saidBy(stderr, code));
  };
  return { ask, read };
}

/** Why a command gave no answer. */
export function whyNotRun(outcome: Exclude<CommandOutcome, { kind: 'exited' }>): string {
  switch (outcome.kind) {
    case 'not-found':
      return `${outcome.program} is not installed, or not on the PATH`;
    case 'refused':
      return outcome.reason;
    case 'signalled':
      return `it was ended by ${outcome.signal}`;
    case 'timed-out':
      return 'it took too long and was ended';
    case 'cancelled':
      return 'it was interrupted';
    case 'exceeded':
      return `it used more ${outcome.resource} than it may`;
  }
}

/** The words of a command that failed. */
export function saidBy(stderr: string, code: number): string {
  const words = stderr.trim().replace(/^(fatal|error): /, '');
  return words === '' ? `it ended with exit code ${code}` : words;
}

function gitError(command: string, reason: string): PyAgentError {
  return new PyAgentError({ code: 'landing/git', message: `${command}: ${reason}`, details: { command } });
}
