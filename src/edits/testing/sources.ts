import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Random } from './random.ts';

/** A real file of this machine, with `\n` line endings. */
export interface Source {
  path: string;
  lines: string[];
}

/** Where the real files come from; `missing` says what is not on this machine. */
export interface Sources {
  pick(random: Random): Source;
  files: number;
  missing: string[];
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const WANTED = /\.(ts|mts|cts|tsx|js|mjs|cjs|jsx|json|rs|py|css|md|toml|ya?ml)$/;

/** This repository's own sources, the packages beside it, and Python's standard library. */
export function sources(perFolder = 1500): Sources {
  const folders = ['src', 'crates', 'bench', 'scripts', 'node_modules'].map((name) => join(root, name));
  const missing: string[] = [];
  const python = standardLibrary();
  if (python === undefined) missing.push("Python's standard library: there is no python3");
  const groups = [...folders, ...(python === undefined ? [] : [python])].map((folder) => filesBelow(folder, perFolder));
  const filled = groups.filter((group) => group.length > 0);
  const read = new Map<string, Source | undefined>();
  const pick = (random: Random): Source => {
    for (;;) {
      const path = random.pick(random.pick(filled));
      if (!read.has(path)) read.set(path, readSource(path));
      const source = read.get(path);
      if (source !== undefined) return source;
    }
  };
  return { pick, files: filled.reduce((sum, group) => sum + group.length, 0), missing };
}

function standardLibrary(): string | undefined {
  try {
    const argv = ['-c', 'import sysconfig;print(sysconfig.get_paths()["stdlib"])'];
    return execFileSync('python3', argv, { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

/** At most `limit` files, spread evenly over the folder, in a fixed order. */
function filesBelow(folder: string, limit: number): string[] {
  const found: string[] = [];
  const visit = (path: string, depth: number): void => {
    const entries = readdirSync(path, { withFileTypes: true }).sort((left, right) => (left.name < right.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name === 'target' || entry.name === '.cache' || entry.name === 'site-packages') continue;
      const inner = join(path, entry.name);
      if (entry.isDirectory() && depth < 7) visit(inner, depth + 1);
      else if (entry.isFile() && WANTED.test(entry.name)) found.push(inner);
    }
  };
  try {
    visit(statSync(folder).isDirectory() ? `${folder}/` : folder, 0);
  } catch {
    return [];
  }
  const step = Math.max(1, found.length / limit);
  return Array.from({ length: Math.min(limit, found.length) }, (_, index) => found[Math.floor(index * step)] ?? '');
}

function readSource(path: string): Source | undefined {
  const size = statSync(path).size;
  if (size < 200 || size > 120_000) return undefined;
  const text = readFileSync(path, 'utf8');
  if (text.includes('\0') || text.includes('\uFFFD')) return undefined;
  const lines = text
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replace(/\n$/, '')
    .split('\n');
  const odd = lines.some((line) => line.includes('\r') || line.length > 2000);
  return odd || lines.length < 12 ? undefined : { path, lines };
}
