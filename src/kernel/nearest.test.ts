import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearestWord } from './index.ts';

test('the nearest word is found through one typing error, in any case', () => {
  const allowed = ['imports', 'dependencies', 'cycles'];
  assert.equal(nearestWord('import', allowed), 'imports');
  assert.equal(nearestWord('IMPROTS', allowed), 'imports');
  assert.equal(nearestWord('dependancies', allowed), 'dependencies');
});

test('nothing is nearest when nothing is near', () => {
  assert.equal(nearestWord('poem', ['imports', 'cycles']), undefined);
  assert.equal(nearestWord('', ['a']), undefined);
  assert.equal(nearestWord('x', []), undefined);
});

test('distance is a metric as far as words go: zero for equals, symmetric, at most the longer length', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (left, right) => {
      const distance = editDistance(left, right);
      assert.equal(distance === 0, left === right);
      assert.equal(distance, editDistance(right, left));
      assert.ok(distance <= Math.max(left.length, right.length));
      assert.ok(distance >= Math.abs(left.length - right.length));
    }),
  );
});

test('a swap of neighbours is one edit', () => {
  assert.equal(editDistance('ab', 'ba'), 1);
  assert.equal(editDistance('kitten', 'sitting'), 3);
});
