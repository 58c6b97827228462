import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { findSorter } from './index.ts';

/** The tool and the folder of its setting for `path`, in a repository with these files. */
async function sorterIn(files: Readonly<Record<string, string>>, path: string): Promise<string | undefined> {
  const root = await mkdtemp(join(tmpdir(), 'sorter-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
    const found = await findSorter(root, path);
    return found && `${found.sorter.name} in ${found.folder === '' ? 'the root' : found.folder}`;
  } finally {
    await rm(root, { recursive: true });
  }
}

const JAVASCRIPT: [string, Record<string, string>, string | undefined][] = [
  ['a Biome configuration sorts by its default', { 'biome.json': '{}' }, 'Biome in the root'],
  ['a Biome configuration may hold comments', { 'biome.jsonc': '{ // ours\n}' }, 'Biome in the root'],
  ['Biome 1 with the switch off', { 'biome.json': '{"organizeImports":{"enabled":false}}' }, undefined],
  ['Biome 2 with assist off', { 'biome.json': '{"assist":{"enabled":false}}' }, undefined],
  [
    'Biome 2 with the action off',
    { 'biome.json': '{"assist":{"actions":{"source":{"organizeImports":"off"}}}}' },
    undefined,
  ],
  [
    'Biome 2 with the action on among no others',
    { 'biome.json': '{"assist":{"actions":{"recommended":false,"source":{"organizeImports":{"level":"on"}}}}}' },
    'Biome in the root',
  ],
  ['Biome 2 without recommended actions', { 'biome.json': '{"assist":{"actions":{"recommended":false}}}' }, undefined],
  [
    'a nearer Biome configuration that is off hides one that is on',
    { 'biome.json': '{}', 'src/biome.json': '{"assist":{"enabled":false}}' },
    undefined,
  ],
  [
    'a nearer Biome configuration that extends the root',
    { 'biome.json': '{}', 'src/biome.json': '{"extends":"//"}' },
    'Biome in the root',
  ],
  ['a broken Biome configuration', { 'biome.json': '' }, undefined],
  [
    'ESLint with simple-import-sort',
    { 'eslint.config.mjs': "import sort from 'eslint-plugin-simple-import-sort';" },
    'ESLint in the root',
  ],
  ['ESLint with import-x', { '.eslintrc.json': '{"rules":{"import-x/order":2}}' }, 'ESLint in the root'],
  ['ESLint in package.json', { 'package.json': '{"eslintConfig":{"rules":{"sort-imports":1}}}' }, 'ESLint in the root'],
  ['ESLint without a rule that sorts', { '.eslintrc': '{"rules":{"semi":2}}' }, undefined],
  [
    'an ESLint rule in the folder above',
    { '.eslintrc': 'rules: { import/order: error }', 'src/.eslintrc': '{}' },
    'ESLint in the root',
  ],
  [
    'Prettier with a plugin',
    { '.prettierrc': 'plugins: ["@ianvs/prettier-plugin-sort-imports"]' },
    'Prettier in the root',
  ],
  [
    'Prettier in package.json',
    { 'package.json': '{"prettier":{"plugins":["prettier-plugin-organize-imports"]}}' },
    'Prettier in the root',
  ],
  ['Prettier without a plugin', { '.prettierrc': '{}' }, undefined],
  [
    'the nearest tool wins',
    { 'biome.json': '{}', 'src/.prettierrc': 'plugins: ["@trivago/prettier-plugin-sort-imports"]' },
    'Prettier in src',
  ],
  ['settings of Python', { 'pyproject.toml': '[tool.isort]\n' }, undefined],
  ['no setting at all', { 'package.json': '{' }, undefined],
];

const PYTHON: [string, Record<string, string>, string | undefined][] = [
  [
    'isort in pyproject.toml',
    { 'pyproject.toml': '[project]\n\n[tool.isort]\nprofile = "black"\n' },
    'isort in the root',
  ],
  ['isort in its own file', { '.isort.cfg': '[settings]\n' }, 'isort in the root'],
  ['isort in setup.cfg', { 'setup.cfg': '[metadata]\n[isort]\n' }, 'isort in the root'],
  ['isort in tox.ini', { 'tox.ini': '[tool:isort]\n' }, 'isort in the root'],
  [
    'files that only mention isort',
    { 'pyproject.toml': '# [tool.isort]\n', 'tox.ini': '[testenv:isort]\n' },
    undefined,
  ],
  [
    'ruff with I among several',
    { 'pyproject.toml': '[tool.ruff.lint]\nselect = [\n  "E", # not "I"\n  "I",\n]\n' },
    'ruff in the root',
  ],
  [
    'ruff with I in a remark only',
    { 'pyproject.toml': '[tool.ruff.lint]\nselect = [\n  "E", # not "I"\n]\n' },
    undefined,
  ],
  ['ruff with another rule whose code begins alike', { 'ruff.toml': '[lint]\nselect = ["INP", "ICN"]\n' }, undefined],
  ['ruff with the rule added', { 'ruff.toml': '[lint]\nextend-select = ["I001"]\n' }, 'ruff in the root'],
  ['ruff with all rules', { '.ruff.toml': 'lint.select = ["ALL"]\n' }, 'ruff in the root'],
  ['ruff with all rules but this', { 'ruff.toml': '[lint]\nselect = ["ALL"]\nignore = ["I"]\n' }, undefined],
  ['ruff as it was written before 0.2', { 'pyproject.toml': '[tool.ruff]\nselect = ["F", "I"]\n' }, 'ruff in the root'],
  [
    'the nearest project wins',
    { 'pyproject.toml': '[tool.isort]\n', 'src/pyproject.toml': '[tool.ruff.lint]\nselect = ["I"]\n' },
    'ruff in src',
  ],
];

for (const [name, files, expected] of JAVASCRIPT) {
  test(`JavaScript: ${name}`, async () => assert.equal(await sorterIn(files, 'src/main.ts'), expected));
}

for (const [name, files, expected] of PYTHON) {
  test(`Python: ${name}`, async () => assert.equal(await sorterIn(files, 'src/main.py'), expected));
}

test('a file of another kind has no sorter', async () => {
  assert.equal(await sorterIn({ 'biome.json': '{}' }, 'styles/main.css'), undefined);
});
