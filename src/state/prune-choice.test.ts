import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEntry } from './history.ts';
import { choosePruned, type HistoryLimits } from './prune-choice.ts';

const DAY = 86_400_000;
const NOW = 1000 * DAY;

type Given = [run: string, daysAgo: number, state?: HistoryEntry['state'], prunedAt?: number];

const entry = ([run, daysAgo, state = 'landed', prunedAt]: Given): HistoryEntry => ({
  run,
  title: run,
  state,
  changedAt: NOW - daysAgo * DAY,
  operation: `txn_${run}`,
  ...(prunedAt === undefined ? {} : { prunedAt }),
});

/** The runs that go, where each holds 10 bytes of its own and 5 that all share. */
function pruned(limits: HistoryLimits, ...given: Given[]): string[] {
  const contents = (run: string) =>
    new Map([
      [`own ${run}`, 10],
      ['shared', 5],
    ]);
  return choosePruned(given.map(entry), limits, NOW, contents).map(({ run }) => run);
}

test('runs that are older than the limit go, except the newest that is in the tree', () => {
  const runs: Given[] = [
    ['a', 50],
    ['b', 40],
    ['c', 30, 'undone'],
    ['d', 20],
  ];
  assert.deepEqual(pruned({ olderThan: 35 * DAY }, ...runs), ['a', 'b']);
  assert.deepEqual(pruned({ olderThan: DAY }, ...runs), ['a', 'b', 'c']);
  assert.deepEqual(pruned({}, ...runs), []);
});

test('what is open or was pruned before is never chosen', () => {
  assert.deepEqual(pruned({ olderThan: DAY }, ['a', 50, 'landed', 1], ['b', 40, 'open'], ['c', 30], ['d', 20]), ['c']);
});

test('the oldest go until what is left fits; what others share counts once and to the last', () => {
  const runs: Given[] = [
    ['a', 4],
    ['b', 3],
    ['c', 2],
    ['d', 1],
  ];
  assert.deepEqual(pruned({ maxSize: 45 }, ...runs), []);
  assert.deepEqual(pruned({ maxSize: 44 }, ...runs), ['a']);
  assert.deepEqual(pruned({ maxSize: 0 }, ...runs), ['a', 'b', 'c']);
  assert.deepEqual(pruned({ maxSize: 35, olderThan: 3.5 * DAY }, ...runs), ['a']);
});

test('the newest are kept on request, and without another limit all others go', () => {
  const runs: Given[] = [
    ['a', 4],
    ['b', 3],
    ['c', 2, 'undone'],
    ['d', 1, 'undone'],
  ];
  assert.deepEqual(pruned({ keep: 3 }, ...runs), ['a']);
  assert.deepEqual(pruned({ keep: 0 }, ...runs), ['a', 'c', 'd']);
  assert.deepEqual(pruned({ keep: 3, maxSize: 0 }, ...runs), ['a']);
  assert.deepEqual(pruned({ keep: 9, olderThan: 0 }, ...runs), []);
});

test('a clock that was set back does not make a new run look old', () => {
  // The clock stood at the beginning of time for one run, then was right again.
  assert.deepEqual(pruned({ olderThan: 30 * DAY }, ['a', 5], ['b', 900], ['c', 1, 'undone'], ['d', 0]), []);
  // It ran ahead, then was set back: the age of the run is not known, and at most that of the next one.
  assert.deepEqual(pruned({ olderThan: 30 * DAY }, ['a', -400], ['b', 10], ['c', 0]), []);
  assert.deepEqual(pruned({ olderThan: 30 * DAY }, ['a', -400], ['b', 90], ['c', 0]), ['a', 'b']);
  // It is wrong now: every time lies in the future, and no age is known.
  assert.deepEqual(pruned({ olderThan: 0 }, ['a', -400], ['b', -300], ['c', -200]), []);
});
