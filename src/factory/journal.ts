import type { JsonObject } from '../kernel/index.ts';
import type { StepKey, StepOutcome } from './step.ts';

/**
 * What a workflow records, in this order: `started` first, then for each try `step-started` and later
 * `step-finished`. The order in which tries finish is part of the record, so a replay makes the same decisions.
 */
export type JournalEntry =
  | {
      type: 'started';
      workflow: string;
      /** Of the definition, so that a journal is never continued with another one. */
      digest: string;
      inputs: JsonObject;
    }
  | { type: 'step-started'; key: StepKey }
  | { type: 'step-finished'; key: StepKey; outcome: StepOutcome; durationMs: number }
  | { type: 'cancelled'; reason: string };

/** Keeps an entry. The workflow goes on only when it is kept. */
export type RecordEntry = (entry: JournalEntry) => Promise<void>;
