import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { idFactory, manualClock, type RandomSource } from './index.ts';

const filledWith =
  (byte: number): RandomSource =>
  (bytes) =>
    bytes.fill(byte);

test('an id is its prefix and 26 characters of lower-case Crockford base 32', () => {
  const next = idFactory(manualClock(Date.UTC(2026, 0)), filledWith(7));
  assert.match(next('run'), /^run_[0-9a-hjkmnp-tv-z]{26}$/);
});

test('ids of the same millisecond differ and sort in the order of their making, even when randomness repeats', () => {
  const clock = manualClock(Date.UTC(2026, 0));
  const next = idFactory(clock, filledWith(254));
  const ids = Array.from({ length: 600 }, () => next('task'));
  assert.equal(new Set(ids).size, ids.length);
  assert.deepEqual(ids.toSorted(), ids);
});

test('ids sort by time, and a clock that goes back does not break the order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5_000, max: 5_000 }), { minLength: 2, maxLength: 50 }), (steps) => {
      const clock = manualClock(Date.UTC(2026, 0));
      const next = idFactory(clock, filledWith(3));
      const ids = steps.map((step) => {
        clock.advance(step);
        return next('step');
      });
      assert.deepEqual(ids.toSorted(), ids);
      assert.equal(new Set(ids).size, ids.length);
    }),
  );
});

test('the bytes of randomness reach the id', () => {
  const clock = manualClock(Date.UTC(2026, 0));
  assert.notEqual(idFactory(clock, filledWith(1))('run'), idFactory(clock, filledWith(2))('run'));
});
