import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Language } from '../code/index.ts';
import { biome } from './biome.ts';
import { eslint } from './eslint.ts';
import type { ImportSorter } from './import-sorter.ts';
import { isort } from './isort.ts';
import { prettier } from './prettier.ts';
import { ruff } from './ruff.ts';

/** A repository's setting for sorting imports. */
export interface SortSetting {
  sorter: ImportSorter;
  /** The folder whose configuration says so, relative to the root, with `/`; empty for the root. */
  folder: string;
}

/** In one folder, the first that sorts is the one that is used. */
const SORTERS: readonly ImportSorter[] = [biome, eslint, prettier, ruff, isort];

/** The setting for a file: of the nearest folder, up to the root, whose configuration sorts imports. */
export async function findSorter(root: string, path: string): Promise<SortSetting | undefined> {
  const language = languageOf(path);
  let open = SORTERS.filter((sorter) => sorter.language === language);
  for (const folder of foldersOf(path)) {
    const read = (name: string) => readFile(join(root, folder, name), 'utf8').catch(() => undefined);
    const settings = await Promise.all(open.map((sorter) => sorter.setting(read)));
    const sorter = open.find((_, index) => settings[index] === 'sorts');
    if (sorter !== undefined) return { sorter, folder };
    open = open.filter((_, index) => settings[index] === undefined);
  }
  return undefined;
}

/** The folders around a file, nearest first; the last one is the root. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return [...parts.keys(), parts.length].reverse().map((length) => parts.slice(0, length).join('/'));
}

function languageOf(path: string): Language | undefined {
  if (/\.[cm]?[jt]sx?$/.test(path)) return 'javascript';
  return /\.pyi?$/.test(path) ? 'python' : undefined;
}
