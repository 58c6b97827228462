import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAge, parseAge } from './age.ts';

test('an age is written with units from minutes to weeks', () => {
  const day = 86_400_000;
  const cases: [string, number | undefined][] = [
    ['45m', 2_700_000],
    ['12h', day / 2],
    ['30d', 30 * day],
    [' 2W3d ', 17 * day],
    ['0d', 0],
    ['none', undefined],
  ];
  for (const [text, expected] of cases) assert.equal(parseAge(text, '--older-than'), expected, text);
  for (const wrong of ['', '30', 'd', '-1d', '1.5d', '30 days', `${'9'.repeat(20)}d`]) {
    assert.throws(() => parseAge(wrong, '--older-than'), { code: 'cli/usage', message: /--older-than/ }, wrong);
  }
});

test('an age is shown in the largest unit that leaves no rest', () => {
  for (const text of ['90d', '36h', '45m']) assert.equal(formatAge(parseAge(text, 'x') ?? 0), text);
});
