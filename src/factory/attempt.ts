import { type Clock, isPyAgentError, type JsonObject } from '../kernel/index.ts';
import { ABANDONED } from './interpreter.ts';
import type { FinishedStep } from './outcome.ts';
import type { StepOutcome, StepRequest } from './step.ts';

/** What a step is given besides its request. */
export interface StepContext {
  /** Aborted when the step's time is up or the workflow ends: the step stops soon and settles. */
  signal: AbortSignal;
  /** Tells how far the step is, as `step.progress`. */
  progress(data: JsonObject): void;
}

/** Carries a step out. */
export type RunTask = (step: StepRequest, context: StepContext) => Promise<StepOutcome>;

/** Resolves after `milliseconds`, or as soon as `signal` aborts. Never rejects. */
export type Delay = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/** What {@link attemptStep} needs of the engine. */
export interface AttemptContext {
  runTask: RunTask;
  clock: Clock;
  emit: (kind: string, data: JsonObject) => void;
  signal: AbortSignal;
  delay: Delay;
  graceMs: number;
}

/** Tries a step once, after `delayMs`. Never rejects: an exception of the step is a failed outcome. */
export async function attemptStep(step: StepRequest, delayMs: number, context: AttemptContext): Promise<FinishedStep> {
  if (delayMs > 0) await context.delay(delayMs, context.signal);
  const startedAt = context.clock.monotonic();
  const head = eventHead(step);
  context.emit('step.started', head);
  const outcome = await withLimits(step, context, (data) => context.emit('step.progress', { ...head, ...data }));
  const durationMs = context.clock.monotonic() - startedAt;
  context.emit('step.finished', { ...head, ...eventTail(outcome), durationMs });
  return { key: step.key, title: step.title, outcome, durationMs };
}

function eventHead({ key, title, node }: StepRequest): JsonObject {
  const round = key.iteration.at(-1);
  return {
    node: key.node,
    nodeKind: node.kind,
    title,
    ...(round === undefined ? {} : { iteration: round }),
    ...(key.attempt === 1 ? {} : { attempt: key.attempt }),
  };
}

function eventTail(outcome: StepOutcome): JsonObject {
  if (outcome.kind === 'failed') return { outcome: 'failed', summary: outcome.message, code: outcome.code };
  return { outcome: outcome.kind, summary: outcome.summary, changed: outcome.kind === 'done' ? outcome.changed : 0 };
}

/** The step's own outcome, or a failure when its time was up, it was cancelled, or it did not stop. */
async function withLimits(
  step: StepRequest,
  { runTask, signal, delay, graceMs }: AttemptContext,
  progress: (data: JsonObject) => void,
): Promise<StepOutcome> {
  if (signal.aborted) return stopped(step);
  const stop = new AbortController();
  const settled = new AbortController();
  const forward = () => stop.abort(signal.reason);
  signal.addEventListener('abort', forward);
  const { timeoutMs } = step.node;
  let late = false;
  if (timeoutMs !== undefined) {
    void delay(timeoutMs, settled.signal).then(() => {
      if (settled.signal.aborted || stop.signal.aborted) return;
      late = true;
      stop.abort(new Error(`the step took longer than ${timeoutMs} ms`));
    });
  }
  const overdue = new Promise<undefined>((resolve) => {
    const wait = () => void delay(graceMs, settled.signal).then(() => resolve(undefined));
    stop.signal.addEventListener('abort', wait, { once: true });
  });
  const task = carryOut(step, { runTask, signal: stop.signal, progress });
  const outcome = await Promise.race([task, overdue]);
  settled.abort();
  signal.removeEventListener('abort', forward);
  if (outcome === undefined) return abandoned(step, graceMs);
  return late ? timedOut(step, timeoutMs ?? 0) : outcome;
}

async function carryOut(
  step: StepRequest,
  { runTask, signal, progress }: StepContext & { runTask: RunTask },
): Promise<StepOutcome> {
  try {
    return await runTask(step, { signal, progress });
  } catch (error) {
    if (signal.aborted) return stopped(step);
    const message = error instanceof Error ? error.message : String(error);
    // A broken contract or outside world: another try would meet the same.
    return {
      kind: 'failed',
      code: isPyAgentError(error) ? error.code : 'factory/step-threw',
      message,
      retryable: false,
    };
  }
}

function stopped({ title }: StepRequest): StepOutcome {
  return { kind: 'failed', code: 'factory/step-stopped', message: `"${title}" was stopped`, retryable: false };
}

function timedOut({ title }: StepRequest, timeoutMs: number): StepOutcome {
  const message = `"${title}" took longer than its limit of ${timeoutMs} ms and was stopped`;
  return { kind: 'failed', code: 'factory/step-timed-out', message };
}

function abandoned({ title }: StepRequest, graceMs: number): StepOutcome {
  const message = `"${title}" was told to stop and was still running ${graceMs} ms later`;
  return { kind: 'failed', code: ABANDONED, message, retryable: false };
}
