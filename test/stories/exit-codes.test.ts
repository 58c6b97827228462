import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Ended, person } from '../support/pyagent.ts';
import { repository, tidyShop, treeOf } from '../support/repository.ts';

const TASK = ['run', '--task', 'Analyze dependencies and optimize imports'];
/** A test suite that never ends. */
const HANGING = 'setInterval(() => {}, 1000);\n';
/** A test suite that fails when `file` does not hold `text`. */
const needs = (file: string, text: string) =>
  `import { readFileSync } from 'node:fs';\nif (!readFileSync('${file}', 'utf8').includes('${text}')) process.exit(1);\n`;

const events = ({ stdout }: Ended) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('0: a verified run changes only what it says, and says what checked it and how to undo it', async () => {
  const root = await repository(tidyShop());
  const before = await treeOf(root);
  const { code, stdout } = await (await person()).pyagent([...TASK, '--priority', 'HIGHEST', '--path', root]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /^✓ Done: 1 file changed, verified by /);
  assert.match(stdout, /src\/a\.js:1 {2}remove unused import/);
  assert.match(stdout, /Undo: pyagent undo run_[0-9a-z]{26}/);
  const after = await treeOf(root);
  assert.deepEqual(
    Object.keys(after).filter((path) => after[path] !== before[path]),
    ['src/a.js'],
  );
  assert.deepEqual(Object.keys(after), Object.keys(before));
  const source = await readFile(join(root, 'src/a.js'), 'utf8');
  assert.equal(source, "import { add } from './b.js';\n\nexport const total = (list) => list.reduce(add, 0);\n");
});

test('0: a second run finds nothing to change and changes nothing', async () => {
  const [root, someone] = [await repository(tidyShop()), await person()];
  assert.equal((await someone.pyagent([...TASK, '--path', root])).code, 0);
  const before = await treeOf(root);
  const { code, stdout } = await someone.pyagent([...TASK, '--path', root]);
  assert.equal(code, 0);
  assert.match(stdout, /Nothing to change/);
  assert.deepEqual(await treeOf(root), before);
});

test('0: with --dry-run nothing is written, and what would change is named', async () => {
  const root = await repository(tidyShop());
  const before = await treeOf(root);
  const { code, stdout } = await (await person()).pyagent([...TASK, '--dry-run', '--path', root]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /Dry run: 1 file would change/);
  assert.match(stdout, /src\/a\.js/);
  assert.deepEqual(await treeOf(root), before);
});

test('0: a landing that nothing checked says unverified', async () => {
  const root = await repository(
    tidyShop({ 'package.json': '{ "name": "shop", "type": "module", "main": "src/a.js" }\n' }),
  );
  const { code, stdout } = await (await person()).pyagent([...TASK, '--path', root]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /Done, unverified: 1 file changed/);
});

test('6: a landing that nothing checked is a failure with --strict', async () => {
  const root = await repository(tidyShop());
  const { code, stdout } = await (await person()).pyagent([...TASK, '--verify', 'none', '--strict', '--path', root]);
  assert.equal(code, 6, stdout);
  assert.match(stdout, /unverified/);
});

test('1: when the only change breaks a test, everything is taken back', async () => {
  const root = await repository(tidyShop({ 'check.js': needs('src/a.js', 'unused') }));
  const before = await treeOf(root);
  const { code, stdout } = await (await person()).pyagent([...TASK, '--path', root]);
  assert.equal(code, 1, stdout);
  assert.match(stdout, /^✗ Failed: /);
  assert.deepEqual(await treeOf(root), before);
});

test('7: of eleven changes the one that breaks a test is taken back and named, ten land', async () => {
  const files: Record<string, string> = {};
  for (let index = 0; index < 11; index += 1) {
    files[`src/m${index}.js`] = `import { unused } from './b.js';\nexport const value${index} = ${index};\n`;
  }
  const imports = Object.keys(files).map((file) => `import './${file}';\n`);
  const root = await repository({
    ...tidyShop({ 'check.js': imports.join('') + needs('src/m7.js', 'unused') }),
    ...files,
    'src/a.js': Object.keys(files)
      .map((file, index) => `export { value${index} } from './${file.slice(4)}';\n`)
      .join(''),
  });
  const before = await treeOf(root);
  const { code, stdout } = await (await person()).pyagent([...TASK, '--path', root]);
  assert.equal(code, 7, stdout);
  assert.match(stdout, /Done in part: 10 files changed, 1 change taken back/);
  assert.match(stdout, /Taken back[^\n]*\n {2}src\/m7\.js/);
  const after = await treeOf(root);
  assert.equal(after['src/m7.js'], before['src/m7.js']);
  assert.equal(Object.keys(files).filter((path) => after[path] !== before[path]).length, 10);
});

