import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stem, wordsOf } from './words.ts';

const concepts = (text: string) => wordsOf(text).map(({ concept }) => concept);

test('forms of a word are one word', () => {
  for (const forms of [
    ['import', 'imports', 'imported', 'importing'],
    ['dependency', 'dependencies', 'deps', 'packages', 'Abhängigkeiten'],
    ['analyze', 'analyzes', 'analyzing', 'analysed', 'analysis'],
    ['optimize', 'optimise', 'optimizing', 'optimised', 'optimization', 'cleaning'],
    ['remove', 'removes', 'removing', 'removed', 'removal', 'deleting', 'pruned', 'stripping'],
    ['cycle', 'cycles', 'circular', 'zyklische'],
    ['merge', 'merges', 'merged', 'merging'],
    ['unused', 'unbenutzte', 'unneeded'],
    ['find', 'finding', 'lists', 'listed', 'reported', 'checking', 'audits'],
  ]) {
    const [first = ''] = forms;
    for (const form of forms) assert.deepEqual(concepts(form), [first], form);
  }
});

test('different words stay different', () => {
  const words = ['import', 'export', 'important', 'report', 'port', 'class', 'status', 'string', 'bus', 'thing'];
  assert.equal(new Set(words.map(stem)).size, words.length);
});

test('words without a request, paths and punctuation are left out', () => {
  assert.deepEqual(concepts('Please, could you optimize the "imports" of src/app/main.ts?'), ['optimize', 'import']);
});

test('what follows a place word says where, until the next clause', () => {
  const places = wordsOf('optimize imports in backend, fix tests').map(({ text, place }) => [text, place === true]);
  assert.deepEqual(places, [
    ['optimize', false],
    ['imports', false],
    ['backend', true],
    ['fix', false],
    ['tests', false],
  ]);
});

test('negations in any spelling are one word', () => {
  for (const text of ["don't", 'don’t', 'never', 'without', 'nicht', 'keine'])
    assert.deepEqual(concepts(text), ['not']);
});

test('what is not used is unused, and that is no negation', () => {
  for (const [text, expected] of [
    ['imports that are not used', ['import', 'unused']],
    ["imports that aren't used", ['import', 'unused']],
    ['imports that are no longer needed', ['import', 'unused']],
    ['nicht verwendete Importe entfernen', ['unused', 'import', 'remove']],
    ['do not remove used imports', ['not', 'remove', 'used', 'import']],
  ] as const) {
    assert.deepEqual(concepts(text), expected, text);
  }
});
