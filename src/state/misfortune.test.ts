import assert from 'node:assert/strict';
import { mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { snapshot, temporaryRepository } from './testing/temporary-repository.ts';

const RUN = { run: 'run_1', title: 't' };

test('a workspace that is moved under a transaction is noticed, and taken back where it is now', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one', 'b/c.ts': 'two' });
  const { root } = repository;
  const before = snapshot(root);
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  await transaction.write('a.ts', Buffer.from('ONE'));
  renameSync(root, `${root}-moved`);
  mkdirSync(root);
  const moved = { code: 'state/moved', message: /moved or deleted/ };
  await assert.rejects(transaction.write('b/c.ts', Buffer.from('TWO')), moved);
  await assert.rejects(transaction.commit(), moved);
  await assert.rejects(
    transaction.capture(() => assert.fail('it must not begin')),
    moved,
  );
  assert.deepEqual(await transaction.rollback(), { kind: 'rolled-back', conflicts: [], merged: [] });
  assert.deepEqual(snapshot(`${root}-moved`), before);
  assert.deepEqual(snapshot(root), {});
});

test('a workspace that is deleted under a transaction is noticed, and its originals are kept and named', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one' });
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  await transaction.write('a.ts', Buffer.from('ONE'));
  rmSync(repository.root, { recursive: true });
  await assert.rejects(transaction.write('b.ts', Buffer.from('TWO')), { code: 'state/moved' });
  const { conflicts } = await transaction.rollback();
  assert.equal(readFileSync(conflicts[0]?.kept ?? '', 'utf8'), 'one');
});

test('a file of more than 100 MB is changed, removed and brought back byte for byte', async (t) => {
  const repository = temporaryRepository(t, { 'large.bin': 'begin' });
  const place = join(repository.root, 'large.bin');
  const size = 101 * 2 ** 20;
  truncateSync(place, size);
  writeSync(openSync(place, 'r+'), 'end', size - 3);
  const { workspace } = await repository.open();
  const transaction = await workspace.begin(RUN);
  const check = () => {
    const bytes = readFileSync(place);
    assert.equal(bytes.length, size);
    assert.equal(bytes.subarray(0, 5).toString() + bytes.subarray(-3).toString(), 'beginend');
  };
  const savepoint = await transaction.savepoint('before');
  await transaction.rename('large.bin', 'moved.bin');
  await transaction.remove('moved.bin');
  await transaction.rollbackTo(savepoint);
  check();
  const appended = await transaction.capture(async () => writeSync(openSync(place, 'a'), 'more'));
  assert.equal(appended.kind, 'captured');
  assert.equal(statSync(place).size, size + 4);
  await transaction.commit();
  assert.equal((await workspace.undo()).kind, 'undone');
  check();
});
