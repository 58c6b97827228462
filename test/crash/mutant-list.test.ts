import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MUTANTS } from './mutant-list.ts';

const checkout = new URL('../../', import.meta.url);

for (const { name, edits } of MUTANTS) {
  test(`the mutant can be made: ${name}`, () => {
    for (const { file, find, replace } of edits) {
      const text = readFileSync(new URL(file, checkout), 'utf8');
      assert.equal(text.split(find).length, 2, `expected this once in ${file}: ${find}`);
      assert.notEqual(find, replace);
    }
  });
}
