import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzRules, fuzzStandardPolicy } from './testing/fuzz-policy.ts';

// `npm run fuzz:policy` is the long form.

test('of random command lines the standard policy allows none that its rules do not mean', () => {
  const { allow, deny } = fuzzStandardPolicy(10_000, 20_261_125);
  assert.ok(allow > 1000 && deny > 1000, 'both sides of the border are met');
});

test('random policies allow no command that their rules do not mean', () => {
  const { allow, ask, deny } = fuzzRules(10_000, 20_261_125);
  assert.ok(allow > 500 && ask > 200 && deny > 1000, 'both sides of the border are met');
});
