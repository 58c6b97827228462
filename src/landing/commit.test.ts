import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { LandingOutcome } from './index.ts';
import { type Edit, filesOf, gitAt, gitRepository, type TestRepository } from './testing/git-repository.ts';

const WORDS = { title: 'Tidy imports', description: 'src/a.js: remove unused import' };
const FILES = { 'a.js': 'one\ntwo\nthree\n', 'src/b.js': 'b\n', 'run.sh': { content: '#!/bin/sh\n', mode: 0o755 } };

async function commit(
  repository: TestRepository,
  edits: Readonly<Record<string, Edit>>,
  more: { root?: string; env?: Record<string, string> } = {},
): Promise<LandingOutcome> {
  const landing = repository.landing({ mode: 'commit' }, more);
  assert.deepEqual(await landing.check(), { kind: 'ready' });
  return landing.land({ ...repository.work(edits, more.root), ...WORDS });
}

function idOf(outcome: LandingOutcome): string {
  assert.ok(outcome.kind === 'landed' && outcome.as.kind === 'commit', JSON.stringify(outcome));
  return outcome.as.commit;
}

test('a commit holds each kind of change, on top of HEAD, by the user, and nothing else moves', async (t) => {
  const repository = gitRepository(t, { ...FILES, 'old.bin': new Uint8Array([0, 1, 255]), link: { target: 'a.js' } });
  repository.write({ 'a.js': 'stashed\n' });
  repository.git('stash');
  repository.write({ 'src/b.js': 'staged\n', 'untracked.txt': 'mine\n' });
  repository.git('add', 'src/b.js');
  mkdirSync(join(repository.root, '.git/hooks'), { recursive: true });
  for (const hook of ['pre-commit', 'post-index-change', 'reference-transaction', 'commit-msg', 'post-commit']) {
    const path = join(repository.root, '.git/hooks', hook);
    writeFileSync(path, `#!/bin/sh\necho ${hook} >> "${repository.folder}/hooked"\nexit 1\n`);
    chmodSync(path, 0o755);
  }
  const [before, tree] = [repository.gitFiles(), filesOf(repository.root, ['.git'])];
  const refs = repository.git('for-each-ref');
  const edits = {
    'a.js': 'one\nTWO\nthree\n',
    'new/deep file.js': 'new\n',
    'old.bin': new Uint8Array([7, 0, 7]),
    'run.sh': { content: '#!/bin/sh\n', mode: 0o644 },
    link: { target: 'src/b.js' },
    'ü "q".js': 'names\n',
  };
  const outcome = await commit(repository, edits);
  const id = idOf(outcome);
  assert.deepEqual(outcome.kind === 'landed' && outcome.uncommitted, ['src/b.js']);
  assert.deepEqual(repository.gitFiles(), before);
  assert.deepEqual(filesOf(repository.root, ['.git']), tree);
  assert.equal(repository.git('for-each-ref', 'refs/heads', 'refs/stash', 'refs/tags'), refs);
  assert.equal(
    repository.git('rev-parse', 'refs/pyagent/run_1', `${id}^`),
    `${id}\n${repository.git('rev-parse', 'HEAD')}`,
  );
  assert.equal(
    repository.git('log', '-1', '--format=%an <%ae> %cn%n%B', id),
    `Ada <ada@example.org> Ada\n${WORDS.title}\n\n${WORDS.description}`,
  );
  assert.equal(
    repository.git(
      '-c',
      'core.quotePath=false',
      'diff-tree',
      '-r',
      '--no-renames',
      '--format=',
      '--name-status',
      '-z',
      'HEAD',
      id,
    ),
    'M\0a.js\0M\0link\0A\0new/deep file.js\0M\0old.bin\0M\0run.sh\0A\0ü "q".js\0',
  );
  assert.match(repository.git('ls-tree', '-r', id), /^100644 blob \w+\trun\.sh$/m);
  assert.match(repository.git('ls-tree', '-r', id), /^120000 blob \w+\tlink$/m);
  assert.equal(repository.git('cat-file', 'blob', `${id}:a.js`), 'one\nTWO\nthree');
  assert.equal(repository.git('cat-file', 'blob', `${id}:src/b.js`), 'b');
  assert.ok(!filesOf(repository.folder).hooked, 'no hook ran');
});

