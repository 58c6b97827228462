import type { CheckFailure } from './check-failure.ts';
import { type CheckResult, notIn } from './run-checks.ts';

/** What the difference between two runs of one check says. */
export type Judgement =
  | { kind: 'good' }
  | { kind: 'bad'; failures: CheckFailure[] }
  /** Nobody can tell whether the change did harm. */
  | { kind: 'not-checked'; reason: string };

/**
 * Judges a check by its runs before and after a change. Only what is new counts against the change; what was red before
 * never does. `ignored` are failures known to come and go on their own.
 */
export function compare(before: CheckResult, after: CheckResult, ignored: ReadonlySet<string> = new Set()): Judgement {
  if (after.outcome === 'passed') return judgePassed(before, after, ignored);
  if (before.outcome === 'timed-out') return notChecked('it did not end in time before the change either');
  if (before.outcome === 'unavailable') return notChecked(before.reason ?? 'it cannot run here');
  if (after.outcome === 'unavailable') return bad(`it can no longer run: ${after.reason ?? 'unknown reason'}`);
  if (after.outcome === 'timed-out') return { kind: 'bad', failures: after.failures };
  if (before.outcome === 'failed' && before.incomplete !== undefined)
    return notChecked(`it failed before the change, and ${before.incomplete}`);
  const fresh = notIn(after.failures, before.failures).filter(({ id }) => !ignored.has(id));
  if (fresh.length > 0 && stoppedBeforeTests(before) && fresh.every(({ kind }) => kind === 'test'))
    return notChecked('it stopped before its tests ran, so that a failing test may have failed all along');
  if (fresh.length > 0) return { kind: 'bad', failures: fresh };
  if (after.incomplete !== undefined && before.outcome === 'failed')
    return notChecked(`it fails as before, but ${after.incomplete}`);
  if (ranNoTests(after)) return notChecked('it stops before its tests run, as it did before the change');
  return judgePassed(before, after, ignored);
}

function judgePassed(before: CheckResult, after: CheckResult, ignored: ReadonlySet<string>): Judgement {
  const ranTests = after.passed !== 0 || after.failures.some(({ kind }) => kind === 'test');
  if (after.check.kind === 'test' && !ranTests && !before.passed) return notChecked('it ran no test');
  if (before.passed === undefined || after.passed === undefined || after.passed >= before.passed)
    return { kind: 'good' };
  const excused = notIn(after.failures, before.failures).filter(({ id }) => ignored.has(id)).length;
  // A test file that no longer loads its tests fails nothing, and yet less is checked than before.
  const id = `fewer tests pass than the ${before.passed} before`;
  return after.passed + excused >= before.passed || ignored.has(id) ? { kind: 'good' } : bad(id);
}

/** A chain of commands whose first ones failed, so that nobody knows how the tests stood. */
function stoppedBeforeTests({ outcome, failures, passed }: CheckResult): boolean {
  return outcome === 'failed' && passed === undefined && failures.every(({ kind }) => kind !== 'test');
}

/** A test script that chains a linter before its tests, and stopped there. */
function ranNoTests({ check, failures, passed }: CheckResult): boolean {
  return check.kind === 'test' && passed === undefined && failures.every(({ kind }) => kind !== 'test');
}

function bad(id: string): Judgement {
  return { kind: 'bad', failures: [{ id, kind: 'opaque' }] };
}

function notChecked(reason: string): Judgement {
  return { kind: 'not-checked', reason };
}
