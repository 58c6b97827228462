import assert from 'node:assert/strict';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { mergeFile } from '../../diff/index.ts';
import { openParallel, type Parallel, type Transaction } from '../index.ts';
import { snapshot, temporaryRepository } from '../testing/temporary-repository.ts';

const lines = (...text: string[]) => `${text.join('\n')}\n`;
const text = lines('one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight');

/** A repository with its transaction and the copies, all open. */
async function opened(t: TestContext, files: Record<string, string>) {
  const repository = temporaryRepository(t, files);
  const { workspace } = await repository.open();
  const { root, stateFolder } = repository;
  const parallel = await openParallel({ workspace, stateFolder, merge: mergeFile });
  t.after(() => parallel.close());
  const transaction = await workspace.begin({ run: 'run_1', title: 'agents' });
  return { root, stateFolder, workspace, parallel, transaction };
}

async function mergeAll(parallel: Parallel, transaction: Transaction, edits: ((root: string) => void)[]) {
  const workspaces = [];
  for (const [index, edit] of edits.entries()) {
    const workspace = await parallel.create(`agent-${index}`);
    edit(workspace.root);
    workspaces.push(workspace);
  }
  return parallel.mergeBack(workspaces, transaction);
}

const write = (path: string, content: string) => (root: string) => writeFileSync(join(root, path), content);

test('changes of several agents meet in one transaction, and a rollback takes all of them back', async (t) => {
  const { root, parallel, transaction } = await opened(t, {
    'a.txt': text,
    'gone.txt': 'g',
    'run.sh': '#!/bin/sh\n',
    'old/inside': 'i',
  });
  const before = snapshot(root);
  const outcome = await mergeAll(parallel, transaction, [
    (copy) => {
      write('a.txt', text.replace('two', 'TWO'))(copy);
      unlinkSync(join(copy, 'gone.txt'));
      mkdirSync(join(copy, 'new/empty'), { recursive: true });
      write('new/file', 'n')(copy);
    },
    (copy) => {
      write('a.txt', text.replace('seven', 'SEVEN'))(copy);
      chmodSync(join(copy, 'run.sh'), 0o755);
      symlinkSync('a.txt', join(copy, 'link'));
      rmSync(join(copy, 'old'), { recursive: true });
    },
  ]);
  assert.equal(outcome.kind, 'merged');
  assert.deepEqual(
    outcome.merged.map(({ path, workspace, by }) => `${workspace} ${path} ${by}`),
    [
      'agent-0 a.txt taken',
      'agent-0 gone.txt taken',
      'agent-0 new taken',
      'agent-0 new/empty taken',
      'agent-0 new/file taken',
      'agent-1 a.txt text',
      'agent-1 link taken',
      'agent-1 old taken',
      'agent-1 old/inside taken',
      'agent-1 run.sh taken',
    ],
  );
  assert.equal(readFileSync(join(root, 'a.txt'), 'utf8'), text.replace('two', 'TWO').replace('seven', 'SEVEN'));
  const after = snapshot(root);
  assert.deepEqual(Object.keys(after), ['a.txt', 'link', 'new', 'new/empty', 'new/file', 'run.sh']);
  assert.match(after['run.sh'] ?? '', /^file 755 /);
  assert.equal(after.link, 'link a.txt');
  await transaction.rollback();
  assert.deepEqual(snapshot(root), before);
});

test('an edit of the user during the run is merged with that of an agent', async (t) => {
  const { root, parallel, transaction } = await opened(t, { 'a.txt': text, 'b.txt': 'b' });
  const workspace = await parallel.create('agent');
  write('a.txt', text.replace('two', 'TWO'))(workspace.root);
  write('a.txt', text.replace('eight', 'EIGHT'))(root);
  write('b.txt', 'edited by the user')(root);
  assert.equal((await parallel.mergeBack([workspace], transaction)).kind, 'merged');
  assert.equal(readFileSync(join(root, 'a.txt'), 'utf8'), text.replace('two', 'TWO').replace('eight', 'EIGHT'));
  assert.equal(readFileSync(join(root, 'b.txt'), 'utf8'), 'edited by the user');
  assert.equal((await transaction.commit()).kind, 'committed');
});

