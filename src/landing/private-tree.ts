import { copyFile, lstat, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bytesOfPath } from '../diff/index.ts';
import type { GitRepository } from './find-repository.ts';
import type { Git } from './git.ts';
import type { GitEntry } from './git-entry.ts';
import { quotedPath } from './git-path.ts';

/** Paths from the top of the repository, and what shall be there; `undefined`: nothing. */
export type Staging = ReadonlyMap<string, GitEntry | undefined>;

/**
 * An index and a work tree of our own over the user's object database. What is put in goes the way that the user's
 * `git add` would take it: attributes, line endings and clean filters apply. The user's index is not even read.
 */
export interface PrivateTree {
  /** The index becomes that of HEAD. */
  reset(): Promise<void>;
  stage(staging: Staging): Promise<void>;
  /** The paths of these that differ between the index and HEAD. */
  differing(paths: readonly string[]): Promise<Set<string>>;
  /** The bytes of HEAD's files as a checkout would write them; call it while the index is that of HEAD. */
  checkedOut(paths: readonly string[]): Promise<Map<string, Uint8Array>>;
  /** What HEAD has at these paths; absent ones are left out. */
  modes(paths: readonly string[]): Promise<Map<string, string>>;
  /** The paths of these that git ignores, seen from the real work tree. */
  ignored(paths: readonly string[]): Promise<Set<string>>;
  /** Writes the index as a tree object; gives its id. */
  writeTree(): Promise<string>;
}

/** The {@link PrivateTree} in `folder`, which is made anew. */
export async function privateTree(repository: GitRepository, git: Git, folder: string): Promise<PrivateTree> {
  await rm(folder, { recursive: true, force: true });
  const tree = join(folder, 'tree');
  await mkdir(tree, { recursive: true, mode: 0o700 });
  const index = { GIT_DIR: repository.gitDir, GIT_INDEX_FILE: join(folder, 'index') };
  const here = { cwd: tree, env: { ...index, GIT_WORK_TREE: tree } };
  const there = { cwd: repository.top, env: { ...index, GIT_WORK_TREE: repository.top } };
  const { head } = repository;

  /** Which of `paths` are named in lines of git's output. */
  const named = (output: string, paths: readonly string[]) => {
    const known = new Map(paths.map((path) => [quotedPath(path), path]));
    return new Set(output.split('\n').flatMap((line) => known.get(line) ?? []));
  };

  return {
    reset: async () => {
      await git.read(head === undefined ? ['read-tree', '--empty'] : ['read-tree', head], here);
    },
    stage: async (staging) => {
      await rm(tree, { recursive: true, force: true });
      await mkdir(tree, { mode: 0o700 });
      const paths = [...staging.keys()];
      await copyAttributes(repository.top, tree, paths);
      for (const [path, entry] of staging) if (entry) await put(tree, path, entry);
      const gone = paths.filter((path) => staging.get(path) === undefined);
      const there = paths.filter((path) => staging.get(path) !== undefined);
      // What goes makes room first: a file may take the place of a folder, and a folder that of a file.
      if (gone.length > 0) {
        await git.read(['update-index', '--force-remove', '--stdin'], { ...here, stdin: lines(gone) });
      }
      if (there.length > 0) await git.read(['update-index', '--add', '--stdin'], { ...here, stdin: lines(there) });
    },
    differing: async (paths) => {
      if (head === undefined || paths.length === 0) return new Set();
      return named(await git.read(['diff-index', '--cached', '--name-only', '--no-renames', head], here), paths);
    },
    checkedOut: async (paths) => {
      const prefix = join(folder, 'head');
      await rm(prefix, { recursive: true, force: true });
      const found = new Map<string, Uint8Array>();
      if (paths.length === 0) return found;
      await git.read(['checkout-index', '-f', '--stdin', `--prefix=${prefix}/`], { ...here, stdin: lines(paths) });
      for (const path of paths) found.set(path, await readFile(place(prefix, path)));
      return found;
    },
    modes: async (paths) => {
      const found = new Map<string, string>();
      if (head === undefined || paths.length === 0) return found;
      const known = new Map(paths.map((path) => [quotedPath(path), path]));
      for (const line of (await git.read(['ls-files', '--stage'], here)).split('\n')) {
        const [facts = '', name = ''] = line.split('\t');
        const path = known.get(name);
        if (path !== undefined) found.set(path, facts.slice(0, 6));
      }
      return found;
    },
    ignored: async (paths) => {
      if (paths.length === 0) return new Set();
      // Exit code 1: none of them.
      const options = { ...there, stdin: lines(paths), answers: [1] };
      return named(await git.read(['check-ignore', '--stdin'], options), paths);
    },
    writeTree: async () => (await git.read(['write-tree'], here)).trim(),
  };
}

const ATTRIBUTES = '.gitattributes';
const lines = (paths: readonly string[]) => paths.map((path) => `${quotedPath(path)}\n`).join('');

function place(folder: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), bytesOfPath(path)]);
}

async function put(tree: string, path: string, { mode, bytes }: GitEntry): Promise<void> {
  await mkdir(place(tree, dirname(path)), { recursive: true });
  if (mode === '120000') return symlink(Buffer.from(bytes), place(tree, path));
  await writeFile(place(tree, path), bytes, { mode: mode === '100755' ? 0o755 : 0o644 });
}

/** The attributes that hold for `paths` in the real work tree; a link is no attributes file for git either. */
async function copyAttributes(top: string, tree: string, paths: readonly string[]): Promise<void> {
  const names = new Set(
    paths.flatMap((path) => path.split('/').map((_, depth, parts) => [...parts.slice(0, depth), ATTRIBUTES].join('/'))),
  );
  for (const name of names) {
    const found = await lstat(place(top, name)).catch(() => undefined);
    if (!found?.isFile()) continue;
    await mkdir(place(tree, dirname(name)), { recursive: true });
    await copyFile(place(top, name), place(tree, name));
  }
}
