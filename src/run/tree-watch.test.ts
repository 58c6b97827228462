import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { idFactory, systemClock } from '../kernel/index.ts';
import { commandRunner } from '../sandbox/index.ts';
import { openWorkspace } from '../state/index.ts';
import { openStore } from '../store/index.ts';
import { takeBack } from './take-back.ts';
import { treeWatch } from './tree-watch.ts';

const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function watched(t: TestContext, most?: number) {
  const place = await realpath(await mkdtemp(join(tmpdir(), 'watch-')));
  folders.push(place);
  const [root, stateFolder] = [join(place, 'root'), join(place, 'state')];
  await mkdir(root);
  await writeFile(join(root, 'kept.txt'), 'kept');
  await writeFile(join(root, '.gitignore'), 'coverage\n');
  const store = await openStore({ path: join(stateFolder, 'store.db') });
  const newId = idFactory(systemClock, (bytes) => crypto.getRandomValues(bytes));
  const workspace = await openWorkspace({ root, stateFolder, store, clock: systemClock, newId });
  t.after(async () => {
    workspace.close();
    await store.close();
  });
  const transaction = await workspace.begin({ run: 'run_1', title: 'watched' });
  const watch = treeWatch(
    commandRunner({ clock: systemClock }),
    takeBack(transaction, join(stateFolder, 'cache/scan'), most),
  );
  const node = async (script: string) => {
    const command = { argv: [process.execPath, '-e', `const fs = require('fs'); ${script}`], cwd: root, env: {} };
    assert.equal((await watch.runCommand(command)).kind, 'exited');
    return watch.notes(command);
  };
  return { root, node, transaction };
}

test('a command that writes nothing leaves no note', async (t) => {
  const { node } = await watched(t);
  assert.deepEqual(await node('console.log(1)'), []);
});

test('files that a command creates, changes and deletes are named and taken back', async (t) => {
  const { root, node, transaction } = await watched(t);
  await writeFile(join(root, 'gone.txt'), 'not gone');
  const script =
    "fs.mkdirSync('coverage'); fs.writeFileSync('coverage/new.txt', ''); fs.writeFileSync('kept.txt', 'KEPT'); fs.rmSync('gone.txt')";
  assert.deepEqual(await node(script), [
    '2 files were written while it ran, and taken back: coverage/new.txt, kept.txt',
    '1 file was deleted while it ran, and taken back: gone.txt',
  ]);
  assert.deepEqual((await readdir(root)).sort(), ['.gitignore', 'gone.txt', 'kept.txt']);
  assert.equal(await readFile(join(root, 'kept.txt'), 'utf8'), 'kept');
  assert.equal(await readFile(join(root, 'gone.txt'), 'utf8'), 'not gone');
  assert.deepEqual(transaction.changes(), []);
});

test('a change of the mode alone is noticed', async (t) => {
  const { root, node } = await watched(t);
  await chmod(join(root, 'kept.txt'), 0o644);
  const [note] = await node("fs.chmodSync('kept.txt', 0o755)");
  assert.match(note ?? '', /^1 file was written while it ran, and taken back: kept\.txt/);
});

test('what tools make and what is taken away again is left alone and not named', async (t) => {
  const { root, node } = await watched(t);
  const made = "fs.mkdirSync('node_modules', { recursive: true }); fs.writeFileSync('node_modules/a', '')";
  assert.deepEqual(await node(made), []);
  assert.deepEqual(await readdir(join(root, 'node_modules')), ['a']);
  assert.deepEqual(await node("fs.writeFileSync('draft', ''); fs.rmSync('draft')"), []);
});

test('of many files the first are named and the rest counted', async (t) => {
  const { node } = await watched(t);
  const [note] = await node("for (const name of 'abcdefg') fs.writeFileSync(name, '')");
  assert.equal(note, '7 files were written while it ran, and taken back: a, b, c, d, e and 2 more');
});

test('a tree that is too large to be kept is said so, and the command runs all the same', async (t) => {
  const { root, node } = await watched(t, 3);
  const [note] = await node("fs.writeFileSync('made', '')");
  assert.match(note ?? '', /^the tree is too large to be kept for it \(0 MiB\)/);
  assert.ok((await readdir(root)).includes('made'));
});
