import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSize, parseSize } from './byte-size.ts';

test('a size is written with decimal or binary units', () => {
  const cases: [string, number | undefined][] = [
    ['0B', 0],
    ['500MB', 500_000_000],
    [' 1.5 gb ', 1_500_000_000],
    ['2GiB', 2 ** 31],
    ['1kib', 1024],
    ['none', undefined],
  ];
  for (const [text, expected] of cases) assert.equal(parseSize(text, '--max-size'), expected, text);
  for (const wrong of ['', '1', 'GB', '-1GB', '1 ZB', '1e9B', '99999999999TB', '1ib']) {
    assert.throws(() => parseSize(wrong, '--max-size'), { code: 'cli/usage', message: /--max-size/ }, wrong);
  }
});

test('a size is shown with one digit behind the point at most', () => {
  const cases: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 kB'],
    [12_345, '12.3 kB'],
    [2e9, '2 GB'],
    [3e15, '3000 TB'],
  ];
  for (const [bytes, expected] of cases) assert.equal(formatSize(bytes), expected);
});
