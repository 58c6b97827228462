import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { downloadNpm, downloadPypi, type Pin } from './download.ts';
import { treeFolder, unpack } from './tree.ts';

/** Two releases of one package as folders `before` and `after` that hold the same names. */
export interface PairTree {
  title: string;
  /** Absolute path; `empty/before` and `empty/after` below it hold nothing. */
  root: string;
  /** How many files there are on each side. */
  count: number;
}

interface PinnedPair {
  title: string;
  registry: 'npm' | 'pypi';
  parts: string[];
  before: Pin;
  after: Pin;
}

const pinned = new URL('./pairs.json', import.meta.url);

/** The text files that both releases have and that differ, of each pinned package. */
export async function pairTrees(): Promise<PairTree[]> {
  const sets = JSON.parse(await readFile(pinned, 'utf8')) as Record<string, PinnedPair>;
  const trees: PairTree[] = [];
  for (const [name, set] of Object.entries(sets)) {
    const root = await treeFolder(`pairs-${name}`, (draft) => fill(draft, set));
    trees.push({ title: set.title, root, count: (await filesBelow(join(root, 'before'))).length });
  }
  return trees;
}

async function fill(draft: string, { registry, parts, before, after }: PinnedPair): Promise<void> {
  const download = registry === 'npm' ? downloadNpm : downloadPypi;
  await unpack(await download(before), join(draft, 'all/before'), parts);
  await unpack(await download(after), join(draft, 'all/after'), parts);
  for (const name of await filesBelow(join(draft, 'all/before'))) {
    const [old, now] = [join(draft, 'all/before', name), join(draft, 'all/after', name)];
    if (name.endsWith('.gitattributes') || !existsSync(now) || !(await isChangedText(old, now))) continue;
    for (const [from, side] of [
      [old, 'before'],
      [now, 'after'],
    ] as const) {
      await mkdir(dirname(join(draft, side, name)), { recursive: true });
      await cp(from, join(draft, side, name));
    }
  }
  await rm(join(draft, 'all'), { recursive: true });
  for (const side of ['before', 'after']) await mkdir(join(draft, 'empty', side), { recursive: true });
}

async function isChangedText(old: string, now: string): Promise<boolean> {
  const [before, after] = [await readFile(old), await readFile(now)];
  return !before.equals(after) && !before.includes(0) && !after.includes(0);
}

async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort();
}
