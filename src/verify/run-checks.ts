import { stripVTControlCharacters } from 'node:util';
import type { Clock } from '../kernel/index.ts';
import type { CommandOutcome, CommandOutput, Environment, RunCommand } from '../sandbox/index.ts';
import { type Check, commandLine } from './check.ts';
import type { CheckFailure, OutputReading } from './check-failure.ts';
import { readOutput } from './read-output.ts';

/** Which run of a check this is. */
export type CheckPhase = 'before' | 'after' | 'bisect';

/** Tells the outside what happens: `check.started`, `check.finished`, `bisect.step`. */
export type Emit = (kind: string, data: Record<string, unknown>) => void;

/** What running checks needs from outside. */
export interface CheckContext {
  runCommand: RunCommand;
  clock: Clock;
  /** The user's environment, made ready by {@link checkEnvironment}. */
  env: Environment;
  emit: Emit;
  /** Ends the running check and all that follow; by `AbortSignal.timeout` it counts as out of time, else as cancelled. */
  signal?: AbortSignal | undefined;
  /** When all checking must be over, on `clock.monotonic()`. Default: never. */
  deadline?: number | undefined;
  /** Milliseconds for one check. Default: 10 minutes. */
  timeoutMs?: number | undefined;
}

/** How one check went. */
export interface CheckResult {
  check: Check;
  outcome: 'passed' | 'failed' | 'timed-out' | 'unavailable';
  durationMs: number;
  /** Never empty when the outcome is `failed`. */
  failures: CheckFailure[];
  /** How many tests passed, where the output says so. */
  passed?: number;
  /** Why there may be more failures than these; absent when the list is complete. */
  incomplete?: string;
  /** Why it is unavailable. */
  reason?: string;
  /** The end of what it printed. */
  outputTail: string;
}

/** The results so far, and whether something ended the run early. */
export interface CheckRun {
  kind: 'done' | 'cancelled' | 'timed-out';
  results: CheckResult[];
}

const DEFAULT_TIMEOUT = 10 * 60 * 1000;
const TAIL_CHARACTERS = 4000;
/** Enough for the failure list of any suite that a person reads. */
const MAX_OUTPUT = 32 * 1024 * 1024;

/** Runs checks one after another: they share the tree, and often a port or a database. */
export async function runChecks(
  checks: readonly Check[],
  phase: CheckPhase,
  context: CheckContext,
  baseline: readonly CheckResult[] = [],
): Promise<CheckRun> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    if (context.signal?.aborted) return { kind: whyAborted(context.signal), results };
    const left = (context.deadline ?? Number.POSITIVE_INFINITY) - context.clock.monotonic();
    if (left <= 0) return { kind: 'timed-out', results };
    const before = baseline.find((result) => result.check.id === check.id);
    const limit = timeLimit(context, before);
    context.emit('check.started', { id: check.id, command: commandLine(check), phase });
    const outcome = await context.runCommand({
      argv: check.argv,
      cwd: check.cwd,
      env: { ...context.env, ...check.env },
      timeoutMs: Math.max(1, Math.min(limit, left)),
      signal: context.signal,
      maxOutputBytes: MAX_OUTPUT,
    });
    const early = outcome.kind === 'cancelled' || (outcome.kind === 'timed-out' && left <= limit);
    const result = toResult(check, outcome);
    context.emit('check.finished', {
      id: check.id,
      phase,
      outcome: outcome.kind === 'cancelled' ? 'cancelled' : result.outcome,
      durationMs: result.durationMs,
      newFailures: before === undefined ? [] : notIn(result.failures, before.failures).map(({ id }) => id),
      ...(result.reason === undefined ? {} : { reason: result.reason }),
    });
    if (early) return { kind: outcome.kind === 'cancelled' ? whyAborted(context.signal) : 'timed-out', results };
    results.push(result);
  }
  return { kind: 'done', results };
}

function whyAborted(signal: AbortSignal | undefined): 'cancelled' | 'timed-out' {
  const reason: unknown = signal?.reason;
  return reason instanceof Error && reason.name === 'TimeoutError' ? 'timed-out' : 'cancelled';
}

