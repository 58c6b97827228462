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

/** A shortest cycle through the first node that is on one, that node repeated at the end; nothing when there is none. */
export function cycleOf(graph: Graph): string[] | undefined {
  const ancestors = ancestorsOf(graph);
  const start = graph.nodes.find(({ id }) => ancestors.get(id)?.has(id))?.id;
  if (start === undefined) return undefined;
  const sources = sourcesOf(graph);
  // Breadth first, backwards from `start` until it is met again; `next` leads forwards.
  const next = new Map<string, string>();
  for (const at of breadthFirst(start, (id) => sources.get(id) ?? new Set(), next)) {
    if (!(sources.get(at)?.has(start) ?? false)) continue;
    const path = [start];
    for (let id: string | undefined = at; id !== undefined; id = next.get(id)) path.push(id);
    return path;
  }
  return undefined;
}

/** Gives `start` and what `neighbours` lead to, nearest first. Notes in `from` over which id each was found. */
function* breadthFirst(
  start: string,
  neighbours: (id: string) => ReadonlySet<string>,
  from: Map<string, string>,
): Generator<string> {
  const queue = [start];
  for (const at of queue) {
    yield at;
    for (const id of neighbours(at)) {
      if (id === start || from.has(id)) continue;
      from.set(id, at);
      queue.push(id);
    }
  }
}

/** The nodes in an order in which each comes after what it waits for; otherwise as written. Needs a graph without cycle. */
export function inOrder(graph: Graph): Graph['nodes'] {
  const sources = sourcesOf(graph);
  const placed = new Set<string>();
  const waiting = new Set(graph.nodes);
  const order: Graph['nodes'][number][] = [];
  const isReady = ({ id }: { id: string }) => [...(sources.get(id) ?? [])].every((before) => placed.has(before));
  for (let next = [...waiting].find(isReady); next !== undefined; next = [...waiting].find(isReady)) {
    waiting.delete(next);
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
