import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { mergeFile } from '../../src/diff/index.ts';
import { place } from '../place.ts';
import type { MergeCase } from './merge-case.ts';

/** What a tool made of a case. */
export interface ToolMerge {
  /** The result, where the tool calls it clean. */
  clean?: string;
  /** Clean by lines alone. */
  byText?: boolean;
  milliseconds: number;
}

export function mergeOurs({ path, base, ours, theirs }: MergeCase): ToolMerge {
  const input = { path, base: Buffer.from(base), ours: Buffer.from(ours), theirs: Buffer.from(theirs) };
  const start = performance.now();
  const merged = mergeFile(input);
  const milliseconds = performance.now() - start;
  if (merged.kind === 'conflict') return { milliseconds };
  return { clean: Buffer.from(merged.bytes).toString('utf8'), byText: merged.by === 'text', milliseconds };
}

export function mergeByGit(merge: MergeCase): ToolMerge {
  return withFiles(merge, (files) => {
    const [base = '', ours = '', theirs = ''] = files;
    return { argv: ['git', 'merge-file', '-p', '-q', ours, base, theirs] };
  });
}

export const mergirafVersion = '0.20.0';
const mergiraf = join(place.cache, 'mergiraf', 'bin', 'mergiraf');

/** Builds mergiraf below the bench's cache the first time; the reason when that fails. */
export function prepareMergiraf(): string | undefined {
  if (existsSync(mergiraf)) return undefined;
  const root = join(place.cache, 'mergiraf');
  const argv = ['install', 'mergiraf', '--version', mergirafVersion, '--locked', '--root', root];
  const build = spawnSync('cargo', argv, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CARGO_TARGET_DIR: join(place.cache, 'mergiraf-target') },
    timeout: 3_600_000,
  });
  return build.status === 0 ? undefined : `cargo ${argv.join(' ')} ended with ${build.status ?? build.error?.message}`;
}

export function mergeByMergiraf(merge: MergeCase): ToolMerge {
  return withFiles(merge, (files, folder) => {
    const out = join(folder, 'merged');
    return { argv: [mergiraf, 'merge', ...files, '-p', merge.path, '-o', out], out };
  });
}

/** Starts a process for the case; its time counts from its start to its end. */
function withFiles(
  merge: MergeCase,
  command: (files: string[], folder: string) => { argv: string[]; out?: string },
): ToolMerge {
  const folder = mkdtempSync(join(tmpdir(), 'bench-merge-'));
  try {
    const files = (['base', 'ours', 'theirs'] as const).map((side) => {
      mkdirSync(join(folder, side));
      const file = join(folder, side, basename(merge.path));
      writeFileSync(file, merge[side]);
      return file;
    });
    const { argv, out } = command(files, folder);
    const start = performance.now();
    const run = spawnSync(argv[0] as string, argv.slice(1), { maxBuffer: 1 << 28, timeout: 60_000 });
    const milliseconds = performance.now() - start;
    if (run.status !== 0) return { milliseconds };
    const clean = out === undefined ? run.stdout.toString('utf8') : readFileSync(out, 'utf8');
    return { clean, milliseconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
