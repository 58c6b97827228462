import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { person } from '../support/pyagent.ts';
import { repository, treeOf } from '../support/repository.ts';

const FILES = { 'src/a.py': 'class A:\n    def f(self):\n        return 1\n', 'src/b.ts': 'f();\r\ng();\r\n' };

const edits = (...list: object[]) => JSON.stringify({ edits: list });

test('edits of several files land in one run, which the history shows and undo takes back', async () => {
  const [root, someone] = [await repository(FILES), await person()];
  const before = await treeOf(root);
  const file = join(someone.home, 'edits.json');
  const replace = {
    kind: 'replace',
    path: 'src/a.py',
    old: 'def f(self):\n    return 1\n',
    new: 'def f(self):\n    return 2\n',
  };
  const blocks = {
    kind: 'search-replace',
    text: 'src/b.ts\n<<<<<<< SEARCH\ng();\n=======\ng();\nh();\n>>>>>>> REPLACE\n',
  };
  await writeFile(file, edits(replace, blocks, { kind: 'write', path: 'new/c.ts', content: 'c();\n' }));
  const dry = await someone.pyagent(['edit', '--path', root, '--file', file, '--dry-run']);
  assert.equal(dry.code, 0, dry.stdout + dry.stderr);
  assert.match(dry.stdout, /3 files would change/);
  assert.deepEqual(await treeOf(root), before);
  const done = await someone.pyagent(['edit', '--path', root, '--file', file, '--json']);
  assert.equal(done.code, 0, done.stdout + done.stderr);
  const report = JSON.parse(done.stdout);
  assert.deepEqual(
    report.files.map(({ kind }: { kind: string }) => kind),
    ['applied', 'applied', 'applied'],
  );
  assert.equal(await readFile(join(root, 'src/a.py'), 'utf8'), 'class A:\n    def f(self):\n        return 2\n');
  assert.equal(await readFile(join(root, 'src/b.ts'), 'utf8'), 'f();\r\ng();\r\nh();\r\n');
  assert.equal(await readFile(join(root, 'new/c.ts'), 'utf8'), 'c();\n');
  const runs = await someone.pyagent(['runs', '--path', root]);
  assert.match(runs.stdout, new RegExp(`^${report.run} .*edit 3 files`, 'm'));
  assert.match(
    (await someone.pyagent(['show', '--path', root])).stdout,
    /src\/a\.py {2}edit line 3 \(kept: indentation\)/,
  );
  assert.equal((await someone.pyagent(['undo', '--path', root])).code, 0);
  assert.deepEqual(await treeOf(root), before);
});

test('one refused edit keeps all files as they are, and says what to send instead', async () => {
  const [root, someone] = [await repository(FILES), await person()];
  const before = await treeOf(root);
  const file = join(someone.home, 'change.patch');
  const good = '--- a/src/b.ts\n+++ b/src/b.ts\n@@ -1,2 +1,2 @@\n f();\n-g();\n+h();\n';
  await writeFile(
    file,
    `${good}--- a/src/a.py\n+++ b/src/a.py\n@@ -3,1 +3,1 @@\n-        return 2\n+        return 3\n`,
  );
  const refused = await someone.pyagent(['edit', '--path', root, '--file', file]);
  assert.equal(refused.code, 1);
  assert.match(refused.stdout, /1 of 2 files were refused; nothing was changed/);
  assert.match(refused.stdout, /Line 3 is nearest.*expected ".*return 2", found ".*return 1"/);
  assert.deepEqual(await treeOf(root), before);
  assert.match((await someone.pyagent(['runs', '--path', root])).stdout, /No run has been recorded/);
});

test('what is no edit, and a file that cannot be read, are told plainly', async () => {
  const [root, someone] = [await repository(FILES), await person()];
  await writeFile(join(someone.home, 'words.txt'), 'please make it better');
  const words = await someone.pyagent(['edit', '--path', root, '--file', 'words.txt', '--json']);
  assert.equal(words.code, 1);
  assert.match(JSON.parse(words.stdout).message, /Expected edits as JSON/);
  const missing = await someone.pyagent(['edit', '--path', root, '--file', 'nowhere.json']);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /nowhere\.json cannot be read/);
});

test('edits come on the standard input too', async () => {
  const [root, someone] = [await repository(FILES), await person()];
  await writeFile(
    join(someone.home, 'edits.json'),
    edits({ kind: 'lines', path: 'src/b.ts', start: 2, end: 2, old: 'g();', new: '' }),
  );
  const piped = await someone.pyagent([], {
    before: ['sh', '-c', 'exec "$0" "$@" edit --path "$ROOT" < edits.json'],
    env: { ROOT: root },
  });
  assert.equal(piped.code, 0, piped.stdout + piped.stderr);
  assert.equal(await readFile(join(root, 'src/b.ts'), 'utf8'), 'f();\r\n');
});
