import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manualClock, systemClock } from './index.ts';

test('a manual clock moves only when told to, and both its hands move together', () => {
  const clock = manualClock(1_000);
  assert.deepEqual([clock.now(), clock.monotonic()], [1_000, 0]);
  clock.advance(250);
  assert.deepEqual([clock.now(), clock.monotonic()], [1_250, 250]);
});

test('the machine clock counts milliseconds of this era and never goes back', () => {
  assert.ok(systemClock.now() > Date.UTC(2024, 0));
  const first = systemClock.monotonic();
  assert.ok(systemClock.monotonic() >= first);
});
