/**
 * Python's own parser as oracle: the syntax tree of a file, its comments and its docstring are the same before and
 * after its imports were optimised, apart from the imports that are gone. The corpus is the standard library of the
 * `python3` that is installed, with unused imports of many forms planted in it; without one the test is skipped.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { applyGroups, type Change, codeIndex } from '../../src/code/index.ts';

const script = fileURLToPath(new URL('./python-ast/compare.py', import.meta.url));
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Files of the standard library that are tried: enough for every form of statement, few enough for a few seconds. */
const FILES = 40;

const PLANTS = [
  'import fractions as unused@',
  'import json.decoder as unused@, json.encoder as other@',
  'from fractions import Fraction as unused@',
  'from json import (\n    dumps as unused@,  # about dumps\n    loads as other@,\n)',
  'from decimal import Decimal as unused@  # kept by a person',
  'from decimal import Decimal as unused@, \\\n    getcontext as other@',
  'import decimal as unused@; import fractions as other@',
  'def planted@():\n    import decimal',
  'if False:\n    pass\nimport string as unused@',
];

const located = spawnSync('python3', ['-c', "import sysconfig; print(sysconfig.get_paths()['stdlib'])"], {
  encoding: 'utf8',
});
const library = located.status === 0 ? located.stdout.trim() : undefined;
const skip = library === undefined && 'python3 is not installed, so its parser cannot be asked';

function planted(text: string, index: number): string {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => /^(import|from) (?!__future__)\w+[\w. ,]*$/.test(line));
  const plant = (PLANTS[index % PLANTS.length] ?? '').replaceAll('@', String(index));
  if (at >= 0) lines.splice(at, 0, plant);
  return lines.join('\n');
}

interface Corpus {
  root: string;
  texts: Map<string, string>;
}

function corpus(ending: '\n' | '\r\n', mark: string): Corpus {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'pyagent-python-')));
  folders.push(root);
  const texts = new Map<string, string>();
  const names = readdirSync(library ?? '').filter((name) => name.endsWith('.py') && !name.startsWith('_'));
  for (const [index, name] of names.sort().slice(0, FILES).entries()) {
    // A name of its own, so that nothing is taken for a module of the standard library.
    const text = planted(readFileSync(join(library ?? '', name), 'utf8'), index);
    texts.set(`copy_${name}`, mark + text.replaceAll('\r\n', '\n').replaceAll('\n', ending));
  }
  for (const [name, text] of texts) writeFileSync(join(root, name), text);
  return { root, texts };
}

function rewritten(text: string, { groups }: Change, pick: (index: number) => boolean): Uint8Array {
  return applyGroups(
    new TextEncoder().encode(text),
    groups.filter((_, index) => pick(index)),
  );
}

const PICKS: readonly ((group: number) => boolean)[] = [
  () => true,
  (group) => group % 2 === 0,
  (group) => group % 2 === 1,
];

for (const [title, ending, mark] of [
  ['as they are', '\n', ''],
  ['with Windows line endings and a byte order mark', '\r\n', '\uFEFF'],
] as const) {
  test(`the syntax trees of Python files stay the same, ${title}`, { skip }, async () => {
    const { root, texts } = corpus(ending, mark);
    const report = await codeIndex().analyze({ root, checks: ['imports'], removeUnknownTargets: true });
    const pairs: [string, string][] = [];
    for (const [position, change] of report.importChanges.entries()) {
      for (const [part, pick] of PICKS.entries()) {
        const path = join(root, `after_${position}_${part}.txt`);
        writeFileSync(path, rewritten(texts.get(change.path) ?? '', change, pick));
        pairs.push([join(root, change.path), path]);
      }
    }
    const input = pairs.map((pair) => `${JSON.stringify(pair)}\n`).join('');
    const { stdout, stderr, status } = spawnSync('python3', [script], { input, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { error?: string; gone?: string[] });
    assert.equal(answers.length, pairs.length);
    const names = new Set(report.imports.filter(({ action }) => action === 'remove').map(({ name }) => name));
    for (const [at, answer] of answers.entries()) {
      assert.equal(answer.error, undefined, `${pairs[at]?.join(' -> ')}: ${answer.error}`);
      for (const gone of answer.gone ?? []) assert.ok(names.has(gone), `${gone} is gone and was not reported`);
    }
    const planted = report.imports.filter(({ name }) => /^(unused|other)\d+$/.test(name));
    assert.ok(planted.length > FILES / 2, `only ${planted.length} plants were found`);
    // Some files of the library read their own names as a whole; there every name has to stay.
    for (const { action, reason } of planted) {
      assert.ok(action === 'remove' || /all of its names|`__all__` is computed/.test(reason), reason);
    }
  });
}
