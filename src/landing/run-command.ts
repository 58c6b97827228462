/** Variables of a command's environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The commands that landing starts: git, and the user's own `gh`. */
export interface LandingCommand {
  argv: readonly string[];
  cwd: string;
  env: Environment;
  stdin?: string | undefined;
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
  maxOutputBytes?: number | undefined;
}

/** How a command went. */
export type LandingCommandOutcome =
  | { kind: 'exited'; code: number; stdout: string; stderr: string }
  | { kind: 'signalled'; signal: string }
  | { kind: 'timed-out' | 'cancelled' }
  | { kind: 'not-found'; program: string }
  | { kind: 'refused'; reason: string };

/** Runs one command to its end, with exactly the environment it is given. */
export type RunCommand = (command: LandingCommand) => Promise<LandingCommandOutcome>;
