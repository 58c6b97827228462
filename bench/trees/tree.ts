import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execute } from '../measure/execute.ts';
import type { TrueCycles } from '../oracle/typescript-graph.ts';
import { place } from '../place.ts';

/** A repository that the bench runs tools on. */
export interface Tree {
  name: string;
  language: 'typescript' | 'python';
  /** One phrase for the report: what it is and where it comes from. */
  origin: string;
  /** Absolute path. Nothing may change it: a run that writes works on a copy. */
  root: string;
  /** Cycles that its maker put into it; absent for a tree that was found, not made. */
  truth?: TrueCycles;
}

/** The folder of the tree called `name`, made by `fill` the first time; a half-made one is never left behind. */
export async function treeFolder(name: string, fill: (root: string) => Promise<void>): Promise<string> {
  const root = join(place.trees, name);
  if (existsSync(root)) return root;
  const draft = `${root}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  await fill(draft);
  await run(['git', 'init', '--quiet'], draft);
  await rename(draft, root);
  return root;
}

/** A fresh copy of a tree, replacing an earlier one of that name. Links are copied as links, times are kept. */
export async function copyTree(from: string, name: string): Promise<string> {
  const to = join(place.trees, name);
  await rm(to, { recursive: true, force: true });
  await mkdir(dirname(to), { recursive: true });
  await run(['cp', '-a', from, to], place.trees);
  return to;
}

/** Unpacks the parts of a tarball that match `patterns`, without its top folder. */
export async function unpack(tarball: string, into: string, patterns: string[] = []): Promise<void> {
  await mkdir(into, { recursive: true });
  const wildcards = patterns.length === 0 ? [] : ['--wildcards', ...patterns];
  await run(['tar', '-xzf', tarball, '-C', into, '--strip-components=1', ...wildcards], into);
}

/** Writes a text file, with the folders above it. */
export async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function run(argv: string[], cwd: string): Promise<void> {
  const done = await execute({ argv, cwd });
  if (done.status !== 0)
    throw new Error(`expected ${argv.join(' ')} to succeed, found status ${done.status}: ${done.stderr}`);
}