test('every kind of collision is data, the repository keeps its side, and the rest is merged', async (t) => {
  const { root, parallel, transaction } = await opened(t, {
    'text.txt': text,
    'deleted-here': 'x',
    'deleted-there': 'x',
    kind: 'x',
    mode: 'x',
    binary: 'a\0b',
    'free.txt': 'x',
    'folder/file': 'x',
  });
  const outcome = await mergeAll(parallel, transaction, [
    (copy) => {
      write('text.txt', text.replace('two', 'HERE'))(copy);
      unlinkSync(join(copy, 'deleted-here'));
      write('deleted-there', 'changed')(copy);
      unlinkSync(join(copy, 'kind'));
      symlinkSync('elsewhere', join(copy, 'kind'));
      chmodSync(join(copy, 'mode'), 0o700);
      write('binary', 'a\0here')(copy);
      write('folder/new', 'n')(copy);
      write('both', 'here')(copy);
    },
    (copy) => {
      write('text.txt', text.replace('two', 'THERE'))(copy);
      write('deleted-here', 'changed')(copy);
      unlinkSync(join(copy, 'deleted-there'));
      write('kind', 'still a file')(copy);
      chmodSync(join(copy, 'mode'), 0o755);
      write('binary', 'a\0there')(copy);
      rmSync(join(copy, 'folder'), { recursive: true });
      write('folder', 'a file now')(copy);
      write('both', 'there')(copy);
      write('free.txt', 'merged')(copy);
    },
  ]);
  assert(outcome.kind === 'conflict');
  assert.deepEqual(
    outcome.conflicts.map(({ path, workspace, kind }) => `${workspace} ${path} ${kind}`),
    [
      'agent-1 binary binary',
      'agent-1 both content',
      'agent-1 deleted-here delete-modify',
      'agent-1 deleted-there delete-modify',
      'agent-1 folder kind',
      'agent-1 kind kind',
      'agent-1 mode mode',
      'agent-1 text.txt content',
    ],
  );
  assert.equal(readFileSync(join(root, 'free.txt'), 'utf8'), 'merged');
  assert.equal(readFileSync(join(root, 'text.txt'), 'utf8'), text.replace('two', 'HERE'));
  assert.equal(readFileSync(join(root, 'folder/new'), 'utf8'), 'n');
});

test('a conflict carries its contents and is answered with bytes, with either side, and not twice', async (t) => {
  const { root, parallel, transaction } = await opened(t, { 'a.txt': text, 'b.txt': text, 'c.txt': text });
  const all = (word: string) => (copy: string) => {
    for (const name of ['a.txt', 'b.txt', 'c.txt']) write(name, text.replace('two', word))(copy);
  };
  const outcome = await mergeAll(parallel, transaction, [all('HERE'), all('THERE')]);
  assert(outcome.kind === 'conflict');
  await parallel.close();
  const [a, b, c] = outcome.conflicts;
  assert(a && b && c && a.base.kind === 'file' && a.ours.kind === 'file' && a.theirs.kind === 'file' && a.marked);
  const read = async (hash: string) => Buffer.from(await parallel.read(hash)).toString();
  assert.equal(await read(a.base.hash), text);
  assert.equal(await read(a.ours.hash), text.replace('two', 'HERE'));
  assert.equal(await read(a.theirs.hash), text.replace('two', 'THERE'));
  assert.match(await read(a.marked), /<<<<<<<.*\nHERE\n=======\nTHERE\n>>>>>>>/);
  assert.deepEqual(
    a.regions?.map(({ line, ours }) => [line, Buffer.from(ours).toString()]),
    [[2, 'HERE\n']],
  );
  const bytes = Buffer.from(text.replace('two', 'BOTH'));
  assert.equal((await parallel.resolve(a, { kind: 'bytes', bytes }, transaction)).kind, 'written');
  assert.equal((await parallel.resolve(b, { kind: 'theirs' }, transaction)).kind, 'written');
  assert.equal((await parallel.resolve(c, { kind: 'ours' }, transaction)).kind, 'written');
  assert.equal((await parallel.resolve(a, { kind: 'theirs' }, transaction)).kind, 'conflict');
  const words = ['a.txt', 'b.txt', 'c.txt'].map((name) => readFileSync(join(root, name), 'utf8').split('\n')[1]);
  assert.deepEqual(words, ['BOTH', 'THERE', 'HERE']);
});

