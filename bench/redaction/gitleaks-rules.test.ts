import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gitleaksRules } from './gitleaks-rules.ts';

const found = (regex: string, text: string, more: object = {}) => {
  const { find, compiled } = gitleaksRules({ rules: [{ id: 'rule', regex, ...more }] });
  assert.equal(compiled, 1, regex);
  return find(text).map(({ start, end }) => text.slice(start, end));
};

test('flags of RE2 hold to the end of their group', () => {
  assert.deepEqual(found('a(?i)b(c|d)', 'aBC abD Abc'), ['C', 'D']);
  assert.deepEqual(found('(x(?i)y)z', 'xYz xyZ'), ['xY']);
  assert.deepEqual(found('(?i:k)ey(?-i:[A-Z]+)', 'KeyAB keyab'), ['KeyAB']);
  assert.deepEqual(found('[(?i)]b', '(b ib'), ['(b', 'ib']);
  assert.deepEqual(found('(?P<name>[[:alnum:]]+)-\\z', 'ab1-'), ['ab1']);
});

test('the secret is the named group or the first one that took part', () => {
  assert.deepEqual(found('(?:k=(a)|v=(b))', 'v=b k=a'), ['b', 'a']);
  assert.deepEqual(found('(k)=(a)', 'k=a', { secretGroup: 2 }), ['a']);
});

test('keywords, entropy, stop words and allowed expressions leave out what they should', () => {
  assert.deepEqual(found('[a-z]{4}', 'abcd', { keywords: ['KEY'] }), []);
  assert.deepEqual(found('[a-z]{4}', 'key abcd', { keywords: ['KEY'] }), ['abcd']);
  assert.deepEqual(found('[a-z]{4}', 'aaaa abcd', { entropy: 1.5 }), ['abcd']);
  assert.deepEqual(found('[a-z]{4}', 'test abcd', { allowlists: [{ stopwords: ['TEST'] }] }), ['abcd']);
  const line = { allowlists: [{ regexes: ['example'], regexTarget: 'line' }] };
  assert.deepEqual(found('k=([a-z]{4})', 'an example k=abcd\nk=efgh', line), ['efgh']);
  const both = { allowlists: [{ condition: 'AND', regexes: ['^ab'], stopwords: ['cd'] }] };
  assert.deepEqual(found('[a-z]{4}', 'abcd abxx', both), ['abxx']);
});

test('an expression that JavaScript has not is counted, not run', () => {
  const { compiled, given } = gitleaksRules({ rules: [{ id: 'a', regex: '(' }, { id: 'b', regex: 'b' }, { id: 'c' }] });
  assert.deepEqual([compiled, given], [1, 2]);
});
