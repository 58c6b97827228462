import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execute } from './measure/execute.ts';
import { type Samples, samples } from './measure/statistics.ts';
import { place } from './place.ts';
import { type Row, seconds } from './row.ts';
import { contentOf, pathOf } from './transactions/files.ts';

const FILES = 1_000;
const ON = `${FILES} files of 2 kB, all of them changed, in a git repository`;

/** The ways to change every file, and to take that back, in the order of one round. */
const ACTS = ['plain', 'git stash', 'git stash pop', 'reset', 'flushed', 'reset', 'transaction', 'undo'] as const;
type Act = (typeof ACTS)[number];

/** A transaction beside the same writes without one and beside what people use git for; time without start-up. */
export async function transactionRows(count: number): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-transactions-'));
  try {
    const root = await repository(folder);
    const times = new Map<Act, number[]>(ACTS.map((act) => [act, []]));
    for (let round = 0; round < count + 1; round += 1) {
      for (const act of ACTS) {
        const took = await perform(act, root, join(folder, 'state'), `${round}`);
        // The first round makes the store and warms the caches.
        if (round > 0) times.get(act)?.push(took);
      }
    }
    return rows((act) => samples(times.get(act) ?? []));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function repository(folder: string): Promise<string> {
  const root = join(folder, 'repository');
  for (let n = 0; n < FILES; n += 1) {
    await mkdir(dirname(join(root, pathOf(n))), { recursive: true });
    await writeFile(join(root, pathOf(n)), contentOf(n, 'start'));
  }
  await git(root, 'init', '--quiet');
  await git(root, 'add', '--all');
  await git(root, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '--quiet', '-m', 'start');
  return root;
}

async function perform(act: Act, root: string, state: string, round: string): Promise<number> {
  switch (act) {
    case 'reset':
      return git(root, 'checkout', '--quiet', '--', '.');
    case 'git stash':
      return git(root, '-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'stash', 'push', '--quiet');
    case 'git stash pop':
      return git(root, 'stash', 'pop', '--quiet');
    default: {
      const script = join(place.bench, 'transactions', 'act.ts');
      const run = await must([process.execPath, script, act, root, state, `${FILES}`, round], root);
      return Number(run.stdout);
    }
  }
}

async function git(root: string, ...argv: string[]): Promise<number> {
  return (await must(['git', ...argv], root)).wallMs;
}

async function must(argv: string[], cwd: string) {
  const run = await execute({ argv, cwd });
  if (run.status === 0) return run;
  throw new Error(`expected ${argv.join(' ')} to succeed, found status ${run.status}: ${run.stderr.slice(-500)}`);
}

function rows(of: (act: Act) => Samples): Row[] {
  const row = { group: 'transactions', on: ON };
  const cell = (act: Act) => seconds(of(act).median);
  const [transaction, undo] = [of('transaction').median, of('undo').median];
  const beside = `${(transaction / of('plain').median).toFixed(1)} times the plain writes, ${(transaction / of('flushed').median).toFixed(2)} times the flushed ones, ${(transaction / of('git stash').median).toFixed(2)} times git stash`;
  return [
    {
      ...row,
      what: 'transaction: originals kept, journaled, flushed, committed',
      ours: `${cell('transaction')}: ${beside}`,
      peers: `the same writes, nothing flushed ${cell('plain')} · each flushed ${cell('flushed')} · git stash ${cell('git stash')}`,
    },
    {
      ...row,
      what: 'undo',
      ours: cell('undo'),
      peers: `git stash pop ${cell('git stash pop')} · git checkout ${cell('reset')}`,
      target: { text: 'below 1 s', measured: seconds(undo), met: undo < 1_000 },
    },
  ];
}
