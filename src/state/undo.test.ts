import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listRuns, runStarted } from '../store/index.ts';
import { diffRun, type Operation, type Workspace } from './index.ts';
import { snapshot, temporaryRepository } from './testing/temporary-repository.ts';

const bytes = (text: string) => Buffer.from(text);
const write = (path: string, text: string): Operation => ({ kind: 'write', path, bytes: bytes(text) });

async function land(workspace: Workspace, run: string, ...batches: Operation[][]): Promise<void> {
  const transaction = await workspace.begin({ run, title: `title of ${run}` });
  for (const batch of batches) assert.equal((await transaction.writeAll(batch)).kind, 'written');
  assert.equal((await transaction.commit()).kind, 'committed');
}

test('undo and redo are exact, again and again, also from another process', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one\r\n', 'b/c.ts': 'two', 'mode.sh': 'x' });
  mkdirSync(join(repository.root, 'empty'));
  const before = snapshot(repository.root);
  const first = await repository.open();
  await land(
    first.workspace,
    'run_1',
    [write('a.ts', 'ONE'), write('new/d.ts', 'three'), { kind: 'remove', path: 'b/c.ts' }],
    [write('a.ts', 'ONE AGAIN'), { kind: 'remove', path: 'b' }, { kind: 'remove', path: 'empty' }],
    [{ kind: 'write', path: 'mode.sh', bytes: bytes('x'), mode: 0o755 }],
  );
  const after = snapshot(repository.root);
  await first.close();
  const { workspace } = await repository.open();
  for (let round = 0; round < 3; round += 1) {
    const undone = await workspace.undo();
    assert.equal(undone.kind === 'undone' && undone.run, 'run_1');
    assert.deepEqual(snapshot(repository.root), before);
    const redone = await workspace.redo();
    assert.equal(redone.kind === 'redone' && redone.run, 'run_1');
    assert.deepEqual(snapshot(repository.root), after);
  }
});

test('without an id the last landed run is undone and the last undone run redone', async (t) => {
  const repository = temporaryRepository(t);
  const { workspace } = await repository.open();
  for (const n of [1, 2, 3]) await land(workspace, `run_${n}`, [write('a.ts', `${n}`)]);
  const runs = async (kind: 'undo' | 'redo') => {
    const outcome = await workspace[kind]();
    return 'run' in outcome ? outcome.run : outcome.kind;
  };
  assert.deepEqual([await runs('undo'), await runs('undo')], ['run_3', 'run_2']);
  assert.equal(readFileSync(join(repository.root, 'a.ts'), 'utf8'), '1');
  assert.deepEqual([await runs('redo'), await runs('redo'), await runs('redo')], ['run_2', 'run_3', 'nothing']);
  assert.equal(readFileSync(join(repository.root, 'a.ts'), 'utf8'), '3');
  assert.deepEqual(
    (await workspace.history()).map(({ run, state, title }) => [run, state, title]),
    [1, 2, 3].map((n) => [`run_${n}`, 'landed', `title of run_${n}`]),
  );
});

test('a run under a later one cannot be undone, and the later one is named', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0', 'b.ts': '0' });
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', [write('a.ts', '1'), write('b.ts', '1')]);
  await land(workspace, 'run_2', [write('a.ts', '2')]);
  const before = snapshot(repository.root);
  const outcome = await workspace.undo('run_1');
  assert.ok(outcome.kind === 'conflict');
  assert.deepEqual(
    outcome.conflicts.map(({ path }) => path),
    ['a.ts'],
  );
  assert.match(outcome.conflicts[0]?.detail ?? '', /run_2/);
  assert.deepEqual(snapshot(repository.root), before);
  assert.equal((await workspace.undo('run_2')).kind, 'undone');
  assert.equal((await workspace.undo('run_1')).kind, 'undone');
});

