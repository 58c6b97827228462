import type { IsolationLevel } from '../isolation/isolation-level.ts';
import type { PlaceholderShape, SandboxLimits } from '../isolation/sandbox-spec.ts';

/** What a rule says about the commands that it fits. */
export type Decision = 'allow' | 'ask' | 'deny';

/** What a rule says about what it fits. One of `run` and `exact` is there. */
export interface CommandRule {
  /** The first words, the program first; `a|b` in a word means one of these, `*` any one word that is no option. */
  run?: readonly string[];
  /** All words, literally. */
  exact?: readonly string[];
  decision: Decision;
  reason?: string;
  /** Whether a program may also be found inside the workspace. Default: `system`, only outside. */
  from?: 'system' | 'anywhere';
  /**
   * Options that may follow: `--flag`, or `--name=KIND` with a value as the next word or, where the name has more than one
   * letter, after `=`; `**`: any. Default: none. KIND is `*`, `path`, `number`, or `a|b`.
   */
  options?: readonly string[];
  /** Words that may follow and are no options: `path` (inside the workspace), `*`, or a glob. Default: none. */
  arguments?: readonly string[];
  /** Whether `--` may follow, with any words after it, or with such as `arguments` lists. Default: false. */
  afterDashes?: boolean | 'arguments';
  /** The first of the `arguments` must be there, and what follows it is its own, any words: a script with its arguments. */
  rest?: boolean;
}

/** A policy for commands, as `schemas/sandbox-policy.v1.json` describes it, with everything filled in. */
export interface SandboxPolicy {
  isolation: IsolationLevel;
  commands: readonly CommandRule[];
  environment: { pass: readonly string[]; set: Readonly<Record<string, string>> };
  files: {
    read: readonly string[];
    write: readonly string[];
    protect: readonly { path: string; as: PlaceholderShape }[];
    hide: readonly string[];
  };
  network: { hosts: readonly string[] };
  unixSockets: boolean;
  limits: PolicyLimits;
}

/** What a command may use up. 0 or absent: no limit. */
export interface PolicyLimits extends SandboxLimits {
  /** How much it may print. */
  outputBytes?: number;
  /** How long it may run. */
  seconds?: number;
}
