import { createHash } from 'node:crypto';
import { type Clock, canonicalJson, type JsonObject, PyAgentError } from '../kernel/index.ts';
import { type AttemptContext, attemptStep, type Delay, type RunTask } from './attempt.ts';
import { allNodes, type WorkflowDefinition } from './definition.ts';
import { type Command, type Interpretation, interpret } from './interpreter.ts';
import type { JournalEntry, RecordEntry } from './journal.ts';
import type { FinishedStep, WorkflowOutcome } from './outcome.ts';
import { type StepRequest, stepKeyText } from './step.ts';

/** What a run of a workflow needs. */
export interface WorkflowRun {
  /** Checked with `readWorkflow`. */
  definition: WorkflowDefinition;
  /** By name. Declared defaults fill the rest. Default: none. Ignored when `recorded` holds a start. */
  inputs?: JsonObject;
  /** Carries a step out. */
  runTask: RunTask;
  record: RecordEntry;
  clock: Clock;
  /** Tells `step.started`, `step.progress`, `step.finished`, `step.skipped`. Default: nobody. */
  emit?: (kind: string, data: JsonObject) => void;
  /** Cancels the workflow. Default: never. */
  signal?: AbortSignal;
  /** Most steps at once, from 1. Default: 4. */
  parallelism?: number;
  /** Waits. Default: the machine's timer. */
  delay?: Delay;
  /** How long a step that was told to stop may take to do so, in milliseconds. Default: 10,000. */
  graceMs?: number;
  /** What an earlier process recorded of this workflow. Steps that were running are tried again under the same key. */
  recorded?: readonly JournalEntry[];
}

/**
 * Runs a workflow to its end. Every decision is {@link interpret}'s; the engine only starts, waits and records. When
 * it returns or throws, no step of it is running any more, except one that the outcome names as abandoned.
 * @throws PyAgentError `factory/input-missing`, `factory/input-unknown`, `factory/journal-foreign` when `recorded` is of
 *   another definition, and whatever `record` rejects with
 */
export async function runWorkflow(run: WorkflowRun): Promise<WorkflowOutcome> {
  const engine = new Engine(run);
  await engine.start();
  return engine.untilEnd();
}

const DEFAULT_PARALLELISM = 4;
const DEFAULT_GRACE_MS = 10_000;

/** The machine's timer. A wait that was aborted ends early. */
const machineDelay: Delay = (milliseconds, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });

class Engine {
  readonly #run: WorkflowRun;
  readonly #journal: JournalEntry[];
  readonly #finished: FinishedStep[] = [];
  readonly #active = new Map<string, Promise<FinishedStep>>();
  readonly #stop = new AbortController();
  readonly #told = new Set<string>();
  /** Resolves when the workflow is cancelled. One for the whole run, so that listeners do not pile up. */
  readonly #cancelled: Promise<undefined>;

  constructor(run: WorkflowRun) {
    this.#run = run;
    this.#journal = [...(run.recorded ?? [])];
    this.#cancelled = new Promise((resolve) => {
      const aborted = () => {
        this.#stop.abort(run.signal?.reason);
        resolve(undefined);
      };
      if (run.signal?.aborted) aborted();
      else run.signal?.addEventListener('abort', aborted, { once: true, signal: this.#stop.signal });
    });
  }

  async start(): Promise<void> {
    const { definition, inputs = {} } = this.#run;
    const digest = digestOf(definition);
    const [first] = this.#journal;
    if (first === undefined) {
      const given = withDefaults(definition, inputs);
      return this.#record({ type: 'started', workflow: definition.name, digest, inputs: given });
    }
    if (first.type !== 'started' || first.digest !== digest) throw foreign(definition, first);
    const titles = new Map(allNodes(definition).map(({ id, title }) => [id, title]));
    for (const entry of this.#journal) {
      if (entry.type !== 'step-finished') continue;
      const { key, outcome, durationMs } = entry;
      this.#finished.push({ key, title: titles.get(key.node) ?? key.node, outcome, durationMs });
    }
  }

