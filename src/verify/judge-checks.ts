import type { Check, UnavailableCheck } from './check.ts';
import type { CheckFailure } from './check-failure.ts';
import { compare } from './compare.ts';
import { confirm } from './confirm.ts';
import { type CheckContext, type CheckResult, runChecks } from './run-checks.ts';

/** A check that says nothing about the change. */
export interface NotChecked {
  id: string;
  reason: string;
  /** What the user can do about it. Default: nothing known. */
  remedy?: string;
}

/** A check that the change made fail. */
export interface BrokenCheck {
  before: CheckResult;
  after: CheckResult;
  failures: CheckFailure[];
}

/** What all checks together say about the tree as it is. */
export interface Judged {
  kind: 'done' | 'cancelled' | 'timed-out';
  results: CheckResult[];
  /** The ids of the checks that show that nothing new is broken. */
  good: string[];
  broken: BrokenCheck[];
  /** New failures that did not come back when the check ran again. */
  flaky: CheckFailure[];
  notChecked: NotChecked[];
}

/** Runs all checks that can tell something and judges them against the baseline. */
export async function judgeChecks(
  checks: readonly Check[],
  baseline: readonly CheckResult[],
  context: CheckContext,
): Promise<Judged> {
  const before = (check: Check) => baseline.find((result) => result.check.id === check.id);
  const judged: Judged = { kind: 'done', results: [], good: [], broken: [], flaky: [], notChecked: [] };
  const useful = checks.filter((check) => {
    const reason = whyUseless(before(check));
    if (reason !== undefined) judged.notChecked.push({ id: check.id, reason });
    return reason === undefined;
  });
  const run = await runChecks(useful, 'after', context, baseline);
  judged.results = run.results;
  if (run.kind !== 'done') return { ...judged, kind: run.kind };
  for (const after of run.results) {
    const ended = await judgeOne(before(after.check), after, judged, context);
    if (ended !== 'done') return { ...judged, kind: ended };
  }
  return judged;
}

async function judgeOne(before: CheckResult | undefined, after: CheckResult, judged: Judged, context: CheckContext) {
  const { id } = after.check;
  if (before === undefined) {
    if (after.outcome === 'passed') judged.good.push(id);
    else judged.notChecked.push({ id, reason: after.reason ?? 'it fails, and it did not run before the change' });
    return 'done';
  }
  const judgement = compare(before, after);
  if (judgement.kind === 'not-checked') judged.notChecked.push({ id, reason: judgement.reason });
  if (judgement.kind === 'good') judged.good.push(id);
  if (judgement.kind !== 'bad') return 'done';
  const { kind, broken, flaky } = await confirm(before, after, judgement.failures, context);
  judged.flaky.push(...flaky);
  if (broken.length > 0) judged.broken.push({ before, after, failures: broken });
  else judged.good.push(id);
  return kind;
}

function whyUseless(before: CheckResult | undefined): string | undefined {
  if (before?.outcome === 'timed-out') return 'it did not end in time before the change either';
  if (before?.outcome === 'unavailable') return before.reason ?? 'it cannot run here';
  return undefined;
}

/** Found but not able to run. */
export function unavailableAsNotChecked(unavailable: readonly UnavailableCheck[]): NotChecked[] {
  return unavailable.map(({ id, reason, remedy }) => ({ id, reason, remedy }));
}
