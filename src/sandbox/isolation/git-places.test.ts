import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gitPlaces } from './git-places.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'pyagent-nested-')));
after(() => rmSync(base, { recursive: true, force: true }));

const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'protocol.file.allow=always'];
const placesIn = async (root: string) => (await gitPlaces(root)).map(({ path }) => path).sort();
const git = (root: string, ...args: string[]) =>
  execFileSync('git', [...identity, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'ignore'] });

function repositoryAt(path: string, ...options: string[]): string {
  mkdirSync(path, { recursive: true });
  git(path, 'init', '-q', ...options);
  for (const name of ['a.txt', 'sub.txt', 'z.txt']) writeFileSync(join(path, name), 'text\n');
  git(path, 'add', '.');
  git(path, 'commit', '-q', '-m', 'first');
  return path;
}

for (const [title, options, version] of [
  ['of version 2', [], '2'],
  ['of version 4', [], '4'],
  ['with longer hashes', ['--object-format=sha256'], '2'],
] as const) {
  test(`the .git of each submodule is found by an index ${title}`, async () => {
    const root = repositoryAt(join(base, `root-${title.replaceAll(' ', '-')}`), ...options);
    git(root, 'update-index', `--index-version=${version}`);
    repositoryAt(join(root, 'lib/sub'), ...options);
    repositoryAt(join(root, 'lib/süb/inner'), ...options);
    git(root, 'add', '-N', 'a.txt');
    git(root, 'add', 'lib/sub', 'lib/süb/inner');
    const expected = ['lib/sub/.git', 'lib/süb/inner/.git'].map((path) => join(root, path));
    assert.deepEqual(await placesIn(root), [join(root, '.git'), ...expected]);
    assert.deepEqual(await placesIn(join(root, 'lib/sub')), [join(root, 'lib/sub/.git')]);
    assert.deepEqual(await placesIn(join(root, 'lib')), expected);
  });
}

test('submodules of submodules are found, and those that only .gitmodules knows', async () => {
  const root = repositoryAt(join(base, 'outer'));
  repositoryAt(join(root, 'one'));
  repositoryAt(join(root, 'one/two'));
  git(join(root, 'one'), 'add', 'two');
  git(root, 'add', 'one');
  writeFileSync(
    join(root, '.gitmodules'),
    '[submodule "three"]\n\tpath = three\n\turl = ./three\n[submodule "up"]\n\tpath = ../up\n',
  );
  assert.deepEqual(
    await placesIn(root),
    ['.git', 'one/.git', 'one/two/.git', 'three/.git'].map((path) => join(root, path)),
  );
});

test('the folder that a pointer leads to is found, and what the configuration names', async () => {
  const root = repositoryAt(join(base, 'pointed'), '--separate-git-dir', join(base, 'pointed/elsewhere'));
  git(root, 'config', 'core.hooksPath', 'scripts/hooks');
  git(root, 'config', 'include.path', '../settings');
  git(root, 'config', '--add', 'include.path', '/etc/gitconfig');
  git(root, 'config', '--add', 'include.path', '~/settings');
  assert.deepEqual(await gitPlaces(root), [
    { path: join(root, 'elsewhere'), as: 'folder' },
    { path: join(root, 'scripts/hooks'), as: 'folder' },
    { path: join(root, 'settings'), as: 'file' },
  ]);
});

test('a folder without a repository, and a damaged index, have none', async () => {
  const plain = join(base, 'plain');
  mkdirSync(join(plain, '.git'), { recursive: true });
  writeFileSync(join(plain, '.git/index'), Buffer.from(`DIRC\0\0\0\x04\0\0\0\x09${'x'.repeat(70)}`, 'latin1'));
  assert.deepEqual(await placesIn(plain), [join(plain, '.git')]);
});
