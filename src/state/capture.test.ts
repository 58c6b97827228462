import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { snapshot, type TemporaryRepository, temporaryRepository } from './testing/temporary-repository.ts';

const RUN = { run: 'run_1', title: 'a command' };

/** What a command may do that no list of files would have named beforehand. */
const RAMPAGE = `
echo more >> ignored.log; rm tracked.ts; mkdir -p made/deep/empty; echo new > made/deep/new.ts
mv folder moved; chmod 755 script.sh; ln -sf script.sh link; ln twin.ts third.ts; echo both >> twin.ts
printf '\\0\\377' > data.bin; rm -r gone; rmdir empty; touch 'name with
newline'; printf x > "$(printf 'latin-\\351')"; mv case.ts CASE.ts; echo hidden > node_modules/x/i.js
`;

function plant(t: Parameters<typeof temporaryRepository>[0]): TemporaryRepository {
  const repository = temporaryRepository(t, {
    'tracked.ts': 'tracked',
    'ignored.log': 'ignored\n',
    '.gitignore': '*.log\n',
    'folder/a.ts': 'a',
    'folder/b/c.ts': 'c',
    'gone/x': 'x',
    'script.sh': 's',
    'twin.ts': 'twin\n',
    'case.ts': 'case',
    'node_modules/x/i.js': 'made',
  });
  const { root } = repository;
  mkdirSync(join(root, 'empty'));
  symlinkSync('tracked.ts', join(root, 'link'));
  linkSync(join(root, 'twin.ts'), join(root, 'other-name.ts'));
  return repository;
}

const shell = (root: string, script: string) => async () => {
  execFileSync('sh', ['-ec', script], { cwd: root });
};

for (const ending of ['rollback', 'savepoint', 'undo'] as const) {
  test(`whatever a command does to the tree is taken back by ${ending}, and brought back by redo`, async (t) => {
    const { root, open } = plant(t);
    const { workspace } = await open();
    const transaction = await workspace.begin(RUN);
    await transaction.write('tracked.ts', Buffer.from('first ours, then gone'));
    const savepoint = await transaction.savepoint('before');
    const before = snapshot(root);
    const outcome = await transaction.capture(shell(root, RAMPAGE));
    assert.equal(outcome.kind, 'captured');
    const after = snapshot(root);
    assert.notDeepEqual(after, before);
    if (ending === 'savepoint') {
      assert.deepEqual((await transaction.rollbackTo(savepoint)).conflicts, []);
      assert.deepEqual(snapshot(root), before);
      return;
    }
    const start = { ...before, 'tracked.ts': 'file 644 tracked' };
    if (ending === 'rollback') {
      assert.deepEqual((await transaction.rollback()).conflicts, []);
      assert.deepEqual(snapshot(root), start);
      return;
    }
    assert.equal((await transaction.commit()).kind, 'committed');
    for (let round = 0; round < 2; round += 1) {
      assert.equal((await workspace.undo()).kind, 'undone');
      assert.deepEqual(snapshot(root), start);
      assert.equal((await workspace.redo()).kind, 'redone');
      assert.deepEqual(snapshot(root), after);
    }
  });
}

test('a command that fails has done what it did all the same', async (t) => {
  const { root, open } = plant(t);
  const { workspace } = await open();
  const before = snapshot(root);
  const transaction = await workspace.begin(RUN);
  await assert.rejects(transaction.capture(shell(root, 'echo x > made.ts; exit 3')));
  assert.deepEqual(
    transaction.changes().map(({ path }) => path),
    ['made.ts'],
  );
  await transaction.rollback();
  assert.deepEqual(snapshot(root), before);
});

test('what tools make is left alone when it is asked for, and a tree that is too large is not captured', async (t) => {
  const { root, open } = plant(t);
  const { workspace } = await open();
  const transaction = await workspace.begin(RUN);
  const outcome = await transaction.capture(shell(root, 'echo x > node_modules/x/i.js; echo y > y'), {
    skipMade: true,
  });
  const touched = outcome.kind === 'captured' ? outcome.changes.map(({ path }) => path) : [];
  assert.deepEqual(touched, ['y']);
  const late = await transaction.capture(() => assert.fail('it must not begin'), { most: 10 });
  assert.equal(late.kind, 'too-large');
});

test('a process that is killed while a command works leaves everything to be taken back, and what was found', async (t) => {
  const { root, open } = plant(t);
  const first = await open();
  const before = snapshot(root);
  const transaction = await first.workspace.begin(RUN);
  await transaction.write('folder/a.ts', Buffer.from('ours'));
  // The work never comes back: what a killed process leaves.
  transaction.capture(() => new Promise<never>(() => undefined)).catch(() => undefined);
  while ((await first.store.query('SELECT 1 FROM file_captures')).length === 0);
  await first.close();
  await shell(root, RAMPAGE)();
  const { workspace } = await open();
  const [recovered] = await workspace.recover();
  assert.deepEqual(snapshot(root), before);
  const found = recovered?.conflicts.find(({ path }) => path === 'ignored.log');
  assert.equal(readFileSync(found?.kept ?? '', 'utf8'), 'ignored\nmore\n');
  assert.deepEqual(await workspace.recover(), []);
});

test('an edit of a file that the transaction changed keeps the command from starting', async (t) => {
  const { root, open } = plant(t);
  const { workspace } = await open();
  const transaction = await workspace.begin(RUN);
  await transaction.write('tracked.ts', Buffer.from('ours'));
  writeFileSync(join(root, 'tracked.ts'), 'a person was here');
  const outcome = await transaction.capture(() => assert.fail('it must not begin'));
  assert.equal(outcome.kind === 'conflict' && outcome.conflicts[0]?.path, 'tracked.ts');
});

test('a file that cannot be read is named, and does not keep the command from working', async (t) => {
  const { root, open } = plant(t);
  chmodSync(join(root, 'script.sh'), 0o000);
  const { workspace } = await open();
  const transaction = await workspace.begin(RUN);
  const outcome = await transaction.capture(shell(root, 'rm tracked.ts'));
  const unread = process.getuid?.() === 0 ? [] : ['script.sh'];
  assert.deepEqual(outcome.kind === 'captured' && outcome.unread, unread);
  assert.deepEqual((await transaction.rollback()).conflicts, []);
  rmSync(join(root, 'script.sh'));
});
