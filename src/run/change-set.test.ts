import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Change } from '../code/index.ts';
import { ChangeSet, type FileAccess } from './change-set.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/** Files in memory; a path in `busy` is one that somebody else changes just before it is written. */
function memory(files: Map<string, string>, busy: ReadonlySet<string> = new Set()): FileAccess {
  return {
    read: async (path) => ({ bytes: bytes(files.get(path) ?? ''), hash: hash(files.get(path) ?? '') }),
    write: async (list) => {
      const conflicts = list.filter(({ path }) => busy.has(path)).map(({ path }) => ({ path, detail: 'edited' }));
      if (conflicts.length === 0) for (const file of list) files.set(file.path, new TextDecoder().decode(file.bytes));
      return conflicts;
    },
    savepoint: async () => {
      const saved = new Map(files);
      return async () => {
        files.clear();
        for (const [path, text] of saved) files.set(path, text);
        return [];
      };
    },
  };
}

/** Removes the lines at `indexes`, each as a group of its own. */
function removal(path: string, text: string, indexes: readonly number[]): Change {
  const lines = text.split(/(?<=\n)/);
  const groups = indexes.map((index) => {
    const start = lines.slice(0, index).join('').length;
    return {
      title: `remove ${lines[index]?.trim()}`,
      edits: [{ start, end: start + (lines[index]?.length ?? 0), text: '' }],
    };
  });
  return { path, hash: hash(text), groups };
}

test('each group of edits is a unit that can be left out', async () => {
  const files = new Map([['a.ts', 'one\ntwo\nthree\n']]);
  const changes = new ChangeSet(memory(files));
  assert.deepEqual(await changes.apply([removal('a.ts', 'one\ntwo\nthree\n', [0, 2])]), ['a.ts']);
  assert.equal(files.get('a.ts'), 'two\n');
  await changes.restrictTo(changes.units().slice(0, 1));
  assert.equal(files.get('a.ts'), 'two\nthree\n');
  assert.deepEqual(changes.changedFiles(), [{ path: 'a.ts', titles: ['remove one'] }]);
  await changes.restrictTo([]);
  assert.deepEqual(changes.changedFiles(), []);
  assert.equal(files.get('a.ts'), 'one\ntwo\nthree\n');
});

test('a file that changed in two rounds is one unit: its later edits mean nothing without the earlier ones', async () => {
  const files = new Map([['a.ts', 'one\ntwo\nthree\n']]);
  const changes = new ChangeSet(memory(files));
  await changes.apply([removal('a.ts', 'one\ntwo\nthree\n', [0])]);
  await changes.apply([removal('a.ts', 'two\nthree\n', [1])]);
  assert.deepEqual(
    changes.units().map(({ titles }) => titles),
    [['remove one', 'remove three']],
  );
  await changes.restrictTo([]);
  assert.equal(files.get('a.ts'), 'one\ntwo\nthree\n');
  await changes.restrictTo(changes.units());
  assert.equal(files.get('a.ts'), 'two\n');
});

test('a file that is not what was analysed is left alone and named', async () => {
  const files = new Map([['a.ts', 'somebody typed here\n']]);
  const changes = new ChangeSet(memory(files));
  assert.deepEqual(await changes.apply([removal('a.ts', 'one\n', [0])]), []);
  assert.equal(files.get('a.ts'), 'somebody typed here\n');
  assert.deepEqual([...changes.conflicts.keys()], ['a.ts']);
  assert.ok(changes.isEmpty);
});

test('an edit by somebody else while files are written stops the run and names the file', async () => {
  const files = new Map([
    ['a.ts', 'one\n'],
    ['b.ts', 'two\n'],
  ]);
  const changes = new ChangeSet(memory(files, new Set(['b.ts'])));
  const both = [removal('a.ts', 'one\n', [0]), removal('b.ts', 'two\n', [0])];
  await assert.rejects(changes.apply(both), { code: 'run/conflict' });
  assert.deepEqual([...changes.conflicts.keys()], ['b.ts']);
  assert.equal(files.get('a.ts'), 'one\n');
});

test('whatever parts are taken and left, leaving all out gives the original bytes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[a-zé]{0,4}$/), { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.boolean()),
      async (words, coin) => {
        const original = words.map((word) => `${word}\n`).join('');
        // Offsets count bytes; the removal above counts characters, so keep to ASCII for the groups' places.
        const ascii = original.replaceAll('é', 'e');
        const files = new Map([['a.ts', ascii]]);
        const changes = new ChangeSet(memory(files));
        await changes.apply([
          removal(
            'a.ts',
            ascii,
            words.map((_, index) => index),
          ),
        ]);
        for (let round = 0; round < 3; round += 1) {
          const kept = changes.units().filter(() => coin.next().value);
          await changes.restrictTo(kept);
          assert.equal(files.get('a.ts')?.split('\n').length, words.length - kept.length + 1);
        }
        await changes.restrictTo([]);
        assert.equal(files.get('a.ts'), ascii);
      },
    ),
    { numRuns: 50 },
  );
});

test('what was applied since a savepoint can be taken back, and what came before it stays', async () => {
  const files = new Map([
    ['a.ts', 'one\ntwo\n'],
    ['b.ts', 'three\nfour\n'],
  ]);
  const changes = new ChangeSet(memory(files));
  await changes.apply([removal('a.ts', 'one\ntwo\n', [0])]);
  const back = await changes.savepoint('a step');
  await changes.apply([removal('a.ts', 'two\n', [0]), removal('b.ts', 'three\nfour\n', [1])]);
  await back();
  assert.deepEqual(Object.fromEntries(files), { 'a.ts': 'two\n', 'b.ts': 'three\nfour\n' });
  assert.deepEqual(changes.changedFiles(), [{ path: 'a.ts', titles: ['remove one'] }]);
});
