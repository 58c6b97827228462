import type { CommandOutcome, Environment, SandboxLimits, SandboxNetwork } from '../../src/sandbox/index.ts';
import type { Place } from './place.ts';

/** How a command is run: with nothing around it, or in the product's sandbox with one of its two writable workspaces. */
export type Way = 'plain' | 'write' | 'overlay';

/** How a run went, as far as it is known. */
export interface Ran {
  kind: CommandOutcome['kind'];
  /** Exit code of a program that ended by itself. */
  code?: number;
  stdout: string;
  stderr: string;
  /** Why nothing ran. */
  reason?: string;
}

/** What an attempt wants of its surroundings. */
export interface Wishes {
  /** Further variables of the person who starts the command. */
  env?: Environment;
  network?: SandboxNetwork;
  unixSockets?: boolean;
  /** In the place of the standard policy's. */
  limits?: SandboxLimits;
  /** How much it may print, in bytes. */
  outputLimitBytes?: number;
  hide?: readonly string[];
  timeoutMs?: number;
}

/** One thing that a hostile command tries. */
export interface Attempt {
  /** The number in the list of attempts; several may share one. */
  number: number;
  title: string;
  /** Makes the place what it has to be. */
  prepare?: (place: Place) => void | Promise<void>;
  /** The command. */
  argv?: (place: Place, way: Way) => readonly string[];
  wishes?: (place: Place) => Wishes;
  /** Runs it itself, where an argument array is not enough. */
  start?: (place: Place, way: Way) => Promise<Ran>;
  /**
   * Whether it counts when the probe says that it was let: what it got is a right, which leaves nothing behind. Otherwise
   * only what is found afterwards counts.
   */
  claims?: boolean;
  /**
   * What happens later outside of the sandbox, and what came of it: evidence that it escaped. What is found anyway: a change
   * outside of the workspace or of what is protected in it, the secret in the output, a listener that was reached, harm
   * to a process outside, a process that stayed.
   */
  after?: (place: Place, ran: Ran, way: Way) => string | undefined | Promise<string | undefined>;
  /** The ways of the sandbox in which it makes sense. Default: both. */
  ways?: readonly ('write' | 'overlay')[];
  /** Why only root, or only an ordinary user, has this. Default: both. */
  only?: 'root' | 'user';
}

/** A script for `sh`; `$OUTSIDE`, `$WORKSPACE` and the like are variables of the place. */
export const script = (text: string) => (): readonly string[] => ['sh', '-c', text];

/** An attempt of the probe. */
export const probe =
  (...words: readonly string[]) =>
  (): readonly string[] => ['escape-probe', ...words];
