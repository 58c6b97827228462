import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Execution, execute } from './measure/execute.ts';
import { type Contestant, rounds, type Timing } from './measure/rounds.ts';
import { type DiffSize, diffSize } from './pairs/diff-size.ts';
import { place } from './place.ts';
import { type Row, seconds, type Target } from './row.ts';
import { type PairTree, pairTrees } from './trees/pairs.ts';

/** A command that diffs the pairs below a folder into a file. */
interface Differ {
  name: string;
  argv(root: string, output: string): string[];
  /** Status of a run that found differences. */
  status: number;
}

const script = (name: string) => (root: string, output: string) => [
  process.execPath,
  join(place.bench, 'pairs', name),
  root,
  output,
];
const git = (option: string) => (root: string, output: string) => [
  ...['git', 'diff', '--no-index', '--no-color', option, `--output=${output}`],
  ...[join(root, 'before'), join(root, 'after')],
];
const own: Differ = { name: 'PyAgent', argv: script('diff-natively.ts'), status: 0 };
const gitHistogram: Differ = { name: 'git histogram', argv: git('--diff-algorithm=histogram'), status: 1 };
const gitMinimal: Differ = { name: 'git minimal', argv: git('--minimal'), status: 1 };
const npmPackage: Differ = { name: 'npm diff', argv: script('diff-by-package.ts'), status: 0 };
const differs = [own, gitHistogram, gitMinimal, npmPackage];

/** Many file pairs in one process: time without start-up, and how much output there is. */
export async function diffRows(count: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-diff-'));
  try {
    const rows: Row[] = [];
    for (const tree of await pairTrees()) {
      rows.push(...(await timeRows(tree, count)), ...(await sizeRows(tree, folder)));
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function timeRows(tree: PairTree, count: number): Promise<Row[]> {
  const contestants = differs.flatMap((differ) => [contestant(differ, tree.root), emptyRun(differ, tree.root)]);
  const timings = new Map((await rounds(contestants, count)).map((timing) => [timing.name, timing]));
  const net = (differ: Differ) => netTime(timings, differ);
  const peers = differs.filter((differ) => differ !== own).map((differ) => `${differ.name} ${shown(net(differ))}`);
  const row = { group: 'diff', on: `${tree.title}; ${tree.count} file pairs`, what: 'diff without start-up' };
  const faster = (peer: Differ, times: number, text: string): Target => {
    const ratio = net(peer) / net(own);
    return { text, measured: `${ratio.toFixed(1)} times as fast`, met: ratio >= times };
  };
  return [
    {
      ...row,
      ours: shown(net(own)),
      peers: peers.join(' · '),
      target: faster(npmPackage, 10, 'at least 10 times as fast as npm diff'),
    },
    {
      ...row,
      ours: 'as above',
      peers: 'as above',
      target: faster(gitHistogram, 1, 'at least as fast as git histogram'),
    },
  ];
}

function contestant({ name, argv, status }: Differ, root: string): Contestant {
  const check = (run: Execution) => expectStatus(run, status);
  return { name, command: { argv: argv(root, '/dev/null'), cwd: root }, check };
}

/** The same command over two folders without files: what starting it costs. */
function emptyRun({ name, argv }: Differ, root: string): Contestant {
  const check = (run: Execution) => expectStatus(run, 0);
  return { name: `${name}, empty`, command: { argv: argv(join(root, 'empty'), '/dev/null'), cwd: root }, check };
}

function expectStatus(run: Execution, status: number): void {
  if (run.status !== status) throw new Error(`expected status ${status}, found ${run.status}: ${run.stderr}`);
}

/** Milliseconds without start-up; not a number when a run failed. */
function netTime(timings: Map<string, Timing>, { name }: Differ): number {
  const [whole, empty] = [timings.get(name), timings.get(`${name}, empty`)];
  if (whole?.failure !== undefined || empty?.failure !== undefined) return Number.NaN;
  return (whole?.cold.median ?? Number.NaN) - (empty?.cold.median ?? Number.NaN);
}

const shown = (milliseconds: number): string => (Number.isNaN(milliseconds) ? 'no answer' : seconds(milliseconds));

async function sizeRows(tree: PairTree, folder: string): Promise<Row[]> {
  const sizes = new Map<Differ, DiffSize>();
  let givenUp = '';
  for (const differ of differs) {
    const output = join(folder, 'diff');
    const run = await execute({ argv: differ.argv(tree.root, output), cwd: tree.root });
    expectStatus(run, differ.status);
    if (differ === npmPackage && Number(run.stdout) > 0) givenUp = `, ${run.stdout.trim()} pairs given up after 5 s`;
    sizes.set(differ, diffSize(await readFile(output, 'latin1')));
  }
  const columns = [
    { key: 'changed', what: 'changed lines of the diffs' },
    { key: 'bytes', what: 'bytes of the diffs' },
  ] as const;
  return columns.map(({ key, what }) => {
    const of = (differ: Differ) => sizes.get(differ)?.[key] ?? Number.NaN;
    const more = (of(own) / of(gitMinimal) - 1) * 100;
    const peers = [gitHistogram, gitMinimal, npmPackage].map((differ) => `${differ.name} ${of(differ)}`);
    return {
      group: 'diff',
      what,
      on: `${tree.title}; ${tree.count} file pairs`,
      ours: String(of(own)),
      peers: peers.join(' · ') + givenUp,
      target: { text: 'at most 2 % more than git minimal', measured: `${more.toFixed(2)} % more`, met: more <= 2 },
    };
  });
}
