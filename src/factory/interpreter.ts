import { canonicalJson, type JsonObject, type JsonValue, PyAgentError } from '../kernel/index.ts';
import {
  allNodes,
  DEFAULT_LOOP_MAX,
  type Graph,
  isStep,
  type LoopNode,
  type StepNode,
  type WorkflowDefinition,
  type WorkflowNode,
} from './definition.ts';
import { type Expression, evaluate, isTrue, parseExpression } from './expression.ts';
import { inOrder } from './graph-order.ts';
import type { JournalEntry } from './journal.ts';
import type { StepState } from './outcome.ts';
import { fillPlaceholders } from './placeholder.ts';
import { type StepKey, type StepOutcome, type StepRequest, stepKeyText } from './step.ts';

/** What is to be done next. */
export type Command =
  | { type: 'start'; step: StepRequest; delayMs: number }
  | { type: 'complete' }
  | { type: 'fail'; key: StepKey; code: `${string}/${string}`; message: string; details?: JsonObject }
  | { type: 'cancel'; reason: string };

/** A node that was not run because no edge into it was taken. */
export interface SkippedNode {
  node: string;
  title: string;
  iteration: readonly number[];
}

/** Where a workflow stands. */
export interface Interpretation {
  /** Either steps to start (none while all wait for running ones), or how the workflow ends. */
  commands: Command[];
  /** Started and not finished, in the order in which they were started. */
  running: StepRequest[];
  skipped: SkippedNode[];
  /** The latest state of each decided node. */
  steps: Record<string, StepState>;
}

/** The outcome code of a step that did not stop when told to. What it may still do is unknown, so nothing follows it. */
export const ABANDONED = 'factory/step-abandoned';

/**
 * What a recorded workflow does next. A pure function: the same definition and journal give the same commands, so a
 * workflow can be resumed on another day and decides as it would have. Call it with a definition that was checked.
 */
export function interpret(definition: WorkflowDefinition, journal: readonly JournalEntry[]): Interpretation {
  const record = readJournal(journal);
  const walk: Walk = { record, ready: [], running: [], skipped: [], failures: [] };
  const states = walkGraph(definition, [], { inputs: record.inputs, steps: {} }, walk);
  const { ready, running, skipped } = walk;
  return { commands: decide(walk, states.decided, ready), running, skipped, steps: states.steps };
}

interface Replayed {
  inputs: JsonObject;
  tries: Map<string, Try[]>;
  cancelled?: string;
}

/** One try of a step; without an outcome while it runs. */
interface Try {
  key: StepKey;
  startedAt: number;
  finishedAt?: number;
  outcome?: StepOutcome;
}

interface Walk {
  record: Replayed;
  ready: { step: StepRequest; delayMs: number }[];
  running: StepRequest[];
  skipped: SkippedNode[];
  failures: { at: number; key: StepKey; outcome: StepOutcome & { kind: 'failed' } }[];
}

type Scope = { inputs: JsonObject; steps: Record<string, StepState> };

function readJournal(journal: readonly JournalEntry[]): Replayed {
  const record: Replayed = { inputs: {}, tries: new Map() };
  for (const [at, entry] of journal.entries()) {
    if (entry.type === 'started') record.inputs = entry.inputs;
    if (entry.type === 'cancelled') record.cancelled = entry.reason;
    if (entry.type === 'step-started') triesOf(record, entry.key).push({ key: entry.key, startedAt: at });
    if (entry.type !== 'step-finished') continue;
    const open = triesOf(record, entry.key).find((one) => one.key.attempt === entry.key.attempt);
    if (open === undefined || open.outcome !== undefined) throw broken(entry.key, at);
    open.finishedAt = at;
    open.outcome = entry.outcome;
  }
  return record;
}

function triesOf(record: Replayed, { node, iteration }: StepKey): Try[] {
  const place = stepKeyText({ node, attempt: 1, iteration });
  const tries = record.tries.get(place) ?? [];
  record.tries.set(place, tries);
  return tries;
}

function broken(key: StepKey, at: number): PyAgentError {
  return new PyAgentError({
    code: 'factory/journal-broken',
    message: `expected each finished step to be one that was started and is running, found ${stepKeyText(key)} at entry ${at}`,
    details: { step: stepKeyText(key), at },
  });
}

function decide(walk: Walk, decided: boolean, ready: Walk['ready']): Command[] {
  const { cancelled } = walk.record;
  if (cancelled !== undefined) return [{ type: 'cancel', reason: cancelled }];
  const [first] = walk.failures.sort((left, right) => left.at - right.at);
  if (first !== undefined) {
    const { code, message, details } = first.outcome;
    return [{ type: 'fail', key: first.key, code, message, ...(details === undefined ? {} : { details }) }];
  }
  if (decided) return [{ type: 'complete' }];
  return ready.map(({ step, delayMs }) => ({ type: 'start', step, delayMs }));
}

/** Decides as many nodes of `graph` as the record allows. `steps` holds what `scope` held and the new states. */
function walkGraph(
  graph: Graph,
  iteration: readonly number[],
  outer: Scope,
  walk: Walk,
): { decided: boolean; steps: Record<string, StepState> } {
  const scope: Scope = { inputs: outer.inputs, steps: { ...outer.steps } };
  // The last iteration's states must not be seen by this one's nodes before they ran.
  for (const node of allNodes(graph)) delete scope.steps[node.id];
  let decided = true;
  for (const { node, incoming } of prepared(graph)) {
    const waits = incoming.some((edge) => scope.steps[edge.from] === undefined);
    const taken = incoming.length === 0 || (!waits && incoming.some((edge) => isTaken(edge, scope)));
    const state = waits ? undefined : taken ? walkNode(node, iteration, scope, walk) : skip(node, iteration, walk);
    if (state === undefined) decided = false;
    else scope.steps[node.id] = state;
  }
  return { decided, steps: scope.steps };
}

