import { realpath, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { Environment } from '../command.ts';

/** A folder of the user's own tools, outside of the system's places. */
export interface ToolFolder {
  path: string;
  /** Whether its tools expect to write there; what they write is thrown away. */
  writes: boolean;
}

/** Where version managers and package managers put tools, relative to the home folder. */
const IN_HOME = [
  '.asdf',
  '.bun',
  '.conda',
  '.deno',
  '.fnm',
  '.gem/ruby',
  '.goenv',
  '.gvm',
  '.jenv',
  '.local/bin',
  '.local/lib',
  '.local/pipx',
  '.local/share/fnm',
  '.local/share/mise',
  '.local/share/pipx',
  '.local/share/pnpm',
  '.local/share/rtx',
  '.local/share/uv',
  '.local/share/virtualenvs',
  '.m2/repository',
  '.nodenv',
  '.nvm',
  '.proto',
  '.pyenv',
  '.rbenv',
  '.rustup',
  '.rvm',
  '.rye',
  '.sdkman',
  '.volta',
  '.yarn/berry',
  '.cache/ms-playwright',
  '.cache/node',
  '.cache/pypoetry/virtualenvs',
  '.cache/puppeteer',
  'anaconda3',
  'miniconda3',
  'miniforge3',
];

/** The same, for tools that fail where they cannot write. */
const WRITTEN_IN_HOME = ['.cargo', '.cache/go-build', '.cache/uv', '.gradle/caches', '.gradle/wrapper', 'go'];

/** Variables that name such a folder. */
const VARIABLES = [
  'ASDF_DATA_DIR',
  'BUN_INSTALL',
  'CONDA_PREFIX',
  'DENO_DIR',
  'DENO_INSTALL',
  'FNM_DIR',
  'GOROOT',
  'JAVA_HOME',
  'MISE_DATA_DIR',
  'NODENV_ROOT',
  'NVM_DIR',
  'PNPM_HOME',
  'PYENV_ROOT',
  'RBENV_ROOT',
  'RUSTUP_HOME',
  'SDKMAN_DIR',
  'VIRTUAL_ENV',
  'VOLTA_HOME',
];
const WRITTEN_VARIABLES = ['CARGO_HOME', 'GOCACHE', 'GOMODCACHE', 'GOPATH'];

/** The system's own places: every sandbox has them. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/opt', '/nix', '/snap', '/gnu', '/etc', '/proc'];

/** Where to look for tools. */
export interface ToolSearch {
  home: string | undefined;
  env: Environment;
  /** Folders whose programs may be links into an installation elsewhere: `<workspace>/.venv/bin`. */
  linked: readonly string[];
}

/**
 * The folders that the programs on the user's PATH need, and nothing else of the home folder: the known homes of version
 * managers, what variables name, and the installation around each other folder of PATH. Outer folders come first.
 */
export async function toolFolders({ home, env, linked }: ToolSearch): Promise<ToolFolder[]> {
  const found = new Map<string, boolean>();
  const add = async (path: string | undefined, writes: boolean) => {
    if (path === undefined || !isAbsolute(path) || !(await isFolder(path)) || isTooWide(path, home)) return;
    found.set(path, writes || found.get(path) === true);
  };
  for (const name of home === undefined ? [] : IN_HOME) await add(join(home as string, name), false);
  for (const name of home === undefined ? [] : WRITTEN_IN_HOME) await add(join(home as string, name), true);
  for (const name of VARIABLES) await add(env[name], false);
  for (const name of WRITTEN_VARIABLES) await add(env[name], true);
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    const [known, writes] = knownHome(folder) ?? [installationOf(folder, home), false];
    await add(known, writes);
  }
  for (const folder of linked) await add(await installationBehind(folder, home), false);
  const paths = [...found.keys()].sort((one, other) => one.length - other.length || (one < other ? -1 : 1));
  const outer = paths.filter((path) => !paths.some((other) => other !== path && isInside(path, other)));
  return outer.map((path) => ({ path, writes: writesBeneath(path, found) }));
}

/** Whether `path` is `folder` or lies in it. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function writesBeneath(path: string, found: ReadonlyMap<string, boolean>): boolean {
  return [...found].some(([other, writes]) => writes && isInside(other, path));
}

/** The home of a version manager that a folder lies in, whoever's home folder that is in. */
function knownHome(folder: string): [path: string, writes: boolean] | undefined {
  for (const [names, writes] of [
    [IN_HOME, false],
    [WRITTEN_IN_HOME, true],
  ] as const) {
    for (const name of names) {
      const at = `${folder}/`.indexOf(`/${name}/`);
      // A short name without a dot, such as `go`, may be anybody's folder.
      if (at > 0 && (name.startsWith('.') || name.length > 3)) return [folder.slice(0, at + name.length + 1), writes];
    }
  }
  return undefined;
}

/** The folder around a `bin`, where its libraries are; the folder itself where that would be the home folder. */
function installationOf(folder: string, home: string | undefined): string | undefined {
  if (!isAbsolute(folder) || SYSTEM.some((place) => isInside(folder, place))) return undefined;
  const around = /\/s?bin\/?$/.test(folder) ? dirname(folder) : folder;
  return isTooWide(around, home) ? folder : around;
}

/** A virtual environment's interpreter is a link to the one it was made from. */
async function installationBehind(folder: string, home: string | undefined): Promise<string | undefined> {
  const program = await realpath(join(folder, 'python')).catch(() => undefined);
  return program === undefined ? undefined : installationOf(dirname(program), home);
}

/** The whole home folder, or more than that, is no tool. */
function isTooWide(path: string, home: string | undefined): boolean {
  if (dirname(path) === path || path === '/home' || path === '/tmp' || path === '/var') return true;
  return (
    home !== undefined &&
    (isInside(home, path) || ['.local', '.cache', '.config'].some((name) => path === join(home, name)))
  );
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}
