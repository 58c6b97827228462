/**
 * Verification asks the project's own tools whether a change did harm.
 *
 * It finds the checks a project has ({@link detectChecks}), runs them ({@link runChecks}), tells what is new by names that
 * do not move with line numbers ({@link compare}), runs a new failure again to tell flaky from broken, and finds the part of
 * a change that is to blame ({@link bisect}). {@link verifyChanges} does all of it and leaves in the tree what passes.
 *
 * It promises that what was red before never counts, and that nothing is called verified which no check could judge: a
 * check that cannot run, that hung before, whose failures cannot be told apart, or that ran no test, is named with its
 * reason. It never installs anything, never asks a question, and never runs a command by itself: `runCommand` is handed in.
 *
 * Checks are the project's programs and may write into the tree; what variables and flags can prevent is prevented
 * ({@link checkEnvironment}), and the caller compares the tree before and after.
 */
export { type Bisection, type BisectOptions, bisect } from './bisect.ts';
export {
  type Check,
  type CheckKind,
  commandLine,
  type DetectedChecks,
  type UnavailableCheck,
  type VerifyMode,
  verifyMode,
} from './check.ts';
export { checkEnvironment } from './check-environment.ts';
export type { CheckFailure } from './check-failure.ts';
export { compare, type Judgement } from './compare.ts';
export type { DetectOptions } from './detect/detect-options.ts';
export { detectChecks } from './detect.ts';
export type { NotChecked } from './judge-checks.ts';
export {
  type CheckContext,
  type CheckPhase,
  type CheckResult,
  type CheckRun,
  type Emit,
  runChecks,
} from './run-checks.ts';
export {
  type ChangeUnit,
  type RejectedUnit,
  type Verification,
  type VerificationNotes,
  type VerifyOptions,
  verifyChanges,
} from './verify-changes.ts';
