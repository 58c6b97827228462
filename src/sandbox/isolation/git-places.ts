import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isInside } from './tool-folders.ts';

/** Submodules of submodules are followed so far. */
const DEEPEST = 8;

/** A place from which git takes programs to run. */
export interface GitPlace {
  /** Absolute. */
  path: string;
  as: 'file' | 'folder';
}

/**
 * What in the workspace git reads by itself besides its top `.git`: the `.git` of each submodule, which a status of the
 * whole repository enters; the folder that a `.git` file points to; hooks and included settings that the configuration names.
 */
export async function gitPlaces(workspace: string): Promise<GitPlace[]> {
  const found = new Map<string, GitPlace>();
  const add = (path: string, as: GitPlace['as']) => {
    if (isInside(path, workspace) && path !== workspace) found.set(path, { path, as });
  };
  const visit = async (root: string, depth: number): Promise<void> => {
    const { folder, gitlinks, hooks, includes } = await readRepository(root);
    add(folder, 'folder');
    for (const path of hooks) add(path, 'folder');
    for (const path of includes) add(path, 'file');
    for (const submodule of gitlinks) {
      if (submodule === root || !isInside(submodule, root) || found.has(join(submodule, '.git'))) continue;
      add(join(submodule, '.git'), 'folder');
      if (depth < DEEPEST) await visit(submodule, depth + 1);
    }
  };
  const root = await repositoryAround(workspace);
  if (root !== undefined) await visit(root, 1);
  return [...found.values()];
}

async function repositoryAround(workspace: string): Promise<string | undefined> {
  for (let folder = workspace; ; folder = dirname(folder)) {
    if ((await stat(join(folder, '.git')).catch(() => undefined)) !== undefined) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** One repository; all paths absolute. */
interface Repository {
  /** Where git keeps it. */
  folder: string;
  gitlinks: string[];
  hooks: string[];
  includes: string[];
}

async function readRepository(root: string): Promise<Repository> {
  const text = async (path: string) => (await bytesOf(path)).toString('utf8');
  const folder = resolve(root, /^gitdir: (.+)$/m.exec(await text(join(root, '.git')))?.[1] ?? '.git');
  const index = await bytesOf(join(folder, 'index'));
  const configuration = await text(join(folder, 'config'));
  const hashBytes = /^\s*objectformat\s*=\s*sha256\s*$/im.test(configuration) ? 32 : 20;
  // Either may know a submodule that the other does not.
  const gitlinks = [...readGitlinks(index, hashBytes), ...valuesOf('path', await text(join(root, '.gitmodules')))];
  return {
    folder,
    gitlinks: gitlinks.map((path) => resolve(root, path)),
    hooks: valuesOf('hookspath', configuration).map((path) => resolve(root, path)),
    includes: valuesOf('path', configuration).map((path) => resolve(folder, path)),
  };
}

/** A FIFO in the place of a file would hold us up; git does not read one either. */
async function bytesOf(path: string): Promise<Buffer> {
  const isFile = (await stat(path).catch(() => undefined))?.isFile() === true;
  return isFile ? await readFile(path).catch(() => Buffer.alloc(0)) : Buffer.alloc(0);
}

/** The values that a file of settings gives to a name, without those that begin in a home folder (git-config(1)). */
function valuesOf(name: string, configuration: string): string[] {
  const lines = configuration.matchAll(new RegExp(`^\\s*${name}\\s*=\\s*"?(.+?)"?\\s*$`, 'gim'));
  return [...lines].map((match) => match[1] ?? '').filter((value) => !/^[~%]/.test(value));
}

/** Mode of an entry that is another repository's commit. */
const GITLINK = 0o160000;
const EXTENDED = 0x4000;

/** The submodules of an index (gitformat-index(5), versions 2 to 4); what cannot be read any more is left out. */
function readGitlinks(index: Buffer, hashBytes: number): string[] {
  if (index.length < 12 || index.toString('latin1', 0, 4) !== 'DIRC') return [];
  const [version, count] = [index.readUInt32BE(4), index.readUInt32BE(8)];
  const links: string[] = [];
  // As bytes: a name of version 4 is what is left of the one before, and more.
  let name = '';
  for (let entry = 0, at = 12; entry < count && at + 42 + hashBytes < index.length; entry += 1) {
    const flags = index.readUInt16BE(at + 40 + hashBytes);
    let start = at + 42 + hashBytes + (version >= 3 && (flags & EXTENDED) !== 0 ? 2 : 0);
    let kept = '';
    if (version === 4) {
      const removed = readVariable(index, start);
      start = removed.next;
      kept = name.slice(0, name.length - removed.value);
    }
    const end = index.indexOf(0, start);
    if (end === -1) break;
    name = kept + index.toString('latin1', start, end);
    if ((index.readUInt32BE(at + 24) & 0o170000) === GITLINK) links.push(Buffer.from(name, 'latin1').toString('utf8'));
    at = version === 4 ? end + 1 : at + ((end - at + 8) & ~7);
  }
  return links;
}

/** A number as in the deltas of packs (gitformat-pack(5), offset encoding). */
function readVariable(bytes: Buffer, at: number): { value: number; next: number } {
  let next = at;
  let byte = bytes[next++] ?? 0;
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0) {
    byte = bytes[next++] ?? 0;
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return { value, next };
}
