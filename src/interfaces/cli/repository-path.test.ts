import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { onlyPatterns } from './only.ts';
import { repositoryPath } from './repository-path.ts';

const home = await realpath(await mkdtemp(join(tmpdir(), 'pyagent-path-')));
after(() => rm(home, { recursive: true, force: true }));
await mkdir(join(home, 'repo/src/[id]'), { recursive: true });
await writeFile(join(home, 'repo/src/a.ts'), '');
await writeFile(join(home, 'outside.ts'), '');
await symlink(join(home, 'repo'), join(home, 'link'));
await symlink('loop', join(home, 'loop'));

test('a repository is found from the current folder and by its real path', async () => {
  assert.equal(await repositoryPath('repo', home), join(home, 'repo'));
  assert.equal(await repositoryPath('link', home), join(home, 'repo'));
  assert.equal(await repositoryPath('.', join(home, 'repo')), join(home, 'repo'));
});

test('each path that is no readable folder is refused with the path and what to do', async () => {
  const refused: [string, RegExp][] = [
    ['missing', /missing does not exist\. Check/],
    ['repo/src/a.ts', /a\.ts is a file, not a folder\. Give/],
    ['repo/src/a.ts/deeper', /a part of the path is a file/],
    ['loop', /leads back to itself/],
    ['', /--path is empty/],
    ['a\0b', /null character/],
    ['x'.repeat(5000), /longer than this system allows/],
  ];
  for (const [path, message] of refused) {
    await assert.rejects(repositoryPath(path, home), { code: 'cli/usage', message }, path.slice(0, 30));
  }
});

test('a folder without permission is refused', { skip: process.getuid?.() === 0 && 'root may read it' }, async () => {
  await mkdir(join(home, 'locked'));
  await chmod(join(home, 'locked'), 0o000);
  await assert.rejects(repositoryPath('locked', home), { code: 'cli/usage', message: /permission denied/ });
});

test('--only takes files, folders and globs of the repository', async () => {
  const root = join(home, 'repo');
  assert.deepEqual(await onlyPatterns(['src/a.ts', 'src', './src/**/*.ts', '.'], root, root), [
    'src/a.ts',
    'src/**',
    'src/**/*.ts',
    '**',
  ]);
  assert.deepEqual(await onlyPatterns(['repo/src/a.ts'], root, home), ['src/a.ts']);
  assert.deepEqual(await onlyPatterns(['src/[id]'], root, root), ['src/[id]/**']);
  assert.deepEqual(await onlyPatterns([join(root, 'src/*.ts')], root, home), ['src/*.ts']);
});

test('--only refuses what is not there, lies outside, or is no glob', async () => {
  const root = join(home, 'repo');
  const refused: [string, RegExp][] = [
    ['src/b.ts', /no such file/],
    ['outside.ts', /lies outside/],
    ['../outside.ts', /lies outside/],
    ['src/{a', /not a glob: its braces/],
    [' ', /empty name/],
  ];
  for (const [pattern, message] of refused) {
    await assert.rejects(onlyPatterns([pattern], root, home), { code: 'cli/usage', message }, pattern);
  }
});
