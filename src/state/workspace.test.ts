import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { native } from '../native/index.ts';
import { listRuns, runStarted } from '../store/index.ts';
import { openWorkspace, readHistory } from './index.ts';
import { snapshot, temporaryRepository } from './testing/temporary-repository.ts';

const bytes = (text: string) => Buffer.from(text);
const RUN = { run: 'run_1', title: 'tidy' };

test('a commit lands the files together with the rows of other rooms', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one', 'b/c.ts': 'two' });
  const { workspace, store } = await repository.open();
  const transaction = await workspace.begin(RUN);
  const outcome = await transaction.writeAll([
    { kind: 'write', path: 'a.ts', bytes: bytes('ONE') },
    { kind: 'write', path: 'new/deep/d.ts', bytes: bytes('\ufeffthree\r\n') },
    { kind: 'remove', path: 'b/c.ts' },
  ]);
  assert.equal(outcome.kind, 'written');
  assert.deepEqual(await listRuns(store), []);
  assert.deepEqual(await transaction.commit([runStarted({ run: 'run_1', task: 't', startedAt: 1 })]), {
    kind: 'committed',
    merged: [],
  });
  assert.equal((await listRuns(store)).length, 1);
  assert.equal(readFileSync(join(repository.root, 'new/deep/d.ts'), 'utf8'), '\ufeffthree\r\n');
  assert.ok(!existsSync(join(repository.root, 'b/c.ts')));
  await assert.rejects(transaction.write('a.ts', bytes('x')), { code: 'state/ended' });
});

test('an open transaction hands out the bytes on both sides of each change', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one' });
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  await transaction.write('a.ts', bytes('ONE'));
  const [change] = transaction.changes();
  assert.ok(change?.before.kind === 'file' && change.after.kind === 'file');
  assert.deepEqual(Buffer.from(await transaction.content(change.before.hash)), bytes('one'));
  assert.deepEqual(Buffer.from(await transaction.content(change.after.hash)), bytes('ONE'));
  await transaction.rollback();
});

test('a commit whose rows are refused lands nothing', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one' });
  const before = snapshot(repository.root);
  const { workspace, store } = await repository.open();
  const row = runStarted({ run: 'run_1', task: 't', startedAt: 1 });
  await store.commit([row]);
  const transaction = await workspace.begin(RUN);
  await transaction.write('a.ts', bytes('ONE'));
  await assert.rejects(transaction.commit([row]), { code: 'store/constraint' });
  await transaction.rollback();
  assert.deepEqual(snapshot(repository.root), before);
  assert.deepEqual(
    (await readHistory(store)).map(({ state }) => state),
    ['rolled-back'],
  );
});

test('a rollback restores bytes, modes, links, empty folders and absences', async (t) => {
  const repository = temporaryRepository(t, { 'run.sh': '#!/bin/sh\n', 'x/y.ts': 'y', 'gone.ts': 'g' });
  const { root } = repository;
  chmodSync(join(root, 'run.sh'), 0o751);
  mkdirSync(join(root, 'empty'), { mode: 0o700 });
  symlinkSync('run.sh', join(root, 'link'));
  const before = snapshot(root);
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  await transaction.write('run.sh', bytes('changed'), { mode: 0o600 });
  await transaction.remove('link');
  await transaction.remove('empty');
  await transaction.rename('gone.ts', 'moved/there.ts');
  await transaction.remove('x/y.ts');
  await transaction.remove('x');
  await transaction.write('x', bytes('a file where a folder was'));
  await transaction.mkdir('made/below');
  assert.equal(transaction.changes().length, 10);
  assert.deepEqual(await transaction.rollback(), { kind: 'rolled-back', conflicts: [], merged: [] });
  assert.deepEqual(snapshot(root), before);
});

test('an executable stays executable and a new file takes the bits of its folder', async (t) => {
  const repository = temporaryRepository(t, { 'run.sh': 'a' });
  chmodSync(join(repository.root, 'run.sh'), 0o755);
  chmodSync(repository.root, 0o750);
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  await transaction.write('run.sh', bytes('b'));
  await transaction.write('new.ts', bytes('n'));
  await transaction.commit();
  assert.equal(statSync(join(repository.root, 'run.sh')).mode & 0o777, 0o755);
  assert.equal(statSync(join(repository.root, 'new.ts')).mode & 0o777, 0o640);
});

test('savepoints nest: files go back to each of them exactly', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0' });
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  await transaction.write('a.ts', bytes('1'));
  const first = await transaction.savepoint('first');
  const atFirst = snapshot(repository.root);
  await transaction.write('a.ts', bytes('2'));
  await transaction.write('b/b.ts', bytes('2'));
  const second = await transaction.savepoint('second');
  const atSecond = snapshot(repository.root);
  await transaction.remove('a.ts');
  await transaction.rollbackTo(second);
  assert.deepEqual(snapshot(repository.root), atSecond);
  await transaction.write('a.ts', bytes('3'));
  await transaction.rollbackTo(first);
  assert.deepEqual(snapshot(repository.root), atFirst);
  assert.deepEqual(
    transaction.changes().map(({ path }) => path),
    ['a.ts'],
  );
  assert.equal((await transaction.commit()).kind, 'committed');
});

