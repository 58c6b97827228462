import type { JsonObject, JsonValue } from '../kernel/index.ts';

/** How often and how patiently a step is tried. */
export interface Retry {
  /** How often the step is tried in all, 1 to 10. */
  attempts: number;
  /** Wait before each further try, in milliseconds. Default: 0. */
  delayMs?: number;
}

interface NodeHead {
  /** Unique in the whole definition, loop bodies included. */
  id: string;
  /** For a person. Default: the id. */
  title?: string;
}

interface StepHead extends NodeHead {
  /** Wall time of one attempt, in milliseconds. Default: no limit of its own. */
  timeoutMs?: number;
  /** Default: one attempt. */
  retry?: Retry;
  /** `fail`: the workflow fails; `continue`: it goes on as after any other end. Default: `fail`. */
  onFailure?: 'fail' | 'continue';
}

/** Runs a skill. Strings in `input` may hold placeholders: `${inputs.x}`, `${steps.<id>.output.x}`. */
export interface SkillNode extends StepHead {
  kind: 'skill';
  skill: string;
  input?: JsonObject;
}

/** Runs the project's checks before anything is changed. */
export interface BaselineNode extends StepHead {
  kind: 'baseline';
}

/** Runs the project's checks again and compares. */
export interface VerifyNode extends StepHead {
  kind: 'verify';
}

/** Makes the changes final. */
export interface LandNode extends StepHead {
  kind: 'land';
}

/** Repeats its body until `until` is true after an iteration. */
export interface LoopNode extends NodeHead {
  kind: 'loop';
  body: Graph;
  /** An expression, evaluated after each iteration. */
  until: string;
  /** Most iterations. Default: 10. Reaching it ends the loop, with `reachedMax` true. */
  max?: number;
}

/** Decides once; edges out of it read `steps.<id>.result`. */
export interface ConditionNode extends NodeHead {
  kind: 'condition';
  expression: string;
}

/** A node that somebody outside the workflow carries out. */
export type StepNode = SkillNode | BaselineNode | VerifyNode | LandNode;

/** A node of a workflow. */
export type WorkflowNode = StepNode | LoopNode | ConditionNode;

/** `to` waits for `from`. */
export interface Edge {
  from: string;
  to: string;
  /** The edge is taken when this expression is true. Default: always. */
  when?: string;
}

/** Nodes and the edges between them. Without a cycle; repetition is a loop node's business. */
export interface Graph {
  nodes: readonly WorkflowNode[];
  edges: readonly Edge[];
}

/** What a person or the planner supplies by name. */
export interface InputDeclaration {
  description?: string;
  /** Used when nothing is supplied. Absent: the input is required. */
  default?: JsonValue;
}

/** A workflow: `schemas/workflow.v1.json`. */
export interface WorkflowDefinition extends Graph {
  version: 1;
  /** Lower-case words joined by hyphens. */
  name: string;
  description?: string;
  inputs?: Readonly<Record<string, InputDeclaration>>;
}

/** A loop's most iterations where its node does not say. */
export const DEFAULT_LOOP_MAX = 10;

/** Whether `node` is carried out by somebody outside the workflow. */
export function isStep(node: WorkflowNode): node is StepNode {
  return node.kind !== 'loop' && node.kind !== 'condition';
}

/** The nodes of `graph` and of every loop body in it, outer before inner, in the order written. */
export function allNodes(graph: Graph): WorkflowNode[] {
  return graph.nodes.flatMap((node) => (node.kind === 'loop' ? [node, ...allNodes(node.body)] : [node]));
}
