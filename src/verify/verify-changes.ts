import { bisect } from './bisect.ts';
import type { Check, UnavailableCheck } from './check.ts';
import type { CheckFailure } from './check-failure.ts';
import { compare, type Judgement } from './compare.ts';
import { REPEATABLE } from './confirm.ts';
import {
  type BrokenCheck,
  type Judged,
  judgeChecks,
  type NotChecked,
  unavailableAsNotChecked,
} from './judge-checks.ts';
import { type CheckContext, type CheckResult, notIn, runChecks } from './run-checks.ts';

/** A part of the change that can be left out on its own. */
export interface ChangeUnit {
  id: string;
  /** The files it changes, relative to the root, with forward slashes: a failure that names one makes it a suspect. */
  files: readonly string[];
}

/** What to verify. The tree already holds all units. */
export interface VerifyOptions<Unit extends ChangeUnit> {
  checks: readonly Check[];
  /** Checks that were found but cannot run, for the report. Default: none. */
  unavailable?: readonly UnavailableCheck[];
  /** The results of the same checks before the change. */
  baseline: readonly CheckResult[];
  units: readonly Unit[];
  /** Makes the tree hold exactly these units. */
  apply(subset: readonly Unit[]): Promise<void>;
  context: CheckContext;
  /** How often bisection may run the failing checks. Default: 60. */
  maxBisectRuns?: number;
  /** Milliseconds after which bisection starts no further run. Default: 30 minutes. */
  maxBisectMs?: number;
}

/** What every verification can tell. */
export interface VerificationNotes {
  results: CheckResult[];
  /** New failures that did not come back when the check ran again. */
  flaky: CheckFailure[];
  notChecked: NotChecked[];
}

/** A unit left out, and the new failures seen with it. */
export interface RejectedUnit<Unit> {
  unit: Unit;
  failures: CheckFailure[];
}

/** What verification found, and what the tree holds now. */
export type Verification<Unit> =
  /** All units; `by` names the checks that show that nothing new is broken. */
  | ({ kind: 'verified'; by: string[] } & VerificationNotes)
  /** All units; `why` says what kept each check from telling anything. */
  | ({ kind: 'unverified'; why: NotChecked[] } & VerificationNotes)
  /** The kept units only, which passed all checks together. */
  | ({ kind: 'partly'; kept: Unit[]; rejected: RejectedUnit<Unit>[]; by: string[] } & VerificationNotes)
  /** No units: nothing could be kept, or the search for the culprits ran out of runs or time. */
  | ({ kind: 'broken'; failures: CheckFailure[]; exhausted: boolean } & VerificationNotes)
  /** Undefined: the caller rolls back. */
  | ({ kind: 'cancelled' | 'timed-out' } & VerificationNotes);

/** Checks the changed tree, finds what broke it, and leaves in it only what passes. */
export async function verifyChanges<Unit extends ChangeUnit>(
  options: VerifyOptions<Unit>,
): Promise<Verification<Unit>> {
  const { checks, baseline, context } = options;
  const judged = await judgeChecks(checks, baseline, context);
  judged.notChecked.push(...unavailableAsNotChecked(options.unavailable ?? []));
  if (judged.kind !== 'done') return { kind: judged.kind, ...notes(judged) };
  return judged.broken.length === 0 ? conclude(judged, baseline) : findCulprits(options, judged);
}

function conclude<Unit>(judged: Judged, baseline: readonly CheckResult[]): Verification<Unit> {
  const weak = judged.good.flatMap((id) => {
    const after = judged.results.find(({ check }) => check.id === id);
    const before = baseline.find(({ check }) => check.id === id);
    const reason = after === undefined ? undefined : whyWeak(before, after);
    return reason === undefined ? [] : [{ id, reason }];
  });
  if (weak.length < judged.good.length) {
    const by = judged.good.filter((id) => !weak.some((one) => one.id === id));
    return { kind: 'verified', by, ...notes(judged) };
  }
  const none = { id: 'checks', reason: 'the project has no type check and no tests that were found' };
  const why = [...weak, ...judged.notChecked];
  return { kind: 'unverified', why: why.length === 0 ? [none] : why, ...notes(judged) };
}

/** Why a check in which nothing new fails does not show that nothing is broken, when that is so. */
function whyWeak(before: CheckResult | undefined, after: CheckResult): string | undefined {
  const staysRed = before?.outcome === 'failed' && after.outcome === 'failed';
  // What is broken already cannot break: only what still passes beside the old failures tells anything.
  if (staysRed && !after.passed) return 'it fails before and after, and nothing in it passes that could have broken';
  if (!['lint', 'syntax'].includes(after.check.kind)) return undefined;
  const state = staysRed ? 'nothing new fails in it' : 'it passes';
  return `${state}, but it does not show that behaviour is kept`;
}

function notes({ results, flaky, notChecked }: Judged): VerificationNotes {
  return { results, flaky, notChecked };
}

