import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration, parseDuration } from './duration.ts';

test('a duration is read in milliseconds, and none is no limit', () => {
  assert.equal(parseDuration('500ms', '--timeout'), 500);
  assert.equal(parseDuration('30s', '--timeout'), 30_000);
  assert.equal(parseDuration('1.5m', '--timeout'), 90_000);
  assert.equal(parseDuration('1h30m', '--timeout'), 5_400_000);
  assert.equal(parseDuration('none', '--timeout'), undefined);
});

test('a duration without a unit, of nothing, or too long for a timer is refused', () => {
  assert.throws(() => parseDuration('30', '--timeout'), { code: 'cli/usage', message: /Add a unit: 30s or 30m/ });
  for (const text of ['', 'soon', '-5m', '0s', '5m 3', '600h', '1d']) {
    assert.throws(() => parseDuration(text, '--timeout'), { code: 'cli/usage', message: /--timeout expects/ }, text);
  }
});

test('durations are written the way people say them', () => {
  assert.deepEqual([0, 340, 999, 1000, 4240, 59_940, 59_960, 185_000, 3_720_000].map(formatDuration), [
    '0 ms',
    '340 ms',
    '999 ms',
    '1.0 s',
    '4.2 s',
    '59.9 s',
    '1 min 00 s',
    '3 min 05 s',
    '1 h 02 min',
  ]);
});