test('a removed file, a file for a folder and a folder for a file are what the commit shows', async (t) => {
  const repository = gitRepository(t, { 'gone.js': '1\n', 'box/in.js': '2\n', flat: '3\n' });
  const work = repository.work({ 'gone.js': null, 'box/in.js': null, flat: null });
  const made = repository.work({ 'fresh.js': 'x\n' });
  const put = (path: string) => made.changes.map((change) => ({ ...change, path }));
  const changes = [...work.changes, ...put('box'), ...put('flat/in.js')];
  const read = (hash: string) => made.read(hash).catch(() => work.read(hash));
  const id = idOf(await repository.landing({ mode: 'commit' }).land({ changes, read, ...WORDS }));
  assert.equal(repository.git('ls-tree', '-r', '--name-only', id), 'box\nflat/in.js');
});

test('line endings, encodings and filters are stored as git add would store them', async (t) => {
  const repository = gitRepository(t, {
    '.gitattributes': '*.up filter=upper\n*.keep -text\n*.txt text eol=crlf\nsub/*.md text\n',
    'a.txt': 'a\r\nb\r\n',
    'a.up': 'A\n',
    'a.keep': 'a\r\n',
    'sub/.gitattributes': '*.md -text\n',
    'sub/a.md': 'm\r\n',
    'auto.js': 'a\nb\n',
  });
  repository.git('config', 'core.autocrlf', 'true');
  repository.git('config', 'filter.upper.clean', 'tr a-z A-Z');
  repository.git('config', 'filter.upper.required', 'true');
  const edits = {
    'a.txt': 'a\r\nB\r\n',
    'a.up': 'shout\n',
    'a.keep': 'b\r\n',
    'sub/a.md': 'n\r\n',
    'auto.js': 'a\r\nc\r\n',
    'new.js': 'x\r\n',
  };
  repository.write({ 'auto.js': 'a\r\nb\r\n' });
  const id = idOf(await commit(repository, edits));
  repository.write(edits);
  repository.git('add', '-A');
  assert.equal(repository.git('ls-tree', '-r', id), repository.git('ls-tree', '-r', repository.git('write-tree')));
  assert.equal(repository.git('cat-file', 'blob', `${id}:auto.js`), 'a\nc');
  assert.equal(repository.git('cat-file', 'blob', `${id}:a.up`), 'SHOUT');
});

test('uncommitted edits elsewhere in a file stay out of the commit', async (t) => {
  const lines = (first: string, last: string) => `${first}\n2\n3\n4\n5\n6\n7\n8\n${last}\n`;
  const repository = gitRepository(t, { 'a.js': lines('1', '9'), 'run.sh': 'x\n' });
  repository.write({ 'a.js': lines('mine', '9'), 'run.sh': { content: 'x\n', mode: 0o755 } });
  const outcome = await commit(repository, {
    'a.js': lines('mine', 'theirs'),
    'run.sh': { content: 'y\n', mode: 0o755 },
  });
  const id = idOf(outcome);
  assert.equal(repository.git('cat-file', 'blob', `${id}:a.js`), lines('1', 'theirs').trimEnd());
  assert.match(repository.git('ls-tree', id), /^100644 blob \w+\trun\.sh$/m);
  assert.deepEqual(outcome.kind === 'landed' && outcome.merged, ['a.js', 'run.sh']);
});

test('what cannot be told apart from uncommitted edits is named, and nothing is made', async (t) => {
  const repository = gitRepository(t, { 'a.js': '1\n', 'b.js': '2\n', 'c.bin': new Uint8Array([0, 1]), 'd.js': '4\n' });
  repository.write({
    'a.js': 'mine\n',
    'new.js': 'untracked\n',
    'c.bin': new Uint8Array([0, 2]),
    'b.js': 'edited\n',
    'd.js': null,
  });
  const outcome = await commit(repository, {
    'a.js': 'theirs\n',
    'new.js': 'changed\n',
    'c.bin': new Uint8Array([0, 3]),
    'b.js': null,
    'd.js': 'made\n',
  });
  assert.ok(outcome.kind === 'conflict', JSON.stringify(outcome));
  assert.deepEqual(
    outcome.conflicts.map(({ path, detail }) => [path, /commit/.test(detail)]),
    [
      ['a.js', true],
      ['b.js', true],
      ['c.bin', true],
      ['d.js', true],
      ['new.js', true],
    ],
  );
  assert.equal(repository.git('for-each-ref', 'refs/pyagent'), '');
});