interface PreparedNode {
  node: WorkflowNode;
  incoming: { from: string; when: Expression | undefined }[];
}

const preparedGraphs = new WeakMap<Graph, PreparedNode[]>();

/** The nodes in an order in which each comes after what it waits for. Kept, because a journal is read many times. */
function prepared(graph: Graph): PreparedNode[] {
  let nodes = preparedGraphs.get(graph);
  if (nodes === undefined) {
    nodes = inOrder(graph).map((node) => {
      const edges = graph.edges.filter(({ to }) => to === node.id);
      return {
        node,
        incoming: edges.map(({ from, when }) => ({ from, when: when === undefined ? when : parsed(when) })),
      };
    });
    preparedGraphs.set(graph, nodes);
  }
  return nodes;
}

/** Nothing follows from a node that was skipped. */
function isTaken({ from, when }: PreparedNode['incoming'][number], scope: Scope): boolean {
  return scope.steps[from]?.kind !== 'skipped' && (when === undefined || isTrue(evaluate(when, asJson(scope))));
}

function skip(node: WorkflowNode, iteration: readonly number[], walk: Walk): StepState {
  walk.skipped.push({ node: node.id, title: node.title ?? node.id, iteration });
  return { kind: 'skipped', changed: 0 };
}

function walkNode(node: WorkflowNode, iteration: readonly number[], scope: Scope, walk: Walk): StepState | undefined {
  if (isStep(node)) return walkStep(node, iteration, scope, walk);
  if (node.kind === 'loop') return walkLoop(node, iteration, scope, walk);
  return { kind: 'done', changed: 0, result: holds(node.expression, scope) };
}

function walkStep(node: StepNode, iteration: readonly number[], scope: Scope, walk: Walk): StepState | undefined {
  const place = stepKeyText({ node: node.id, attempt: 1, iteration });
  const last = walk.record.tries.get(place)?.at(-1);
  if (last !== undefined && last.outcome === undefined) {
    walk.running.push(request(node, last.key, scope));
    return undefined;
  }
  if (last?.outcome === undefined) {
    walk.ready.push({ step: request(node, { node: node.id, attempt: 1, iteration }, scope), delayMs: 0 });
    return undefined;
  }
  const { outcome, key } = last;
  if (outcome.kind !== 'failed') return finished(outcome);
  if (outcome.retryable !== false && key.attempt < (node.retry?.attempts ?? 1)) {
    const step = request(node, { ...key, attempt: key.attempt + 1 }, scope);
    walk.ready.push({ step, delayMs: node.retry?.delayMs ?? 0 });
    return undefined;
  }
  if (node.onFailure !== 'continue' || outcome.code === ABANDONED) {
    walk.failures.push({ at: last.finishedAt ?? 0, key, outcome });
  }
  return { kind: 'failed', changed: 0, summary: outcome.message, code: outcome.code, message: outcome.message };
}

function finished(outcome: StepOutcome & { kind: 'done' | 'nothing-to-do' }): StepState {
  const { kind, summary, output } = outcome;
  const changed = outcome.kind === 'done' ? outcome.changed : 0;
  return { kind, changed, summary, ...(output === undefined ? {} : { output }) };
}

function request(node: StepNode, key: StepKey, scope: Scope): StepRequest {
  const input = fillPlaceholders(node.kind === 'skill' ? (node.input ?? {}) : {}, asJson(scope)) as JsonObject;
  return { key, node, title: node.title ?? node.id, input, idempotencyKey: stepKeyText(key) };
}

function walkLoop(node: LoopNode, iteration: readonly number[], scope: Scope, walk: Walk): StepState | undefined {
  const max = node.max ?? DEFAULT_LOOP_MAX;
  let changed = 0;
  for (let round = 1; round <= max; round += 1) {
    const body = walkGraph(node.body, [...iteration, round], scope, walk);
    // What the loop's nodes last did stays visible to what comes after it.
    Object.assign(scope.steps, body.steps);
    if (!body.decided) return undefined;
    for (const inner of node.body.nodes) changed += body.steps[inner.id]?.changed ?? 0;
    const ended = holds(node.until, { inputs: scope.inputs, steps: body.steps });
    if (!ended && round < max) continue;
    return { kind: changed > 0 ? 'done' : 'nothing-to-do', changed, iterations: round, reachedMax: !ended };
  }
  return { kind: 'nothing-to-do', changed, iterations: 0, reachedMax: true };
}

function holds(text: string, scope: Scope): boolean {
  return isTrue(evaluate(parsed(text), asJson(scope)));
}

/** A checked definition has no expression that cannot be read; one that nobody checked never takes that edge. */
function parsed(text: string): Expression {
  const reading = parseExpression(text);
  return reading.kind === 'expression' ? reading.expression : { kind: 'literal', value: false };
}

function asJson(scope: Scope): JsonObject {
  return scope as unknown as JsonObject;
}

/** One text for commands that are the same. For comparing a replay with its record. */
export function commandsText(commands: readonly Command[]): string {
  return canonicalJson(commands as unknown as JsonValue);
}
