import assert from 'node:assert/strict';
import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { person, unisolatedPerson } from '../support/pyagent.ts';
import { repository, tidyShop, treeOf } from '../support/repository.ts';

const TASK = ['run', '--task', 'Analyze dependencies and optimize imports'];
const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const MAIN = "import { z, a } from './zed.js';\nimport { add, unused } from './b.js';\n\n";
const REST = 'export const total = (list) => list.reduce(add, a - z);\n';
const SORTED = "import { add } from './b.js';\nimport { a, z } from './zed.js';\n\n";

async function shop(biome: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const zed = 'export const z = 1;\nexport const a = 1;\n';
  const files = { 'biome.json': biome, '.gitignore': 'node_modules\n', 'src/zed.js': zed, 'src/a.js': MAIN + REST };
  const root = await repository(tidyShop({ ...files, ...more }));
  await symlink(modules, join(root, 'node_modules'));
  return root;
}

test('a file that a run changes is sorted by the tool of its repository, undone exactly, and not touched again', async () => {
  const root = await shop('{}');
  const before = await treeOf(root);
  const someone = await person();
  const dry = await someone.pyagent([...TASK, '--dry-run', '--path', root]);
  assert.equal(dry.code, 0, dry.stdout);
  assert.deepEqual(await treeOf(root), before);
  const { code, stdout } = await someone.pyagent([...TASK, '--path', root]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /sort imports with Biome/);
  assert.equal(await readFile(join(root, 'src/a.js'), 'utf8'), SORTED + REST);
  const after = await treeOf(root);
  assert.deepEqual(
    Object.keys(after).filter((path) => after[path] !== before[path]),
    ['src/a.js'],
  );
  const again = await someone.pyagent([...TASK, '--path', root]);
  assert.match(again.stdout, /Nothing to change/);
  assert.deepEqual(await treeOf(root), after);
  assert.equal((await someone.pyagent(['undo', '--path', root])).code, 0);
  assert.deepEqual(await treeOf(root), before);
});

test('imports keep their order where one would move across an effect, and the report says so', async () => {
  const root = await shop('{}', { 'src/zed.js': "console.log('zed');\nexport const z = 1;\nexport const a = 1;\n" });
  const { code, stdout } = await (await person()).pyagent([...TASK, '--path', root]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /imports were left in their order in src\/a\.js: with Biome .* which may have effects/);
  const expected = "import { z, a } from './zed.js';\nimport { add } from './b.js';\n\n";
  assert.equal(await readFile(join(root, 'src/a.js'), 'utf8'), expected + REST);
});

test('imports keep their order where the setting is off', async () => {
  const root = await shop('{ "assist": { "enabled": false } }');
  const { code, stdout } = await (await person()).pyagent([...TASK, '--path', root]);
  assert.equal(code, 0, stdout);
  assert.doesNotMatch(stdout, /sort imports|left in their order/);
  assert.match(await readFile(join(root, 'src/a.js'), 'utf8'), /^import \{ z, a \}/);
});

test('a test suite that fails on the sorted file takes all of its edits back', async () => {
  const check = `import { readFileSync } from 'node:fs';\nprocess.exit(readFileSync('src/a.js', 'utf8').startsWith('import { add }') ? 1 : 0);\n`;
  const root = await shop('{}', { 'check.js': check });
  const before = await treeOf(root);
  const { code, stdout } = await (await person()).pyagent([...TASK, '--path', root]);
  assert.equal(code, 1, stdout);
  assert.deepEqual(await treeOf(root), before);
});

test('what a check writes never reaches the tree; files of the repository among it are named', async () => {
  const check =
    "import { rmSync, writeFileSync } from 'node:fs';\nwriteFileSync('result.log', 'new');\nwriteFileSync('src/b.js', 'export const add = 1;\\n');\nrmSync('package.json');\n";
  const root = await repository(tidyShop({ 'check.js': check }));
  const before = await treeOf(root);
  const { code, stdout } = await (await person()).pyagent([...TASK, '--path', root]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /1 file was written in its sandbox: src\/b\.js; that was thrown away with it/);
  assert.match(stdout, /1 file was deleted in its sandbox: package\.json/);
  const after = await treeOf(root);
  assert.deepEqual(
    Object.keys({ ...before, ...after }).filter((path) => after[path] !== before[path]),
    ['src/a.js'],
  );
});

test('without isolation what a check writes into the tree is named, stays, and is not called a change of the run', async () => {
  const check = "import { writeFileSync } from 'node:fs';\nwriteFileSync('result.log', String(Date.now()));\n";
  const root = await repository(tidyShop({ 'check.js': check }));
  const { code, stdout } = await (await unisolatedPerson()).pyagent([...TASK, '--path', root]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /Done: 1 file changed/);
  assert.match(stdout, /isolation: ran unisolated/);
  assert.match(stdout, /1 file was written while it ran: result\.log; it is not part of this run/);
  assert.ok((await treeOf(root))['result.log']);
});
