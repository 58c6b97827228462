import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openLane } from './lane.ts';
import type { ShortCheck } from './short-form.ts';
import { straceProblem } from './strace.ts';

/** Makes a test of each check; all share one lane. Where nothing can be traced, each says why it is skipped. */
export function checksInTurn(checks: readonly ShortCheck[]): void {
  const problem = straceProblem();
  const lane = problem === undefined ? openLane() : undefined;
  after(() => lane?.remove());
  for (const { name, run } of checks) {
    test(name, { timeout: 120_000 }, async (t) => {
      if (lane === undefined) t.skip(problem);
      else assert.deepEqual(await run(lane), []);
    });
  }
}
