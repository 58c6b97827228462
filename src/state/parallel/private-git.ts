import { copyFile, cp, mkdir, readdir, readFile, realpath, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { ioError, isErrno } from '../io-error.ts';
import { privateConfig } from './git-config.ts';

/** What became of a `.git` of the original. */
export type GitCopy = { kind: 'private' } | { kind: 'none'; reason: string };

/** Refs that are the user's own notes, not history. */
const LEFT_OUT = ['refs/stash', 'refs/bisect', 'refs/rewritten', 'refs/worktree'];

/**
 * Gives a copied work tree a repository of its own at `target`, for the one whose `.git` is `source`: a folder, or the
 * file of a linked worktree or a submodule.
 *
 * HEAD, index, refs and what is excluded are copied; objects are read from the original's through `alternates`
 * (gitrepository-layout(5)), and new ones are written here. So `git status`, `diff`, `log` and `commit` work, and no
 * command in the copy writes to the user's repository. Hooks, the stash, remotes and credentials are not copied.
 */
export async function privateGit(source: string, target: string): Promise<GitCopy> {
  try {
    const folders = await gitFolders(source);
    if (!folders) return { kind: 'none', reason: `${source} leads to no git folder` };
    if (/["\n]/.test(folders.common))
      return { kind: 'none', reason: `git cannot name ${folders.common} in alternates` };
    await fill(folders, target);
    return { kind: 'private' };
  } catch (cause) {
    throw ioError('copy', source, cause);
  }
}

interface GitFolders {
  /** HEAD, index and what else belongs to one work tree. */
  own: string;
  /** Objects, refs and configuration. */
  common: string;
}

async function gitFolders(source: string): Promise<GitFolders | undefined> {
  const isFolder = (await stat(source)).isDirectory();
  const pointer = isFolder ? undefined : /^gitdir: (.+)$/m.exec(await readFile(source, 'utf8'))?.[1];
  if (!isFolder && pointer === undefined) return undefined;
  const named = pointer === undefined ? source : resolve(dirname(source), pointer);
  try {
    const own = await realpath(named);
    const common = await realpath(resolve(own, (await textOf(join(own, 'commondir'))).trim()));
    await stat(join(own, 'HEAD'));
    await stat(join(common, 'objects'));
    return { own, common };
  } catch (cause) {
    if (isErrno(cause, 'ENOENT', 'ENOTDIR')) return undefined;
    throw cause;
  }
}

async function fill({ own, common }: GitFolders, target: string): Promise<void> {
  for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags', 'info', 'hooks']) {
    await mkdir(join(target, folder), { recursive: true });
  }
  await writeFile(join(target, 'objects/info/alternates'), `${join(common, 'objects')}\n`);
  await copyIfThere(join(own, 'HEAD'), join(target, 'HEAD'));
  await copyIndex(own, target);
  for (const name of ['packed-refs', 'shallow', 'info/exclude', 'info/attributes', 'info/grafts']) {
    await copyIfThere(join(common, name), join(target, name));
  }
  await copyIfThere(join(own, 'info/sparse-checkout'), join(target, 'info/sparse-checkout'));
  for (const folder of ['refs', 'reftable']) await copyRefs(common, target, folder);
  const texts = [await textOf(join(common, 'config')), await textOf(join(own, 'config.worktree'))];
  await writeFile(join(target, 'config'), privateConfig(texts, join(target, 'hooks')));
}

/** With its time: git takes an entry that is as young as the index for one that may have changed since. */
async function copyIndex(own: string, target: string): Promise<void> {
  const names = (await readdir(own)).filter((name) => name === 'index' || name.startsWith('sharedindex.'));
  for (const name of names) {
    const { atime, mtime } = await stat(join(own, name));
    await copyFile(join(own, name), join(target, name));
    await utimes(join(target, name), atime, mtime);
  }
}

async function copyRefs(common: string, target: string, folder: string): Promise<void> {
  const filter = (path: string) => {
    const ref = relative(common, path).split(sep).join('/');
    return !path.endsWith('.lock') && !LEFT_OUT.some((left) => ref === left || ref.startsWith(`${left}/`));
  };
  try {
    await cp(join(common, folder), join(target, folder), { recursive: true, filter });
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT')) throw cause;
  }
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (cause) {
    if (!isErrno(cause, 'ENOENT', 'ENOTDIR')) throw cause;
  }
}

/** The empty text when there is no such file. */
async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (isErrno(cause, 'ENOENT', 'ENOTDIR')) return '';
    throw cause;
  }
}
