import type { JsonObject, JsonValue } from '../kernel/index.ts';
import type { StepKey, StepOutcome } from './step.ts';

/** What expressions and placeholders see of a node: `steps.<id>`. Inside a loop, the current iteration's. */
export interface StepState {
  /** `skipped`: no edge into it was taken. */
  kind: 'done' | 'nothing-to-do' | 'failed' | 'skipped';
  /** How many things it changed; a loop's is the sum over its iterations. */
  changed: number;
  summary?: string;
  output?: JsonValue;
  /** Of a condition. */
  result?: boolean;
  /** Of a loop. */
  iterations?: number;
  /** Of a loop: ended by its limit, not by its condition. */
  reachedMax?: boolean;
  /** Of a failed step. */
  code?: string;
  message?: string;
}

/** One finished try, in the order in which they finished. */
export interface FinishedStep {
  key: StepKey;
  title: string;
  outcome: StepOutcome;
  durationMs: number;
}

/** How a workflow ended. `steps` has the last state of each node by id; `finished` has every try. */
export type WorkflowOutcome = { steps: Readonly<Record<string, StepState>>; finished: readonly FinishedStep[] } & (
  | { kind: 'completed' }
  | { kind: 'failed'; key: StepKey; code: `${string}/${string}`; message: string; details?: JsonObject }
  | { kind: 'cancelled'; reason: string }
);
