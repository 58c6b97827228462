import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import type { Environment } from '../../sandbox/index.ts';

/** The text of a file, or undefined where there is none that can be read. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Whether something is there. */
export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** The names in a folder, sorted; none where it cannot be read. */
export async function namesIn(folder: string): Promise<{ name: string; isFolder: boolean }[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** `folder` and the folders above it, nearest first. */
export function upwards(folder: string): string[] {
  const folders = [folder];
  while (dirname(folders.at(-1) as string) !== folders.at(-1)) folders.push(dirname(folders.at(-1) as string));
  return folders;
}

/** The program's path in the nearest `node_modules/.bin`. */
export async function findBin(name: string, folder: string, platform: NodeJS.Platform): Promise<string | undefined> {
  const file = platform === 'win32' ? `${name}.cmd` : name;
  for (const place of upwards(folder)) {
    const path = join(place, 'node_modules', '.bin', file);
    if (await isThere(path)) return path;
  }
  return undefined;
}

/** The program's path on the user's PATH. */
export async function findOnPath(
  name: string,
  env: Environment,
  platform: NodeJS.Platform,
): Promise<string | undefined> {
  const path = Object.entries(env).find(([key]) => key.toUpperCase() === 'PATH')?.[1] ?? '';
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    for (const ending of endings) {
      const file = join(folder, name + ending);
      if (await isExecutable(file)) return file;
    }
  }
  return undefined;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