test('a file that changed since it was read is not written', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one', 'b.ts': 'two' });
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  const expect = native().hashBytes(bytes('one'));
  writeFileSync(join(repository.root, 'a.ts'), 'edited');
  const outcome = await transaction.writeAll([
    { kind: 'write', path: 'b.ts', bytes: bytes('TWO') },
    { kind: 'write', path: 'a.ts', bytes: bytes('ONE'), expect },
  ]);
  assert.equal(outcome.kind === 'conflict' && outcome.conflicts[0]?.path, 'a.ts');
  assert.equal(readFileSync(join(repository.root, 'a.ts'), 'utf8'), 'edited');
  assert.equal(readFileSync(join(repository.root, 'b.ts'), 'utf8'), 'two');
});

test('an edit of somebody else survives write, commit and rollback, and the original is kept aside', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one', 'b.ts': 'two' });
  const place = join(repository.root, 'a.ts');
  const { workspace, store } = await repository.open();
  const transaction = await workspace.begin(RUN);
  await transaction.write('a.ts', bytes('ONE'));
  await transaction.write('b.ts', bytes('TWO'));
  writeFileSync(place, 'a person was here');
  assert.equal((await transaction.write('a.ts', bytes('again'))).kind, 'conflict');
  const commit = await transaction.commit([runStarted({ run: 'run_1', task: 't', startedAt: 1 })]);
  assert.equal(commit.kind === 'conflict' && commit.conflicts[0]?.path, 'a.ts');
  assert.deepEqual(await listRuns(store), []);
  const { conflicts } = await transaction.rollback();
  assert.equal(readFileSync(place, 'utf8'), 'a person was here');
  assert.equal(readFileSync(join(repository.root, 'b.ts'), 'utf8'), 'two');
  assert.equal(readFileSync(conflicts[0]?.kept ?? '', 'utf8'), 'one');
});

test('paths that lead out, into .git, or through a link are refused', async (t) => {
  const repository = temporaryRepository(t, { 'a/b.ts': 'b', '.git/config': 'c', 'outside/../x.ts': 'x' });
  const { root } = repository;
  symlinkSync('/tmp', join(root, 'out'));
  symlinkSync('a', join(root, 'inner'));
  symlinkSync('x.ts', join(root, 'link.ts'));
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  const wrong = ['../x', '/etc/x', 'a/../../x', '', '.', 'a/', './a', 'a\0', '.git/config', 'a/.GIT/x', 'out/x'];
  for (const path of [...wrong, 'a/.pyagent-x.tmp', 'bad\ufffdname']) {
    await assert.rejects(transaction.write(path, bytes('x')), { code: 'state/path' }, JSON.stringify(path));
  }
  await assert.rejects(transaction.write('a', bytes('x')), { code: 'state/kind' });
  await assert.rejects(transaction.write('link.ts', bytes('x')), { code: 'state/kind' });
  await assert.rejects(transaction.write('x.ts/y', bytes('x')), (error: { code?: string }) => !!error.code);
  await assert.rejects(
    transaction.writeAll([
      { kind: 'write', path: 'inner/b.ts', bytes: bytes('1') },
      { kind: 'write', path: 'a/b.ts', bytes: bytes('2') },
    ]),
    { code: 'state/path', message: /twice/ },
  );
  await transaction.write('inner/b.ts', bytes('through the link'));
  assert.deepEqual(
    transaction.changes().map(({ path }) => path),
    ['a/b.ts'],
  );
});

test('a file with a second name keeps it, through write and rollback', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'first content' });
  const [a, b] = [join(repository.root, 'a.ts'), join(repository.root, 'b.ts')];
  linkSync(a, b);
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  await transaction.write('a.ts', bytes('second'));
  assert.equal(readFileSync(b, 'utf8'), 'second');
  await transaction.rollback();
  assert.equal(readFileSync(b, 'utf8'), 'first content');
  assert.equal(statSync(a).ino, statSync(b).ino);
});

test('a second process is told who has the workspace, and gets in after it is closed', async (t) => {
  const repository = temporaryRepository(t);
  const { workspace, store } = await repository.open();
  const again = () =>
    openWorkspace({
      root: repository.root,
      stateFolder: repository.stateFolder,
      store,
      clock: { now: () => 0, monotonic: () => 0 },
      newId: () => 'txn_x',
    });
  await assert.rejects(again(), { code: 'state/busy', message: new RegExp(`process ${process.pid}`) });
  workspace.close();
  (await again()).close();
});

test('only one transaction is open at a time', async (t) => {
  const { workspace } = await temporaryRepository(t).open();
  const first = await workspace.begin(RUN);
  await assert.rejects(workspace.begin(RUN), { code: 'state/busy' });
  await assert.rejects(workspace.undo(), { code: 'state/busy' });
  await first.commit();
  await (await workspace.begin(RUN)).rollback();
});

test('a root that does not exist is named', async (t) => {
  const repository = temporaryRepository(t);
  rmSync(repository.root, { recursive: true });
  await assert.rejects(repository.open(), { code: 'state/io', message: new RegExp(repository.root) });
});

test('calls made at the same time are carried out one after the other', async (t) => {
  const repository = temporaryRepository(t);
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  await Promise.all(Array.from({ length: 20 }, (_, n) => transaction.write('same.ts', bytes(String(n)))));
  assert.equal(Buffer.from((await transaction.read('same.ts')) ?? []).toString(), '19');
  await transaction.rollback();
  assert.deepEqual(snapshot(repository.root), {});
});
