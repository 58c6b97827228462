import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stampTree } from '../code/index.ts';
import { systemClock } from '../kernel/index.ts';
import { commandRunner } from '../sandbox/index.ts';
import { type TreeWatch, treeWatch } from './index.ts';

const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function watched(): Promise<{ root: string; watch: TreeWatch; node(script: string): Promise<string[]> }> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'watch-')));
  folders.push(root);
  await writeFile(join(root, 'kept.txt'), 'kept');
  await writeFile(join(root, '.gitignore'), 'coverage\n');
  const watch = treeWatch(commandRunner({ clock: systemClock }), () => stampTree(root));
  const node = async (script: string) => {
    const command = { argv: [process.execPath, '-e', `const fs = require('fs'); ${script}`], cwd: root, env: {} };
    assert.equal((await watch.runCommand(command)).kind, 'exited');
    return watch.notes(command);
  };
  return { root, watch, node };
}

test('a command that writes nothing leaves no note', async () => {
  const { node } = await watched();
  assert.deepEqual(await node('console.log(1)'), []);
});

test('files that a command creates, changes and deletes are named', async () => {
  const { root, node } = await watched();
  await writeFile(join(root, 'gone.txt'), '');
  assert.deepEqual(
    await node("fs.writeFileSync('new.txt', ''); fs.writeFileSync('kept.txt', 'KEPT'); fs.rmSync('gone.txt')"),
    [
      '2 files were written while it ran: kept.txt, new.txt; they are not part of this run',
      '1 file was deleted while it ran: gone.txt; it is not part of this run',
    ],
  );
});

test('a change of the mode alone is noticed', async () => {
  const { node } = await watched();
  const [note] = await node("fs.chmodSync('kept.txt', 0o755)");
  assert.match(note ?? '', /^1 file was written while it ran: kept\.txt/);
});

test('what is ignored, and what is taken away again, is not named', async () => {
  const { node } = await watched();
  assert.deepEqual(await node("fs.mkdirSync('coverage'); fs.writeFileSync('coverage/a', '')"), []);
  assert.deepEqual(await node("fs.writeFileSync('draft', ''); fs.rmSync('draft')"), []);
});

test('a file that one execution creates and a later one deletes is not named', async () => {
  const { node } = await watched();
  const toggle = "fs.existsSync('x') ? fs.rmSync('x') : fs.writeFileSync('x', '')";
  assert.equal((await node(toggle)).length, 1);
  assert.deepEqual(await node(toggle), []);
});

test('of many files the first are named and the rest counted', async () => {
  const { node } = await watched();
  const [note] = await node("for (const name of 'abcdefg') fs.writeFileSync(name, '')");
  assert.equal(note, '7 files were written while it ran: a, b, c, d, e and 2 more; they are not part of this run');
});