/** The failures whose id is not among `known`. */
export function notIn(failures: readonly CheckFailure[], known: readonly CheckFailure[]): CheckFailure[] {
  const ids = new Set(known.map(({ id }) => id));
  return failures.filter(({ id }) => !ids.has(id));
}

/** A suite that took seconds before and takes minutes now hangs: no need to wait out the full limit. */
function timeLimit({ timeoutMs = DEFAULT_TIMEOUT }: CheckContext, before: CheckResult | undefined): number {
  if (before === undefined || before.outcome === 'timed-out' || before.outcome === 'unavailable') return timeoutMs;
  return Math.min(timeoutMs, Math.max(60_000, before.durationMs * 10));
}

function toResult(check: Check, outcome: CommandOutcome): CheckResult {
  if (outcome.kind === 'not-found') return unavailable(check, `${outcome.program} is not installed or not on the PATH`);
  if (outcome.kind === 'refused') return unavailable(check, outcome.reason);
  const base = { check, durationMs: outcome.durationMs, outputTail: tail(outcome) };
  if (outcome.kind === 'timed-out' || outcome.kind === 'cancelled')
    return { ...base, outcome: 'timed-out', failures: [opaque('it did not end in time')] };
  if (outcome.kind === 'exceeded')
    return { ...base, outcome: 'failed', failures: [opaque(`it used more ${outcome.resource} than it may`)] };
  if (outcome.kind === 'exited' && outcome.code === check.emptyExitCode)
    return { ...base, ...unavailable(check, 'it found nothing to check') };
  const missing = outcome.kind === 'exited' && outcome.code === 127 ? missingProgram(outcome) : undefined;
  if (missing !== undefined) return { ...base, ...unavailable(check, missing) };
  const reading = readOutput(outcome, check.cwd);
  const passed = reading.passed === undefined ? {} : { passed: reading.passed };
  if (outcome.kind === 'exited' && outcome.code === 0) return { ...base, ...passed, outcome: 'passed', failures: [] };
  return { ...base, ...passed, outcome: 'failed', ...failuresOf(reading, outcome) };
}

function failuresOf(
  reading: OutputReading,
  outcome: CommandOutput & { kind: string; signal?: string },
): Pick<CheckResult, 'failures' | 'incomplete'> {
  const known = reading.incomplete === undefined ? {} : { incomplete: reading.incomplete };
  if (outcome.kind === 'signalled')
    return { failures: [...reading.failures, opaque(`it was ended by ${outcome.signal}`)], incomplete: 'it crashed' };
  if (reading.failures.length > 0) return { failures: reading.failures, ...known };
  const incomplete = `its output names no failure that can be told from another${lastWords(outcome)}`;
  return { failures: [opaque('it failed')], incomplete };
}

/** The line a person would look at first. */
function lastWords({ stdout, stderr }: CommandOutput): string {
  const text = stripVTControlCharacters(stderr.trim() === '' ? stdout : stderr);
  const line = text.trimEnd().split('\n').at(-1)?.trim().slice(0, 160) ?? '';
  return line === '' ? '' : `; it ends with "${line}"`;
}

function opaque(id: string): CheckFailure {
  return { id, kind: 'opaque' };
}

function unavailable(check: Check, reason: string): CheckResult {
  return { check, outcome: 'unavailable', durationMs: 0, failures: [], reason, outputTail: '' };
}

/** What a shell says when it cannot find a program; the exit code alone can be the program's own. */
function missingProgram({ stdout, stderr }: CommandOutput): string | undefined {
  const line = `${stderr}\n${stdout}`.split('\n').find((text) => /: (?:command )?not found\b/.test(text));
  return line === undefined ? undefined : `a program it needs is not installed (${line.trim()})`;
}

function tail({ stdout, stderr }: CommandOutput): string {
  return [stdout.slice(-TAIL_CHARACTERS), stderr.slice(-TAIL_CHARACTERS)]
    .map((text) => stripVTControlCharacters(text))
    .filter((text) => text.trim() !== '')
    .join('\n');
}