test('2: wrong usage changes nothing and says what is right', async () => {
  const someone = await person();
  const wrong: [string[], RegExp][] = [
    [['rnu'], /Did you mean run\?/],
    [['run'], /There is no task/],
    [['run', '--task', 'x', '--path', '/does/not/exist'], /\/does\/not\/exist does not exist/],
    [['run', '--task', 'x', '--priority', 'URGENT'], /one of CRITICAL, HIGHEST, HIGH/],
  ];
  for (const [args, message] of wrong) {
    const { code, stdout, stderr } = await someone.pyagent(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, message);
    assert.equal(stdout, '');
  }
});

test('3: a task that no agent here can do needs a model, and says what can be done without', async () => {
  const root = await repository(tidyShop());
  const before = await treeOf(root);
  const { code, stdout } = await (await person()).pyagent([
    'run',
    '--task',
    'Write a poem about the sea',
    '--path',
    root,
  ]);
  assert.equal(code, 3, stdout);
  assert.match(stdout, /Needs a model/);
  assert.match(stdout, /dependency-optimizer/);
  assert.deepEqual(await treeOf(root), before);
});

test('4: what a manifest does not permit is refused, and nothing is changed', async () => {
  const [root, someone] = [await repository(tidyShop()), await person()];
  const shown = await someone.pyagent(['manifest', 'show', 'dependency-optimizer']);
  const careful = { ...JSON.parse(shown.stdout), name: 'careful', permissions: { read: ['**'], write: ['docs/**'] } };
  await mkdir(join(root, '.pyagent/manifests'), { recursive: true });
  await writeFile(join(root, '.pyagent/manifests/careful.json'), JSON.stringify(careful));
  const before = await treeOf(root);
  const { code, stdout } = await someone.pyagent(['run', '--task', 'careful', '--path', root]);
  assert.equal(code, 4, stdout);
  assert.match(stdout, /^✗ Refused: .*src\/a\.js/);
  assert.deepEqual(await treeOf(root), before);
});

test('5: undo never overwrites what a person edited since, and leaves all as it is', async () => {
  const [root, someone] = [await repository(tidyShop()), await person()];
  assert.equal((await someone.pyagent([...TASK, '--path', root])).code, 0);
  await writeFile(join(root, 'src/a.js'), '// mine\n');
  const before = await treeOf(root);
  const { code, stdout, stderr } = await someone.pyagent(['undo', '--path', root]);
  assert.equal(code, 5, stdout + stderr);
  assert.match(stdout + stderr, /src\/a\.js/);
  assert.deepEqual(await treeOf(root), before);
});

test('8: a run that takes longer than --timeout is rolled back', async () => {
  const root = await repository(tidyShop({ 'check.js': HANGING }));
  const before = await treeOf(root);
  const { code, stdout } = await (await person()).pyagent([...TASK, '--timeout', '2s', '--path', root]);
  assert.equal(code, 8, stdout);
  assert.deepEqual(await treeOf(root), before);
});

test('9 and 130: a second run on the same repository is told so; Ctrl-C takes the first one back', async () => {
  const root = await repository(tidyShop({ 'check.js': HANGING }));
  const before = await treeOf(root);
  const someone = await person();
  const first = await someone.start([...TASK, '--json', '--path', root]);
  await first.saw(/"kind":"check\.started"/);
  const second = await someone.pyagent([...TASK, '--path', root]);
  assert.equal(second.code, 9, second.stdout + second.stderr);
  first.child.kill('SIGINT');
  const ended = await first.ended;
  assert.equal(ended.code, 130, ended.stdout + ended.stderr);
  assert.equal(events(ended).at(-1).data.outcome ?? events(ended).at(-1).data.report?.outcome, 'interrupted');
  assert.deepEqual(await treeOf(root), before);
});
