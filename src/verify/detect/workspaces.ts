import { join, relative, sep } from 'node:path';
import { readGlob } from '../../kernel/index.ts';
import type { PackageJson } from './package-json.ts';
import { isThere, namesIn, readText } from './project-files.ts';

/** How deep below the root a workspace package is looked for. */
const MAX_DEPTH = 4;

/** The folders of a monorepo's packages, absolute and sorted. */
export async function workspaceFolders(root: string, json: PackageJson): Promise<string[]> {
  const patterns = [...json.workspaces, ...pnpmPatterns((await readText(join(root, 'pnpm-workspace.yaml'))) ?? '')];
  if (patterns.length === 0) return [];
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(matcher);
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => matcher(pattern.slice(1)));
  const found: string[] = [];
  for (const folder of await foldersBelow(root, MAX_DEPTH)) {
    const path = relative(root, folder).replaceAll(sep, '/');
    if (!wanted.some((matches) => matches(path)) || unwanted.some((matches) => matches(path))) continue;
    if (await isThere(join(folder, 'package.json'))) found.push(folder);
  }
  return found;
}

function matcher(pattern: string): (path: string) => boolean {
  const reading = readGlob(pattern.replace(/^\.\//, '').replace(/\/$/, ''));
  return reading.kind === 'glob' ? reading.matches : () => false;
}

/** The list under `packages:`. Anything that is not a plain list of strings gives none. */
function pnpmPatterns(text: string): string[] {
  const lines = text.split(/\r?\n/);
  const start = lines.findIndex((line) => /^packages:\s*$/.test(line));
  if (start < 0) return [];
  const patterns: string[] = [];
  for (const line of lines.slice(start + 1)) {
    const item = /^\s*-\s*(['"]?)(.+?)\1\s*(?:#.*)?$/.exec(line);
    if (item) patterns.push(item[2] as string);
    else if (line.trim() !== '' && !line.trim().startsWith('#')) break;
  }
  return patterns;
}

async function foldersBelow(folder: string, depth: number): Promise<string[]> {
  if (depth === 0) return [];
  const found: string[] = [];
  for (const { name, isFolder } of await namesIn(folder)) {
    if (!isFolder || name === 'node_modules' || name.startsWith('.')) continue;
    const path = join(folder, name);
    found.push(path, ...(await foldersBelow(path, depth - 1)));
  }
  return found;
}
