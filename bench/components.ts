/**
 * Strongly connected components with more than one member, found the slow and obvious way: two nodes belong together
 * when each reaches the other. Members and components are sorted.
 */
export function components(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const backwards = new Map<string, Set<string>>();
  for (const [from, targets] of edges) {
    for (const to of targets) backwards.set(to, (backwards.get(to) ?? new Set()).add(from));
  }
  const placed = new Set<string>();
  const found: string[][] = [];
  for (const node of edges.keys()) {
    if (placed.has(node)) continue;
    const ahead = reachable(node, edges);
    if (!ahead.has(node)) continue;
    const behind = reachable(node, backwards);
    const members = [...ahead].filter((other) => behind.has(other)).sort();
    for (const member of members) placed.add(member);
    if (members.length > 1) found.push(members);
  }
  return found.sort((one, other) => ((one[0] as string) < (other[0] as string) ? -1 : 1));
}

/** Everything that can be reached from `start` over at least one edge. */
export function reachable(start: string, edges: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const seen = new Set<string>();
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const next of edges.get(node) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen;
}