test('nothing is undone or redone when one file has changed since', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0', 'b.ts': '0', 'c.ts': '0', 'd.ts': '0' });
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', [write('a.ts', '1'), write('b.ts', '1'), write('c.ts', '1'), write('d.ts', '1')]);
  writeFileSync(join(repository.root, 'b.ts'), 'edited');
  chmodSync(join(repository.root, 'c.ts'), 0o700);
  rmSync(join(repository.root, 'd.ts'));
  const edited = snapshot(repository.root);
  for (const outcome of [await workspace.undo(), await workspace.undo('run_1')]) {
    assert.ok(outcome.kind === 'conflict');
    assert.deepEqual(outcome.conflicts.map(({ path }) => path).sort(), ['b.ts', 'd.ts']);
    const [edited] = outcome.conflicts;
    assert.equal(readFileSync(edited?.kept ?? '', 'utf8'), '0');
    assert.equal(readFileSync(edited?.present ?? '', 'utf8'), 'edited');
  }
  assert.deepEqual(snapshot(repository.root), edited);
  assert.equal((await workspace.history())[0]?.state, 'landed');
});

test('a folder that somebody put a file into stays when the run that made it is undone', async (t) => {
  const repository = temporaryRepository(t);
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', [write('made/deep/a.ts', '1'), write('other/b.ts', '1')]);
  writeFileSync(join(repository.root, 'made/mine.txt'), 'mine');
  assert.equal((await workspace.undo()).kind, 'undone');
  assert.deepEqual(Object.keys(snapshot(repository.root)), ['made', 'made/mine.txt']);
  assert.equal((await workspace.redo()).kind, 'redone');
  assert.ok(existsSync(join(repository.root, 'made/deep/a.ts')));
});

test('what is already where undo would bring it is no conflict', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': '0', 'b.ts': '0' });
  const { workspace } = await repository.open();
  await land(workspace, 'run_1', [write('a.ts', '1'), write('b.ts', '1')]);
  writeFileSync(join(repository.root, 'a.ts'), '0');
  writeFileSync(join(repository.root, 'b.ts'), '0');
  assert.equal((await workspace.undo()).kind, 'undone');
  assert.equal((await workspace.undo()).kind, 'nothing');
});

test('rows of other rooms land with an undo', async (t) => {
  const { workspace, store } = await temporaryRepository(t).open();
  await land(workspace, 'run_1', [write('a.ts', '1')]);
  await workspace.undo('run_1', [runStarted({ run: 'run_2', task: 'undo', startedAt: 5 })]);
  assert.equal((await listRuns(store))[0]?.run, 'run_2');
});

test('runs that do not exist, changed nothing or never landed are told apart', async (t) => {
  const { workspace } = await temporaryRepository(t).open();
  assert.equal((await workspace.undo()).kind, 'nothing');
  assert.equal((await workspace.redo()).kind, 'nothing');
  await assert.rejects(workspace.undo('run_9'), { code: 'state/unknown-run', message: /run_9/ });
  const transaction = await workspace.begin({ run: 'run_1', title: 't' });
  await transaction.write('a.ts', bytes('1'));
  await transaction.rollback();
  const outcome = await workspace.undo('run_1');
  assert.match(outcome.kind === 'nothing' ? outcome.message : '', /rolled back/);
});

test('a run is shown as the patches of git, and what is not text in one line', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one\ntwo\n', 'bin.dat': 'a\0b', 'mode.sh': 'x\n' });
  const { workspace, store } = await repository.open();
  await land(workspace, 'run_1', [
    write('a.ts', 'one\n2\n'),
    write('bin.dat', 'a\0c'),
    write('new.ts', 'n\n'),
    { kind: 'write', path: 'mode.sh', bytes: bytes('x\n'), mode: 0o755 },
  ]);
  const diffs = await diffRun({ store, stateFolder: repository.stateFolder, run: 'run_1' });
  assert.deepEqual(
    diffs.map(({ path, kind }) => `${kind} ${path}`),
    ['modified a.ts', 'modified bin.dat', 'modified mode.sh', 'added new.ts'],
  );
  assert.match(diffs[0]?.text ?? '', /--- a\/a\.ts\n\+\+\+ b\/a\.ts\n@@ -1,2 \+1,2 @@\n one\n-two\n\+2\n/);
  assert.match(
    diffs[1]?.text ?? '',
    /^diff --git a\/bin\.dat b\/bin\.dat\nBinary files a\/bin\.dat and b\/bin\.dat differ\n$/,
  );
  assert.match(diffs[2]?.text ?? '', /^diff --git a\/mode\.sh b\/mode\.sh\nold mode 100644\nnew mode 100755\n$/);
  assert.match(diffs[3]?.text ?? '', /new file mode 100644\n--- \/dev\/null\n/);
});
