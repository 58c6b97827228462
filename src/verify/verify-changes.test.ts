import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type ChangeUnit,
  type Check,
  type CheckContext,
  checkEnvironment,
  runChecks,
  type VerifyOptions,
  verifyChanges,
} from './index.ts';
import { installTypeScript, type TemporaryProject, temporaryProject } from './testing/temporary-project.ts';

interface Edit extends ChangeUnit {
  before: string;
  after: string;
}

/** One edit of one file. */
function edit(file: string, before: string, after: string): Edit {
  return { id: `edit ${file}`, files: [file], before, after };
}

function nodeTests(root: string, id = 'test'): Check {
  return { id, kind: 'test', argv: [process.execPath, '--test'], cwd: root, why: 'test' };
}

function command(root: string, script: string): Check {
  return { id: 'command', kind: 'command', argv: [process.execPath, '-e', script], cwd: root, why: 'test' };
}

/** Takes the baseline, applies the edits and verifies them. */
async function verify(
  project: TemporaryProject,
  checks: readonly Check[],
  edits: readonly Edit[],
  options: Partial<VerifyOptions<Edit>> = {},
) {
  const baseline = await runChecks(checks, 'before', project.context);
  assert.equal(baseline.kind, 'done');
  const apply = async (subset: readonly Edit[]) => {
    for (const one of edits) {
      project.write({ [one.files[0] as string]: subset.includes(one) ? one.after : one.before });
    }
  };
  await apply(edits);
  return verifyChanges({
    checks,
    baseline: baseline.results,
    units: edits,
    apply,
    context: project.context,
    ...options,
  });
}

const GREEN = "import { test } from 'node:test'; test('adds', () => {});";

test('a change that breaks nothing is verified by the checks that ran', async (t) => {
  const project = temporaryProject(t, { 'a.test.mjs': GREEN, 'a.txt': 'old' });
  const result = await verify(project, [nodeTests(project.root)], [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'verified');
  assert.deepEqual(result.by, ['test']);
  assert.equal(result.results[0]?.passed, 1);
  assert.deepEqual(
    project.events.map(({ kind, data }) => `${kind} ${data.phase}`),
    ['check.started before', 'check.finished before', 'check.started after', 'check.finished after'],
  );
});

test('of ten good edits and one that breaks a test, the ten stay and the one is named with the test it broke', async (t) => {
  const numbers = Array.from({ length: 11 }, (_, index) => index);
  const project = temporaryProject(t, {
    'a.test.mjs': `import { test } from 'node:test'; import assert from 'node:assert'; import fs from 'node:fs';
      test('seven is kept', () => assert.ok(!fs.readFileSync('7.txt', 'utf8').includes('broken')));`,
    ...Object.fromEntries(numbers.map((number) => [`${number}.txt`, 'old'])),
  });
  const edits = numbers.map((number) => edit(`${number}.txt`, 'old', number === 7 ? 'broken' : 'new'));
  const result = await verify(project, [nodeTests(project.root)], edits);
  assert.ok(result.kind === 'partly');
  assert.equal(result.kept.length, 10);
  assert.deepEqual(
    result.rejected.map(({ unit, failures }) => [unit.id, failures.map(({ id }) => id)]),
    [['edit 7.txt', ['a.test.mjs > seven is kept']]],
  );
  assert.equal(readFileSync(join(project.root, '7.txt'), 'utf8'), 'old');
  assert.equal(readFileSync(join(project.root, '6.txt'), 'utf8'), 'new');
  assert.ok(project.events.some(({ kind }) => kind === 'bisect.step'));
});

test('a type error that names its file is found in one run, and several culprits are all found', async (t) => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const project = temporaryProject(t, {
    'tsconfig.json': '{ "compilerOptions": { "strict": true, "lib": ["es5"], "types": [] }, "include": ["*.ts"] }',
    ...Object.fromEntries(names.map((name) => [`${name}.ts`, `export const ${name} = 1;\n`])),
  });
  installTypeScript(project.root);
  const tsc = join(project.root, 'node_modules', '.bin', 'tsc');
  const check: Check = { id: 'typecheck', kind: 'typecheck', argv: [tsc, '--noEmit'], cwd: project.root, why: 'test' };
  const edits = names.map((name) =>
    edit(
      `${name}.ts`,
      `export const ${name} = 1;\n`,
      ['b', 'e'].includes(name) ? `export const ${name}: string = 1;\n` : `export const ${name} = 2;\n`,
    ),
  );
  const result = await verify(project, [check], edits);
  assert.ok(result.kind === 'partly');
  assert.deepEqual(
    result.rejected.map(({ unit }) => unit.id),
    ['edit b.ts', 'edit e.ts'],
  );
  assert.match(result.rejected[0]?.failures[0]?.id ?? '', /^b\.ts: TS2322 Type 'number'/);
  assert.ok(project.events.filter(({ kind }) => kind === 'bisect.step').length <= 3);
});

