import type { CheckFailure } from './check-failure.ts';
import { compare } from './compare.ts';
import { type CheckContext, type CheckResult, notIn, runChecks } from './run-checks.ts';

/** New failures sorted by whether they come back. */
export interface Confirmation {
  kind: 'done' | 'cancelled' | 'timed-out';
  /** Failed in every run. */
  broken: CheckFailure[];
  /** Failed in some runs only. */
  flaky: CheckFailure[];
}

/** A compiler says the same each time; only what executes code is run again. */
export const REPEATABLE: ReadonlySet<string> = new Set(['typecheck', 'lint', 'syntax']);

/** Runs a check again, at most twice, to tell what the change broke from what fails now and then. */
export async function confirm(
  before: CheckResult,
  after: CheckResult,
  failures: readonly CheckFailure[],
  context: CheckContext,
): Promise<Confirmation> {
  let broken = [...failures];
  const flaky: CheckFailure[] = [];
  if (REPEATABLE.has(after.check.kind)) return { kind: 'done', broken, flaky };
  // A suite that hangs costs its whole time limit each time, so that one more run has to do.
  const runs = after.outcome === 'timed-out' ? 1 : 2;
  for (let run = 0; run < runs && broken.length > 0; run += 1) {
    const again = await runChecks([after.check], 'after', context, [before]);
    const result = again.results[0];
    if (again.kind !== 'done' || result === undefined) return { kind: again.kind, broken, flaky };
    const judgement = compare(before, result);
    // A run that tells nothing takes nothing back.
    if (judgement.kind === 'not-checked') continue;
    const now = judgement.kind === 'bad' ? judgement.failures : [];
    const gone = notIn(broken, now);
    flaky.push(...gone, ...notIn(now, [...broken, ...flaky]));
    broken = notIn(broken, gone);
  }
  return { kind: 'done', broken, flaky };
}
