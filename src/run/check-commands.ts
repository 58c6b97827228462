import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stampTree } from '../code/index.ts';
import type { Clock } from '../kernel/index.ts';
import { native } from '../native/index.ts';
import {
  commandRunner,
  type Environment,
  filterEnvironment,
  type IsolationLevel,
  isolationStatement,
  type OverlayLayer,
  overlayLayer,
  REQUIRED_LAYERS,
  type RunCommand,
  type SandboxPolicy,
  sandbox,
  surroundings,
} from '../sandbox/index.ts';
import type { Stamps } from './tree-watch.ts';

/** How the repository's own commands are run during one run. */
export interface CheckCommands {
  /** Runs one that may write: isolated, its writes are seen by the next ones and never reach the tree. */
  check: RunCommand;
  /** Runs one that only looks: isolated, it cannot write into the tree at all. */
  look: RunCommand;
  /** The tree has changed: what commands wrote before holds no more. */
  renew(): Promise<void>;
  /** The state of the files that {@link CheckCommands.check} writes. */
  stamps(): Promise<Stamps>;
  /** What becomes of the files that commands write. */
  fate: 'stays' | 'discarded';
  /** What the commands were kept apart by, for the report. Absent: none has started. */
  isolation(): string | undefined;
  close(): Promise<void>;
}

/** What {@link checkCommands} needs. */
export interface CheckCommandsOptions {
  root: string;
  level: IsolationLevel;
  /** Path of the sandbox helper. */
  helper: string;
  /** The user's environment and home folder: they tell where tools are. */
  env: Environment;
  home: string | undefined;
  user: { uid: number; gid: number } | undefined;
  /** A folder of ours for the layer that takes the writes; made and removed. */
  layerFolder: string;
  /** A folder of ours where the checks keep caches; made. */
  scratch: string;
  /** What the commands can see and use up, and which variables they get. Which ones may run is decided elsewhere. */
  policy: SandboxPolicy;
  clock: Clock;
}

/** The {@link CheckCommands} of a run. */
export async function checkCommands(options: CheckCommandsOptions): Promise<CheckCommands> {
  return options.level === 'none' ? unisolated(options) : isolated(options);
}

function unisolated({ clock, root }: CheckCommandsOptions): CheckCommands {
  const runCommand = commandRunner({ clock });
  return {
    check: runCommand,
    look: runCommand,
    renew: async () => {},
    stamps: () => stampTree(root),
    fate: 'stays',
    isolation: () => isolationStatement(undefined),
    close: async () => {},
  };
}

async function isolated(options: CheckCommandsOptions): Promise<CheckCommands> {
  const { root, home, env, user, scratch, clock, helper, policy, level } = options;
  await mkdir(scratch, { recursive: true });
  const layer = await overlayLayer(options.layerFolder);
  const { files, environment, unixSockets } = policy;
  const { outputBytes, seconds: _, ...limits } = policy.limits;
  const place = {
    ...files,
    workspace: root,
    home,
    env,
    user,
    read: [...(await surroundings(root, home)), ...files.read],
    write: [scratch, ...files.write],
  };
  const require = REQUIRED_LAYERS[level];
  const common = {
    clock,
    helper,
    require,
    unixSockets,
    limits,
    environment: (given: Environment) => filterEnvironment(given, environment),
  };
  // Landlock alone has no overlay: then what checks write lands in the tree, as without isolation.
  const overlaid = level !== 'landlock' || native().sandboxSupport().namespaces;
  const access = overlaid
    ? ({ kind: 'overlay', upper: layer.upper, work: layer.work } as const)
    : ({ kind: 'write' } as const);
  const checks = sandbox({ ...common, place: { ...place, access } });
  const looks = sandbox({ ...common, place: { ...place, access: { kind: 'read' } } });
  return {
    check: (command) => checks.runCommand({ ...command, outputLimitBytes: outputBytes || undefined }),
    look: looks.runCommand,
    renew: layer.clear,
    stamps: () => (overlaid ? writtenStamps(layer, root) : stampTree(root)),
    fate: overlaid ? 'discarded' : 'stays',
    isolation: () => {
      const layers = checks.layers() ?? looks.layers();
      return layers && isolationStatement(layers);
    },
    close: layer.remove,
  };
}

/** Of what is thrown away only files of the repository are worth a word: new ones are caches and reports. */
async function writtenStamps(layer: OverlayLayer, root: string): Promise<Stamps> {
  const written = await layer.written();
  if (written.size === 0) return written;
  const files = await stampTree(root);
  return new Map([...written].filter(([path]) => files.has(path)));
}

/** Where the layer of one run is, beside the caches of the checks. */
export function layerFolderOf(scratch: string, run: string): string {
  return join(scratch, '..', 'layers', run);
}
