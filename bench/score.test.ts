import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Plant } from './plant/plant.ts';
import { precision, recall, scoreCycles, scoreNamed } from './score.ts';
import type { Finding } from './tool/finding.ts';

const plants: Plant[] = [
  { class: 'import', form: 'whole', file: 'a.ts', name: 'one' },
  { class: 'import', form: 'whole', file: 'b.ts', name: 'two' },
];

test('a finding of the unplanted tree counts neither for nor against a tool', () => {
  const old: Finding = { class: 'import', file: 'c.ts', names: ['before'] };
  const score = scoreNamed('import', plants, [old], [old, { class: 'import', file: 'a.ts', names: ['one'] }]);
  assert.equal(recall(score), 0.5);
  assert.equal(precision(score), 1);
  assert.deepEqual(score.missed, ['whole b.ts two']);
});

test('a new finding that no plant explains costs precision', () => {
  const score = scoreNamed(
    'import',
    plants,
    [],
    [
      { class: 'import', file: 'a.ts', names: ['one'] },
      { class: 'import', file: 'b.ts', names: ['two'] },
      { class: 'import', file: 'b.ts', names: ['three'] },
    ],
  );
  assert.equal(recall(score), 1);
  assert.equal(precision(score), 2 / 3);
});

test('a tool that claims whole components has to name exactly the members', () => {
  const truth = [['a', 'b', 'c']];
  const part: Finding[] = [{ class: 'cycle', files: ['a', 'b'] }];
  assert.equal(recall(scoreCycles(truth, [], part, false)), 1);
  assert.equal(recall(scoreCycles(truth, [], part, true)), 0);
  assert.equal(precision(scoreCycles(truth, [], part, true)), 0);
});
