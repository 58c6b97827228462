import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProblem, type JsonSchema, validate } from './index.ts';

const schema: JsonSchema = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    mode: { enum: ['direct', 'cot', 'cort'] },
    steps: { type: 'array', items: { type: 'object', properties: { 'time-out': { type: 'integer', minimum: 1 } } } },
  },
  additionalProperties: false,
};

async function lines(value: unknown, given: JsonSchema = schema): Promise<string[]> {
  const result = await validate(given, value);
  return result.kind === 'valid' ? [] : result.problems.map(describeProblem);
}

test('a value that fits is given back', async () => {
  const value = { name: 'a', mode: 'cot', steps: [{ 'time-out': 5 }] };
  assert.deepEqual(await validate(schema, value), { kind: 'valid', value });
});

test('each problem says where, what was expected, what was found, and what was probably meant', async () => {
  assert.deepEqual(await lines({ name: 'a', mode: 'dircet' }), [
    '$.mode: expected one of "direct", "cot", "cort", found "dircet"; did you mean "direct"?',
  ]);
  assert.deepEqual(await lines({ name: 'a', mod: 'cot' }), [
    '$: expected one of the keys name, mode, steps, found the key "mod"; did you mean "mode"?',
  ]);
  assert.deepEqual(await lines({}), ['$: expected the key "name", found no such key']);
  assert.deepEqual(await lines({ name: 3 }), ['$.name: expected a string, found 3']);
  assert.deepEqual(await lines({ name: 'a', steps: [{}, { 'time-out': 0 }] }), [
    '$.steps[1].time-out: expected >= 1, found 0',
  ]);
  assert.deepEqual(await lines([1]), ['$: expected an object, found an array of 1']);
});

test('all problems are told, not only the first', async () => {
  assert.equal((await lines({ name: 1, mode: 2, x: 3 })).length, 3);
});

test('long values and odd keys keep a message on one line', async () => {
  const [line = ''] = await lines({ name: 'a', mode: `${'x'.repeat(500)}\n` });
  assert.ok(line.length < 200 && !line.includes('\n'), line);
  const odd = { type: 'object', additionalProperties: { type: 'number' } };
  assert.deepEqual(await lines({ 'a b/~c': 'x' }, odd), ['$["a b/~c"]: expected a number, found "x"']);
});

test('a schema may refer to another by its id', async () => {
  const other: JsonSchema = { $id: 'https://example.org/other.json', $defs: { name: { type: 'string' } } };
  const referring: JsonSchema = {
    $id: 'https://example.org/one.json',
    properties: { name: { $ref: 'other.json#/$defs/name' } },
  };
  assert.equal((await validate(referring, { name: 'x' }, [other])).kind, 'valid');
  assert.equal((await validate(referring, { name: 1 }, [other])).kind, 'invalid');
});

test('two schemas of one name do not meet', async () => {
  const named = (type: string): JsonSchema => ({ $id: 'https://example.org/same.json', type });
  assert.equal((await validate(named('string'), 'x')).kind, 'valid');
  assert.equal((await validate(named('number'), 'x')).kind, 'invalid');
});

test('what is not a schema is rejected, not taken for one that allows everything', async () => {
  await assert.rejects(validate({ type: 'strnig' }, 'x'));
});
