import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Operation, Workspace } from './index.ts';
import { snapshot, temporaryRepository } from './testing/temporary-repository.ts';

const write = (path: string, text: string): Operation => ({ kind: 'write', path, bytes: Buffer.from(text) });

async function land(workspace: Workspace, run: string, ...operations: Operation[]): Promise<void> {
  const transaction = await workspace.begin({ run, title: `title of ${run}` });
  assert.equal((await transaction.writeAll(operations)).kind, 'written');
  assert.equal((await transaction.commit()).kind, 'committed');
}

test('pruned runs lose what only they need; the others are undone exactly', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0', 'b.ts': 'shared' });
  const { workspace } = await repository.open();
  const objects = () => readdirSync(join(repository.stateFolder, 'objects')).length;
  await land(workspace, 'run_1', write('a.ts', 'one'), write('b.ts', 'other'));
  const first = snapshot(repository.root);
  await land(workspace, 'run_2', write('a.ts', 'two'), write('c.ts', 'shared'));
  const before = objects();
  const dry = await workspace.prune({ keep: 1, dryRun: true });
  assert.deepEqual([dry.runs.map(({ run }) => run), objects()], [['run_1'], before]);
  const outcome = await workspace.prune({ keep: 1 });
  assert.deepEqual({ ...outcome, dryRun: true }, dry);
  // '0' and 'other' were needed by the first run alone; 'one' and 'shared' by the second too.
  assert.deepEqual([outcome.objects, before - objects()], [2, 2]);
  assert.deepEqual([outcome.before.runs, outcome.after.runs], [2, 1]);
  assert.equal(outcome.before.contents - outcome.after.contents, '0other'.length);
  assert.equal((await workspace.undo('run_2')).kind, 'undone');
  assert.deepEqual(snapshot(repository.root), first);
  const gone = await workspace.undo('run_1');
  assert.match(gone.kind === 'nothing' ? gone.message : '', /pruned and can no longer be undone/);
  assert.equal((await workspace.undo()).kind, 'nothing');
  assert.equal((await workspace.history()).find(({ run }) => run === 'run_1')?.prunedAt, 1000);
  assert.equal((await workspace.redo()).kind, 'redone');
});

test('what a partial undo and a merge need is kept until their run is pruned', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0', 'b.ts': '0' });
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', write('a.ts', '1'), write('b.ts', '1'));
  writeFileSync(join(repository.root, 'a.ts'), '0');
  await workspace.replay({ kind: 'undo', only: [{ given: 'a.ts', anyOf: ['a.ts'] }] });
  await workspace.prune({ olderThan: 0, maxSize: 0 });
  const partly = snapshot(repository.root);
  assert.equal((await workspace.undo()).kind, 'undone');
  assert.equal((await workspace.redo('run_1')).kind, 'redone');
  assert.notDeepEqual(snapshot(repository.root), partly);
});

test('what a killed prune left without a row goes with the next one, and nothing else in the folder', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0' });
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', write('a.ts', '1'));
  const objects = join(repository.stateFolder, 'objects');
  const garbage = join(objects, 'f'.repeat(64));
  writeFileSync(garbage, 'nobody needs this');
  assert.equal(await workspace.exceeds({ olderThan: 0, maxSize: 0 }), false);
  assert.equal((await workspace.prune({})).objects, 1);
  assert.equal(existsSync(garbage), false);
  assert.equal((await workspace.undo()).kind, 'undone');
});

test('a prune whose rows cannot be written removes nothing', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0' });
  const { workspace, store } = await repository.open();
  await land(workspace, 'run_1', write('a.ts', '1'));
  await land(workspace, 'run_2', write('a.ts', '2'));
  const before = snapshot(join(repository.stateFolder, 'objects'));
  const trigger = "CREATE TRIGGER failing BEFORE DELETE ON file_entries BEGIN SELECT RAISE(ABORT, 'no'); END";
  await store.commit([{ sql: trigger, params: [] }]);
  await assert.rejects(workspace.prune({ keep: 1 }));
  assert.deepEqual(snapshot(join(repository.stateFolder, 'objects')), before);
  await store.commit([{ sql: 'DROP TRIGGER failing', params: [] }]);
  for (const run of ['run_2', 'run_1']) assert.equal((await workspace.undo(run)).kind, 'undone');
});

test('old copies of collisions and old backups of the store go by age alone', async (t) => {
  const repository = temporaryRepository(t);
  const { workspace } = await repository.open();
  const [copies, backups] = [join(repository.stateFolder, 'conflicts'), repository.stateFolder];
  for (const name of ['txn_old', 'txn_new']) {
    mkdirSync(join(copies, name, 'wanted'), { recursive: true });
    writeFileSync(join(copies, name, 'wanted/a.ts'), 'kept');
    writeFileSync(join(backups, `store.db.v${name.length}.backup`), 'kept');
  }
  const old = [join(copies, 'txn_old/wanted/a.ts'), join(copies, 'txn_old/wanted'), join(copies, 'txn_old')];
  writeFileSync(join(backups, 'store.db.v1.backup'), 'old');
  // The clock of the test stands at one second after the beginning of time.
  for (const path of [...old, join(backups, 'store.db.v1.backup')]) utimesSync(path, 0.1, 0.1);
  assert.deepEqual((await workspace.prune({ keep: 0 })).copies, []);
  const outcome = await workspace.prune({ olderThan: 500 });
  assert.deepEqual(outcome.copies, [join(copies, 'txn_old'), join(backups, 'store.db.v1.backup')]);
  assert.deepEqual(readdirSync(copies), ['txn_new']);
  assert.ok(existsSync(join(backups, 'store.db.v7.backup')));
});

test('nothing is pruned while a transaction is open', async (t) => {
  const { workspace } = await temporaryRepository(t).open();
  const transaction = await workspace.begin({ run: 'run_1', title: 't' });
  await transaction.write('a.ts', Buffer.from('1'));
  await assert.rejects(workspace.prune({ keep: 0 }), { code: 'state/busy' });
  await transaction.rollback();
});
