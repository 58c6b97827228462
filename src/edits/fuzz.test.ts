import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzz } from './testing/fuzz.ts';
import { sources } from './testing/sources.ts';

test('distorted edits of real files: none corrupts a file, and those with one meaning are applied', async (t) => {
  const files = sources(300);
  for (const what of files.missing) t.diagnostic(`left out: ${what}`);
  const { total, wrong, tallies } = await fuzz(files, { cases: 1200, seed: 20_251 });
  const told = wrong.map(({ perturbation, wrong: what, case: { path } }) => `${what}: ${perturbation} (${path})`);
  assert.equal(total.corrupting, 0, told.join('\n'));
  assert.ok(total.cases >= 990 && tallies.size > 50, `${total.cases} cases of ${tallies.size} kinds`);
  assert.ok(total.oneMeaning > 400 && total.oneMeaningApplied >= 0.95 * total.oneMeaning, told.join('\n'));
});
