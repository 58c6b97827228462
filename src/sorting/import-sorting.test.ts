import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { codeIndex } from '../code/index.ts';
import { systemClock } from '../kernel/index.ts';
import { commandRunner } from '../sandbox/index.ts';
import { importSorting, type SortedImports } from './index.ts';

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function repository(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'sorting-'));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

function sort(root: string, paths: readonly string[], timeoutMs?: number): Promise<SortedImports> {
  const index = codeIndex();
  return importSorting({
    root,
    runCommand: commandRunner({ clock: systemClock }),
    env: { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` },
    platform: process.platform,
    clock: systemClock,
    signal: new AbortController().signal,
    judge: (files) => index.importOrders({ root, files }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }).sort(paths);
}

const QUIET = {
  'src/b.ts': 'export const b = 1;\n',
  'src/zed.ts': 'export const z = 1;\nexport const a = 2;\n',
  'src/loud.ts': "console.log('loud');\nexport const loud = 1;\n",
};
const TANGLED = "import { z, a } from './zed';\nimport { b } from './b';\n\nconsole.log(a,b,z);\n";
const SORTED = "import { b } from './b';\nimport { a, z } from './zed';\n\nconsole.log(a,b,z);\n";

test('Biome sorts a file as its configuration says, and what it would format stays', async () => {
  const root = await repository({ ...QUIET, 'biome.json': '{}', 'src/main.ts': TANGLED });
  await symlink(modules, join(root, 'node_modules'));
  const { changes, kept } = await sort(root, ['src/main.ts', 'src/b.ts']);
  assert.deepEqual(kept, []);
  assert.equal(changes.length, 1);
  assert.equal(changes[0]?.path, 'src/main.ts');
  assert.deepEqual(changes[0]?.groups, [
    { title: 'sort imports with Biome', edits: [{ start: 0, end: TANGLED.length, text: SORTED }] },
  ]);
  assert.equal(await readFile(join(root, 'src/main.ts'), 'utf8'), TANGLED, 'the tree was written');
});

test('what is sorted already is left alone', async () => {
  const root = await repository({ ...QUIET, 'biome.json': '{}', 'src/main.ts': SORTED });
  await symlink(modules, join(root, 'node_modules'));
  assert.deepEqual(await sort(root, ['src/main.ts']), { changes: [], kept: [] });
});

test('an import that would move across one with effects keeps the order of its file', async () => {
  const text = "import { loud } from './loud';\nimport { b } from './b';\n\nconsole.log(b, loud);\n";
  const root = await repository({ ...QUIET, 'biome.json': '{}', 'src/main.ts': text });
  await symlink(modules, join(root, 'node_modules'));
  const { changes, kept } = await sort(root, ['src/main.ts']);
  assert.deepEqual(changes, []);
  assert.equal(kept[0]?.reason, 'with Biome "./b" would move across "./loud", which may have effects');
});

test('a tool that is configured and not installed is named', async () => {
  const root = await repository({ ...QUIET, 'biome.json': '{}', 'src/main.ts': TANGLED });
  const { changes, kept } = await sort(root, ['src/main.ts']);
  assert.deepEqual(
    { changes, kept },
    { changes: [], kept: [{ path: 'src/main.ts', reason: 'Biome is not installed' }] },
  );
});

test('a tool that fails keeps the order, and its complaint is told', async () => {
  const root = await repository({ ...QUIET, 'biome.json': '{ "unheard": 1 }', 'src/main.ts': TANGLED });
  await symlink(modules, join(root, 'node_modules'));
  const { changes, kept } = await sort(root, ['src/main.ts']);
  assert.deepEqual(changes, []);
  assert.match(kept[0]?.reason ?? '', /^Biome ended with 1 \(.*biome\.json/);
});

test('when the time is up, the rest keeps its order', async () => {
  const root = await repository({ ...QUIET, 'biome.json': '{}', 'src/main.ts': TANGLED });
  await symlink(modules, join(root, 'node_modules'));
  const { changes, kept } = await sort(root, ['src/main.ts'], 0);
  assert.deepEqual(changes, []);
  assert.equal(kept[0]?.reason, 'the time for sorting imports was up');
});

test('a repository without a setting is not sorted and says nothing', async () => {
  const root = await repository({ ...QUIET, 'src/main.ts': TANGLED });
  assert.deepEqual(await sort(root, ['src/main.ts']), { changes: [], kept: [] });
});

/** Answers like ESLint: one fix of a rule that sorts while the lines are not sorted, and one of another rule. */
const LINTER = `#!/usr/bin/env node
const text = require('node:fs').readFileSync(0, 'utf8');
const end = text.indexOf('\\n\\n');
const sorted = ${JSON.stringify(SORTED.slice(0, SORTED.indexOf('\n\n')))};
const messages = [{ ruleId: 'semi', fix: { range: [text.length, text.length], text: '// fixed' } }];
const fix = { range: [0, end], text: sorted };
if (sorted !== text.slice(0, end)) messages.push({ ruleId: 'simple-import-sort/imports', fix });
console.log(JSON.stringify([{ messages }]));
process.exitCode = 1;
`;

test('of ESLint only the fixes of rules that sort are taken', async () => {
  const root = await repository({
    ...QUIET,
    'eslint.config.js': "require('eslint-plugin-simple-import-sort')",
    'node_modules/.bin/eslint': LINTER,
    'src/main.ts': TANGLED,
  });
  await chmod(join(root, 'node_modules/.bin/eslint'), 0o755);
  const { changes, kept } = await sort(root, ['src/main.ts']);
  assert.deepEqual(kept, []);
  assert.equal(changes[0]?.groups[0]?.edits[0]?.text, SORTED);
});

test('a tool that does more than sort is refused', async () => {
  const root = await repository({
    ...QUIET,
    '.prettierrc': 'plugins: ["@trivago/prettier-plugin-sort-imports"]',
    'node_modules/.bin/prettier': `#!/usr/bin/env node\nprocess.stdout.write(${JSON.stringify(SORTED.replaceAll(',', ', '))});\n`,
    'src/main.ts': TANGLED,
  });
  await chmod(join(root, 'node_modules/.bin/prettier'), 0o755);
  const { changes, kept } = await sort(root, ['src/main.ts']);
  assert.deepEqual(changes, []);
  assert.equal(kept[0]?.reason, 'with Prettier more than the order of imports would change');
});

