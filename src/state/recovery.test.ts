import assert from 'node:assert/strict';
import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { native } from '../native/index.ts';
import type { Operation } from './index.ts';
import { snapshot, type TemporaryRepository, temporaryRepository } from './testing/temporary-repository.ts';

const write = (path: string, text: string): Operation => ({ kind: 'write', path, bytes: Buffer.from(text) });

/** Leaves a transaction open, as a process does that is killed; returns its id. */
async function abandon(repository: TemporaryRepository, ...batches: Operation[][]): Promise<string> {
  const { workspace, close } = await repository.open();
  const transaction = await workspace.begin({ run: 'run_1', title: 'abandoned' });
  for (const batch of batches) assert.equal((await transaction.writeAll(batch)).kind, 'written');
  await close();
  return transaction.id;
}

test('what a killed process left is rolled back once, and its run says so', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one' });
  const before = snapshot(repository.root);
  const id = await abandon(repository, [write('a.ts', 'ONE')], [write('n/b.ts', 'two')]);
  const { workspace } = await repository.open();
  assert.deepEqual(await workspace.recover(), [
    { transaction: id, run: 'run_1', title: 'abandoned', paths: 3, conflicts: [], merged: [] },
  ]);
  assert.deepEqual(snapshot(repository.root), before);
  assert.deepEqual(await workspace.recover(), []);
  assert.equal((await workspace.history())[0]?.state, 'rolled-back');
});

test('a file that a person edited after the kill is left alone, and the original is kept aside', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one', 'b.ts': 'two', 'c/d.ts': 'three' });
  await abandon(repository, [write('a.ts', 'ONE'), write('b.ts', 'TWO'), { kind: 'remove', path: 'c/d.ts' }]);
  writeFileSync(join(repository.root, 'a.ts'), 'edited');
  rmSync(join(repository.root, 'c'), { recursive: true });
  writeFileSync(join(repository.root, 'c'), 'a file now');
  const { workspace } = await repository.open();
  const [recovered] = await workspace.recover();
  const kept = Object.fromEntries(
    (recovered?.conflicts ?? []).map(({ path, kept: copy }) => [path, readFileSync(copy ?? '', 'utf8')]),
  );
  assert.deepEqual(kept, { 'a.ts': 'one', 'c/d.ts': 'three' });
  assert.equal(readFileSync(join(repository.root, 'a.ts'), 'utf8'), 'edited');
  assert.equal(readFileSync(join(repository.root, 'b.ts'), 'utf8'), 'two');
  assert.equal(readFileSync(join(repository.root, 'c'), 'utf8'), 'a file now');
  const transaction = await workspace.begin({ run: 'run_2', title: 'next' });
  assert.equal((await transaction.write('a.ts', Buffer.from('x'))).kind, 'written');
});

test('an edit that was caught between two steps of a killed write is kept aside', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one' });
  const id = await abandon(repository, [write('a.ts', 'ONE')]);
  // What the swap displaces stands under this name until it has been compared.
  writeFileSync(join(repository.root, `.pyagent-${id}-1.tmp`), 'a person saved this');
  const { workspace } = await repository.open();
  const [recovered] = await workspace.recover();
  const [conflict] = recovered?.conflicts ?? [];
  assert.equal(readFileSync(conflict?.kept ?? '', 'utf8'), 'a person saved this');
  assert.deepEqual(readdirSync(repository.root), ['a.ts']);
  assert.equal(readFileSync(join(repository.root, 'a.ts'), 'utf8'), 'one');
});

test('a temporary file that was cut off is no edit of anybody and goes', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one' });
  const id = await abandon(repository, [write('a.ts', 'a longer text')]);
  writeFileSync(join(repository.root, `.pyagent-${id}-1.tmp`), 'a longer');
  const { workspace } = await repository.open();
  assert.deepEqual((await workspace.recover())[0]?.conflicts, []);
  assert.deepEqual(readdirSync(repository.root), ['a.ts']);
});

for (const [before, after, torn] of [
  ['0123456789', 'abcdefghij', 'abcd456789'],
  ['0123456789', 'abc', 'abc3456789'],
  ['012', 'abcdefghij', 'abcdef'],
  ['012', 'abcdefghij', 'a12'],
] as const) {
  test(`a write into a file with two names that was cut off (${before} -> ${after} at ${torn}) is undone`, async (t) => {
    const repository = temporaryRepository(t, { 'a.ts': before });
    const place = join(repository.root, 'a.ts');
    linkSync(place, join(repository.root, 'b.ts'));
    await abandon(repository, [write('a.ts', after)]);
    writeFileSync(place, torn);
    const { workspace } = await repository.open();
    assert.deepEqual((await workspace.recover())[0]?.conflicts, []);
    assert.equal(readFileSync(join(repository.root, 'b.ts'), 'utf8'), before);
  });
}

test('an edit of a file with two names is not taken for a write that was cut off', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0123456789' });
  const place = join(repository.root, 'a.ts');
  linkSync(place, join(repository.root, 'b.ts'));
  await abandon(repository, [write('a.ts', 'abcdefghij')]);
  writeFileSync(place, 'abcdXfghij');
  const { workspace } = await repository.open();
  const conflicts = (await workspace.recover())[0]?.conflicts ?? [];
  assert.deepEqual(conflicts.map(({ path }) => path).sort(), ['a.ts', 'b.ts']);
  assert.equal(readFileSync(place, 'utf8'), 'abcdXfghij');
});

test('a damaged original is named and keeps neither the other files nor the next run from their places', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one', 'b.ts': 'two' });
  await abandon(repository, [write('a.ts', 'ONE'), write('b.ts', 'TWO')]);
  const objects = join(repository.stateFolder, 'objects');
  writeFileSync(join(objects, native().hashBytes(Buffer.from('one'))), 'rotten');
  const { workspace } = await repository.open();
  const [conflict, ...others] = (await workspace.recover())[0]?.conflicts ?? [];
  assert.equal(conflict?.path, 'a.ts');
  assert.match(conflict?.detail ?? '', /damaged/);
  assert.deepEqual(others, []);
  assert.equal(readFileSync(join(repository.root, 'a.ts'), 'utf8'), 'ONE');
  assert.equal(readFileSync(join(repository.root, 'b.ts'), 'utf8'), 'two');
  await (await workspace.begin({ run: 'run_2', title: 'next' })).rollback();
});

test('a folder that a killed run made stays when somebody uses it', async (t) => {
  const repository = temporaryRepository(t);
  await abandon(repository, [write('made/a.ts', 'x')]);
  mkdirSync(join(repository.root, 'made/mine'));
  const { workspace } = await repository.open();
  assert.deepEqual((await workspace.recover())[0]?.conflicts, []);
  assert.deepEqual(Object.keys(snapshot(repository.root)), ['made', 'made/mine']);
});
