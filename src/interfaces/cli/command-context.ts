import type { Swarm } from '../../swarm.ts';
import type { Environment, Folders } from './environment.ts';
import type { Output } from './output.ts';

/** What every command is given. */
export interface CommandContext {
  environment: Environment;
  /** The user's folders. Throws with code 2 where there is no home folder. */
  folders(): Folders;
  /** The swarm, loaded on the first call. */
  swarm(): Promise<Swarm>;
  /** Results: a report, a document, a stream of events. */
  stdout: Output;
  /** Everything else: the live view, progress, errors. */
  stderr: Output;
}
