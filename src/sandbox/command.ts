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
  /** Text for its standard input, or our own standard input. Default: none, it reads the end of its input at once. */
  stdin?: string | { inherit: true } | undefined;
  /** Milliseconds until it is ended. Default: no limit. */
  timeoutMs?: number | undefined;
  /** Ends the command when aborted. */
  signal?: AbortSignal | undefined;
  /** How much of each stream is kept, half from each end. Default: 8 MiB. */
  maxOutputBytes?: number | undefined;
  /** How much both streams may carry together before the command is ended. Default: no limit. */
  outputLimitBytes?: number | undefined;
  /**
   * Sees all output as it comes, also what is not kept. While a promise that it returns is pending, that stream is not
   * read, so that the command waits. Must not throw.
   */
  onOutput?: ((chunk: Uint8Array, stream: 'stdout' | 'stderr') => void | Promise<void>) | undefined;
}

/** What every command that ran leaves behind. */
export interface CommandOutput {
  stdout: string;
  stderr: string;
  durationMs: number;
  /** Whether a part of stdout or stderr was left out. */
  truncated: boolean;
}

/** What a command may use up. */
export type LimitedResource = 'memory' | 'workspace' | 'output' | 'processes';

/** How a command went. Only `exited` says what the program itself decided. */
export type CommandOutcome =
  | ({ kind: 'exited'; code: number } & CommandOutput)
  | ({ kind: 'signalled'; signal: string } & CommandOutput)
  | ({ kind: 'timed-out' } & CommandOutput)
  | ({ kind: 'cancelled' } & CommandOutput)
  /** It was ended because it went over a limit. */
  | ({ kind: 'exceeded'; resource: LimitedResource } & CommandOutput)
  | { kind: 'not-found'; program: string }
  | { kind: 'refused'; reason: string };

/** Runs one command to its end. Throws `sandbox/spawn-failed` when the machine cannot start a process at all. */
export type RunCommand = (command: Command) => Promise<CommandOutcome>;

/** Why a command cannot even be tried; undefined when it can. */
export function commandProblem({ argv }: Pick<Command, 'argv'>): string | undefined {
  if (!argv[0]) return 'a command needs a program to run, and none was given';
  if (argv.some((word) => word.includes('\0'))) return 'an argument holds a NUL byte, which no program can receive';
  return undefined;
}
