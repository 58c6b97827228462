import type { Graph } from './definition.ts';

/** Every node that comes before each node, by id. */
export function ancestorsOf(graph: Graph): Map<string, Set<string>> {
  const sources = sourcesOf(graph);
  const ancestors = new Map<string, Set<string>>();
  for (const { id } of graph.nodes) {
    const found = new Set<string>();
    const queue = [...(sources.get(id) ?? [])];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      queue.push(...(sources.get(next) ?? []));
    }
    ancestors.set(id, found);
  }
  return ancestors;
}

/** One cycle, its first node repeated at the end; nothing when there is none. */
export function cycleOf(graph: Graph): string[] | undefined {
  const sources = sourcesOf(graph);
  const ancestors = ancestorsOf(graph);
  const start = graph.nodes.find(({ id }) => ancestors.get(id)?.has(id))?.id;
  if (start === undefined) return undefined;
  // Backwards along edges that still lead from `start`, until it is met again.
  const path = [start];
  const seen = new Set<string>();
  for (let at = start; ; ) {
    const before = [...(sources.get(at) ?? [])];
    const next: string | undefined = before.includes(start)
      ? start
      : before.find((id) => !seen.has(id) && (ancestors.get(id)?.has(start) ?? false));
    if (next === undefined) return [start, start];
    path.unshift(next);
    if (next === start) return path;
    seen.add(next);
    at = next;
  }
}

/** The nodes in an order in which each comes after what it waits for; otherwise as written. Needs a graph without cycle. */
export function inOrder(graph: Graph): Graph['nodes'] {
  const ancestors = ancestorsOf(graph);
  const placed = new Set<string>();
  const order: Graph['nodes'][number][] = [];
  while (order.length < graph.nodes.length) {
    const next = graph.nodes.find(
      ({ id }) => !placed.has(id) && [...(ancestors.get(id) ?? [])].every((before) => placed.has(before)),
    );
    if (next === undefined) break;
    placed.add(next.id);
    order.push(next);
  }
  return order;
}

function sourcesOf(graph: Graph): Map<string, Set<string>> {
  const sources = new Map<string, Set<string>>(graph.nodes.map(({ id }) => [id, new Set()]));
  for (const { from, to } of graph.edges) sources.get(to)?.add(from);
  return sources;
}
