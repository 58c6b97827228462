import { basename, delimiter, dirname, join, resolve, sep } from 'node:path';
import type { Environment } from './command.ts';

/** Set by a package manager's script runner or by Node for a child of its own; never the user's wish for a command. */
const LEFT_BY_LAUNCHERS = new Set([
  'INIT_CWD',
  'NODE_COMPILE_CACHE',
  'NODE_TEST_CONTEXT',
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_UNIQUE_ID',
  'NODE_V8_COVERAGE',
  'BERRY_BIN_FOLDER',
  'PNPM_SCRIPT_SRC_DIR',
  'YARN_WRAP_OUTPUT',
  '_',
]);

/**
 * The environment as the user had it before a package manager started us: without the variables of its script runner, the
 * folders it put in front of PATH, and our own Node. `ownRoot` is the folder of our package.
 *
 * `npm_config_*` is removed only when a package manager started us: then nobody can tell the user's from its own.
 */
export function userEnvironment(env: Environment, ownRoot: string): Record<string, string> {
  const launched = env.npm_execpath ?? env.npm_command ?? env.npm_lifecycle_event;
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || LEFT_BY_LAUNCHERS.has(name)) continue;
    if (launched !== undefined && (/^p?npm_/.test(name) || name === 'COLOR' || isLauncherNode(name, env))) continue;
    result[name] = name.toUpperCase() === 'PATH' ? userPath(value, ownRoot, launched !== undefined, env) : value;
  }
  return result;
}

function isLauncherNode(name: string, env: Environment): boolean {
  return name === 'NODE' && env.NODE === env.npm_node_execpath;
}

function userPath(path: string, ownRoot: string, launched: boolean, env: Environment): string {
  const entries = path.split(delimiter);
  const added = launched ? launcherPrefix(entries) : 0;
  return entries
    .filter((entry, index) => {
      if (entry === '') return true;
      if (isOurs(entry, ownRoot) || entry === env.BERRY_BIN_FOLDER) return false;
      return index >= added || !(isBinFolder(entry) || isNodeGyp(entry));
    })
    .join(delimiter);
}

/** How many leading entries a script runner added: up to its node-gyp folder, or as long as there are `.bin` folders. */
function launcherPrefix(entries: readonly string[]): number {
  const lastNodeGyp = entries.findLastIndex(isNodeGyp);
  if (lastNodeGyp >= 0) return lastNodeGyp + 1;
  const firstOther = entries.findIndex((entry) => !isBinFolder(entry));
  return firstOther < 0 ? entries.length : firstOther;
}

function isBinFolder(entry: string): boolean {
  return resolve(entry).endsWith(join(sep, 'node_modules', '.bin'));
}

function isNodeGyp(entry: string): boolean {
  return basename(entry) === 'node-gyp-bin';
}

/** Our own dependencies' folders, and the `.bin` beside us when we are an installed package. */
function isOurs(entry: string, ownRoot: string): boolean {
  const root = resolve(ownRoot);
  const folder = resolve(entry);
  if (basename(dirname(root)) === 'node_modules' && folder === join(dirname(root), '.bin')) return true;
  return folder.startsWith(root + sep) && folder.slice(root.length).split(sep).includes('node_modules');
}
