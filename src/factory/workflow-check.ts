import workflowSchema from '../../schemas/workflow.v1.json' with { type: 'json' };
import { describeProblem, type JsonSchema, nearestWord, type SchemaProblem, validate } from '../kernel/index.ts';
import { allNodes, type Graph, type WorkflowDefinition, type WorkflowNode } from './definition.ts';
import { evaluate, isTrue, parseExpression, pathsOf } from './expression.ts';
import { ancestorsOf, cycleOf, inOrder } from './graph-order.ts';
import { placeholdersOf } from './placeholder.ts';

/** What {@link readWorkflow} gives. */
export type WorkflowReading =
  | { kind: 'workflow'; definition: WorkflowDefinition }
  | { kind: 'invalid'; problems: SchemaProblem[]; message: string };

/** What a workflow may use. */
export interface WorkflowSurroundings {
  /** Names of the skills that are at hand. Absent: any name is taken. */
  skills?: readonly string[];
}

/**
 * Reads a workflow: its form against the schema, then what a schema cannot say: ids are unique, edges join nodes of
 * one graph, there is no cycle, skills exist, expressions parse and read only what is decided before them.
 */
export async function readWorkflow(value: unknown, surroundings: WorkflowSurroundings = {}): Promise<WorkflowReading> {
  const form = await validate<WorkflowDefinition>(workflowSchema as JsonSchema, value);
  if (form.kind === 'invalid') return invalid(form.problems);
  const problems = workflowProblems(form.value, surroundings);
  return problems.length === 0 ? { kind: 'workflow', definition: form.value } : invalid(problems);
}

/** What is wrong with the meaning of a definition whose form is right; empty when nothing is. */
export function workflowProblems(
  definition: WorkflowDefinition,
  { skills }: WorkflowSurroundings = {},
): SchemaProblem[] {
  const check = new Check(definition, skills);
  check.graph(definition, '$', new Set());
  return check.problems;
}

function invalid(problems: SchemaProblem[]): WorkflowReading & { kind: 'invalid' } {
  return { kind: 'invalid', problems, message: problems.map(describeProblem).join('; ') };
}

/** Rounds multiply with each level. */
const MAX_LOOP_DEPTH = 3;

class Check {
  readonly problems: SchemaProblem[] = [];
  readonly #inputs: readonly string[];
  readonly #skills: readonly string[] | undefined;
  readonly #ids = new Set<string>();

  constructor(definition: WorkflowDefinition, skills: readonly string[] | undefined) {
    this.#inputs = Object.keys(definition.inputs ?? {});
    this.#skills = skills;
  }

  /** `before`: ids outside `graph` that are decided before any of its nodes. */
  graph(graph: Graph, path: string, before: ReadonlySet<string>): void {
    for (const [index, node] of graph.nodes.entries()) {
      const at = `${path}.nodes[${index}].id`;
      if (this.#ids.has(node.id)) this.#add(at, 'an id that no other node has', node.id);
      this.#ids.add(node.id);
    }
    const ids = graph.nodes.map((node) => node.id);
    const sound = this.#ends(graph, path, ids);
    const cycle = cycleOf(graph);
    if (cycle !== undefined) {
      this.#add(`${path}.edges`, 'no cycle (repetition is a loop node)', cycle.join(' -> '), []);
    }
    if (sound && cycle === undefined) this.#reach(graph, path);
    const upstream = ancestorsOf(graph);
    for (const [index, node] of graph.nodes.entries()) {
      const readable = readableFrom(graph, upstream.get(node.id) ?? new Set(), before);
      this.#node(node, `${path}.nodes[${index}]`, readable);
    }
    if (!sound || cycle !== undefined) return;
    for (const [index, { from, when }] of graph.edges.entries()) {
      if (when === undefined) continue;
      const decided = new Set([from, ...(upstream.get(from) ?? [])]);
      // The edge is looked at when all edges into its target are decided, so what comes before the target is known.
      const target = graph.edges[index]?.to ?? from;
      for (const id of upstream.get(target) ?? []) decided.add(id);
      this.#expression(when, `${path}.edges[${index}].when`, readableFrom(graph, decided, before));
    }
  }

  #ends(graph: Graph, path: string, ids: readonly string[]): boolean {
    let sound = true;
    const seen = new Set<string>();
    for (const [index, { from, to }] of graph.edges.entries()) {
      for (const [end, id] of [
        ['from', from],
        ['to', to],
      ] as const) {
        if (ids.includes(id)) continue;
        sound = false;
        this.#add(`${path}.edges[${index}].${end}`, 'the id of a node of the same graph', id, ids);
      }
      const pair = `${from} -> ${to}`;
      if (seen.has(pair)) this.#add(`${path}.edges[${index}]`, 'one edge between two nodes', `a second ${pair}`, []);
      seen.add(pair);
    }
    return sound;
  }

