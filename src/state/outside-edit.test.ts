import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Operation, Workspace } from './index.ts';
import { gitMerge } from './testing/git-merge.ts';
import { snapshot, type TemporaryRepository, temporaryRepository } from './testing/temporary-repository.ts';

const write = (path: string, text: string, mode?: number): Operation => ({
  kind: 'write',
  path,
  bytes: Buffer.from(text),
  ...(mode === undefined ? {} : { mode }),
});
const lines = (...changed: [number, string][]) => {
  const text = Array.from({ length: 12 }, (_, n) => `line ${n}`);
  for (const [at, line] of changed) text[at] = line;
  return `${text.join('\n')}\n`;
};
const RUN = { run: 'run_1', title: 'title' };
const text = ({ root }: TemporaryRepository, path = 'a.ts') => readFileSync(join(root, path), 'utf8');
const edit = ({ root }: TemporaryRepository, content: string, path = 'a.ts') =>
  writeFileSync(join(root, path), content);
const open = (repository: TemporaryRepository) => repository.open(gitMerge);

async function begun(workspace: Workspace, ...operations: Operation[]) {
  const transaction = await workspace.begin(RUN);
  assert.equal((await transaction.writeAll(operations)).kind, 'written');
  return transaction;
}

test('undo takes the change of the run out of an edited file and keeps the edit; redo brings it back exactly', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': lines(), 'b.ts': '0' });
  const { workspace } = await open(repository);
  await (await begun(workspace, write('a.ts', lines([1, 'run'])), write('b.ts', '1'))).commit();
  edit(repository, lines([1, 'run'], [9, 'person']));
  const edited = snapshot(repository.root);
  const undone = await workspace.undo();
  assert.ok(undone.kind === 'undone', JSON.stringify(undone));
  assert.deepEqual(undone.merged, [{ path: 'a.ts', by: 'text' }]);
  assert.equal(text(repository), lines([9, 'person']));
  assert.equal(text(repository, 'b.ts'), '0');
  const redone = await workspace.undo(undone.operation);
  assert.ok(redone.kind === 'redone');
  assert.deepEqual(redone.merged, []);
  assert.deepEqual(snapshot(repository.root), edited);
  edit(repository, lines([1, 'run'], [5, 'later'], [9, 'person']));
  await workspace.undo();
  assert.equal(text(repository), lines([5, 'later'], [9, 'person']));
  await workspace.redo();
  assert.equal(text(repository), lines([1, 'run'], [5, 'later'], [9, 'person']));
});

test('an edit made while the run works is merged at its commit, and a later undo keeps it', async (t) => {
  for (const stale of [true, false]) {
    const repository = temporaryRepository(t, { 'a.ts': lines() });
    const { workspace } = await open(repository);
    const transaction = await begun(workspace, write('a.ts', lines([1, 'run'])), write('b.ts', 'new\n'));
    // An editor that still holds what was there before the run, or one that has loaded what the run wrote.
    edit(repository, stale ? lines([9, 'person']) : lines([1, 'run'], [9, 'person']));
    let told: unknown;
    const outcome = await transaction.commit((merged) => {
      told = merged;
      return [];
    });
    assert.deepEqual(outcome, { kind: 'committed', merged: [{ path: 'a.ts', by: 'text' }] });
    assert.deepEqual(told, [{ path: 'a.ts', by: 'text' }]);
    assert.equal(text(repository), lines([1, 'run'], [9, 'person']));
    assert.equal((await workspace.undo()).kind, 'undone');
    assert.deepEqual(Object.keys(snapshot(repository.root)), ['a.ts']);
    assert.equal(text(repository), lines([9, 'person']));
    assert.equal((await workspace.redo()).kind, 'redone');
    assert.equal(text(repository), lines([1, 'run'], [9, 'person']));
  }
});

test('an edit in the same line as the run is refused at the commit, and both versions are kept and named', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': lines() });
  const { workspace } = await open(repository);
  const transaction = await begun(workspace, write('a.ts', lines([1, 'run'])));
  edit(repository, lines([1, 'person']));
  const outcome = await transaction.commit();
  assert.ok(outcome.kind === 'conflict');
  const [conflict] = outcome.conflicts;
  assert.equal(readFileSync(conflict?.kept ?? '', 'utf8'), lines([1, 'run']));
  assert.equal(readFileSync(conflict?.present ?? '', 'utf8'), lines([1, 'person']));
  assert.match(readFileSync(conflict?.marked ?? '', 'utf8'), /<<<<<<<[\s\S]*>>>>>>>/);
  await transaction.rollback();
  assert.equal(text(repository), lines([1, 'person']));
});

test('a rollback and a recovery take the change of the run out and keep the edit', async (t) => {
  for (const kill of [false, true]) {
    const repository = temporaryRepository(t, { 'a.ts': lines(), 'b.ts': '0' });
    const first = await open(repository);
    const transaction = await begun(first.workspace, write('a.ts', lines([1, 'run'])), write('b.ts', '1'));
    edit(repository, lines([1, 'run'], [9, 'person']));
    edit(repository, 'mine', 'b.ts');
    if (kill) await first.close();
    const outcome = kill ? (await (await open(repository)).workspace.recover())[0] : await transaction.rollback();
    assert.deepEqual(outcome?.merged, [{ path: 'a.ts', by: 'text' }]);
    assert.deepEqual(
      outcome?.conflicts.map(({ path }) => path),
      ['b.ts'],
    );
    assert.equal(text(repository), lines([9, 'person']));
    assert.equal(text(repository, 'b.ts'), 'mine');
  }
});

