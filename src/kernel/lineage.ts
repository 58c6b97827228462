import type { Budget, BudgetExhausted, BudgetLimits } from './budget.ts';
import { type FailureHistory, failureHistory } from './failure-history.ts';
import type { Permission, PermissionGrant } from './permission.ts';

/** The deepest a task may be; the root is at depth 0. */
export const MAX_DEPTH = 10;

/** What a root task starts with. */
export interface RootTask {
  id: string;
  /** What the task is, the same text for the same work; see `canonicalJson`. */
  signature: string;
  permission: Permission;
  budget: Budget;
  /** Ends the whole line when aborted. Default: never. */
  signal?: AbortSignal;
}

/** What a task hands to a child. */
export interface ChildTask {
  id: string;
  signature: string;
  /** Laid over the parent's permission, so it can only shrink it. Default: the parent's as it is. */
  permission?: PermissionGrant;
  /** Drawn from the parent's budget. Default: the parent's limits. */
  budget?: BudgetLimits;
}

/** Why a child was not made. */
export type DelegationRefusal =
  | { reason: 'cancelled'; message: string }
  | { reason: 'too-deep'; depth: number; message: string }
  | { reason: 'repeats-ancestor'; ancestor: string; message: string }
  | { reason: 'line-stopped'; message: string }
  | { reason: 'circuit-open'; stage: string; error: string; message: string }
  | { reason: 'budget-exhausted'; exhausted: BudgetExhausted; message: string };

/** What {@link Task.delegate} gives. */
export type Delegation = { kind: 'delegated'; task: Task } | ({ kind: 'refused' } & DelegationRefusal);

/** A result together with the task that made it. */
export interface Attributed<Value> {
  task: string;
  parent?: string;
  root: string;
  value: Value;
}

/** One task of a line: what it may do, what it may use, who asked for it, and what failed so far in its line. */
export interface Task {
  readonly id: string;
  readonly parent?: string;
  readonly root: string;
  /** 0 for the root. */
  readonly depth: number;
  readonly signature: string;
  readonly permission: Permission;
  readonly budget: Budget;
  /** Aborted when this task or an ancestor is cancelled. */
  readonly signal: AbortSignal;
  /** Shared by the whole line. */
  readonly failures: FailureHistory;
  /** Makes a child, or says why not. @throws PyAgentError `kernel/permission-invalid`, `kernel/budget-invalid` */
  delegate(child: ChildTask): Delegation;
  /** Aborts this task and everything below it. */
  cancel(reason?: unknown): void;
  /** Marks `value` as made by this task. */
  attribute<Value>(value: Value): Attributed<Value>;
}

/** Starts a line of tasks. */
export function rootTask(root: RootTask): Task {
  return makeTask({ ...root, ancestors: [], failures: failureHistory() });
}

interface Parts extends RootTask {
  /** The root first. */
  ancestors: readonly { id: string; signature: string }[];
  failures: FailureHistory;
}

function makeTask(parts: Parts): Task {
  const { id, signature, permission, budget, ancestors, failures } = parts;
  const controller = new AbortController();
  const signal = parts.signal === undefined ? controller.signal : AbortSignal.any([parts.signal, controller.signal]);
  const parent = ancestors.at(-1)?.id;
  const root = ancestors[0]?.id ?? id;
  const line = [...ancestors, { id, signature }];
  return {
    id,
    ...(parent === undefined ? {} : { parent }),
    root,
    depth: ancestors.length,
    signature,
    permission,
    budget,
    signal,
    failures,
    delegate: (child) => {
      const refusal = refuse(child, line, signal, budget, failures);
      if (refusal !== undefined) return { kind: 'refused', ...refusal };
      const task = makeTask({
        id: child.id,
        signature: child.signature,
        permission: child.permission === undefined ? permission : permission.narrow(child.permission),
        budget: budget.child(child.budget ?? {}),
        signal,
        ancestors: line,
        failures,
      });
      return { kind: 'delegated', task };
    },
    cancel: (reason) => controller.abort(reason),
    attribute: (value) => ({ task: id, ...(parent === undefined ? {} : { parent }), root, value }),
  };
}

function refuse(
  child: ChildTask,
  line: readonly { id: string; signature: string }[],
  signal: AbortSignal,
  budget: Budget,
  failures: FailureHistory,
): DelegationRefusal | undefined {
  if (signal.aborted) return { reason: 'cancelled', message: 'the task was cancelled, so it can start nothing more' };
  if (line.length > MAX_DEPTH) {
    const message = `expected a task at depth ${MAX_DEPTH} at most, found one that would be at ${line.length}`;
    return { reason: 'too-deep', depth: line.length, message };
  }
  const same = line.find((ancestor) => ancestor.signature === child.signature);
  if (same !== undefined) {
    const message = `expected work that no ancestor is already doing, found the same as ${same.id}`;
    return { reason: 'repeats-ancestor', ancestor: same.id, message };
  }
  const state = failures.state();
  if (state.kind === 'line-stopped') return { reason: 'line-stopped', message: state.message };
  if (state.kind === 'circuit-open') {
    return { reason: 'circuit-open', stage: state.stage, error: state.error, message: state.message };
  }
  const available = budget.check();
  if (available.kind === 'available') return undefined;
  const message = `the budget of ${available.limit} ${available.resource} is used up`;
  return { reason: 'budget-exhausted', exhausted: available, message };
}
