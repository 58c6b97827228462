import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { execute } from './measure/execute.ts';
import { place } from './place.ts';
import { type Row, seconds } from './row.ts';

/** `npm ci` in a fresh clone of the last commit, with an empty cargo cache and an empty npm cache. Once: it takes minutes. */
export async function installRows(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-install-'));
  const clone = join(folder, 'clone');
  try {
    await execute({ argv: ['git', 'clone', '--quiet', place.repository, clone], cwd: folder });
    const cold = { CARGO_HOME: join(folder, 'cargo'), CARGO_TARGET_DIR: '', npm_config_cache: join(folder, 'npm') };
    const path = (process.env.PATH ?? '').split(delimiter).filter((part) => !part.startsWith(place.repository));
    const argv = ['env', '-u', 'CARGO_TARGET_DIR', `PATH=${path.join(delimiter)}`, 'npm', 'ci'];
    const run = await execute({ argv, cwd: clone, env: cold, timeoutMs: 1_800_000 });
    const row = {
      group: 'install',
      what: 'npm ci, cold caches',
      on: `fresh clone, ${availableParallelism()} cores`,
      peers: '',
    };
    if (run.status !== 0) return [{ ...row, ours: `no answer: status ${run.status}: ${run.stderr.slice(-200)}` }];
    const target = { text: 'below 6 minutes', measured: seconds(run.wallMs), met: run.wallMs < 360_000 };
    return [{ ...row, ours: seconds(run.wallMs), target }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
