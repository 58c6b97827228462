import type { JsonObject, JsonValue } from '../kernel/index.ts';
import type { StepNode } from './definition.ts';

/** One try of one step. `iteration` counts the enclosing loops' rounds from 1, the outermost first; empty outside loops. */
export interface StepKey {
  node: string;
  /** From 1. */
  attempt: number;
  iteration: readonly number[];
}

/** A step that is to be carried out. */
export interface StepRequest {
  key: StepKey;
  node: StepNode;
  /** The node's title, or its id. */
  title: string;
  /** The node's input with its placeholders replaced; empty for a step without one. */
  input: JsonObject;
  /** The same for the same try of the same step, in every replay: makes an effect outside repeatable. */
  idempotencyKey: string;
}

/** How a try of a step ended. */
export type StepOutcome =
  | { kind: 'done'; summary: string; changed: number; output?: JsonValue }
  | { kind: 'nothing-to-do'; summary: string; output?: JsonValue }
  | {
      kind: 'failed';
      code: `${string}/${string}`;
      message: string;
      details?: JsonObject;
      /** Whether another try may end better. Default: true. */
      retryable?: boolean;
    };

/** `imports`, `imports#2`, `imports@3`, `imports#2@1.3`: node, `#` attempt after the first, `@` iteration. */
export function stepKeyText({ node, attempt, iteration }: StepKey): string {
  return `${node}${attempt === 1 ? '' : `#${attempt}`}${iteration.length === 0 ? '' : `@${iteration.join('.')}`}`;
}
