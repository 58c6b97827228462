import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { mergeFile } from '../../diff/index.ts';
import { openParallel } from '../index.ts';
import { snapshot, temporaryRepository } from '../testing/temporary-repository.ts';

async function opened(t: TestContext, files: Record<string, string>) {
  const repository = temporaryRepository(t, files);
  const { workspace } = await repository.open();
  const open = () => openParallel({ workspace, stateFolder: repository.stateFolder, merge: mergeFile });
  const parallel = await open();
  t.after(() => parallel.close());
  return { ...repository, workspace, parallel, open };
}

function git(root: string, ...argv: string[]): string {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  return execFileSync('git', [...identity, ...argv], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function repositoryOfGit(root: string): void {
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'add', '.');
  git(root, 'commit', '--quiet', '--message=first');
}

test('a workspace is the repository, byte for byte, under the name of its folder', async (t) => {
  const { root, parallel } = await opened(t, { 'src/a.ts': 'a', 'b.txt': '' });
  mkdirSync(join(root, 'empty'));
  const workspace = await parallel.create('agent');
  assert.deepEqual(snapshot(workspace.root), snapshot(root));
  assert.equal(basename(workspace.root), basename(root));
  assert.deepEqual(await workspace.changes(), []);
  writeFileSync(join(workspace.root, 'src/a.ts'), 'changed');
  assert.deepEqual(
    (await workspace.changes()).map(({ path, kind }) => [path, kind]),
    [['src/a.ts', 'modified']],
  );
  assert.equal(readFileSync(join(root, 'src/a.ts'), 'utf8'), 'a');
  await workspace.close();
  await workspace.close();
  assert.equal(existsSync(workspace.root), false);
});

test('git works in a workspace and leaves the repository of the user untouched', async (t) => {
  const { root, parallel } = await opened(t, { 'a.txt': 'a', 'b.txt': 'b', '.gitignore': '*.log\n' });
  repositoryOfGit(root);
  writeFileSync(join(root, 'b.txt'), 'stashed');
  git(root, 'stash');
  writeFileSync(join(root, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 1\n');
  chmodSync(join(root, '.git/hooks/pre-commit'), 0o755);
  git(root, 'remote', 'add', 'origin', 'https://token@example.org/repository.git');
  git(root, 'config', 'alias.oops', '!touch oops');
  writeFileSync(join(root, 'a.txt'), 'staged');
  git(root, 'add', 'a.txt');
  const before = snapshot(join(root, '.git'));
  const workspace = await parallel.create('agent');
  assert.deepEqual([...workspace.git], [['.git', { kind: 'private' }]]);
  assert.equal(git(workspace.root, 'status', '--porcelain'), 'M  a.txt\n');
  assert.match(git(workspace.root, 'log', '--format=%s'), /^first\n$/);
  assert.equal(git(workspace.root, 'remote'), '');
  assert.equal(git(workspace.root, 'stash', 'list'), '');
  writeFileSync(join(workspace.root, 'b.txt'), 'by the agent');
  assert.match(git(workspace.root, 'diff'), /^\+by the agent$/m);
  git(workspace.root, 'commit', '--quiet', '--all', '--message=second');
  git(workspace.root, 'branch', 'other');
  git(workspace.root, 'gc', '--quiet');
  assert.equal(git(workspace.root, 'log', '--format=%s'), 'second\nfirst\n');
  assert.deepEqual(snapshot(join(root, '.git')), before);
  assert.deepEqual(
    (await workspace.changes()).map(({ path }) => path),
    ['b.txt'],
  );
});

test('the index of a workspace is warm: git reads no file to see that nothing changed', async (t) => {
  const { root, parallel } = await opened(t, { 'a.txt': 'a' });
  repositoryOfGit(root);
  // Past the index: an entry as young as the index would be read in any case.
  execFileSync('touch', ['-d', '2020-01-01', 'a.txt'], { cwd: root });
  git(root, 'status');
  const workspace = await parallel.create('agent');
  const index = readFileSync(join(workspace.root, '.git/index'));
  git(workspace.root, 'update-index', '--refresh');
  assert.deepEqual(readFileSync(join(workspace.root, '.git/index')), index);
});

test('a linked worktree and a submodule get repositories of their own', async (t) => {
  const { root, parallel } = await opened(t, { 'a.txt': 'a' });
  const other = temporaryRepository(t, { 'm.txt': 'm' });
  repositoryOfGit(other.root);
  repositoryOfGit(root);
  git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.root, 'module');
  git(root, 'commit', '--quiet', '--message=module');
  const workspace = await parallel.create('agent');
  assert.deepEqual([...workspace.git.keys()], ['.git', 'module/.git']);
  assert.equal(git(workspace.root, 'status', '--porcelain'), '');
  assert.equal(git(join(workspace.root, 'module'), 'log', '--format=%s'), 'first\n');

  const linked = temporaryRepository(t);
  rmSync(linked.root, { recursive: true });
  git(root, 'worktree', 'add', '--quiet', linked.root);
  const opening = await linked.open();
  const second = await openParallel({ ...opening, stateFolder: linked.stateFolder, merge: mergeFile });
  t.after(() => second.close());
  const copy = await second.create('agent');
  assert.deepEqual(copy.git.get('.git'), { kind: 'private' });
  assert.match(git(copy.root, 'log', '--format=%s'), /^module\nfirst\n$/);
  git(copy.root, 'commit', '--quiet', '--allow-empty', '--message=own');
  assert.match(git(root, 'log', '--all', '--format=%s'), /^module\nfirst\n$/);
});

test('a .git that leads nowhere leaves the copy without one, and says so', async (t) => {
  const { parallel } = await opened(t, { 'a.txt': 'a', '.git': 'gitdir: /nowhere/at/all\n' });
  const workspace = await parallel.create('agent');
  assert.equal(workspace.git.get('.git')?.kind, 'none');
  assert.deepEqual(readdirSync(workspace.root), ['a.txt']);
});

test('npm may do to the dependencies of a workspace what it likes', async (t) => {
  const dependency = '{"name":"left","version":"1.0.0"}';
  const { root, parallel } = await opened(t, {
    '.gitignore': 'node_modules\n',
    'package.json': '{"name":"app","version":"1.0.0","dependencies":{"left":"file:left"}}',
    'left/package.json': dependency,
    'node_modules/stale/package.json': '{"name":"stale","version":"1.0.0"}',
    'node_modules/left/package.json': dependency,
  });
  const before = snapshot(root);
  const workspace = await parallel.create('agent');
  const [heavy] = workspace.report.heavy;
  assert.equal(heavy?.path, 'node_modules');
  t.diagnostic(`dependencies are shared by ${heavy?.strategy}`);
  const npm = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--install-links'];
  const run = spawnSync('npm', npm, { cwd: workspace.root, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  assert.deepEqual(readdirSync(join(workspace.root, 'node_modules')).sort(), ['.package-lock.json', 'left']);
  assert.deepEqual(snapshot(root), before);
  assert.deepEqual(
    (await workspace.changes()).map(({ path }) => path),
    ['package-lock.json'],
  );
  await workspace.close();
  assert.deepEqual(snapshot(root), before);
});

for (const start of ['openParallel', 'recover'] as const) {
  test(`what a killed process left is unmounted and removed by ${start}`, async (t) => {
    const {
      root,
      stateFolder,
      parallel,
      open,
      workspace: repository,
    } = await opened(t, {
      '.gitignore': 'node_modules\n',
      'node_modules/a.js': 'a',
    });
    const workspace = await parallel.create('agent');
    writeFileSync(join(workspace.root, 'node_modules/a.js'), 'changed');
    // As after a kill: nothing was closed.
    const again = start === 'recover' ? await repository.recover() : await open();
    assert.equal(existsSync(workspace.root), false);
    assert.equal(readFileSync('/proc/self/mountinfo', 'utf8').includes(stateFolder), false);
    assert.equal(readFileSync(join(root, 'node_modules/a.js'), 'utf8'), 'a');
    if ('close' in again) await again.close();
    assert.deepEqual(readdirSync(stateFolder).includes('parallel'), false);
  });
}

test('a folder of somebody else is never emptied', async (t) => {
  const { stateFolder, parallel, open } = await opened(t, {});
  await parallel.close();
  mkdirSync(join(stateFolder, 'parallel'));
  writeFileSync(join(stateFolder, 'parallel/precious'), 'p');
  await assert.rejects(open(), { code: 'state/path' });
  assert.equal(readFileSync(join(stateFolder, 'parallel/precious'), 'utf8'), 'p');
  rmSync(join(stateFolder, 'parallel'), { recursive: true });
});

test('names are names and not paths, and each is given once', async (t) => {
  const { parallel } = await opened(t, { 'a.txt': 'a' });
  for (const name of ['', '.', '..', 'a/b', '.bases', '-x', 'x'.repeat(65)]) {
    await assert.rejects(parallel.create(name), { code: 'state/path' }, name);
  }
  await parallel.create('agent');
  await assert.rejects(parallel.create('agent'), { code: 'state/busy' });
});

test('a repository that cannot be read, or is gone, leaves no part of a copy', async (t) => {
  const { root, stateFolder, parallel } = await opened(t, { 'a.txt': 'a', 'closed/b.txt': 'b' });
  const left = () => readdirSync(join(stateFolder, 'parallel')).sort();
  if (process.getuid?.() === 0) t.diagnostic('permissions do not bind this user: only the missing folder is tried');
  else {
    chmodSync(join(root, 'closed'), 0);
    await assert.rejects(parallel.create('agent'), { code: 'state/denied' });
    chmodSync(join(root, 'closed'), 0o755);
  }
  rmSync(root, { recursive: true });
  await assert.rejects(parallel.create('agent'), { code: 'state/io' });
  assert.deepEqual(left(), ['.bases', '.pyagent-parallel']);
});

test('a full disk is said and leaves no part of a copy', async (t) => {
  const small = join('/tmp', `pyagent-small-${process.pid}`);
  mkdirSync(small);
  t.after(() => {
    spawnSync('umount', ['-l', small]);
    rmSync(small, { recursive: true });
  });
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', small]).status !== 0) {
    t.skip('this process may not mount a small file system');
    return;
  }
  const repository = temporaryRepository(t, { 'large.txt': 'x'.repeat(4 << 20) });
  const { workspace } = await repository.open();
  const parallel = await openParallel({ workspace, stateFolder: small, merge: mergeFile });
  await assert.rejects(parallel.create('agent'), { code: 'state/full' });
  assert.deepEqual(readdirSync(join(small, 'parallel')).sort(), ['.bases', '.pyagent-parallel']);
  await parallel.close();
});
