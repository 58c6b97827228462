import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Operation } from './index.ts';
import { openAt, snapshot } from './testing/temporary-repository.ts';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

/** A file system of its own that holds `size`, or the reason why this machine gives none. */
function smallDisk(t: TestContext, size: string): string | undefined {
  const place = mkdtempSync(join(tmpdir(), 'pyagent-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', place], { stdio: 'ignore' });
  } catch {
    t.skip('this machine does not let the test mount a small file system (it needs root)');
    rmSync(place, { recursive: true });
    return undefined;
  }
  t.after(() => {
    execFileSync('umount', ['-l', place]);
    rmSync(place, { recursive: true });
  });
  return place;
}

function folder(t: TestContext): string {
  const place = mkdtempSync(join(tmpdir(), 'pyagent-state-'));
  t.after(() => rmSync(place, { recursive: true, force: true }));
  return place;
}

function plant(root: string): void {
  mkdirSync(root);
  for (let n = 0; n < 20; n += 1) writeFileSync(join(root, `f${n}.ts`), `${n}\n`.repeat(5_000));
}

const growAll = (size: number): Operation[] =>
  Array.from({ length: 20 }, (_, n) => ({ kind: 'write', path: `f${n}.ts`, bytes: Buffer.alloc(size, `${n}`) }));

test('a disk that fills up while the files are written is a clear error and leaves the tree as it was', async (t) => {
  const disk = smallDisk(t, '1m');
  if (disk === undefined) return;
  const root = join(disk, 'repository');
  plant(root);
  const before = snapshot(root);
  const { workspace, close } = await openAt(root, folder(t));
  t.after(close);
  const transaction = await workspace.begin({ run: 'run_1', title: 't' });
  // The first batch fits, the second does not: also the first can be taken back on the full disk.
  assert.equal((await transaction.writeAll(growAll(20_000))).kind, 'written');
  await assert.rejects(transaction.writeAll(growAll(60_000)), { code: 'state/full', message: /free some space/ });
  writeFileSync(join(disk, 'ballast'), '');
  fill(join(disk, 'ballast'));
  assert.deepEqual((await transaction.rollback()).conflicts, []);
  assert.deepEqual(snapshot(root), before);
});

test('a rollback that finds no space says so, and recovery finishes it once there is some', async (t) => {
  const disk = smallDisk(t, '1m');
  if (disk === undefined) return;
  const root = join(disk, 'repository');
  plant(root);
  const before = snapshot(root);
  const state = folder(t);
  const first = await openAt(root, state);
  const transaction = await first.workspace.begin({ run: 'run_1', title: 't' });
  assert.equal((await transaction.writeAll(growAll(1))).kind, 'written');
  fill(join(disk, 'ballast'));
  await assert.rejects(transaction.rollback(), { code: 'state/full' });
  await first.close();
  rmSync(join(disk, 'ballast'));
  const second = await openAt(root, state);
  t.after(second.close);
  await assert.rejects(second.workspace.begin({ run: 'run_2', title: 't' }), { code: 'state/unrecovered' });
  const [recovered] = await second.workspace.recover();
  assert.deepEqual(recovered?.conflicts, []);
  assert.deepEqual(snapshot(root), before);
});

test('a full disk under the state folder stops a run before the first file changes', async (t) => {
  const disk = smallDisk(t, '1m');
  if (disk === undefined) return;
  const root = join(folder(t), 'repository');
  plant(root);
  const before = snapshot(root);
  const state = join(disk, 'state');
  const { workspace, close } = await openAt(root, state);
  t.after(close);
  const transaction = await workspace.begin({ run: 'run_1', title: 't' });
  await assert.rejects(transaction.writeAll(growAll(60_000)), { code: 'state/full', message: new RegExp(disk) });
  assert.deepEqual(snapshot(root), before);
  assert.deepEqual(
    readdirSync(join(state, 'objects')).filter((name) => name.endsWith('.draft')),
    [],
  );
  fill(join(state, 'ballast'));
  await assert.rejects(transaction.write('f0.ts', Buffer.from('x')), (error: { code?: string }) =>
    ['state/full', 'store/full'].includes(error.code ?? ''),
  );
  assert.deepEqual(snapshot(root), before);
  rmSync(join(state, 'ballast'));
  await transaction.write('f0.ts', Buffer.from('x'));
  assert.equal((await transaction.commit()).kind, 'committed');
});

test('a store cannot be made on a full disk, and says so', async (t) => {
  const disk = smallDisk(t, '64k');
  if (disk === undefined) return;
  const root = join(folder(t), 'repository');
  plant(root);
  fill(join(disk, 'ballast'));
  await assert.rejects(openAt(root, join(disk, 'state')), { code: 'store/full', message: new RegExp(disk) });
});

test('a tree that cannot be written is a clear error and stays as it is', async (t) => {
  const place = isRoot ? smallDisk(t, '4m') : folder(t);
  if (place === undefined) return;
  const root = join(place, 'repository');
  plant(root);
  const before = snapshot(root);
  const { workspace, close } = await openAt(root, folder(t));
  t.after(close);
  if (isRoot) execFileSync('mount', ['-o', 'remount,ro', place]);
  else chmodSync(root, 0o555);
  const transaction = await workspace.begin({ run: 'run_1', title: 't' });
  await assert.rejects(transaction.writeAll(growAll(10)), { code: 'state/denied', message: new RegExp(root) });
  await assert.rejects(transaction.remove('f0.ts'), { code: 'state/denied' });
  await assert.rejects(transaction.mkdir('new'), { code: 'state/denied' });
  assert.equal((await transaction.rollback()).kind, 'rolled-back');
  if (!isRoot) chmodSync(root, 0o755);
  assert.deepEqual(snapshot(root), before);
  assert.ok(!existsSync(join(root, 'new')));
});

test('a state folder that cannot be made is named', async (t) => {
  const place = folder(t);
  const root = join(place, 'repository');
  plant(root);
  writeFileSync(join(place, 'plain'), '');
  await assert.rejects(
    openAt(root, join(place, 'plain', 'state')),
    (error: { message?: string }) => error.message?.includes(join(place, 'plain')) === true,
  );
});

/** Takes all space that is left. */
function fill(path: string): void {
  for (const size of [65_536, 4_096, 1]) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(size), { flag: 'a' });
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
  }
}
