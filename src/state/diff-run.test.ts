import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { diffRun, type Operation, runPatch } from './index.ts';
import { snapshot, temporaryRepository } from './testing/temporary-repository.ts';

const bytes = (text: string) => Buffer.from(text);
const write = (path: string, text: string): Operation => ({ kind: 'write', path, bytes: bytes(text) });

test('the patch of a run is applied by git: text, binary files, modes, links and odd names', async (t) => {
  const before = { 'a.ts': 'one\ntwo', 'bin.dat': 'a\0b', 'mode.sh': 'x\n', 'gone.ts': 'x\n', 'kind.dat': 'a\0link' };
  const repository = temporaryRepository(t, before);
  const { workspace, store } = await repository.open();
  const noise = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 7919) % 256));
  const transaction = await workspace.begin({ run: 'run_1', title: 'many kinds' });
  const batches: Operation[][] = [
    [
      write('a.ts', 'one\r\n2\n'),
      { kind: 'write', path: 'bin.dat', bytes: noise },
      { kind: 'write', path: 'mode.sh', bytes: bytes('x\n'), mode: 0o755 },
      write('space é "q".ts', 'n\n'),
      write('empty', ''),
      { kind: 'write', path: 'latin.txt', bytes: Buffer.from([0xe9, 0x0a]) },
      { kind: 'remove', path: 'gone.ts' },
      { kind: 'remove', path: 'kind.dat' },
    ],
    [{ kind: 'restore', path: 'kind.dat', to: { kind: 'symlink', target: 'a.ts' }, expect: { kind: 'absent' } }],
  ];
  for (const batch of batches) assert.equal((await transaction.writeAll(batch)).kind, 'written');
  assert.equal((await transaction.commit()).kind, 'committed');
  const patch = await runPatch({ store, stateFolder: repository.stateFolder, run: 'run_1' });
  const other = temporaryRepository(t, before);
  const file = join(other.root, '..', 'run.patch');
  writeFileSync(file, patch);
  execFileSync('git', ['apply', '--whitespace=nowarn', file], { cwd: other.root });
  assert.deepEqual(snapshot(other.root), snapshot(repository.root));
  execFileSync('git', ['apply', '--reverse', '--whitespace=nowarn', file], { cwd: other.root });
  assert.deepEqual(snapshot(other.root), snapshot(temporaryRepository(t, before).root));
});

test('what git does not keep of a run is said in a sentence', async (t) => {
  const repository = temporaryRepository(t, { 'a.ts': 'one\n' });
  const { workspace, store } = await repository.open();
  const transaction = await workspace.begin({ run: 'run_1', title: 'folders and modes' });
  await transaction.writeAll([
    { kind: 'mkdir', path: 'empty' },
    { kind: 'write', path: 'a.ts', bytes: bytes('one\n'), mode: 0o600 },
  ]);
  await transaction.commit();
  const diffs = await diffRun({ store, stateFolder: repository.stateFolder, run: 'run_1' });
  assert.deepEqual(
    diffs.map(({ text }) => text),
    ['a.ts: mode 644 -> 600\n', 'empty: absent -> folder\n'],
  );
});