  /** A node is reached over an edge that can be taken: from a node that is reached, not under a constant falsehood. */
  #reach(graph: Graph, path: string): void {
    const reached = new Set<string>();
    for (const { id } of inOrder(graph)) {
      const incoming = graph.edges.filter(({ to }) => to === id);
      const open = incoming.filter(({ from, when }) => reached.has(from) && !isNever(when));
      if (incoming.length === 0 || open.length > 0) reached.add(id);
    }
    for (const [index, { id }] of graph.nodes.entries()) {
      if (!reached.has(id)) this.#add(`${path}.nodes[${index}]`, 'a node that can be reached', id, []);
    }
  }

  #node(node: WorkflowNode, path: string, readable: ReadonlySet<string>): void {
    if (node.kind === 'condition') this.#expression(node.expression, `${path}.expression`, readable);
    if (node.kind === 'skill') {
      if (this.#skills !== undefined && !this.#skills.includes(node.skill)) {
        this.#add(`${path}.skill`, `a known skill (${this.#skills.join(', ') || 'none'})`, node.skill, this.#skills);
      }
      const { paths, malformed } = placeholdersOf(node.input ?? {});
      for (const text of malformed) this.#add(`${path}.input`, 'placeholders that can be read', text, []);
      for (const names of paths) this.#path(names, `${path}.input`, readable);
    }
    if (node.kind !== 'loop') return;
    const depth = path.split('.body').length;
    if (depth > MAX_LOOP_DEPTH) this.#add(path, `loops nested at most ${MAX_LOOP_DEPTH} deep`, `${depth}`, []);
    if (depth > MAX_LOOP_DEPTH) return;
    this.graph(node.body, `${path}.body`, readable);
    const inner = new Set([...readable, ...allNodes(node.body).map(({ id }) => id)]);
    this.#expression(node.until, `${path}.until`, inner);
  }

  #expression(text: string, path: string, readable: ReadonlySet<string>): void {
    const reading = parseExpression(text);
    if (reading.kind === 'malformed') {
      this.#add(path, `${reading.expected} at character ${reading.at + 1}`, reading.found, []);
      return;
    }
    for (const names of pathsOf(reading.expression)) this.#path(names, path, readable);
  }

  #path([first = '', second]: readonly string[], path: string, readable: ReadonlySet<string>): void {
    if (first !== 'inputs' && first !== 'steps') {
      this.#add(path, 'a path that begins with inputs or steps', first, ['inputs', 'steps']);
    } else if (first === 'inputs' && (second === undefined || !this.#inputs.includes(second))) {
      this.#add(path, `a declared input (${this.#inputs.join(', ') || 'none'})`, second ?? 'none', this.#inputs);
    } else if (first === 'steps' && (second === undefined || !readable.has(second))) {
      const known = [...readable];
      this.#add(path, `a step that is decided before (${known.join(', ') || 'none'})`, second ?? 'none', known);
    }
  }

  #add(path: string, expected: string, found: string, allowed: readonly string[] = []): void {
    const nearest = nearestWord(found, allowed);
    const problem = { path, expected, found: JSON.stringify(found) };
    this.problems.push(nearest === undefined ? problem : { ...problem, nearest });
  }
}

/** Whether a condition reads nothing and is false. */
function isNever(when: string | undefined): boolean {
  const reading = when === undefined ? undefined : parseExpression(when);
  if (reading?.kind !== 'expression' || pathsOf(reading.expression).length > 0) return false;
  return !isTrue(evaluate(reading.expression, {}));
}

/** `decided` of `graph` with the bodies of its loops, and what is decided outside. */
function readableFrom(graph: Graph, decided: ReadonlySet<string>, before: ReadonlySet<string>): Set<string> {
  const nodes = graph.nodes.filter(({ id }) => decided.has(id));
  return new Set([...before, ...allNodes({ nodes, edges: [] }).map(({ id }) => id)]);
}
