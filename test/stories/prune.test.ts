import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Person, person } from '../support/pyagent.ts';
import { repository, tidyShop, treeOf } from '../support/repository.ts';

const TASK = ['run', '--task', 'Analyze dependencies and optimize imports', '--verify', 'none'];

/** Two runs in one repository; the second one finds what was added after the first. */
async function twoRuns(): Promise<{ root: string; someone: Person; runs: string[] }> {
  const [root, someone] = [await repository(tidyShop()), await person()];
  const runs: string[] = [];
  for (const name of ['c', 'd']) {
    await writeFile(join(root, `src/${name}.js`), "import { unused } from './b.js';\n\nexport const n = 1;\n");
    const { code, stdout } = await someone.pyagent([...TASK, '--path', root]);
    assert.equal(code, 0, stdout);
    runs.push(/run_[0-9a-z]{26}/.exec(stdout)?.[0] ?? '');
  }
  return { root, someone, runs };
}

const objects = async (someone: Person) =>
  Object.keys(await treeOf(someone.home)).filter((path) => /objects\/[0-9a-f]{64}$/.test(path)).length;

test('pruned runs keep their report and can no longer be undone; the others can', async () => {
  const { root, someone, runs } = await twoRuns();
  const [first = '', second = ''] = runs;
  const kept = await objects(someone);
  const dry = await someone.pyagent(['runs', 'prune', '--keep', '1', '--dry-run', '--path', root]);
  assert.equal(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, new RegExp(`^Would prune 1 run, .* kept\\.\\n {2}${first} `));
  assert.equal(await objects(someone), kept);
  const pruned = JSON.parse((await someone.pyagent(['runs', 'prune', '--keep', '1', '--json', '--path', root])).stdout);
  assert.deepEqual(
    [pruned.kind, pruned.runs.map(({ run }: { run: string }) => run), pruned.exitCode],
    ['pruned', [first], 0],
  );
  assert.ok(pruned.after.contents < pruned.before.contents);
  assert.equal(await objects(someone), pruned.after.objects);
  const shown = await someone.pyagent(['show', first, '--path', root]);
  assert.match(shown.stdout, /Changed: 2 files[\s\S]*it can no longer be undone/);
  assert.match((await someone.pyagent(['runs', '--path', root])).stdout, new RegExp(`${first} .*pruned`));
  const undone = await someone.pyagent(['undo', first, '--path', root]);
  assert.match(undone.stdout, /was pruned and can no longer be undone/);
  assert.equal((await someone.pyagent(['show', first, '--diff', '--path', root])).code, 2);
  assert.match((await someone.pyagent(['undo', '--path', root])).stdout, new RegExp(`^Undone: 1 file of ${second}`));
  assert.match((await someone.pyagent(['runs', 'prune', '--path', root])).stdout, /^Nothing to prune: 1 run/);
});

test('each run bounds the history by the settings, and none switches that off', async () => {
  const [root, someone] = [await repository(tidyShop()), await person()];
  const run = async (size: string) => {
    await writeFile(join(root, 'src/c.js'), "import { unused } from './b.js';\n\nexport const n = 1;\n");
    const env = { PYAGENT_HISTORY_MAX_SIZE: size };
    const { stdout } = await someone.pyagent([...TASK, '--json', '--path', root], { env });
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const kinds = (events: { kind: string }[]) => events.filter(({ kind }) => kind.startsWith('history.'));
  assert.deepEqual(kinds(await run('none')), []);
  assert.deepEqual(kinds(await run('none')), []);
  const events = await run('1B');
  assert.equal(kinds(events)[0]?.kind, 'history.pruned');
  assert.equal(events.at(-1).kind, 'run.finished');
  // The newest one is kept however large it is.
  assert.match((await someone.pyagent(['undo', '--path', root])).stdout, /^Undone/);
  assert.match((await someone.pyagent(['undo', '--path', root])).stdout, /There is no run to undo/);
});
