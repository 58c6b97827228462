import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execute } from './measure/execute.ts';
import { rounds } from './measure/rounds.ts';
import { samples } from './measure/statistics.ts';
import { place } from './place.ts';
import { type Row, seconds } from './row.ts';
import { pyagent, pyagentCommand } from './tool/pyagent.ts';
import { copyTree } from './trees/tree.ts';

const bin = join(place.repository, 'dist/pyagent.js');

/** What it costs to ask the command for nothing: beside the bare runtime it stands on. */
export async function startRows(count: number): Promise<Row[]> {
  const command = (...argv: string[]) => ({ argv: [process.execPath, ...argv], cwd: place.repository });
  const check = ({ status, stderr }: { status: number; stderr: string }) => {
    if (status !== 0) throw new Error(`expected status 0, found ${status}: ${stderr.slice(0, 200)}`);
  };
  const bare = { name: 'node -e 0', command: command('-e', '0'), check };
  const flags = ['--version', '--help'];
  const own = flags.map((flag) => ({ name: flag, command: command(bin, flag), check }));
  const [base, ...timings] = await rounds([bare, ...own], count * 4);
  return timings.flatMap((timing): Row[] => {
    const row = { group: 'start', on: `pyagent ${timing.name}` };
    if (timing.failure !== undefined || base === undefined) {
      return [{ ...row, what: 'start-up', ours: `no answer: ${timing.failure}`, peers: '' }];
    }
    const ratio = timing.cold.median / base.cold.median;
    const megabytes = timing.peak * 1.048576;
    const time = { text: 'at most 2.2 times node -e 0', measured: `${ratio.toFixed(2)} times`, met: ratio <= 2.2 };
    const memory = { text: 'below 60 MB', measured: `${Math.round(megabytes)} MB`, met: megabytes < 60 };
    return [
      {
        ...row,
        what: 'start-up',
        ours: seconds(timing.cold.median),
        peers: `node -e 0 ${seconds(base.cold.median)}`,
        target: time,
      },
      {
        ...row,
        what: 'start-up memory',
        ours: `${Math.round(timing.peak)} MiB`,
        peers: `node -e 0 ${Math.round(base.peak)} MiB`,
        target: memory,
      },
    ];
  });
}

/** The main job on the example repository, with its verification, as a newcomer pastes it; installed already. */
export async function exampleRows(count: number): Promise<Row[]> {
  const examples = join(place.repository, 'examples');
  const names = existsSync(examples) ? await readdir(examples, { withFileTypes: true }) : [];
  const rows: Row[] = [];
  for (const { name } of names.filter((entry) => entry.isDirectory())) {
    const times: number[] = [];
    let failure = '';
    for (let round = 0; round < count && failure === ''; round += 1) {
      await pyagent.forget?.('');
      const root = await copyTree(join(examples, name), `example-${name}`);
      const run = await execute(pyagentCommand(root, ['--priority', 'HIGHEST', '--yes']));
      if (run.status !== 0) failure = `status ${run.status}: ${run.stderr.slice(0, 120)}`;
      times.push(run.wallMs);
    }
    const row = { group: 'example', what: 'the README line', on: `examples/${name}`, peers: '' };
    const median = samples(times).median;
    const target = { text: 'below 5 s', measured: seconds(median), met: median < 5000 };
    rows.push(failure === '' ? { ...row, ours: seconds(median), target } : { ...row, ours: `no answer: ${failure}` });
  }
  return rows;
}
