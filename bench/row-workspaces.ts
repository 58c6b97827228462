import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mergeTexts } from '../src/diff/index.ts';
import { openParallel } from '../src/state/index.ts';
import { plainTree } from './generator/plain-tree.ts';
import { execute } from './measure/execute.ts';
import { loopImage } from './measure/loop-image.ts';
import { samples } from './measure/statistics.ts';
import { place } from './place.ts';
import { type Row, seconds } from './row.ts';
import { treeFolder } from './trees/tree.ts';

/** Milliseconds to make a copy and to remove it. */
interface Turn {
  made: number;
  removed: number;
}

/** One way to a copy of `source`; it leaves nothing behind. */
type Way = (source: string, folder: string) => Promise<Record<string, Turn>>;

/** Ours: the first workspace of a run also keeps what the files hold, for later merges; the second finds it kept. */
const ours: Way = async (source, folder) => {
  const parallel = await openParallel({ workspace: { root: source }, stateFolder: folder, merge: mergeTexts });
  const turns: Record<string, Turn> = {};
  try {
    for (const name of ['first', 'second']) {
      settle();
      const start = performance.now();
      const workspace = await parallel.create(name);
      const made = performance.now() - start;
      settle();
      const closing = performance.now();
      await workspace.close();
      turns[name] = { made, removed: performance.now() - closing };
    }
  } finally {
    await parallel.close();
  }
  return turns;
};

function command(name: string, make: (target: string) => string[], remove: (target: string) => string[]): Way {
  return async (source, folder) => {
    const target = join(folder, 'copy');
    settle();
    const made = await timed(make(target), source);
    settle();
    return { [name]: { made, removed: await timed(remove(target), source) } };
  };
}

const remove = (target: string) => ['rm', '-rf', target];
const copies = [
  command('cp -r', (target) => ['cp', '-r', '.', target], remove),
  command('cp -r --reflink=auto', (target) => ['cp', '-r', '--reflink=auto', '.', target], remove),
];
const worktree = command(
  'git worktree add',
  (target) => ['git', 'worktree', 'add', '--quiet', '--detach', target],
  (target) => ['git', 'worktree', 'remove', '--force', target],
);

async function timed(argv: string[], cwd: string): Promise<number> {
  const run = await execute({ argv, cwd });
  if (run.status !== 0) throw new Error(`expected ${argv.join(' ')} to succeed, found ${run.stderr}`);
  return run.wallMs;
}

/** What the turn before left to write is written, so that nobody pays for somebody else. */
function settle(): void {
  spawnSync('sync');
}

/** All ways in turns; the medians by name. */
async function compete(source: string, folder: string, ways: readonly Way[], rounds: number) {
  const turns = new Map<string, Turn[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < ways.length; turn += 1) {
      await mkdir(folder, { recursive: true });
      const way = ways[(turn + round) % ways.length] as Way;
      for (const [name, time] of Object.entries(await way(source, folder))) {
        turns.set(name, [...(turns.get(name) ?? []), time]);
      }
      await rm(folder, { recursive: true, force: true });
    }
  }
  const median = (name: string, what: keyof Turn) => samples((turns.get(name) ?? []).map((turn) => turn[what])).median;
  return { names: [...turns.keys()].filter((name) => name !== 'first' && name !== 'second').sort(), median };
}

type Result = Awaited<ReturnType<typeof compete>>;

function rowsOf(on: string, { names, median }: Result): Row[] {
  const row = (what: string, ourName: string, field: keyof Turn): Row => {
    const best = Math.min(...names.map((name) => median(name, field)));
    const mine = median(ourName, field);
    const measured = `${(mine / best).toFixed(2)} times the fastest of them`;
    const text = names.length > 2 ? 'faster than git worktree add and cp -r' : 'faster than cp -r';
    return {
      group: 'workspaces',
      what,
      on,
      ours: seconds(mine),
      peers: names.map((name) => `${name} ${seconds(median(name, field))}`).join('; '),
      ...(field === 'made' ? { target: { text, measured, met: mine < best } } : {}),
    };
  };
  return [
    row('a parallel workspace, the first of a run', 'first', 'made'),
    row('a parallel workspace, each further one', 'second', 'made'),
    row('its removal', 'second', 'removed'),
  ];
}

/** A tree with one commit, its objects in one pack. */
async function committed(files: number, dependencies: number): Promise<string> {
  const name = `plain-${files}-${dependencies}`;
  const root = await treeFolder(name, (draft) => plainTree(draft, { seed: 5, files, dependencies }));
  if (existsSync(join(root, '.git/packed-refs'))) return root;
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', '-c', 'gc.auto=0'];
  for (const argv of [
    ['add', '.'],
    ['commit', '--quiet', '--message=tree'],
    ['gc', '--quiet'],
  ]) {
    await timed(['git', ...identity, ...argv], root);
  }
  return root;
}

/** Workspaces for a tree of `files`, with and without dependencies, here and on file systems that share blocks. */
export async function workspaceRows(rounds: number, files = 20_000, dependencies = 6_000): Promise<Row[]> {
  const [plain, heavy] = [await committed(files, 0), await committed(files, dependencies)];
  const folder = join(place.trees, `workspaces-${process.pid}`);
  const named = `${files.toLocaleString('en')} files`;
  const withModules = `${named} and ${dependencies.toLocaleString('en')} in node_modules`;
  const rows = [
    ...rowsOf(named, await compete(plain, folder, [ours, worktree, ...copies], rounds)),
    ...rowsOf(withModules, await compete(heavy, folder, [ours, ...copies], rounds)),
  ];
  for (const type of ['btrfs', 'xfs'] as const) {
    const image = loopImage(type, join(place.trees, `images-${process.pid}`), 4);
    if (image.kind === 'skipped') {
      const skipped = `not measured: ${image.reason}`;
      rows.push({
        group: 'workspaces',
        what: 'a parallel workspace',
        on: `${named} on ${type}`,
        ours: skipped,
        peers: '',
      });
      continue;
    }
    try {
      const source = join(image.folder, 'source');
      await cp(plain, source, { recursive: true, preserveTimestamps: true });
      const result = await compete(source, join(image.folder, 'out'), [ours, worktree, ...copies], rounds);
      rows.push(...rowsOf(`${named} on ${type}, a loop image`, result));
    } finally {
      image.close();
    }
  }
  return rows;
}
