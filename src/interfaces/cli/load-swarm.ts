import type { Swarm } from '../../swarm.ts';
import type { Environment, Folders } from './environment.ts';

/** The swarm, loaded now: everything heavy hangs on it. */
export async function loadSwarm(environment: Environment, folders: Folders): Promise<Swarm> {
  const { createSwarm } = await import('../../swarm.ts');
  return createSwarm({ ...environment, stateHome: folders.state, configHome: folders.config });
}