test('a recovery that fails before or after its merge is finished by the next one', async (t) => {
  for (const point of ['INSERT ON file_entries', 'UPDATE ON file_transactions']) {
    const repository = temporaryRepository(t, { 'a.ts': lines() });
    const first = await open(repository);
    await begun(first.workspace, write('a.ts', lines([1, 'run'])));
    await first.close();
    edit(repository, lines([1, 'run'], [9, 'person']));
    const failing = await open(repository);
    const trigger = `CREATE TRIGGER failing BEFORE ${point} BEGIN SELECT RAISE(ABORT, 'no'); END`;
    await failing.store.commit([{ sql: trigger, params: [] }]);
    await assert.rejects(failing.workspace.recover(), point);
    await failing.store.commit([{ sql: 'DROP TRIGGER failing', params: [] }]);
    await failing.close();
    const [recovered] = await (await open(repository)).workspace.recover();
    assert.deepEqual(recovered?.conflicts, []);
    assert.equal(text(repository), lines([9, 'person']));
  }
});

test('a commit that fails after a merge is rolled back to the edit without the run', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': lines() });
  const { workspace } = await open(repository);
  const transaction = await begun(workspace, write('a.ts', lines([1, 'run'])));
  edit(repository, lines([9, 'person']));
  const guard = { sql: 'DELETE FROM runs WHERE id = ?1', params: ['run_nope'], expect: 1 };
  await assert.rejects(transaction.commit([guard]), { code: 'store/guard' });
  assert.equal(text(repository), lines([1, 'run'], [9, 'person']));
  await transaction.rollback();
  assert.equal(text(repository), lines([9, 'person']));
  assert.equal((await workspace.history())[0]?.state, 'rolled-back');
});

test('permissions and content meet without a conflict, whoever changed which', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0', 'b.sh': '0' });
  const mode = (path: string) => statSync(join(repository.root, path)).mode & 0o777;
  const { workspace } = await open(repository);
  await (await begun(workspace, write('a.ts', '1'), write('b.sh', '0', 0o755))).commit();
  chmodSync(join(repository.root, 'a.ts'), 0o600);
  edit(repository, 'edited', 'b.sh');
  const undone = await workspace.undo();
  assert.ok(undone.kind === 'undone', JSON.stringify(undone));
  assert.deepEqual([text(repository), mode('a.ts')], ['0', 0o600]);
  assert.deepEqual([text(repository, 'b.sh'), mode('b.sh')], ['edited', 0o644]);
  await workspace.redo();
  assert.deepEqual([text(repository), mode('a.ts')], ['1', 0o600]);
  assert.deepEqual([text(repository, 'b.sh'), mode('b.sh')], ['edited', 0o755]);
});

test('removals against edits, other kinds of file and bytes that are not text are refused with both versions', async (t) => {
  const repository = temporaryRepository(t, { 'gone.ts': 'g', 'link.ts': 'l', 'bin.dat': 'a\0b', 'made.ts': 'm' });
  rmSync(join(repository.root, 'made.ts'));
  const { workspace } = await open(repository);
  const { root } = repository;
  const changes = ['gone.ts', 'link.ts', 'bin.dat', 'made.ts'].map((path) => write(path, 'run\0'));
  await (await begun(workspace, ...changes)).commit();
  rmSync(join(root, 'gone.ts'));
  rmSync(join(root, 'link.ts'));
  symlinkSync('elsewhere', join(root, 'link.ts'));
  edit(repository, 'c\0d', 'bin.dat');
  edit(repository, 'mine', 'made.ts');
  const before = snapshot(root);
  const outcome = await workspace.undo();
  assert.ok(outcome.kind === 'conflict');
  assert.deepEqual(
    outcome.conflicts.map(({ path, kept, present }) => [
      path,
      kept === undefined ? undefined : readFileSync(kept, 'latin1'),
      present === undefined ? undefined : readFileSync(present, 'latin1'),
    ]),
    [
      ['bin.dat', 'a\0b', 'c\0d'],
      ['gone.ts', 'g', undefined],
      ['link.ts', 'l', undefined],
      ['made.ts', undefined, 'mine'],
    ],
  );
  assert.deepEqual(snapshot(root), before);
});

test('an edit made before a command runs is merged first, and survives the command being taken back', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': lines() });
  const { workspace } = await open(repository);
  const transaction = await begun(workspace, write('a.ts', lines([1, 'run'])));
  edit(repository, lines([9, 'person']));
  const savepoint = await transaction.savepoint('before the command');
  let seen = '';
  const outcome = await transaction.capture(async () => {
    seen = text(repository);
    edit(repository, 'written by the command', 'made.txt');
  }, {});
  assert.equal(outcome.kind, 'captured');
  assert.equal(seen, lines([1, 'run'], [9, 'person']));
  assert.deepEqual((await transaction.rollbackTo(savepoint)).conflicts, []);
  assert.deepEqual(await transaction.commit(), { kind: 'committed', merged: [{ path: 'a.ts', by: 'text' }] });
  assert.equal(text(repository), lines([1, 'run'], [9, 'person']));
  await workspace.undo();
  assert.deepEqual(Object.keys(snapshot(repository.root)), ['a.ts']);
  assert.equal(text(repository), lines([9, 'person']));
});
