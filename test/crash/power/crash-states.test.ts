import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '../trace.ts';
import { crashStates, type OrderModel } from './crash-states.ts';
import { Disk, type DiskEffect } from './disk.ts';
import type { DiskLog, LogRecord } from './log.ts';
import { diskOf } from './materialise.ts';

/** A folder with the file `f` that holds `old`, and the inodes 2 (a new file) and 3 (a new folder) without names. */
function log(...steps: (DiskEffect | { flush: number } | 'answer')[]): DiskLog {
  const start = new Disk();
  start.add('folder', 0o755).entries.set('f', 1);
  start.add('file', 0o644).content = Buffer.from('old');
  start.add('file', 0o600);
  start.add('folder', 0o755);
  const records = steps.map((step, index): LogRecord => {
    const call: Call = { index, began: index, ended: index, thread: '1', name: '', arguments: [], result: 0 };
    if (step === 'answer') return { call, kind: 'answer' };
    if ('flush' in step) return { call, kind: 'flush', inode: step.flush, withMode: true };
    return { call, kind: 'effect', effect: step };
  });
  return { start, records };
}

const name = (entry: string, to: number | undefined, folder = 0) => ({ folder, name: entry, to });
const create: DiskEffect = { kind: 'entries', changes: [name('new', 2)] };
const write: DiskEffect = { kind: 'data', inode: 2, offset: 0, bytes: Buffer.from('NEW') };
const replace: DiskEffect = { kind: 'entries', changes: [name('new', undefined), name('f', 2)] };

/** What `f` may hold after a power cut, and the names beside it. */
function outcomes(from: DiskLog, model: OrderModel, onlyAnswered = false): Set<string> {
  const found = new Set<string>();
  for (const state of crashStates(from, model)) {
    if (onlyAnswered && !state.answered) continue;
    const disk = diskOf(from, state);
    const held = disk.at(disk.at(0).entries.get('f') ?? -1).content;
    found.add(held.toString('latin1').replaceAll('\0', '0'));
  }
  return found;
}

for (const model of ['journal', 'weak'] as const) {
  test(`a replacement without a flush may leave the new name with nothing behind it (${model})`, () => {
    assert.deepEqual(outcomes(log(create, write, replace), model), new Set(['old', 'NEW', '', '000']));
  });

  test(`a replacement with a flush leaves one or the other (${model})`, () => {
    assert.deepEqual(outcomes(log(create, write, { flush: 2 }, replace), model), new Set(['old', 'NEW']));
  });

  test(`what was answered before the folder was flushed may be lost (${model})`, () => {
    const steps = [create, write, { flush: 2 }, replace] as const;
    assert.deepEqual(outcomes(log(...steps, 'answer'), model, true), new Set(['old', 'NEW']));
    assert.deepEqual(outcomes(log(...steps, { flush: 0 }, 'answer'), model, true), new Set(['NEW']));
  });

  test(`two names that are exchanged are never both gone (${model})`, () => {
    const swap: DiskEffect = { kind: 'entries', changes: [name('new', 1), name('f', 2)] };
    const from = log(create, write, { flush: 2 }, { flush: 0 }, swap);
    assert.deepEqual(outcomes(from, model), new Set(['old', 'NEW']));
  });
}

test('names keep their order in a journal, and lose it without one', () => {
  const both = (model: OrderModel) => {
    const from = log(
      { kind: 'entries', changes: [name('first', 2)] },
      { kind: 'entries', changes: [name('second', 3)] },
    );
    return new Set(
      [...crashStates(from, model)].map((state) => [...diskOf(from, state).at(0).entries.keys()].join(' ')),
    );
  };
  assert.deepEqual(both('journal'), new Set(['f', 'f first', 'f first second']));
  assert.deepEqual(both('weak'), new Set(['f', 'f first', 'f first second', 'f second']));
});

test('a flush takes the journal along up to its own file, and nothing else where there is no journal', () => {
  const made: DiskEffect = { kind: 'entries', changes: [name('folder', 3)] };
  const inside: DiskEffect = { kind: 'entries', changes: [name('inner', 2, 3)] };
  const from = log(made, inside, { flush: 3 }, 'answer');
  const seen = (model: OrderModel) =>
    new Set(
      [...crashStates(from, model)]
        .filter(({ answered }) => answered)
        .map((state) => diskOf(from, state).at(0).entries.has('folder')),
    );
  assert.deepEqual(seen('journal'), new Set([true]));
  assert.deepEqual(seen('weak'), new Set([true, false]));
});

test('an overwriting may arrive page by page', () => {
  const start = log();
  const pages = Buffer.alloc(8192, 'a');
  start.start.at(1).content = pages;
  const over: DiskEffect = { kind: 'data', inode: 1, offset: 0, bytes: Buffer.alloc(8192, 'b') };
  const from = { start: start.start, records: log(over).records };
  const shapes = new Set([...outcomes(from, 'journal')].map((text) => `${text[0]}${text[4096]}${text.at(-1)}`));
  assert.deepEqual(shapes, new Set(['aaa', 'bbb', 'baa', 'abb', 'bba']));
});