async function isOnPath(program: string): Promise<boolean> {
  const places = (process.env.PATH ?? '').split(delimiter);
  const lists = await Promise.all(places.map((place) => readdir(place).catch((): string[] => [])));
  return lists.some((names) => names.includes(program));
}

const MODULE =
  '"""Doc."""\nimport sys\nfrom pkg.zed import Z, A\nimport os\nfrom pkg.b import B\n\nprint(A,B,Z,os,sys)\n';
const TIDY =
  '"""Doc."""\nimport os\nimport sys\n\nfrom pkg.b import B\nfrom pkg.zed import A, Z\n\nprint(A,B,Z,os,sys)\n';

for (const [program, setting] of [
  ['ruff', '[tool.ruff.lint]\nselect = ["I"]\n'],
  ['isort', '[tool.isort]\nprofile = "black"\n'],
] as const) {
  test(`${program} sorts a Python module`, async (context) => {
    if (!(await isOnPath(program))) return context.skip(`${program} is not on the PATH`);
    const root = await repository({
      'pyproject.toml': `[project]\nname = "pkg"\nversion = "1"\n\n${setting}`,
      'pkg/__init__.py': '',
      'pkg/b.py': 'B = 1\n',
      'pkg/zed.py': 'Z = 1\nA = 2\n',
      'pkg/main.py': MODULE,
    });
    const { changes, kept } = await sort(root, ['pkg/main.py']);
    assert.deepEqual(kept, []);
    assert.equal(changes[0]?.groups[0]?.title, `sort imports with ${program}`);
    assert.equal(changes[0]?.groups[0]?.edits[0]?.text, TIDY);
    assert.deepEqual((await readdir(root)).sort(), ['pkg', 'pyproject.toml'], 'the tool left something behind');
  });
}

test('a Python tool that is nowhere is named', async () => {
  const root = await repository({ '.isort.cfg': '[settings]\n', 'main.py': MODULE });
  const sorting = importSorting({
    root,
    runCommand: commandRunner({ clock: systemClock }),
    env: { PATH: join(root, 'nowhere') },
    platform: process.platform,
    clock: systemClock,
    signal: new AbortController().signal,
    judge: async () => [],
  });
  assert.deepEqual((await sorting.sort(['main.py'])).kept, [{ path: 'main.py', reason: 'isort is not installed' }]);
});