  async untilEnd(): Promise<WorkflowOutcome> {
    try {
      return await this.#loop();
    } finally {
      // Steps are left running only when recording failed; they must not outlive the workflow.
      this.#stop.abort(new Error('the workflow ended'));
      await Promise.all(this.#active.values());
    }
  }

  async #loop(): Promise<WorkflowOutcome> {
    for (;;) {
      await this.#recordCancel();
      const state = interpret(this.#run.definition, this.#journal);
      this.#tellSkipped(state);
      const end = state.commands.find((command) => command.type !== 'start');
      if (end !== undefined && end.type !== 'complete') this.#stop.abort(new Error('the workflow is ending'));
      if (end !== undefined && this.#active.size === 0) return this.#outcome(end, state);
      if (end === undefined) await this.#startSome(state);
      await this.#recordFinished(
        await Promise.race([...this.#active.values(), ...(this.#isCancelRecorded() ? [] : [this.#cancelled])]),
      );
    }
  }

  async #startSome({ commands, running }: Interpretation): Promise<void> {
    // Recorded as running by a process that is gone: to be tried again under the same key.
    for (const step of running) {
      if (this.#hasRoom() && !this.#active.has(stepKeyText(step.key))) this.#launch(step, 0);
    }
    for (const command of commands) {
      if (command.type !== 'start' || !this.#hasRoom() || this.#stop.signal.aborted) continue;
      await this.#record({ type: 'step-started', key: command.step.key });
      this.#launch(command.step, command.delayMs);
    }
  }

  #hasRoom(): boolean {
    return this.#active.size < Math.max(1, this.#run.parallelism ?? DEFAULT_PARALLELISM);
  }

  #launch(step: StepRequest, delayMs: number): void {
    const context: AttemptContext = {
      runTask: this.#run.runTask,
      clock: this.#run.clock,
      emit: this.#run.emit ?? (() => {}),
      signal: this.#stop.signal,
      delay: this.#run.delay ?? machineDelay,
      graceMs: this.#run.graceMs ?? DEFAULT_GRACE_MS,
    };
    this.#active.set(stepKeyText(step.key), attemptStep(step, delayMs, context));
  }

  async #recordFinished(step: FinishedStep | undefined): Promise<void> {
    if (step === undefined) return;
    this.#active.delete(stepKeyText(step.key));
    this.#finished.push(step);
    const { key, outcome, durationMs } = step;
    await this.#record({ type: 'step-finished', key, outcome, durationMs });
  }

  #isCancelRecorded(): boolean {
    return this.#journal.some((entry) => entry.type === 'cancelled');
  }

  async #recordCancel(): Promise<void> {
    const { signal } = this.#run;
    if (signal?.aborted !== true || this.#isCancelRecorded()) return;
    const { reason } = signal;
    await this.#record({ type: 'cancelled', reason: reason instanceof Error ? reason.message : String(reason) });
  }

  async #record(entry: JournalEntry): Promise<void> {
    await this.#run.record(entry);
    this.#journal.push(entry);
  }

  #tellSkipped({ skipped }: Interpretation): void {
    for (const { node, title, iteration } of skipped) {
      const key = stepKeyText({ node, attempt: 1, iteration });
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      const round = iteration.at(-1);
      this.#run.emit?.('step.skipped', { node, title, ...(round === undefined ? {} : { iteration: round }) });
    }
  }

  #outcome(end: Exclude<Command, { type: 'start' }>, { steps }: Interpretation): WorkflowOutcome {
    const common = { steps, finished: this.#finished };
    if (end.type === 'complete') return { kind: 'completed', ...common };
    if (end.type === 'cancel') return { kind: 'cancelled', reason: end.reason, ...common };
    const { key, code, message, details } = end;
    return { kind: 'failed', key, code, message, ...(details === undefined ? {} : { details }), ...common };
  }
}

/** Tells definitions apart: the same text for the same definition, whatever the order of its keys. */
function digestOf(definition: WorkflowDefinition): string {
  return createHash('sha256')
    .update(canonicalJson(definition as unknown as JsonObject))
    .digest('hex');
}

function foreign({ name }: WorkflowDefinition, first: JournalEntry): PyAgentError {
  const found =
    first.type === 'started' ? `one of "${first.workflow}" as it was then` : `an entry "${first.type}" first`;
  return new PyAgentError({
    code: 'factory/journal-foreign',
    message: `expected the journal of the workflow "${name}" as it is now, found ${found}; start the workflow anew`,
    details: { workflow: name },
  });
}

function withDefaults(definition: WorkflowDefinition, given: JsonObject): JsonObject {
  const declared = definition.inputs ?? {};
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(declared, name));
  if (unknown !== undefined) throw inputError('factory/input-unknown', 'is not declared', unknown, declared);
  const inputs: Record<string, JsonObject[string]> = {};
  for (const [name, declaration] of Object.entries(declared)) {
    const value = given[name] ?? declaration.default;
    if (value === undefined) throw inputError('factory/input-missing', 'is missing', name, declared);
    inputs[name] = value;
  }
  return inputs;
}

function inputError(code: `factory/${string}`, problem: string, name: string, declared: object): PyAgentError {
  const names = Object.keys(declared).join(', ') || 'none';
  return new PyAgentError({
    code,
    message: `expected the workflow's inputs (${names}), found that "${name}" ${problem}`,
    details: { name, declared: Object.keys(declared) },
  });
}
