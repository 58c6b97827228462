import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { person, pyagentCommand } from '../support/pyagent.ts';

const run = promisify(execFile);

const base = "import { a } from './x.js';\n\nexport const z = a;\n";
const ours = "import { a, b } from './x.js';\n\nexport const z = a;\nexport const y = b;\n";
const theirs = "import { a, c } from './x.js';\n\nexport const x = c;\nexport const z = a;\n";
const both = "import { a, b, c } from './x.js';\n\nexport const x = c;\nexport const z = a;\nexport const y = b;\n";

async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

test('three versions of a file are merged by syntax where lines conflict, and printed', async () => {
  const someone = await person();
  await write(someone.home, { 'base.js': base, 'ours.js': ours, 'theirs.js': theirs });
  const merged = await someone.pyagent(['merge', 'base.js', 'ours.js', 'theirs.js']);
  assert.deepEqual([merged.code, merged.stdout, merged.stderr], [0, both, '']);
  const told = await someone.pyagent(['merge', 'base.js', 'ours.js', 'theirs.js', '--json', '--output', 'out.js']);
  assert.deepEqual(JSON.parse(told.stdout), { kind: 'clean', by: 'syntax', output: 'out.js' });
  assert.equal(await readFile(join(someone.home, 'out.js'), 'utf8'), both);
  const plain = await someone.pyagent(['merge', 'base.js', 'ours.js', 'theirs.js', '--path', 'notes.txt']);
  assert.equal(plain.code, 1);
  assert.match(plain.stdout, /^<<<<<<< ours\nimport \{ a, b \}/);
});

test('what is left is between markers, and in --json as data', async () => {
  const someone = await person();
  await write(someone.home, { base: '{"a": 1}\n', ours: '{"a": 2}\n', theirs: '{"a": 3}\n' });
  const files = ['merge', 'base', 'ours', 'theirs', '--path', 'a.json'];
  const shown = await someone.pyagent([...files, '--style', 'diff3', '--marker-size', '9']);
  assert.equal(shown.code, 1);
  assert.match(shown.stdout, /^<{9} ours\n\{"a": 2\}\n\|{9} base\n\{"a": 1\}\n={9}\n\{"a": 3\}\n>{9} theirs\n$/);
  const told = await someone.pyagent([...files, '--json', '--output', 'out']);
  assert.equal(told.code, 1);
  assert.deepEqual(JSON.parse(told.stdout), {
    kind: 'conflict',
    conflicts: [{ line: 1, base: '{"a": 1}\n', ours: '{"a": 2}\n', theirs: '{"a": 3}\n' }],
    output: 'out',
  });
});

test('wrong usage of merge exits with 2 and writes nothing', async () => {
  const someone = await person();
  await write(someone.home, { base, ours });
  for (const wrong of [
    ['base', 'ours', 'nowhere'],
    ['base', 'ours', 'ours', '--marker-size', '0'],
    ['base', 'ours', 'ours', '--style', 'other'],
    ['base', 'ours', 'ours', '--output', 'no/such/folder'],
    ['base', 'ours'],
  ]) {
    const { code, stdout } = await someone.pyagent(['merge', ...wrong]);
    assert.deepEqual([code, stdout], [2, ''], wrong.join(' '));
  }
});

test('git merges branches with it as the help says', async () => {
  const someone = await person();
  const bin = join(someone.home, 'bin');
  await mkdir(bin);
  await writeFile(join(bin, 'pyagent'), `#!/bin/sh\nexec '${process.execPath}' '${await pyagentCommand()}' "$@"\n`);
  await chmod(join(bin, 'pyagent'), 0o755);
  const help = (await someone.pyagent(['merge', '--help'])).stdout;
  const driver = /"(pyagent merge %O [^"]*)"/.exec(help)?.[1] ?? '';
  const root = join(someone.home, 'repository');
  const git = (...words: string[]) =>
    run('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words], {
      cwd: root,
      env: { PATH: `${bin}:${process.env.PATH}`, HOME: someone.home, GIT_CONFIG_NOSYSTEM: '1' },
    });
  const commit = async (text: string) => {
    await write(root, { 'a.js': text, '.gitattributes': '*.js merge=pyagent\n' });
    await git('add', '-A');
    await git('commit', '-qm', 'change');
  };
  await mkdir(root);
  await git('init', '-q', '-b', 'main');
  await git('config', 'merge.pyagent.driver', driver);
  await commit(base);
  await git('switch', '-qc', 'other');
  await commit(theirs);
  await git('switch', '-q', 'main');
  await commit(ours);
  await git('merge', '-q', '-m', 'both', 'other');
  assert.equal(await readFile(join(root, 'a.js'), 'utf8'), both);
  await commit(both.replace('z = a', 'z = 1'));
  await git('switch', '-qc', 'third', 'HEAD~1');
  await commit(both.replace('z = a', 'z = 2'));
  await assert.rejects(git('merge', '-q', 'main'), ({ stdout }: { stdout: string }) => /CONFLICT.*a\.js/.test(stdout));
  assert.match(await readFile(join(root, 'a.js'), 'utf8'), /<{7} ours\n.*z = 2;\n={7}\n.*z = 1;\n>{7} theirs/);
});