test('what somebody edits after the run has changed it is a conflict, and the other paths land', async (t) => {
  const { root, parallel, transaction } = await opened(t, { 'a.txt': text, 'b.txt': text });
  const [first, second] = [await parallel.create('first'), await parallel.create('second')];
  write('a.txt', text.replace('two', 'TWO'))(first.root);
  write('a.txt', text.replace('seven', 'SEVEN'))(second.root);
  write('b.txt', text.replace('seven', 'SEVEN'))(second.root);
  assert.equal((await parallel.mergeBack([first], transaction)).kind, 'merged');
  const typed = text.replace('two', 'TWO').replace('four', 'typed by the user');
  write('a.txt', typed)(root);
  const outcome = await parallel.mergeBack([second], transaction);
  assert(outcome.kind === 'conflict');
  assert.deepEqual(
    outcome.conflicts.map(({ path, kind }) => [path, kind]),
    [['a.txt', 'outside']],
  );
  assert.equal(readFileSync(join(root, 'a.txt'), 'utf8'), typed);
  assert.equal(readFileSync(join(root, 'b.txt'), 'utf8'), text.replace('seven', 'SEVEN'));
});

test('a folder that one agent removes stays for what another put into it', async (t) => {
  const { root, parallel, transaction } = await opened(t, { 'd/one': '1', 'd/e/two': '2' });
  const outcome = await mergeAll(parallel, transaction, [
    write('d/e/new', 'n'),
    (copy) => rmSync(join(copy, 'd'), { recursive: true }),
    (copy) => {
      rmSync(join(copy, 'd'), { recursive: true });
      write('d', 'a file')(copy);
    },
  ]);
  assert(outcome.kind === 'conflict');
  assert.deepEqual(
    outcome.conflicts.map(({ path, kind, workspace }) => [workspace, path, kind]),
    [['agent-2', 'd', 'kind']],
  );
  assert.deepEqual(Object.keys(snapshot(root)), ['d', 'd/e', 'd/e/new']);
});

test('names that are not UTF-8, and files with several names, come back as they are', async (t) => {
  const { root, parallel, transaction } = await opened(t, { first: 'one file' });
  const strange = (folder: string) => Buffer.concat([Buffer.from(`${folder}/n`), Buffer.from([0xff])]);
  writeFileSync(strange(root), 'strange');
  linkSync(join(root, 'first'), join(root, 'second'));
  const outcome = await mergeAll(parallel, transaction, [
    (copy) => {
      writeFileSync(strange(copy), 'stranger');
      write('first', 'still one file')(copy);
    },
  ]);
  assert.equal(outcome.kind, 'merged', JSON.stringify(outcome));
  assert.equal(readFileSync(strange(root), 'utf8'), 'stranger');
  assert.equal(readFileSync(join(root, 'second'), 'utf8'), 'still one file');
  assert.equal(statSync(join(root, 'first')).ino, statSync(join(root, 'second')).ino);
});

test('a file becomes a folder, a link and a file again', async (t) => {
  const { root, parallel, transaction } = await opened(t, { one: '1', 'two/inside': '2' });
  const outcome = await mergeAll(parallel, transaction, [
    (copy) => {
      unlinkSync(join(copy, 'one'));
      mkdirSync(join(copy, 'one/deep'), { recursive: true });
      write('one/deep/file', 'f')(copy);
      rmSync(join(copy, 'two'), { recursive: true });
      symlinkSync('one', join(copy, 'two'));
    },
  ]);
  assert.equal(outcome.kind, 'merged');
  const found = snapshot(root);
  assert.deepEqual(Object.keys(found), ['one', 'one/deep', 'one/deep/file', 'two']);
  assert.equal(found.two, 'link one');
});
