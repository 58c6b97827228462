import { homedir, hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { type Clock, type RandomSource, systemClock } from '../../kernel/index.ts';
import { usageError } from './usage-error.ts';

/** The outside world as the command found it: read here, once, and handed down. */
export interface Environment {
  /** The variables as they are; children are started from these. */
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  /** The current folder. Throws with code 2 when it was deleted meanwhile. */
  cwd(): string;
  /** The home folder; absent where the system knows none. */
  home: string | undefined;
  /** Whose process this is; absent where the system has no user ids. */
  user: { uid: number; gid: number } | undefined;
  /** Name of the machine. */
  host: string;
  clock: Clock;
  random: RandomSource;
}

/** The folders of the user that PyAgent writes to, `pyagent` included. None of them exists before the first use. */
export interface Folders {
  /** Journals, runs, what undo needs. */
  state: string;
  /** Holds `config.jsonc`. */
  config: string;
  /** May be deleted at any time. */
  cache: string;
}

/** Reads the process. */
export function systemEnvironment(): Environment {
  return {
    env: process.env,
    platform: process.platform,
    cwd: () => {
      try {
        return process.cwd();
      } catch (error) {
        throw usageError(
          'The current folder does not exist any more. Change to another one, or give --path.',
          {},
          error,
        );
      }
    },
    home: homeFolder(),
    user: userIds(),
    host: hostname(),
    clock: systemClock,
    random: (bytes) => crypto.getRandomValues(bytes),
  };
}

function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    // A user without an entry in the system's list and without HOME: common in containers.
    return undefined;
  }
}

function userIds(): Environment['user'] {
  const [uid, gid] = [process.getuid?.(), process.getgid?.()];
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/**
 * The user's folders: the XDG variables on every platform, else the platform's own places. A relative XDG path is
 * ignored, as the XDG Base Directory specification asks. Throws with code 2 when there is neither.
 */
export function userFolders(environment: Pick<Environment, 'env' | 'platform' | 'home'>): Folders {
  const { env, platform, home } = environment;
  const xdg = (name: string) => {
    const value = env[name];
    return value !== undefined && isAbsolute(value) ? join(value, 'pyagent') : undefined;
  };
  const fallback = () => {
    if (home === undefined) {
      throw usageError('There is no home folder. Set HOME, or XDG_STATE_HOME, XDG_CONFIG_HOME and XDG_CACHE_HOME.');
    }
    return platformFolders(env, platform, home);
  };
  return {
    state: xdg('XDG_STATE_HOME') ?? fallback().state,
    config: xdg('XDG_CONFIG_HOME') ?? fallback().config,
    cache: xdg('XDG_CACHE_HOME') ?? fallback().cache,
  };
}

function platformFolders(env: Environment['env'], platform: NodeJS.Platform, home: string): Folders {
  if (platform === 'win32') {
    const local = join(env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'pyagent');
    const roaming = join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'pyagent');
    return { state: join(local, 'state'), config: roaming, cache: join(local, 'cache') };
  }
  if (platform === 'darwin') {
    const support = join(home, 'Library', 'Application Support', 'pyagent');
    return { state: join(support, 'state'), config: support, cache: join(home, 'Library', 'Caches', 'pyagent') };
  }
  return {
    state: join(home, '.local', 'state', 'pyagent'),
    config: join(home, '.config', 'pyagent'),
    cache: join(home, '.cache', 'pyagent'),
  };
}
