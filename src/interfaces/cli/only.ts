import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { readGlob } from '../../kernel/index.ts';
import type { PathPattern } from '../../swarm.ts';
import { usageError } from './usage-error.ts';

const GLOB = /[*?{}]/;

/**
 * The patterns of `--only`, relative to `root` with `/` between folders. A glob passes as it is (made relative when it
 * is absolute); a plain file or folder must exist inside the repository, looked up from `root`, then from `cwd`; a folder
 * stands for everything in it.
 */
export async function onlyPatterns(patterns: readonly string[], root: string, cwd: string): Promise<string[]> {
  return Promise.all(patterns.map((pattern) => onePattern(pattern, root, cwd)));
}

async function onePattern(pattern: string, root: string, cwd: string): Promise<string> {
  if (pattern.trim() === '') throw usageError('--only holds an empty name. Give files or globs.', { pattern });
  // A folder of a route may be called `[id]`: what exists is meant as it is written.
  for (const from of [root, cwd]) {
    const full = resolve(from, pattern);
    const found = await stat(full).catch(() => undefined);
    if (found === undefined) continue;
    // The folder above may be a link (macOS keeps /tmp under /private): compare what is real.
    const path = slashes(inside(await realpath(full), root, pattern));
    if (!found.isDirectory()) return path;
    return path === '' ? '**' : `${path}/**`;
  }
  if (GLOB.test(pattern)) return globPattern(pattern, root);
  throw usageError(`--only ${pattern}: no such file in ${root}. Paths are relative to the repository.`, {
    pattern,
    root,
  });
}

function globPattern(pattern: string, root: string): string {
  const path = slashes(isAbsolute(pattern) ? inside(pattern, root, pattern) : pattern).replace(/^\.\//, '');
  const reading = readGlob(path);
  if (reading.kind === 'malformed') {
    throw usageError(`--only ${pattern} is not a glob: ${reading.reason}.`, { pattern });
  }
  return path;
}

function inside(full: string, root: string, pattern: string): string {
  const path = relative(root, full);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
    throw usageError(`--only ${pattern} lies outside of ${root}. Name files of the repository.`, { pattern, root });
  }
  return path;
}

const slashes = (path: string) => path.split(sep).join('/');

/**
 * The patterns of `--only` of undo and redo, which name files that a run changed: they need not exist any more. Looked
 * up from the repository, then from the current folder. Refuses with code 2 what lies outside of the repository.
 */
export function replayPatterns(patterns: readonly string[], root: string, cwd: string): PathPattern[] {
  return patterns.map((given) => {
    if (given.trim() === '') throw usageError('--only holds an empty name. Give files or globs.', { pattern: given });
    const found = [root, cwd].flatMap((from) => {
      const path = relative(root, resolve(from, given));
      return path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path) ? [] : [slashes(path)];
    });
    if (found.length === 0) inside(resolve(cwd, given), root, given);
    return { given, anyOf: [...new Set(found)] };
  });
}
