import assert from 'node:assert/strict';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Operation } from './index.ts';
import { snapshot, type TemporaryRepository, temporaryRepository } from './testing/temporary-repository.ts';

const write = (path: string, bytes: Uint8Array | string): Operation => ({
  kind: 'write',
  path,
  bytes: Buffer.from(bytes),
});

/** Leaves a transaction open, as a process does that is killed. */
async function abandon({ open }: TemporaryRepository, ...batches: Operation[][]): Promise<void> {
  const { workspace, close } = await open();
  const transaction = await workspace.begin({ run: 'run_1', title: 'abandoned' });
  for (const batch of batches) assert.equal((await transaction.writeAll(batch)).kind, 'written');
  await close();
}

async function conflictsOfRecovery({ open }: TemporaryRepository): Promise<string[]> {
  const { workspace } = await open();
  return (await workspace.recover()).flatMap(({ conflicts }) => conflicts.map(({ path }) => path));
}

test('a path that changes between file and folder may be nothing for a moment', async (t) => {
  const repository = temporaryRepository(t, { was: 'a file', 'folder/a.ts': 'a' });
  const before = snapshot(repository.root);
  await abandon(
    repository,
    [
      { kind: 'remove', path: 'was' },
      { kind: 'remove', path: 'folder/a.ts' },
    ],
    [write('was/below', 'new'), { kind: 'remove', path: 'folder' }],
    [write('folder', 'a file now')],
  );
  rmSync(join(repository.root, 'was'), { recursive: true });
  rmSync(join(repository.root, 'folder'));
  assert.deepEqual(await conflictsOfRecovery(repository), []);
  assert.deepEqual(snapshot(repository.root), before);
});

test('a folder that has not got its mode yet is one of ours', async (t) => {
  const repository = temporaryRepository(t);
  await abandon(repository, [{ kind: 'mkdir', path: 'made' }]);
  chmodSync(join(repository.root, 'made'), 0o700);
  assert.deepEqual(await conflictsOfRecovery(repository), []);
  assert.deepEqual(snapshot(repository.root), {});
});

test('sectors of a file with two names may arrive in any order', async (t) => {
  const [old, fresh] = [Buffer.alloc(4_000, 'old '), Buffer.alloc(3_700, 'new ')];
  for (const torn of [
    [fresh.subarray(0, 512), old.subarray(512, 1024), fresh.subarray(1024), old.subarray(3_700)],
    [old.subarray(0, 2_048), fresh.subarray(2_048)],
    [old.subarray(0, 512), Buffer.alloc(512), old.subarray(1024)],
    [fresh.subarray(0, 100), old.subarray(100)],
  ]) {
    const repository = temporaryRepository(t, { 'a.bin': old.toString() });
    const place = join(repository.root, 'a.bin');
    linkSync(place, join(repository.root, 'b.bin'));
    await abandon(repository, [write('a.bin', fresh)]);
    writeFileSync(place, Buffer.concat(torn));
    assert.deepEqual(await conflictsOfRecovery(repository), []);
    assert.deepEqual(readFileSync(join(repository.root, 'b.bin')), old);
  }
});

test('a file with two names that got its new length before its new bytes is one of ours', async (t) => {
  const repository = temporaryRepository(t, { 'a.bin': 'o'.repeat(1_000) });
  const place = join(repository.root, 'a.bin');
  linkSync(place, join(repository.root, 'b.bin'));
  await abandon(repository, [write('a.bin', 'n'.repeat(1_500))]);
  writeFileSync(place, 'o'.repeat(1_000) + '\0'.repeat(500));
  assert.deepEqual(await conflictsOfRecovery(repository), []);
  assert.equal(readFileSync(place, 'utf8'), 'o'.repeat(1_000));
});

test('a file that a person made executable goes back to its bytes and stays executable', async (t) => {
  const repository = temporaryRepository(t, { 'a.sh': 'one' });
  await abandon(repository, [write('a.sh', 'ONE')]);
  chmodSync(join(repository.root, 'a.sh'), 0o755);
  assert.deepEqual(await conflictsOfRecovery(repository), []);
  assert.equal(readFileSync(join(repository.root, 'a.sh'), 'utf8'), 'one');
  assert.equal(statSync(join(repository.root, 'a.sh')).mode & 0o777, 0o755);
});

test('a folder of somebody else where a file was is left alone', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one' });
  await abandon(repository, [write('a.ts', 'ONE')]);
  rmSync(join(repository.root, 'a.ts'));
  mkdirSync(join(repository.root, 'a.ts'), { mode: 0o700 });
  assert.deepEqual(await conflictsOfRecovery(repository), ['a.ts']);
});
