import type { JsonObject } from '../kernel/index.ts';
import { DEFAULT_LOOP_MAX, type Edge, type Graph, type WorkflowDefinition, type WorkflowNode } from './definition.ts';
import { inOrder } from './graph-order.ts';

/**
 * The plan as lines for a person: `2.1 Optimize imports (skill imports), after 1`. Numbers follow the order in which
 * nodes can start; loop bodies are indented. Needs a definition that was checked.
 */
export function renderText(definition: WorkflowDefinition): string[] {
  return graphLines(definition, '', '');
}

/** The plan as data, in the same order as {@link renderText}. */
export function renderJson(definition: WorkflowDefinition): JsonObject {
  const { name, description, inputs } = definition;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(inputs === undefined ? {} : { inputs: inputs as unknown as JsonObject }),
    nodes: graphData(definition, ''),
  };
}

function graphLines(graph: Graph, prefix: string, indent: string): string[] {
  const numbers = numbersOf(graph, prefix);
  return inOrder(graph).flatMap((node) => {
    const after = edgesInto(graph, node.id).map((edge) => afterText(edge, numbers));
    const suffix = after.length === 0 ? '' : `, after ${after.join(', ')}`;
    const number = numbers.get(node.id) ?? '';
    const line = `${indent}${number} ${node.title ?? node.id} (${what(node)})${suffix}`;
    return node.kind === 'loop' ? [line, ...graphLines(node.body, `${number}.`, `${indent}  `)] : [line];
  });
}

function afterText({ from, when }: Edge, numbers: ReadonlyMap<string, string>): string {
  const number = numbers.get(from) ?? from;
  return when === undefined ? number : `${number} if ${when}`;
}

function what(node: WorkflowNode): string {
  if (node.kind === 'skill') return `skill ${node.skill}`;
  if (node.kind === 'condition') return `condition ${node.expression}`;
  if (node.kind !== 'loop') return node.kind;
  return `repeat until ${node.until}, at most ${node.max ?? DEFAULT_LOOP_MAX} times`;
}

function graphData(graph: Graph, prefix: string): JsonObject[] {
  const numbers = numbersOf(graph, prefix);
  return inOrder(graph).map((node) => {
    const number = numbers.get(node.id) ?? '';
    const after = edgesInto(graph, node.id).map(({ from, when }) => ({ node: from, ...(when ? { when } : {}) }));
    const { kind, id, title = id } = node;
    return { number, id, kind, title, after, ...ownData(node, number) };
  });
}

function ownData(node: WorkflowNode, number: string): JsonObject {
  if (node.kind === 'skill') return { skill: node.skill, input: node.input ?? {} };
  if (node.kind === 'condition') return { expression: node.expression };
  if (node.kind !== 'loop') return {};
  return { until: node.until, max: node.max ?? DEFAULT_LOOP_MAX, body: graphData(node.body, `${number}.`) };
}

function numbersOf(graph: Graph, prefix: string): Map<string, string> {
  return new Map(inOrder(graph).map(({ id }, index) => [id, `${prefix}${index + 1}`]));
}

function edgesInto(graph: Graph, id: string): Edge[] {
  return graph.edges.filter(({ to }) => to === id);
}
