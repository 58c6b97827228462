import assert from 'node:assert/strict';
import { matchesGlob } from 'node:path/posix';
import { test } from 'node:test';
import fc from 'fast-check';
import { readGlob } from './index.ts';

function matches(pattern: string, path: string): boolean {
  const reading = readGlob(pattern);
  assert.ok(reading.kind === 'glob', pattern);
  return reading.matches(path);
}

test('stars stay within a name, double stars cross them', () => {
  for (const [pattern, path, expected] of [
    ['*.ts', 'a.ts', true],
    ['*.ts', 'src/a.ts', false],
    ['**/*.ts', 'a.ts', true],
    ['**/*.ts', 'src/deep/a.ts', true],
    ['src/**', 'src/a/b', true],
    ['src/**', 'srcs/a', false],
    ['src/**/test/*.ts', 'src/test/a.ts', true],
    ['src/**/test/*.ts', 'src/a/b/test/a.ts', true],
    ['src/**/test/*.ts', 'src/a/test/b/a.ts', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['**', 'anything/at/all', true],
    ['**', '.env', true],
    ['a.b', 'axb', false],
    ['{src,test}/**', 'test/a', true],
    ['*.{ts,{js,mjs}}', 'a.mjs', true],
    ['*.{ts,js}', 'a.rs', false],
  ] as const) {
    assert.equal(matches(pattern, path), expected, `${pattern} against ${path}`);
  }
});

test('what could mean another place is not a glob', () => {
  for (const pattern of [
    '',
    '/etc/*',
    '../x',
    'a/../b',
    './a',
    'a//b',
    'a/',
    '!a',
    'C:/x',
    'a\\b',
    '{a',
    'a}',
    'a\0',
  ]) {
    assert.equal(readGlob(pattern).kind, 'malformed', JSON.stringify(pattern));
  }
});

test('braces that multiply without end are refused', () => {
  assert.equal(readGlob('{a,b}'.repeat(20)).kind, 'malformed');
});

test("agrees with Node's own matcher on plain names", () => {
  const name = fc.stringMatching(/^[ab]{1,3}$/);
  const part = fc.oneof(name, fc.constantFrom('*', 'a*', '*b', 'a?', '?', '**', '{a,b}', '*a*b'));
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 4 }),
      fc.array(name, { minLength: 1, maxLength: 5 }),
      (p, n) => {
        const [pattern, path] = [p.join('/'), n.join('/')];
        // Node lets a trailing double star stand for one name at least; here a folder belongs to what is below it.
        fc.pre(p.at(-1) !== '**' || p.length === 1);
        assert.equal(matches(pattern, path), matchesGlob(path, pattern), `${pattern} against ${path}`);
      },
    ),
    { numRuns: 500 },
  );
});

test('a hostile pattern is matched in no noticeable time', () => {
  const started = performance.now();
  assert.equal(matches(`${'*a'.repeat(200)}b`, 'a'.repeat(4_000)), false);
  assert.equal(matches(`${'**/a/'.repeat(60)}b`, Array.from({ length: 500 }, () => 'a').join('/')), false);
  assert.ok(performance.now() - started < 2_000);
});
