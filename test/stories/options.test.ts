import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { person } from '../support/pyagent.ts';
import { repository, tidyShop, treeOf } from '../support/repository.ts';

const TASK = ['run', '--task', 'Analyze dependencies and optimize imports'];

/** The paths of `root` that `change` changed. */
async function changedBy(root: string, change: () => Promise<void>): Promise<string[]> {
  const before = await treeOf(root);
  await change();
  const after = await treeOf(root);
  return Object.keys({ ...before, ...after }).filter((path) => after[path] !== before[path]);
}

test('--only keeps the run inside the files that were named', async () => {
  const unused = "import { unused } from './b.js';\nexport const one = 1;\n";
  const root = await repository(tidyShop({ 'src/c.js': unused, 'src/deep/d.js': unused.replace('./', '../') }));
  const someone = await person();
  const run = (...only: string[]) =>
    changedBy(root, async () => {
      const { code, stdout, stderr } = await someone.pyagent([...TASK, '--path', root, '--only', ...only]);
      assert.equal(code, 0, stdout + stderr);
    });
  assert.deepEqual(await run('src/c.js'), ['src/c.js']);
  assert.deepEqual(await run('src/deep'), ['src/deep/d.js']);
  assert.deepEqual(await run('src/*.js', 'nothing/**'), ['src/a.js']);
});

test('--apply-deps writes the manifest, keeps its formatting, and can be undone', async () => {
  const manifest =
    '{\n\t"name": "shop",\n\t"type": "module",\n\t"main": "src/a.js",\n\t"dependencies": { "left-pad": "^1.3.0" }\n}\n';
  const root = await repository(tidyShop({ 'package.json': manifest }));
  const someone = await person();
  const reported = await someone.pyagent([...TASK, '--dry-run', '--path', root]);
  assert.match(reported.stdout, /package\.json:5 {2}left-pad \(dependencies\): unused; .*/);
  assert.match(reported.stdout, /--apply-deps/);
  const changed = await changedBy(root, async () => {
    const { code, stdout } = await someone.pyagent([...TASK, '--apply-deps', '--path', root]);
    assert.equal(code, 0, stdout);
  });
  assert.deepEqual(changed, ['package.json', 'src/a.js']);
  const after = await readFile(join(root, 'package.json'), 'utf8');
  assert.ok(!after.includes('left-pad') && after.startsWith('{\n\t"name": "shop",\n\t"type": "module",\n'), after);
  await someone.pyagent(['undo', '--path', root]);
  assert.equal(await readFile(join(root, 'package.json'), 'utf8'), manifest);
});

test('--verify runs the command that was given, in a shell of its own, and believes its exit code', async () => {
  const root = await repository(tidyShop());
  const someone = await person();
  const good = await someone.pyagent([...TASK, '--dry-run', '--verify', 'node check.js', '--path', root]);
  assert.equal(good.code, 0);
  const before = await treeOf(root);
  const bad = await someone.pyagent([...TASK, '--verify', 'grep -q unused src/a.js', '--path', root]);
  assert.equal(bad.code, 1, bad.stdout);
  assert.match(bad.stdout, /grep -q unused src\/a\.js/);
  assert.deepEqual(await treeOf(root), before);
  const done = await someone.pyagent([...TASK, '--verify', 'node check.js', '--path', root]);
  assert.equal(done.code, 0, done.stdout);
  assert.match(done.stdout, /verified by/);
});

test('settings come from the project, the person and the environment, and a flag has the last word', async () => {
  const root = await repository(tidyShop({ 'pyagent.jsonc': '{ "verify": "none", "strict": true, } // ours\n' }));
  const someone = await person();
  await mkdir(join(someone.home, '.config/pyagent'), { recursive: true });
  await writeFile(join(someone.home, '.config/pyagent/config.jsonc'), '{ "priority": "LOW", "strict": false }');
  const config = await someone.pyagent(['config', '--path', root, '--json'], { env: { PYAGENT_TIMEOUT: '5m' } });
  const settings = JSON.parse(config.stdout);
  assert.equal(settings.priority.source.kind, 'user');
  assert.equal(settings.strict.source.kind, 'project');
  assert.deepEqual(settings.timeout, { value: 300_000, source: { kind: 'variable', name: 'PYAGENT_TIMEOUT' } });
  assert.equal((await someone.pyagent([...TASK, '--dry-run', '--path', root])).code, 0);
  assert.equal((await someone.pyagent([...TASK, '--no-strict', '--path', root])).code, 0);
  await someone.pyagent(['undo', '--path', root]);
  assert.equal((await someone.pyagent([...TASK, '--path', root])).code, 6);
});

test('Python is tidied as JavaScript is', async () => {
  const root = await repository({
    'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\ndependencies = []\n',
    'src/shop/__init__.py': 'from .cart import total\n\n__all__ = ["total"]\n',
    'src/shop/cart.py':
      '"""Carts."""\nimport os\nimport sys  # noqa: F401\nfrom typing import Any\n\n\ndef total(items: list[Any]) -> int:\n    return len(items)\n',
  });
  const changed = await changedBy(root, async () => {
    const { code, stdout } = await (await person()).pyagent([...TASK, '--verify', 'none', '--path', root]);
    assert.equal(code, 0, stdout);
  });
  assert.deepEqual(changed, ['src/shop/cart.py']);
  const cart = await readFile(join(root, 'src/shop/cart.py'), 'utf8');
  assert.equal(
    cart,
    '"""Carts."""\nimport sys  # noqa: F401\nfrom typing import Any\n\n\ndef total(items: list[Any]) -> int:\n    return len(items)\n',
  );
});
