import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pythonTree } from '../generator/python-tree.ts';
import { typescriptTree } from '../generator/typescript-tree.ts';
import { typescriptCycles } from '../oracle/typescript-graph.ts';
import { unusedImports } from '../oracle/unused-imports.ts';
import { apply, type ImportPlant } from '../plant/plant.ts';
import { plantPythonImports } from '../plant/python-imports.ts';
import { plantTypescriptCycles } from '../plant/typescript-cycles.ts';
import { plantTypescriptImports } from '../plant/typescript-imports.ts';

const withoutPython = spawnSync('python3', ['--version']).status === 0 ? false : 'there is no python3 here';

let folder: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
});

after(() => rm(folder, { recursive: true, force: true }));

test('every planted TypeScript import is one that the compiler calls unused, and no other is', async () => {
  const root = join(folder, 'imports');
  const { files } = await typescriptTree(root, { seed: 8, modules: 90 });
  const { plants, insertions } = await plantTypescriptImports(root, files, { seed: 1, count: 50 });
  await apply(root, insertions);
  const planted = plants.map((plant) => `${(plant as ImportPlant).file} ${(plant as ImportPlant).name}`);
  assert.equal(plants.length, 50);
  assert.deepEqual(
    unusedImports(root)
      .map(({ file, name }) => `${file} ${name}`)
      .sort(),
    planted.sort(),
  );
  assert.ok(new Set(plants.map((plant) => (plant as ImportPlant).form)).size >= 10);
});

test('taking the inserted text out of a planted file gives the file back', async () => {
  const root = join(folder, 'back');
  const { files } = await typescriptTree(root, { seed: 9, modules: 60 });
  const { insertions } = await plantTypescriptImports(root, files, { seed: 2, count: 20 });
  const before = new Map<string, string>();
  for (const { file } of insertions) before.set(file, await readFile(join(root, file), 'utf8'));
  await apply(root, insertions);
  for (const { file, at, text } of insertions) {
    const planted = await readFile(join(root, file), 'utf8');
    assert.equal(planted.slice(at, at + text.length), text);
    assert.equal(planted.slice(0, at) + planted.slice(at + text.length), before.get(file));
  }
});

test('planted rings are components of exactly their modules, and back edges join both ends', async () => {
  const root = join(folder, 'cycles');
  const { files } = await typescriptTree(root, { seed: 10, modules: 90 });
  const { plants, insertions } = await plantTypescriptCycles(root, files, { seed: 3, rings: 7, backEdges: 4 });
  await apply(root, insertions);
  const found = typescriptCycles(root);
  for (const plant of plants) {
    assert.equal(plant.class, 'cycle');
    const components = found[plant.kind].concat(plant.form === 'ring' ? [] : found.value);
    const holds = (members: string[]) => plant.files.every((file) => members.includes(file));
    const match = components.find(holds);
    assert.ok(match, `no component for ${JSON.stringify(plant)}`);
    if (plant.form === 'ring') assert.deepEqual(match, plant.files);
  }
});

test('planted Python imports bind names that the file never uses', { skip: withoutPython }, async () => {
  const root = join(folder, 'python');
  const { files } = await pythonTree(root, { seed: 11, modules: 60 });
  const { plants, insertions } = await plantPythonImports(root, files, { seed: 4, count: 25 });
  await apply(root, insertions);
  assert.equal(plants.length, 25);
  const compiled = spawnSync('python3', ['-m', 'compileall', '-q', 'src'], { cwd: root });
  assert.equal(compiled.status, 0, String(compiled.stdout));
  for (const plant of plants as ImportPlant[]) {
    const text = await readFile(join(root, plant.file), 'utf8');
    const uses = text.split('\n').filter((line) => new RegExp(`(^|[^.\\w])${plant.name}\\b`).test(line));
    assert.equal(uses.length, 1, `${plant.form} in ${plant.file}`);
  }
});
