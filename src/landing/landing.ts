import type { Environment, RunCommand } from '../sandbox/index.ts';
import type { NetChange } from '../state/index.ts';
import type { LandedAs, LandingOutcome, PublishOutcome } from './landing-outcome.ts';
import type { LandingRequest } from './landing-request.ts';

/** What {@link landingFor} works with. */
export interface LandingOptions {
  request: LandingRequest;
  run: string;
  /** The repository of the run; absolute. */
  root: string;
  /** A folder outside of it, held by this process; made when needed, removed after use. */
  scratch: string;
  /** The user's own environment. */
  env: Environment;
  runCommand: RunCommand;
  /** Ends a push and `gh`. What is done on this machine takes too little time to be interrupted. */
  signal?: AbortSignal;
}

/** The changes of a run, and the words that go with them. */
export interface LandingWork {
  changes: readonly NetChange[];
  /** The bytes behind a hash of the changes. */
  read(hash: string): Promise<Uint8Array>;
  /** One line. */
  title: string;
  /** Below the title of a commit, and the text of a pull request. */
  description: string;
}

/** One way of landing. */
export interface Landing {
  /** Looks before a run whether it could land; nothing is made, and no network is used. */
  check(): Promise<{ kind: 'ready' } | { kind: 'refused'; reason: string }>;
  /** Makes the patch, the commit or the branch; all of it is on the disk when it resolves. */
  land(work: LandingWork): Promise<LandingOutcome>;
  /** Opens the pull request for the branch that `land` made. Absent: nothing leaves this machine. */
  publish?(
    branch: LandedAs & { kind: 'branch' },
    work: Pick<LandingWork, 'title' | 'description'>,
  ): Promise<PublishOutcome>;
}
