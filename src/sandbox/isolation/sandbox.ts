import type { Clock } from '../../kernel/index.ts';
import type { Environment, RunCommand } from '../command.ts';
import { isolatedRunner } from './isolated-runner.ts';
import { type SandboxPlace, sandboxMounts } from './sandbox-place.ts';
import type { ActiveLayer, LayerName, Mount, SandboxLimits, SandboxNetwork } from './sandbox-spec.ts';

/** What a sandbox is made of. */
export interface SandboxOptions {
  clock: Clock;
  /** Path of the helper binary. */
  helper: string;
  place: SandboxPlace;
  /** Default: none but the sandbox's own loopback. */
  network?: SandboxNetwork;
  /** Default: false. */
  unixSockets?: boolean;
  limits: SandboxLimits;
  /** Without these layers nothing is run. */
  require: readonly LayerName[];
  /** What a command's environment becomes inside. Default: as it is. */
  environment?: (env: Environment) => Environment;
  /** Milliseconds between asking a command to end and ending it. Default: 2000. */
  graceMs?: number;
}

/** Commands that are kept apart from the machine, all in the same way, each in a sandbox of its own. */
export interface Sandbox {
  runCommand: RunCommand;
  /** What the last command that started was kept apart by. Absent: none has started. */
  layers(): readonly ActiveLayer[] | undefined;
}

/** A {@link Sandbox}. What the place needs is looked up once, when the first command runs. */
export function sandbox(options: SandboxOptions): Sandbox {
  const { clock, helper, place, limits, require, graceMs, environment = (env) => env } = options;
  let mounts: Promise<Mount[]> | undefined;
  let layers: readonly ActiveLayer[] | undefined;
  const runCommand = isolatedRunner({
    clock,
    helper,
    ...(graceMs === undefined ? {} : { graceMs }),
    onLayers: (active) => {
      layers = active;
    },
    specOf: async ({ argv, cwd, env }) => {
      mounts ??= sandboxMounts(place);
      return {
        version: 1,
        argv,
        cwd,
        env: insideEnvironment(environment(env)),
        mounts: await mounts,
        network: options.network ?? { kind: 'none' },
        unixSockets: options.unixSockets ?? false,
        limits,
        require,
      };
    },
  });
  return { runCommand, layers: () => layers };
}

/** A folder for temporary files that is the user's own does not exist inside. */
function insideEnvironment(env: Environment): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !['TMPDIR', 'TMP', 'TEMP', 'XDG_RUNTIME_DIR'].includes(name)) result[name] = value;
  }
  return result;
}
