// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders in plain strings are the subject here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillPlaceholders, placeholdersOf } from './placeholder.ts';

const scope = { inputs: { only: ['src'], name: 'x', n: 2, none: null }, steps: { 'dead-code': { changed: 1 } } };

test('a text that is one placeholder becomes the value, whatever its type', () => {
  assert.deepEqual(fillPlaceholders({ only: '${inputs.only}', n: '${inputs.n}', off: '${inputs.none}' }, scope), {
    only: ['src'],
    n: 2,
    off: null,
  });
});

test('inside a text a placeholder becomes text', () => {
  assert.equal(fillPlaceholders('${inputs.name}-${inputs.n}${inputs.none}!', scope), 'x-2!');
  assert.equal(fillPlaceholders('in ${inputs.only}', scope), 'in ["src"]');
  assert.equal(fillPlaceholders('${steps.dead-code.changed} of ${steps["dead-code"].changed}', scope), '1 of 1');
});

test('a doubled sign stands for itself, and a value is not filled again', () => {
  assert.equal(fillPlaceholders('$${inputs.name}', scope), '${inputs.name}');
  assert.equal(fillPlaceholders('${inputs.a}', { inputs: { a: '${inputs.b}', b: 'no' } }), '${inputs.b}');
});

test('placeholders are found at any depth, and broken ones are named', () => {
  assert.deepEqual(placeholdersOf({ a: ['${inputs.x}', { b: 'see ${steps.y.output}' }], c: 1, d: '$${z}' }), {
    paths: [
      ['inputs', 'x'],
      ['steps', 'y', 'output'],
    ],
    malformed: [],
  });
  for (const text of ['${', '${inputs.a', '${}', '${1}', '${inputs.a == 1}', '${f()}']) {
    assert.equal(placeholdersOf(text).malformed.length, 1, text);
  }
});