test('what git ignores or cannot hold is left out and named; a commit of nothing is refused', async (t) => {
  const repository = gitRepository(t, { 'a.js': '1\n', '.gitignore': '*.log\nbuild/\n', 'kept.log': 'x\n' });
  repository.git('add', '-f', 'kept.log');
  repository.git('commit', '-q', '-m', 'forced');
  const work = repository.work({ 'a.js': '2\n', 'b.log': 'log\n', 'build/x.js': 'x\n', 'kept.log': 'y\n' });
  const folder = { path: 'empty', before: { kind: 'absent' }, after: { kind: 'folder', mode: 0o755 } } as const;
  const landing = repository.landing({ mode: 'commit' });
  const outcome = await landing.land({ ...work, changes: [...work.changes, folder], ...WORDS });
  const id = idOf(outcome);
  assert.deepEqual(outcome.kind === 'landed' && outcome.leftOut.map(({ path }) => path).sort(), [
    'b.log',
    'build/x.js',
    'empty',
  ]);
  assert.equal(repository.git('diff-tree', '-r', '--format=', '--name-only', 'HEAD', id), 'a.js\nkept.log');
  const nothing = await landing.land({ ...repository.work({ 'c.log': 'x\n' }), ...WORDS });
  assert.match(nothing.kind === 'refused' ? nothing.reason : '', /hold nothing of this run: c\.log: git ignores it/);
});

test('a name that is not UTF-8 is committed and patched as the bytes that it is', async (t) => {
  const repository = gitRepository(t, { 'a.js': '1\n' });
  const { changes, read } = repository.work({ 'new.js': 'n\n' });
  const work = { ...WORDS, read, changes: changes.map((change) => ({ ...change, path: 'd\udcff/n\udce4.js' })) };
  const id = idOf(await repository.landing({ mode: 'commit' }).land(work));
  const quoted = '"d\\377/n\\344.js"';
  assert.equal(repository.git('diff-tree', '-r', '--format=', '--name-only', 'HEAD', id), quoted);
  const file = join(repository.folder, 'x.patch');
  assert.equal((await repository.landing({ mode: 'patch', folder: '/', file }).land(work)).kind, 'landed');
  repository.git('apply', '--index', file);
  assert.equal(repository.git('ls-files'), `a.js\n${quoted}`);
});

test('a repository without a commit gets its first one, and a detached HEAD stays where it is', async (t) => {
  const repository = gitRepository(t);
  repository.write({ 'a.js': '1\n' });
  const first = idOf(await commit(repository, { 'a.js': '2\n' }));
  assert.equal(repository.git('log', '--format=%P|%s', first), `|${WORDS.title}`);
  assert.throws(() => repository.git('rev-parse', '--verify', 'HEAD'));
  repository.git('update-ref', '-d', 'refs/pyagent/run_1');
  repository.git('add', '-A');
  repository.git('commit', '-q', '-m', 'own');
  repository.git('checkout', '-q', '--detach');
  const head = readFileSync(join(repository.root, '.git/HEAD'), 'utf8');
  idOf(await commit(repository, { 'a.js': '3\n' }));
  assert.equal(readFileSync(join(repository.root, '.git/HEAD'), 'utf8'), head);
});

test('a folder of a repository, a linked work tree, and SHA-256 are no different', async (t) => {
  const repository = gitRepository(t, { 'top.js': '1\n', 'packages/shop/a.js': '1\n' }, '--object-format=sha256');
  const below = join(repository.root, 'packages/shop');
  const id = idOf(await commit(repository, { 'a.js': '2\n', 'new.js': 'n\n' }, { root: below }));
  assert.equal(id.length, 64);
  assert.equal(
    repository.git('diff-tree', '-r', '--format=', '--name-only', 'HEAD', id),
    'packages/shop/a.js\npackages/shop/new.js',
  );
  repository.git('update-ref', '-d', 'refs/pyagent/run_1');
  const other = join(repository.folder, 'other');
  repository.git('worktree', 'add', '-q', '-b', 'side', other);
  const before = repository.gitFiles();
  const linked = idOf(await commit(repository, { 'top.js': 'linked\n' }, { root: other }));
  assert.deepEqual(repository.gitFiles(), before);
  assert.equal(gitAt(other, repository.env, ['cat-file', 'blob', `${linked}:top.js`]), 'linked');
});

