import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
  auditAppended,
  journalAppended,
  listRuns,
  MIGRATIONS,
  openStore,
  readAudit,
  readJournal,
  readRun,
  runFinished,
  runStarted,
  type Store,
} from './index.ts';

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pyagent-store-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'state', 'store.db');
}

async function fresh(t: TestContext): Promise<Store> {
  const store = await openStore({ path: place(t) });
  t.after(() => store.close());
  return store;
}

test('a commit is whole or absent', async (t) => {
  const store = await fresh(t);
  const start = runStarted({ run: 'run_1', task: 'tidy', startedAt: 5 });
  await assert.rejects(store.commit([start, start]), { code: 'store/constraint' });
  assert.deepEqual(await listRuns(store), []);
  assert.deepEqual(await store.commit([start]), [1]);
  assert.deepEqual(await listRuns(store), [{ run: 'run_1', task: 'tidy', startedAt: 5 }]);
});

test('a list of runs counts the changes of each report without reading it', async (t) => {
  const store = await fresh(t);
  const report = JSON.stringify({ changes: [{ path: 'a' }, { path: 'b' }] });
  await store.commit([
    runStarted({ run: 'run_1', task: 'tidy', startedAt: 5 }),
    runFinished({ run: 'run_1', finishedAt: 9, outcome: 'done', report }),
  ]);
  assert.deepEqual(await listRuns(store), [
    { run: 'run_1', task: 'tidy', startedAt: 5, finishedAt: 9, outcome: 'done', changedFiles: 2 },
  ]);
});

test('a run that finishes keeps its report, and an unknown run cannot finish', async (t) => {
  const store = await fresh(t);
  const end = { run: 'run_1', finishedAt: 9, outcome: 'done', report: '{"v":1}' };
  await assert.rejects(store.commit([runFinished(end)]), { code: 'store/guard' });
  await store.commit([runStarted({ run: 'run_1', task: 'tidy', startedAt: 5 }), runFinished(end)]);
  await store.commit([runStarted({ run: 'run_2', task: 'more', startedAt: 7 })]);
  assert.equal((await readRun(store))?.run, 'run_2');
  assert.deepEqual(await readRun(store, 'run_1'), { task: 'tidy', startedAt: 5, ...end });
  assert.equal(await readRun(store, 'run_3'), undefined);
});

test('journal and audit come back in order', async (t) => {
  const store = await fresh(t);
  const entry = { type: 'started', inputs: { path: 'ä' } };
  await store.commit([2, 1].map((seq) => journalAppended('run_1', { seq, time: seq, entry })));
  await assert.rejects(store.commit([journalAppended('run_1', { seq: 1, time: 3, entry })]), {
    code: 'store/constraint',
  });
  assert.deepEqual(
    (await readJournal(store, 'run_1')).map(({ seq }) => seq),
    [1, 2],
  );
  const lines = [
    { time: 1, kind: 'run.started', run: 'run_1', data: { a: [1] } },
    { time: 2, kind: 'store.opened', data: null },
  ];
  await store.commit(lines.map(auditAppended));
  assert.deepEqual(await readAudit(store), lines);
  assert.deepEqual(await readAudit(store, 'run_1'), lines.slice(0, 1));
});

test('commits that are queued together all arrive, and one that fails stays alone', async (t) => {
  const store = await fresh(t);
  const results = await Promise.allSettled(
    Array.from({ length: 200 }, (_, index) =>
      store.commit([runStarted({ run: `run_${index % 150}`, task: 't', startedAt: index })]),
    ),
  );
  assert.equal(results.filter(({ status }) => status === 'rejected').length, 50);
  assert.equal((await listRuns(store, 1000)).length, 150);
});

test('a store of a newer version is refused with both formats named, and left as it is', async (t) => {
  const path = place(t);
  await (await openStore({ path, migrations: [...MIGRATIONS, 'CREATE TABLE later (x)'] })).close();
  const before = readFileSync(path);
  await assert.rejects(openStore({ path }), {
    code: 'store/newer',
    details: { path, expected: MIGRATIONS.length, found: MIGRATIONS.length + 1 },
    message: /newer version/,
  });
  assert.deepEqual(readFileSync(path), before);
});

test('a store of an older version is migrated, and what it was is kept beside it', async (t) => {
  const path = place(t);
  const old = await openStore({ path });
  await old.commit([runStarted({ run: 'run_1', task: 'tidy', startedAt: 5 })]);
  await old.close();
  const next = [...MIGRATIONS, 'ALTER TABLE runs ADD COLUMN colour TEXT'];
  const migrated = await openStore({ path, migrations: next });
  assert.deepEqual(await migrated.query('SELECT id, colour FROM runs'), [{ id: 'run_1', colour: null }]);
  await migrated.close();
  const backup = await openStore({ path: `${path}.v${MIGRATIONS.length}.backup` });
  assert.equal((await listRuns(backup)).length, 1);
  await backup.close();
});

test('a file that is no database is named and not touched', async (t) => {
  const path = place(t);
  await (await openStore({ path })).close();
  writeFileSync(path, 'not a database, but long enough to have a header'.repeat(100));
  const before = readFileSync(path);
  await assert.rejects(openStore({ path }), { code: 'store/corrupt', message: new RegExp(path) });
  assert.deepEqual(readFileSync(path), before);
});

test('a closed store says so', async (t) => {
  const store = await fresh(t);
  await store.close();
  await store.close();
  await assert.rejects(store.commit([]), { code: 'store/closed' });
  await assert.rejects(store.query('SELECT 1'), { code: 'store/closed' });
  assert.ok(existsSync(store.path));
});
