import { readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isInside } from './tool-folders.ts';

/**
 * What a workspace needs from outside of itself, to be shown read-only: the repository around it, whose `node_modules` it
 * uses; the git folder that a linked work tree points to; and dependencies that are linked from elsewhere.
 */
export async function surroundings(workspace: string, home: string | undefined): Promise<string[]> {
  const around = await repositoryAround(workspace, home);
  const linked = await linkedGitFolder(around ?? workspace);
  const dependencies = await Promise.all(DEPENDENCIES.map((name) => linkedFolder(workspace, name)));
  return [around, linked, ...dependencies].filter((path) => path !== undefined);
}

const DEPENDENCIES = ['node_modules', '.venv', 'venv'];

/** Only a folder of the same name: a link in a repository may point anywhere. */
async function linkedFolder(workspace: string, name: string): Promise<string | undefined> {
  const target = await realpath(join(workspace, name)).catch(() => undefined);
  return target !== undefined && basename(target) === name && !isInside(target, workspace) ? target : undefined;
}

async function repositoryAround(workspace: string, home: string | undefined): Promise<string | undefined> {
  for (let folder = workspace; ; folder = dirname(folder)) {
    if (dirname(folder) === folder || (home !== undefined && isInside(home, folder))) return undefined;
    if ((await stat(join(folder, '.git')).catch(() => undefined)) === undefined) continue;
    return folder === workspace ? undefined : folder;
  }
}

/** `.git` of a linked work tree is a file that names a folder in the `worktrees` of the main one (gitrepository-layout). */
async function linkedGitFolder(root: string): Promise<string | undefined> {
  const pointer = await readFile(join(root, '.git'), 'utf8').catch(() => '');
  const named = /^gitdir: (.+)$/m.exec(pointer)?.[1];
  if (named === undefined) return undefined;
  const folder = resolve(root, named);
  const main = dirname(dirname(folder));
  // Only what git itself would have written is believed: the folder points back.
  const back = await readFile(join(folder, 'gitdir'), 'utf8').catch(() => '');
  return resolve(folder, back.trim()) === join(root, '.git') ? main : undefined;
}
