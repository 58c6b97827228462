import type { LayerName } from './sandbox-spec.ts';

/** What can keep a command apart from the machine, the strongest first. */
export const ISOLATION_LEVELS = ['namespaces', 'landlock', 'none'] as const;

/** The least that is accepted: when the machine has less, nothing is run. */
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

/** The layers without which a level is not reached. The helper adds what else the machine has. */
export const REQUIRED_LAYERS: Record<IsolationLevel, readonly LayerName[]> = {
  namespaces: ['namespaces', 'seccomp', 'environment', 'network'],
  landlock: ['landlock', 'seccomp', 'environment', 'network'],
  none: [],
};
