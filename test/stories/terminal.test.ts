import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { person } from '../support/pyagent.ts';
import { repository, tidyShop, treeOf } from '../support/repository.ts';

const TASK = ['run', '--task', 'Analyze dependencies and optimize imports'];
const HANGING = 'setInterval(() => {}, 1000);\n';
// util-linux's `script` gives a command a terminal of its own.
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;
const needsTerminal = { skip: !hasScript && 'no util-linux script here' };

test('SIGTERM and SIGHUP end in a rollback, as Ctrl-C does', async () => {
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    const root = await repository(tidyShop({ 'check.js': HANGING }));
    const before = await treeOf(root);
    const run = await (await person()).start([...TASK, '--json', '--path', root]);
    await run.saw(/"kind":"check\.started"/);
    run.child.kill(signal);
    const { code, stderr } = await run.ended;
    assert.equal(code, 130, signal);
    assert.match(stderr, /Interrupted: rolling back\. Please wait\./);
    assert.deepEqual(await treeOf(root), before);
  }
});

test('a reader that goes away ends the run in a rollback, not in a crash', async () => {
  const root = await repository(tidyShop({ 'check.js': HANGING }));
  const before = await treeOf(root);
  const run = await (await person()).start([...TASK, '--json', '--path', root]);
  await run.saw(/"kind":"run\.started"/);
  run.child.stdout?.destroy();
  const { code, stderr } = await run.ended;
  assert.equal(code, 130, stderr);
  assert.doesNotMatch(stderr, /EPIPE|Unexpected/);
  assert.deepEqual(await treeOf(root), before);
});

test('on a terminal the steps are drawn in place and gone when the report comes', needsTerminal, async () => {
  const root = await repository(tidyShop());
  const run = await (await person()).start([...TASK, '--path', root], { terminal: true });
  const { code, stdout } = await run.ended;
  assert.equal(code, 0, stdout);
  assert.ok(stdout.includes('\u001b[?25l'), 'the cursor is hidden');
  assert.ok(stdout.includes('\u001b[32m✓'), 'it is coloured');
  assert.ok(stdout.lastIndexOf('\u001b[?25h') > stdout.lastIndexOf('\u001b[?25l'), 'the cursor is shown again');
  assert.ok(stdout.lastIndexOf('\u001b[J') < stdout.indexOf('Undo: '), 'nothing is drawn after the report');
});

test('NO_COLOR leaves every colour away, on a terminal too', needsTerminal, async () => {
  const root = await repository(tidyShop());
  const run = await (await person()).start([...TASK, '--path', root], { terminal: true, env: { NO_COLOR: '1' } });
  const { stdout } = await run.ended;
  assert.match(stdout, /Done: 1 file changed/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
  assert.doesNotMatch(stdout, /\u001b\[[0-9;]*m/);
});

test('a terminal that goes away ends the run in a rollback', needsTerminal, async () => {
  const root = await repository(tidyShop({ 'check.js': HANGING }));
  const before = await treeOf(root);
  const someone = await person();
  const run = await someone.start([...TASK, '--path', root], { terminal: true });
  await run.saw(/before\)/);
  // Without its holder the terminal is gone: the system sends SIGHUP and writing fails with EIO.
  run.child.kill('SIGKILL');
  await run.ended;
  let report = await someone.pyagent(['runs', '--json', '--path', root]);
  // The next command waits for nothing: ask until the first run has given the repository back.
  for (let tries = 0; tries < 100 && JSON.parse(report.stdout)[0]?.outcome !== 'interrupted'; tries += 1) {
    report = await someone.pyagent(['runs', '--json', '--path', root]);
  }
  assert.equal(JSON.parse(report.stdout)[0].outcome, 'interrupted');
  assert.deepEqual(await treeOf(root), before);
});

test('without a terminal nothing is asked and nothing is drawn', async () => {
  const root = await repository(tidyShop());
  const { code, stdout, stderr } = await (await person()).pyagent([
    ...TASK,
    '--unsafe',
    '--apply-deps',
    '--path',
    root,
  ]);
  assert.equal(code, 0, stdout);
  assert.ok(!(stdout + stderr).includes('\u001b'));
  assert.match(stderr, /^run_[0-9a-z]+: Analyze/);
});
