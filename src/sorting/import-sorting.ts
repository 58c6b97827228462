import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Change, OrderVerdict, SortedFile } from '../code/index.ts';
import type { Clock } from '../kernel/index.ts';
import { native } from '../native/index.ts';
import type { Environment, RunCommand } from '../sandbox/index.ts';
import { findProgram } from './find-program.ts';
import { findSorter } from './find-sorter.ts';
import type { Sorted, ToolRun } from './import-sorter.ts';

/** A file whose imports keep their order although the repository has a setting for another one. */
export interface KeptOrder {
  path: string;
  /** What follows "because": `Biome is not installed`. */
  reason: string;
}

/** What came of sorting. Files that are in order already, and files without a setting, are in neither list. */
export interface SortedImports {
  /** For the run's transaction; each is one group that replaces the whole text. */
  changes: readonly Change[];
  kept: readonly KeptOrder[];
}

/** Sorts imports during one run. */
export interface ImportSorting {
  /** Sorts what is in the tree now, with the tools that the repository has set up. Writes nothing. */
  sort(paths: readonly string[]): Promise<SortedImports>;
  /** Whether any command was run. */
  ran(): boolean;
}

/** What {@link importSorting} works with. */
export interface ImportSortingOptions {
  root: string;
  runCommand: RunCommand;
  env: Environment;
  platform: NodeJS.Platform;
  clock: Clock;
  signal: AbortSignal;
  /** Judges the results, in their order. */
  judge(files: readonly SortedFile[]): Promise<readonly OrderVerdict[]>;
  /** Milliseconds for all sorting of the run. Default: 2 minutes. */
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT = 2 * 60 * 1000;
/** One file in one tool; a tool that starts cold reads its configuration first. */
const FILE_TIMEOUT = 30 * 1000;
/** Tools running at the same time. */
const AT_ONCE = 4;

type Attempt = { path: string; tool: string; before: string } & Sorted;

/** An {@link ImportSorting}. */
export function importSorting(options: ImportSortingOptions): ImportSorting {
  const { root, env, signal, clock, judge, runCommand, timeoutMs = DEFAULT_TIMEOUT } = options;
  let spent = 0;
  let ran = false;
  const attempt = async (path: string): Promise<Attempt | undefined> => {
    const setting = await findSorter(root, path);
    if (setting === undefined) return undefined;
    const { sorter, folder } = setting;
    const before = await readFile(join(root, path), 'utf8').catch(() => undefined);
    // Somebody took the file away meanwhile: the transaction is where that is noticed and told.
    if (before === undefined) return undefined;
    const base = { path, tool: sorter.name, before };
    const limit = Math.min(FILE_TIMEOUT, timeoutMs - spent);
    if (limit <= 0) return { ...base, kind: 'failed', reason: 'the time for sorting imports was up' };
    const program = await findProgram(sorter, root, path, options.platform);
    if (program === undefined) return { ...base, kind: 'failed', reason: `${sorter.name} is not installed` };
    const run: ToolRun = (args, stdin) => {
      ran = true;
      const cwd = join(root, folder);
      return runCommand({ argv: [program, ...args], cwd, env, stdin, signal, timeoutMs: limit });
    };
    const inside = folder === '' ? path : path.slice(folder.length + 1);
    return { ...base, ...(await sorter.sort(before, inside, run)) };
  };
  return {
    ran: () => ran,
    sort: async (paths) => {
      const [start, used] = [clock.monotonic(), spent];
      const attempts = await inParallel(paths, async (path) => {
        const done = await attempt(path);
        spent = used + clock.monotonic() - start;
        return done;
      });
      return settled(
        attempts.filter((one) => one !== undefined),
        judge,
      );
    },
  };
}

async function settled(attempts: readonly Attempt[], judge: ImportSortingOptions['judge']): Promise<SortedImports> {
  const differing = attempts.flatMap((one) => (one.kind === 'sorted' && one.text !== one.before ? [one] : []));
  const files = differing.map(({ path, before, text }) => ({ path, before, after: text }));
  const verdicts = files.length === 0 ? [] : await judge(files);
  const changes: Change[] = [];
  const kept: KeptOrder[] = attempts.flatMap((one) =>
    one.kind === 'failed' ? [{ path: one.path, reason: one.reason }] : [],
  );
  for (const [index, { path, tool, before, text }] of differing.entries()) {
    const verdict = verdicts[index];
    if (verdict?.kind === 'kept') changes.push(wholeFile(path, before, text, `sort imports with ${tool}`));
    else kept.push({ path, reason: `with ${tool} ${verdict?.reason ?? 'nothing could be judged'}` });
  }
  return { changes, kept };
}

function wholeFile(path: string, before: string, text: string, title: string): Change {
  const bytes = new TextEncoder().encode(before);
  const edits = [{ start: 0, end: bytes.length, text }];
  return { path, hash: native().hashBytes(bytes), groups: [{ title, edits }] };
}

async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  return results;
}
