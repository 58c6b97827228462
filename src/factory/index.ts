/**
 * Workflows: graphs of steps, run to their end and resumable at any point.
 *
 * A {@link WorkflowDefinition} (`schemas/workflow.v1.json`) says which steps there are and what waits for what.
 * {@link readWorkflow} checks one before it runs. {@link interpret} is the heart: a pure function from a definition
 * and a journal to what is to be done next. {@link runWorkflow} starts steps, waits for them and records, and decides
 * nothing by itself; so a workflow that is resumed from its journal decides exactly as it would have.
 *
 * The room does not know what a step does: `runTask` is passed in, and so is `record`, which keeps the journal. A
 * journal entry is recorded before what follows from it happens. A step whose end was not recorded is tried again
 * under the same key when the workflow is resumed: at least once, unless `runTask` makes it exactly once by that key.
 *
 * Conditions are in a small language without calls (see {@link parseExpression}). A new kind of node is one case in
 * the schema, in `definition.ts` and, when the workflow itself carries it out, in the interpreter.
 */
export type { Delay, RunTask, StepContext } from './attempt.ts';
export type {
  BaselineNode,
  ConditionNode,
  Edge,
  Graph,
  InputDeclaration,
  LandNode,
  LoopNode,
  VerifyNode,
  WorkflowDefinition,
  WorkflowNode,
} from './definition.ts';
export { allNodes, DEFAULT_LOOP_MAX, isStep, type Retry, type SkillNode, type StepNode } from './definition.ts';
export { runWorkflow, type WorkflowRun } from './engine.ts';
export {
  type Comparison,
  type Expression,
  type ExpressionReading,
  evaluate,
  isTrue,
  parseExpression,
  pathsOf,
} from './expression.ts';
export { ABANDONED, type Command, type Interpretation, interpret, type SkippedNode } from './interpreter.ts';
export type { JournalEntry, RecordEntry } from './journal.ts';
export type { FinishedStep, StepState, WorkflowOutcome } from './outcome.ts';
export { renderJson, renderText } from './render.ts';
export { type StepKey, type StepOutcome, type StepRequest, stepKeyText } from './step.ts';
export { readWorkflow, type WorkflowReading, type WorkflowSurroundings, workflowProblems } from './workflow-check.ts';
