import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Operation, type PathPattern, type ReplayOutcome, readOperations, type Workspace } from './index.ts';
import { snapshot, temporaryRepository } from './testing/temporary-repository.ts';

const write = (path: string, text: string): Operation => ({ kind: 'write', path, bytes: Buffer.from(text) });
const only = (...patterns: string[]): PathPattern[] => patterns.map((given) => ({ given, anyOf: [given] }));

async function land(workspace: Workspace, run: string, ...operations: Operation[]): Promise<void> {
  const transaction = await workspace.begin({ run, title: `title of ${run}` });
  assert.equal((await transaction.writeAll(operations)).kind, 'written');
  assert.equal((await transaction.commit()).kind, 'committed');
}

function done(outcome: ReplayOutcome): ReplayOutcome & { kind: 'undone' | 'redone' } {
  assert.ok(outcome.kind === 'undone' || outcome.kind === 'redone', JSON.stringify(outcome));
  return outcome;
}

test('some files of a run are undone, the run says so, and undo takes the rest', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0', 'b.ts': '0', 'c/d.ts': '0' });
  const before = snapshot(repository.root);
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', write('a.ts', '1'), write('b.ts', '1'), { kind: 'remove', path: 'c/d.ts' });
  const after = snapshot(repository.root);
  const part = done(await workspace.replay({ kind: 'undo', target: 'run_1', only: only('a.ts', 'c') }));
  assert.deepEqual([part.paths, part.runState], [['a.ts', 'c/d.ts'], 'partly-undone']);
  assert.equal((await workspace.history())[0]?.state, 'partly-undone');
  assert.deepEqual(snapshot(repository.root), { ...before, 'b.ts': after['b.ts'] });
  assert.equal((await workspace.replay({ kind: 'undo', target: 'run_1', only: only('a.ts') })).kind, 'nothing');
  const rest = done(await workspace.undo());
  assert.deepEqual([rest.paths, rest.runState], [['b.ts'], 'undone']);
  assert.deepEqual(snapshot(repository.root), before);
  done(await workspace.replay({ kind: 'redo', only: only('**/*.ts') }));
  assert.deepEqual(snapshot(repository.root), after);
  assert.equal((await workspace.history())[0]?.state, 'landed');
});

test('a folder that a run made goes with its last file, and comes back with its first', async (t) => {
  const repository = temporaryRepository(t);
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', write('made/deep/a.ts', '1'), write('made/deep/b.ts', '1'));
  const after = snapshot(repository.root);
  done(await workspace.replay({ kind: 'undo', only: only('made/deep/a.ts') }));
  assert.deepEqual(Object.keys(snapshot(repository.root)), ['made', 'made/deep', 'made/deep/b.ts']);
  assert.equal(done(await workspace.replay({ kind: 'undo', only: only('made/deep/b.ts') })).runState, 'undone');
  assert.deepEqual(snapshot(repository.root), {});
  assert.equal(done(await workspace.replay({ kind: 'redo', only: only('made/deep/b.ts') })).runState, 'partly-undone');
  assert.deepEqual(Object.keys(snapshot(repository.root)), ['made', 'made/deep', 'made/deep/b.ts']);
  done(await workspace.redo());
  assert.deepEqual(snapshot(repository.root), after);
});

test('an undo is an operation with an id that can be undone, and so is that undo', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0', 'b.ts': '0' });
  const { workspace, store } = await repository.open();
  const before = snapshot(repository.root);
  await land(workspace, 'run_1', write('a.ts', '1'), write('b.ts', '1'));
  const after = snapshot(repository.root);
  const undo = done(await workspace.undo());
  const back = done(await workspace.undo(undo.operation));
  assert.deepEqual([back.kind, back.takesBack, back.runState], ['redone', undo.operation, 'landed']);
  assert.deepEqual(snapshot(repository.root), after);
  assert.equal((await workspace.undo(undo.operation)).kind, 'nothing');
  const again = done(await workspace.undo(back.operation));
  assert.deepEqual([again.kind, again.takesBack], ['undone', back.operation]);
  assert.deepEqual(snapshot(repository.root), before);
  assert.equal(done(await workspace.redo(back.operation)).kind, 'redone');
  assert.deepEqual(snapshot(repository.root), after);
  const operations = await readOperations(store);
  assert.deepEqual(
    operations.map(({ kind, runState }) => [kind, runState]),
    [
      ['change', 'landed'],
      ['undo', 'undone'],
      ['redo', 'landed'],
      ['undo', 'undone'],
      ['redo', 'landed'],
    ],
  );
  assert.equal(operations[2]?.takesBack, undo.operation);
});

test('an undo that was followed by another one on a part of its files is taken back on the others', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0', 'b.ts': '0' });
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', write('a.ts', '1'), write('b.ts', '1'));
  const undo = done(await workspace.undo());
  done(await workspace.replay({ kind: 'redo', only: only('a.ts') }));
  assert.deepEqual(done(await workspace.undo(undo.operation)).paths, ['b.ts']);
  assert.equal(readFileSync(join(repository.root, 'b.ts'), 'utf8'), '1');
});

test('a name that the run did not change is refused with what was asked for', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0', '[id].ts': '0' });
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', write('a.ts', '1'), write('[id].ts', '1'));
  const wrong = workspace.replay({ kind: 'undo', target: 'run_1', only: only('a.ts', 'z/*.ts') });
  await assert.rejects(wrong, { code: 'state/path-not-found', message: /z\/\*\.ts/ });
  assert.equal(readFileSync(join(repository.root, 'a.ts'), 'utf8'), '1');
  assert.equal((await workspace.replay({ kind: 'undo', only: only('z') })).kind, 'nothing');
  assert.deepEqual(done(await workspace.replay({ kind: 'undo', only: only('[id].ts') })).paths, ['[id].ts']);
  await assert.rejects(workspace.undo('txn_nope'), { code: 'state/unknown-run', message: /txn_nope/ });
});

test('a damaged original refuses the whole undo, is named, and the sound files can still go back', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'zero', 'b.ts': 'none' });
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', write('a.ts', '1'), write('b.ts', '2'));
  const edited = snapshot(repository.root);
  const objects = join(repository.stateFolder, 'objects');

  const lost = readdirSync(objects).find((name) => readFileSync(join(objects, name), 'utf8') === 'zero') ?? '';
  for (const spoil of [() => writeFileSync(join(objects, lost), 'zerO'), () => rmSync(join(objects, lost))]) {
    spoil();
    const outcome = await workspace.undo();
    assert.deepEqual(outcome, {
      kind: 'damaged',
      run: 'run_1',
      damaged: [{ path: 'a.ts', hash: lost }],
      sound: ['b.ts'],
    });
    assert.deepEqual(snapshot(repository.root), edited);
    assert.equal((await workspace.history())[0]?.state, 'landed');
  }
  done(await workspace.replay({ kind: 'undo', only: only('b.ts') }));
  assert.equal(readFileSync(join(repository.root, 'b.ts'), 'utf8'), 'none');
  assert.ok(existsSync(join(repository.root, 'a.ts')));
});
