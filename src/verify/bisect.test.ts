import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manualClock } from '../kernel/index.ts';
import { type BisectOptions, bisect } from './index.ts';

/** Bisects `count` numbers of which a subset is bad when `isBad` says so, and tells what the tree holds at the end. */
async function search(
  count: number,
  isBad: (subset: readonly number[]) => boolean,
  rest: Partial<BisectOptions<number>> = {},
) {
  let tree: readonly number[] = [];
  const found = await bisect({
    units: Array.from({ length: count }, (_, index) => index),
    apply: async (subset) => {
      tree = subset;
    },
    judge: async () => (isBad(tree) ? 'bad' : 'good'),
    clock: manualClock(),
    ...rest,
  });
  return { ...found, tree };
}

test('one culprit among a thousand is found in about twice the logarithm of runs', async () => {
  for (const culprit of [0, 1, 499, 500, 998, 999]) {
    const found = await search(1000, (subset) => subset.includes(culprit));
    assert.deepEqual(found.rejected, [culprit]);
    assert.equal(found.kind, 'complete');
    assert.deepEqual(found.tree, found.kept);
    assert.ok(found.runs <= 20, `${found.runs} runs`);
  }
});

test('several independent culprits are all rejected, and nothing else', async () => {
  const culprits = [3, 4, 17, 40];
  const found = await search(64, (subset) => culprits.some((culprit) => subset.includes(culprit)), { maxRuns: 100 });
  assert.deepEqual(found.rejected, culprits);
  assert.equal(found.tree.length, 60);
});

test('of two units that are bad only together one stays', async () => {
  const found = await search(16, (subset) => subset.includes(2) && subset.includes(13));
  assert.deepEqual(found.rejected, [13]);
});

test('when every unit is bad nothing is kept', async () => {
  const found = await search(5, (subset) => subset.length > 0);
  assert.deepEqual([found.kept, found.tree], [[], []]);
});

test('suspects that are to blame are found at once, wrong suspicion costs little', async () => {
  const right = await search(1000, (subset) => subset.includes(7), { suspects: new Set([7]) });
  assert.deepEqual([right.rejected, right.runs], [[7], 1]);
  const wrong = await search(1000, (subset) => subset.includes(7), { suspects: new Set([8, 9]) });
  assert.deepEqual(wrong.rejected, [7]);
});

test('a single unit needs no run', async () => {
  const found = await search(1, () => true);
  assert.deepEqual([found.runs, found.rejected, found.kind], [0, [0], 'complete']);
});

test('when runs or time are used up, everything is rejected and the tree is empty', async () => {
  const few = await search(100, (subset) => subset.includes(50), { maxRuns: 3 });
  assert.deepEqual([few.kind, few.runs, few.kept, few.tree], ['exhausted', 3, [], []]);
  const clock = manualClock();
  const late = await search(100, (subset) => subset.includes(50), {
    clock,
    deadline: 10,
    onStep: () => clock.advance(6),
  });
  assert.deepEqual([late.kind, late.runs, late.tree], ['exhausted', 2, []]);
});

test('an interrupted judge ends the search', async () => {
  const found = await search(8, () => true, { judge: async () => 'stopped' });
  assert.deepEqual([found.kind, found.kept], ['stopped', []]);
});
