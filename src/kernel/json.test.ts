import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { canonicalJson, type JsonValue, readJsonText } from './index.ts';

const json = fc.jsonValue().map((value) => value as JsonValue);

test('canonical text does not depend on the order of keys', () => {
  assert.equal(canonicalJson({ b: 1, a: [{ d: 1, c: 2 }] }), '{"a":[{"c":2,"d":1}],"b":1}');
  assert.equal(canonicalJson({ a: undefined, b: null }), '{"b":null}');
});

test('canonical text is JSON of the same value', () => {
  fc.assert(
    fc.property(json, (value) => {
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('two values have the same canonical text exactly when they are equal', () => {
  fc.assert(
    fc.property(json, json, (left, right) => {
      const equal = isDeepStrictEqual(JSON.parse(JSON.stringify(left)), JSON.parse(JSON.stringify(right)));
      assert.equal(canonicalJson(left) === canonicalJson(right), equal);
    }),
  );
});

test('any JSON text is read as the value it says', async () => {
  await fc.assert(
    fc.asyncProperty(json, async (value) => {
      const text = JSON.stringify(value);
      assert.deepEqual(await readJsonText(text), { kind: 'read', value: JSON.parse(text) });
    }),
  );
});

test('comments, trailing commas and a byte order mark are read over', async () => {
  const text = '\uFEFF// settings\n{ "a": [1, 2,], /* why */ "b": "x", }\n';
  assert.deepEqual(await readJsonText(text), { kind: 'read', value: { a: [1, 2], b: 'x' } });
});

test('malformed text says the line and the column', async () => {
  const reading = await readJsonText('{\n  "a": nope\n}');
  assert.deepEqual(reading.kind === 'malformed' && [reading.line, reading.column], [2, 8]);
  assert.match(reading.kind === 'malformed' ? reading.found : '', /"nope"/);
  assert.equal((await readJsonText('')).kind, 'malformed');
  assert.equal((await readJsonText('{"a": 1')).kind, 'malformed');
  assert.equal((await readJsonText('{} {}')).kind, 'malformed');
});

test('a key named __proto__ is data', async () => {
  const reading = await readJsonText('{"__proto__": {"polluted": true}}');
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.ok(reading.kind === 'read' && Object.hasOwn(reading.value as object, '__proto__'));
});

test('text that is nested too deeply is malformed, not the end of the process', async () => {
  for (const deep of ['['.repeat(100_000), `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`]) {
    const reading = await readJsonText(deep);
    assert.ok(reading.kind === 'malformed' && reading.found.includes('levels'), deep.slice(0, 10));
  }
  assert.equal((await readJsonText(`${'['.repeat(200)}"{[${'['.repeat(300)}"${']'.repeat(200)}`)).kind, 'read');
});
