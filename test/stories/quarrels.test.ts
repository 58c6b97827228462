import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { type TestContext, test } from 'node:test';
import { type Ended, type Person, type Started, unisolatedPerson } from '../support/pyagent.ts';
import { repository, tidyShop, treeOf } from '../support/repository.ts';

const TASK = ['run', '--task', 'Analyze dependencies and optimize imports'];
/** A test suite that ends when the file `go` appears in the home folder: what appears in the tree would be its own. */
const WAITING = `import { existsSync, watch } from 'node:fs';
const look = () => existsSync(process.env.HOME + '/go') && process.exit(0);
watch(process.env.HOME, look);
look();
`;
/** A test suite that never ends. */
const HANGING = 'setInterval(() => {}, 1000);\n';

const shop = (check: string) => repository(tidyShop({ 'check.js': check }));
const last = ({ stdout }: Ended) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '').data.report;
const letGo = ({ home }: Person) => writeFile(`${home}/go`, '');

/** A run that holds the repository; gone after the test whatever happens. */
async function holding(t: TestContext, someone: Person, root: string): Promise<Started> {
  const first = await someone.start([...TASK, '--json', '--path', root]);
  t.after(() => first.child.kill('SIGKILL'));
  await first.saw(/"kind":"check\.started"/);
  return first;
}

test('without --wait a second command ends with 9 and names who holds the repository', async (t) => {
  const [root, someone] = [await shop(WAITING), await unisolatedPerson()];
  const first = await holding(t, someone, root);
  const run = await someone.pyagent([...TASK, '--json', '--path', root]);
  assert.equal(run.code, 9, run.stdout);
  const { holder } = last(run);
  assert.equal(holder.pid, first.child.pid);
  assert.equal(holder.host, hostname());
  assert.equal(holder.task, 'Analyze dependencies and optimize imports');
  assert.match(holder.run, /^run_/);
  assert.ok(Math.abs(Date.now() - holder.since) < 600_000, String(holder.since));
  const undo = await someone.pyagent(['undo', '--path', root]);
  assert.equal(undo.code, 9);
  assert.match(undo.stdout, new RegExp(`in use by process ${first.child.pid} \\(run ${holder.run}: "Analyze`));
  const preview = JSON.parse((await someone.pyagent(['undo', '--preview', '--json', '--path', root])).stdout);
  assert.deepEqual([preview.kind, preview.exitCode, preview.holder.pid], ['busy', 9, first.child.pid]);
  await letGo(someone);
  assert.equal((await first.ended).code, 0);
});

test('with --wait a run and an undo wait, say so once, and both get their turn', async (t) => {
  const [root, someone] = [await shop(WAITING), await unisolatedPerson()];
  const before = await treeOf(root);
  const first = await holding(t, someone, root);
  const run = await someone.start([...TASK, '--wait', '--path', root]);
  const undo = await someone.start(['undo', '--wait', '10m', '--path', root]);
  await Promise.all([run, undo].map(({ saw }) => saw(new RegExp(`Waiting for process ${first.child.pid} \\(run_`))));
  await letGo(someone);
  const [one, two, three] = await Promise.all([first.ended, run.ended, undo.ended]);
  assert.deepEqual([one.code, two.code, three.code], [0, 0, 0], two.stdout + two.stderr + three.stdout);
  for (const { stderr } of [two, three]) assert.equal(stderr.split('Waiting for').length, 2, stderr);
  // Whichever came first, the change is in the tree as often as it was made less the undo.
  assert.match(three.stdout, /^Undone: 1 file/);
  const { stdout } = await someone.pyagent(['runs', '--json', '--path', root]);
  const landed = JSON.parse(stdout).filter(({ files }: { files?: string }) => files === 'landed');
  const after = await treeOf(root);
  assert.equal(JSON.stringify(after) === JSON.stringify(before), landed.length === 0);
});

test('a waiting that is bounded ends with 9, and Ctrl-C ends it with 130', async (t) => {
  const [root, someone] = [await shop(HANGING), await unisolatedPerson()];
  const before = await treeOf(root);
  const first = await holding(t, someone, root);
  const late = await someone.pyagent(['redo', '--wait', '300ms', '--json', '--path', root]);
  const { kind, exitCode, holder } = JSON.parse(late.stdout);
  assert.deepEqual([late.code, kind, exitCode, holder.pid], [9, 'busy', 9, first.child.pid]);
  for (const words of [
    [...TASK, '--wait'],
    ['undo', '--wait'],
    ['runs', 'prune', '--wait'],
  ]) {
    const waiting = await someone.start([...words, '--path', root]);
    t.after(() => waiting.child.kill('SIGKILL'));
    await waiting.saw(/Waiting for process/);
    waiting.child.kill('SIGINT');
    const ended = await waiting.ended;
    assert.equal(ended.code, 130, `${words}: ${ended.stdout}${ended.stderr}`);
  }
  first.child.kill('SIGINT');
  assert.equal((await first.ended).code, 130);
  assert.deepEqual(await treeOf(root), before);
});

test('a holder that is killed lets go at once: who waits goes on, and what it left is rolled back first', async (t) => {
  const [root, someone] = [await shop(HANGING), await unisolatedPerson()];
  const before = await treeOf(root);
  const first = await holding(t, someone, root);
  const waiting = await someone.start(['undo', '--wait', '--path', root]);
  await waiting.saw(/Waiting for process/);
  first.child.kill('SIGKILL');
  await first.ended;
  const { code, stdout } = await waiting.ended;
  assert.equal(code, 0, stdout);
  assert.match(stdout, /There is no run to undo/);
  assert.deepEqual(await treeOf(root), before);
  const free = JSON.parse((await someone.pyagent(['undo', '--preview', '--json', '--path', root])).stdout);
  assert.equal(free.kind, 'nothing');
});