test('a suite that was red before stays as red, and that counts as verified', async (t) => {
  const project = temporaryProject(t, {
    'a.test.mjs':
      "import { test } from 'node:test'; test('old trouble', () => { throw new Error('x') }); test('ok', () => {});",
    'a.txt': 'old',
  });
  const result = await verify(project, [nodeTests(project.root)], [edit('a.txt', 'old', 'new')]);
  assert.equal(result.kind, 'verified');
});

test('checks that are red before and after with nothing that passes verify nothing', async (t) => {
  const project = temporaryProject(t, {
    'a.test.mjs': "import { test } from 'node:test'; test('old trouble', () => { throw new Error('x') });",
    'a.txt': 'old',
  });
  const types = command(project.root, "console.log('a.ts(1,1): error TS2307: Cannot find module x.'); process.exit(2)");
  const checks: Check[] = [nodeTests(project.root), { ...types, id: 'typecheck', kind: 'typecheck' }];
  const result = await verify(project, checks, [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'unverified');
  const reason = 'it fails before and after, and nothing in it passes that could have broken';
  assert.deepEqual(result.why, [
    { id: 'test', reason },
    { id: 'typecheck', reason },
  ]);
});

test('a green check verifies beside one that stays red, and only the green one is named', async (t) => {
  const project = temporaryProject(t, { 'a.test.mjs': GREEN, 'a.txt': 'old' });
  const types = command(project.root, "console.log('a.ts(1,1): error TS2307: Cannot find module x.'); process.exit(2)");
  const checks: Check[] = [nodeTests(project.root), { ...types, id: 'typecheck', kind: 'typecheck' }];
  const result = await verify(project, checks, [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'verified');
  assert.deepEqual(result.by, ['test']);
});

test('tests that a chain of commands never reached before are not counted as broken', async (t) => {
  const project = temporaryProject(t, {
    'a.test.mjs': "import { test } from 'node:test'; test('old trouble', () => { throw new Error('x') });",
    'a.txt': 'old',
  });
  const script = `if (require('fs').readFileSync('a.txt', 'utf8') === 'old') {
      console.log('a.ts(1,1): error TS2307: Cannot find module x.'); process.exit(2);
    }
    process.exit(require('child_process').spawnSync(process.execPath, ['--test'], { stdio: 'inherit' }).status)`;
  const result = await verify(project, [command(project.root, script)], [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'unverified');
  assert.match(result.why[0]?.reason ?? '', /^it stopped before its tests ran/);
});

test('checks see the colours that the user set', () => {
  assert.equal(checkEnvironment({}).NO_COLOR, undefined);
  assert.equal(checkEnvironment({ NO_COLOR: '1' }).NO_COLOR, '1');
  assert.equal(checkEnvironment({ FORCE_COLOR: '1' }).FORCE_COLOR, undefined);
});

test('a new failure in a red suite is found beside the old one', async (t) => {
  const project = temporaryProject(t, {
    'a.test.mjs': `import { test } from 'node:test'; import fs from 'node:fs';
      test('old trouble', () => { throw new Error('x') });
      test('new trouble', () => { if (fs.readFileSync('a.txt', 'utf8') === 'new') throw new Error('y') });`,
    'a.txt': 'old',
  });
  const result = await verify(project, [nodeTests(project.root)], [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'broken');
  assert.deepEqual(
    result.failures.map(({ id }) => id),
    ['a.test.mjs > new trouble'],
  );
  assert.equal(readFileSync(join(project.root, 'a.txt'), 'utf8'), 'old');
});

test('a flaky test is named and does not take the change back', async (t) => {
  const project = temporaryProject(t, {
    'a.test.mjs': `import { test } from 'node:test'; import fs from 'node:fs';
      test('steady', () => {});
      test('now and then', () => {
        const runs = Number(fs.readFileSync('runs', 'utf8'));
        fs.writeFileSync('runs', String(runs + 1));
        if (runs === 1) throw new Error('unlucky');
      });`,
    runs: '0',
    'a.txt': 'old',
  });
  const result = await verify(project, [nodeTests(project.root)], [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'verified');
  assert.deepEqual(
    result.flaky.map(({ id }) => id),
    ['a.test.mjs > now and then'],
  );
});

test('a test that fails by chance during bisection costs no innocent edit', async (t) => {
  const numbers = Array.from({ length: 6 }, (_, index) => index);
  const project = temporaryProject(t, {
    'a.test.mjs': `import { test } from 'node:test'; import fs from 'node:fs';
      test('four is kept', () => { if (fs.readFileSync('4.txt', 'utf8') === 'new') throw new Error('broken') });
      test('by chance', () => {
        const runs = Number(fs.readFileSync('runs', 'utf8'));
        fs.writeFileSync('runs', String(runs + 1));
        if (runs === 4) throw new Error('unlucky');
      });`,
    runs: '0',
    ...Object.fromEntries(numbers.map((number) => [`${number}.txt`, 'old'])),
  });
  const edits = numbers.map((number) => edit(`${number}.txt`, 'old', 'new'));
  const result = await verify(project, [nodeTests(project.root)], edits);
  assert.ok(result.kind === 'partly');
  assert.deepEqual(
    result.rejected.map(({ unit }) => unit.id),
    ['edit 4.txt'],
  );
});

test('tests that silently stop running count as broken', async (t) => {
  const project = temporaryProject(t, {
    'a.test.mjs': "import { test } from 'node:test'; test('one', () => {}); import './setup.mjs';",
    'setup.mjs': "import { test } from 'node:test'; test('two', () => {});",
  });
  const edits = [edit('setup.mjs', "import { test } from 'node:test'; test('two', () => {});", '')];
  const result = await verify(project, [nodeTests(project.root)], edits);
  assert.ok(result.kind === 'broken');
  assert.match(result.failures[0]?.id ?? '', /^fewer tests pass than the 2 before$/);
});

test('a check that fails without naming anything, before and after, verifies nothing', async (t) => {
  const project = temporaryProject(t, { 'a.txt': 'old' });
  const result = await verify(project, [command(project.root, 'process.exit(1)')], [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'unverified');
  assert.match(result.why[0]?.reason ?? '', /it failed before the change/);
});

test('a suite that hung before is not run again and not counted', async (t) => {
  const project = temporaryProject(t, { 'a.txt': 'old' }, { timeoutMs: 300 });
  const checks = [command(project.root, 'setInterval(() => {}, 1000)')];
  const result = await verify(project, checks, [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'unverified');
  assert.match(result.why[0]?.reason ?? '', /did not end in time/);
  assert.equal(project.events.length, 2);
});

test('a change that makes a suite hang is broken', async (t) => {
  const project = temporaryProject(t, { 'a.txt': 'old' }, { timeoutMs: 900 });
  const script = "if (require('fs').readFileSync('a.txt', 'utf8') === 'new') setInterval(() => {}, 1000)";
  const result = await verify(project, [command(project.root, script)], [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'broken');
  assert.deepEqual(
    result.failures.map(({ id }) => id),
    ['it did not end in time'],
  );
});

test('a program that is not installed makes its check unavailable, and with nothing else the change is unverified', async (t) => {
  const project = temporaryProject(t, { 'a.txt': 'old' });
  const missing: Check = { id: 'test', kind: 'test', argv: ['no-such-runner'], cwd: project.root, why: 'test' };
  const shell: Check = { id: 'sh', kind: 'test', argv: ['sh', '-c', 'no-such-runner'], cwd: project.root, why: 'test' };
  const result = await verify(project, [missing, shell], [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'unverified');
  assert.match(result.why[0]?.reason ?? '', /no-such-runner is not installed/);
  assert.match(result.why[1]?.reason ?? '', /a program it needs is not installed/);
});

test('without any check the change is unverified and says so', async (t) => {
  const project = temporaryProject(t, { 'a.txt': 'old' });
  const result = await verify(project, [], [edit('a.txt', 'old', 'new')]);
  assert.ok(result.kind === 'unverified');
  assert.match(result.why[0]?.reason ?? '', /no type check and no tests/);
});

test('a syntax check alone verifies nothing', async (t) => {
  const project = temporaryProject(t, { 'a.txt': 'old' });
  const syntax: Check = { ...command(project.root, ''), id: 'syntax', kind: 'syntax' };
  assert.equal((await verify(project, [syntax], [edit('a.txt', 'old', 'new')])).kind, 'unverified');
});

test('when the runs allowed do not suffice to find the culprit, everything is taken back', async (t) => {
  const numbers = Array.from({ length: 8 }, (_, index) => index);
  const project = temporaryProject(t, Object.fromEntries(numbers.map((number) => [`${number}.txt`, 'old'])));
  const script = "if (require('fs').readFileSync('5.txt', 'utf8') === 'new') process.exit(1)";
  const edits = numbers.map((number) => edit(`${number}.txt`, 'old', 'new'));
  const result = await verify(project, [command(project.root, script)], edits, { maxBisectRuns: 1 });
  assert.ok(result.kind === 'broken' && result.exhausted);
  assert.ok(numbers.every((number) => readFileSync(join(project.root, `${number}.txt`), 'utf8') === 'old'));
});

test('cancelling and running out of time end verification at once', async (t) => {
  const controller = new AbortController();
  const project = temporaryProject(t, { 'a.txt': 'old' });
  const check = command(
    project.root,
    "if (require('fs').readFileSync('a.txt', 'utf8') === 'new') setInterval(() => {}, 99)",
  );
  const edits = [edit('a.txt', 'old', 'new')];
  const cancelled: CheckContext = {
    ...project.context,
    signal: controller.signal,
    emit: () => controller.abort(),
  };
  assert.equal((await verify(project, [check], edits, { context: cancelled })).kind, 'cancelled');
  project.write({ 'a.txt': 'old' });
  const timed: CheckContext = { ...project.context, signal: AbortSignal.timeout(1200) };
  assert.equal((await verify(project, [check], edits, { context: timed })).kind, 'timed-out');
  project.write({ 'a.txt': 'old' });
  const late: CheckContext = { ...project.context, deadline: project.context.clock.monotonic() + 1200 };
  assert.equal((await verify(project, [check], edits, { context: late })).kind, 'timed-out');
});
