import type { JsonObject, JsonValue, Task } from '../kernel/index.ts';
import type { Manifest } from './manifest.ts';

/** The part of a step that mixins may look at. */
export interface AgentStep {
  title: string;
  node: { id: string; kind: string; skill?: string };
}

/** The part of a step's outcome that mixins may look at. */
export interface AgentStepOutcome {
  kind: string;
  code?: string;
  message?: string;
}

/** Whether a step may run. */
export type StepVerdict = { kind: 'go' } | { kind: 'refuse'; code: `${string}/${string}`; message: string };

/** Optional hooks around an agent's steps. Hooks run in the manifest's order, `afterStep` in reverse. */
export interface Mixin {
  name: string;
  /** A part of the system prompt for a model. */
  systemPrompt?(): string;
  /** Names of tools that it brings. */
  tools?(): readonly string[];
  /** Called before each try of a step. The first refusal wins; later mixins are not asked. */
  beforeStep?(step: AgentStep): Promise<StepVerdict>;
  /** Called after each try that was begun or refused. Not called when the step threw. */
  afterStep?(step: AgentStep, outcome: AgentStepOutcome): Promise<void>;
  /** What it must remember to go back to this moment. */
  snapshot?(): JsonValue;
  /** Goes back to the moment of `state`. */
  restore?(state: JsonValue): void;
}

/** What a mixin is made from. */
export interface MixinContext {
  manifest: Manifest;
  /** The agent's own task: its permission and budget are already the manifest's. */
  task: Task;
  options: JsonObject;
}

/** Makes a mixin, or says what is wrong with its options. */
export type MixinFactory = (
  context: MixinContext,
) => { kind: 'mixin'; mixin: Mixin } | { kind: 'bad-options'; message: string };