async function findCulprits<Unit extends ChangeUnit>(
  options: VerifyOptions<Unit>,
  judged: Judged,
): Promise<Verification<Unit>> {
  const { units, apply, context } = options;
  const failures = judged.broken.flatMap((broken) => broken.failures);
  const trials = new Trials(units, judged, context);
  const found = await bisect({
    units,
    suspects: new Set(units.filter((unit) => isSuspect(unit, judged.broken))),
    apply: async (subset) => {
      trials.applied = subset;
      await apply(subset);
    },
    judge: () => trials.judge(),
    maxRuns: options.maxBisectRuns ?? 60,
    deadline: context.clock.monotonic() + (options.maxBisectMs ?? 30 * 60 * 1000),
    clock: context.clock,
    onStep: (step) => context.emit('bisect.step', { ...step }),
  });
  if (found.kind === 'stopped') return { kind: trials.stoppedBy, ...notes(judged) };
  const broken = { kind: 'broken', failures, exhausted: found.kind === 'exhausted', ...notes(judged) } as const;
  if (found.kept.length === 0) return broken;
  const final = await judgeChecks(options.checks, options.baseline, context);
  final.flaky.push(...judged.flaky);
  final.notChecked.push(...unavailableAsNotChecked(options.unavailable ?? []));
  if (final.kind !== 'done') return { kind: final.kind, ...notes(final) };
  const explained = judged.broken.every(({ after }) => final.good.includes(after.check.id));
  if (final.broken.length > 0 || !explained) {
    await apply([]);
    if (final.broken.length === 0) return { ...broken, ...notes(final) };
    return { ...broken, ...notes(final), failures: final.broken.flatMap((check) => check.failures) };
  }
  const rejected = found.rejected.map((unit) => ({ unit, failures: trials.blame(unit) }));
  return { kind: 'partly', kept: found.kept, rejected, by: final.good, ...notes(final) };
}

function isSuspect(unit: ChangeUnit, broken: readonly BrokenCheck[]): boolean {
  // A check of one package names files relative to that package.
  const names = (file: string, failure: CheckFailure) =>
    failure.id.includes(file) || (failure.file !== undefined && `/${file}`.endsWith(`/${failure.file}`));
  return broken.some(({ after, failures }) =>
    unit.files.some((file) => after.outputTail.includes(file) || failures.some((failure) => names(file, failure))),
  );
}

/** Whether a judgement needs no second look: nothing is wrong, or what is wrong was already confirmed. */
function isKnown(judgement: Judgement, broken: BrokenCheck): boolean {
  if (judgement.kind === 'good' || REPEATABLE.has(broken.after.check.kind)) return true;
  return judgement.kind === 'bad' && notIn(judgement.failures, broken.failures).length < judgement.failures.length;
}

/** The judgements of one bisection: only the checks that failed run, and what was seen is kept for the report. */
class Trials<Unit> {
  applied: readonly Unit[];
  stoppedBy: 'cancelled' | 'timed-out' = 'cancelled';
  readonly #judged: Judged;
  readonly #context: CheckContext;
  readonly #bad: { units: readonly Unit[]; failures: CheckFailure[] }[];

  constructor(units: readonly Unit[], judged: Judged, context: CheckContext) {
    this.applied = units;
    this.#judged = judged;
    this.#context = context;
    this.#bad = [{ units, failures: judged.broken.flatMap(({ failures }) => failures) }];
  }

  async judge(): Promise<'good' | 'bad' | 'stopped'> {
    const ignored = new Set(this.#judged.flaky.map(({ id }) => id));
    for (const broken of this.#judged.broken) {
      let judgement = await this.#run(broken, ignored);
      // Only failures that were not seen with all units: perhaps a flaky one, and an innocent unit would pay for it.
      if (judgement !== 'stopped' && !isKnown(judgement, broken)) judgement = await this.#run(broken, ignored);
      if (judgement === 'stopped') return 'stopped';
      if (judgement.kind === 'good') continue;
      this.#bad.push({ units: this.applied, failures: judgement.kind === 'bad' ? judgement.failures : [] });
      return 'bad';
    }
    return 'good';
  }

  async #run({ before, after }: BrokenCheck, ignored: ReadonlySet<string>): Promise<Judgement | 'stopped'> {
    const run = await runChecks([after.check], 'bisect', this.#context, [before]);
    const result = run.results[0];
    if (run.kind === 'done' && result !== undefined) return compare(before, result, ignored);
    this.stoppedBy = run.kind === 'timed-out' ? 'timed-out' : 'cancelled';
    return 'stopped';
  }

  /** The failures of the smallest tree that was bad with this unit in it. */
  blame(unit: Unit): CheckFailure[] {
    const seen = this.#bad.filter(({ units, failures }) => units.includes(unit) && failures.length > 0);
    return seen.reduce((least, trial) => (trial.units.length <= least.units.length ? trial : least)).failures;
  }
}
