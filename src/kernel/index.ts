/**
 * The words that every room shares: errors, ids, events, time, and what a task may do, may use and comes from.
 *
 * The kernel promises that it does no I/O and starts nothing: importing it has no effect, and time and randomness come
 * in from outside ({@link Clock}, {@link RandomSource}). It runs in a browser. What can be expected to happen (a
 * permission denied, a budget used up, a text that is no priority) is data with a `kind`; what cannot is a
 * {@link PyAgentError} whose `code` callers switch on.
 *
 * Two things here can only shrink on their way down a line of tasks: a {@link Permission}, because each layer must
 * consent to an effect, and a {@link Budget}, because each use is booked in every ancestor as well.
 *
 * The kernel knows no other room. Heavy libraries (the schema validator, the JSON reader) are loaded when first used.
 */

export type { BudgetResource, Reservation } from './budget.ts';
export { type Budget, type BudgetAmounts, type BudgetExhausted, type BudgetLimits, budget } from './budget.ts';
export { type Clock, type ManualClock, manualClock, systemClock } from './clock.ts';
export { type ErrorOptions, isPyAgentError, PyAgentError } from './error.ts';
export { type EventEnvelope, type EventInput, type EventListener, type EventStream, eventStream } from './event.ts';
export { type Failure, type FailureHistory, failureHistory, type LineState } from './failure-history.ts';
export { type GlobReading, readGlob } from './glob.ts';
export { type IdPrefix, idFactory, type RandomSource } from './id.ts';
export { canonicalJson, type JsonObject, type JsonValue } from './json.ts';
export { type JsonTextReading, readJsonText } from './json-text.ts';
export {
  type Attributed,
  type ChildTask,
  type Delegation,
  type DelegationRefusal,
  MAX_DEPTH,
  type RootTask,
  rootTask,
  type Task,
} from './lineage.ts';
export { editDistance, nearestWord } from './nearest.ts';
export type { PermissionVerdict } from './permission.ts';
export { FULL_GRANT, type Permission, type PermissionGrant, type PermissionRequest, permission } from './permission.ts';
export { comparePriority, PRIORITIES, type Priority, type PriorityReading, parsePriority } from './priority.ts';
export { describeProblem, type JsonSchema, type SchemaProblem, type Validation, validate } from './schema.ts';