test('sparse checkouts, split indexes and monitors keep what they have', async (t) => {
  const repository = gitRepository(t, { 'in/a.js': '1\n', 'out/b.js': '2\n' });
  repository.git('sparse-checkout', 'set', '--cone', '--sparse-index', 'in');
  repository.git('config', 'core.splitIndex', 'true');
  repository.git('config', 'core.untrackedCache', 'true');
  const before = repository.gitFiles();
  const id = idOf(await commit(repository, { 'in/a.js': 'x\n' }));
  assert.deepEqual(repository.gitFiles(), before);
  assert.equal(repository.git('ls-tree', '-r', '--name-only', id), 'in/a.js\nout/b.js');
});

test('a file inside of a submodule or another repository is refused with the reason', async (t) => {
  const repository = gitRepository(t, { 'a.js': '1\n' });
  const nested = join(repository.root, 'vendor/lib');
  mkdirSync(nested, { recursive: true });
  gitAt(nested, repository.env, ['init', '-q']);
  const outcome = await commit(repository, { 'a.js': '2\n', 'vendor/lib/x.js': 'x\n' });
  assert.match(
    outcome.kind === 'refused' ? outcome.reason : '',
    /vendor\/lib\/x\.js lies in vendor\/lib, a repository/,
  );
  assert.equal(repository.git('for-each-ref', 'refs/pyagent'), '');
});

test('variables that point git elsewhere are not followed', async (t) => {
  const [repository, other] = [gitRepository(t, { 'a.js': '1\n' }), gitRepository(t, { 'b.js': '1\n' })];
  const env = {
    GIT_DIR: join(other.root, '.git'),
    GIT_WORK_TREE: other.root,
    GIT_INDEX_FILE: join(repository.root, '.git/index'),
    GIT_OBJECT_DIRECTORY: join(other.root, '.git/objects'),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.worktree',
    GIT_CONFIG_VALUE_0: other.root,
  };
  const before = [repository.gitFiles(), filesOf(join(other.root, '.git'))];
  const id = idOf(await commit(repository, { 'a.js': '2\n' }, { env }));
  assert.deepEqual([repository.gitFiles(), filesOf(join(other.root, '.git'))], before);
  assert.equal(repository.git('cat-file', 'blob', `${id}:a.js`), '2');
});

test('before the run: no repository, no identity, and a repository that git does not trust are refused', async (t) => {
  const repository = gitRepository(t, { 'a.js': '1\n' });
  const reasonOf = async (more: Parameters<TestRepository['landing']>[1]) => {
    const checked = await repository.landing({ mode: 'commit' }, more).check();
    return checked.kind === 'refused' ? checked.reason : 'ready';
  };
  assert.match(await reasonOf({ root: repository.folder }), /needs a git repository: not a git repository/);
  assert.match(await reasonOf({ env: { PATH: join(repository.folder, 'none') } }), /git is not installed/);
  assert.match(
    await reasonOf({ env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } }),
    /dubious ownership[\s\S]*safe\.directory/,
  );
  repository.git('config', '--unset', 'user.email');
  assert.match(await reasonOf({}), /whose commit it is.*git config user\.name.*git config user\.email/);
  assert.equal(await reasonOf({ env: { GIT_AUTHOR_EMAIL: 'a@b.c', GIT_COMMITTER_EMAIL: 'a@b.c' } }), 'ready');
});

test('a filter that fails stops the landing with its own words', async (t) => {
  const repository = gitRepository(t, { '.gitattributes': '*.js filter=broken\n' });
  repository.git('config', 'filter.broken.clean', 'exit 3');
  repository.git('config', 'filter.broken.required', 'true');
  const outcome = await commit(repository, { 'a.js': 'x\n' });
  assert.match(outcome.kind === 'refused' ? outcome.reason : '', /git update-index: .*filter/s);
  assert.deepEqual(filesOf(join(repository.folder, 'scratch')), {});
});
