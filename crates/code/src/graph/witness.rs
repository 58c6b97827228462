use super::digraph::Digraph;

/// Finds shortest cycles through a node, reusing its buffers.
pub(super) struct CycleFinder {
    parent: Vec<u32>,
    seen: Vec<u32>,
    round: u32,
    queue: Vec<u32>,
    /// Arcs looked at so far.
    pub(super) work: u64,
}

impl CycleFinder {
    pub(super) fn new(len: usize) -> Self {
        Self { parent: vec![0; len], seen: vec![0; len], round: 0, queue: Vec::new(), work: 0 }
    }

    /// A shortest cycle through `start` with at most `limit` arcs that pass `usable`, as nodes from `start` on.
    pub(super) fn through(
        &mut self,
        graph: &Digraph,
        start: u32,
        limit: usize,
        usable: impl Fn(u32, usize) -> bool,
    ) -> Option<Vec<u32>> {
        self.round += 1;
        self.queue.clear();
        self.queue.push(start);
        self.seen[start as usize] = self.round;
        let (mut head, mut depth) = (0, 0);
        while head < self.queue.len() && depth < limit {
            depth += 1;
            let level = self.queue.len();
            while head < level {
                let node = self.queue[head];
                head += 1;
                for (position, arc) in graph.out[node as usize].iter().enumerate() {
                    self.work += 1;
                    if !usable(node, position) {
                        continue;
                    }
                    if arc.to == start {
                        return Some(self.path(start, node));
                    }
                    let target = arc.to as usize;
                    if self.seen[target] != self.round {
                        self.seen[target] = self.round;
                        self.parent[target] = node;
                        self.queue.push(arc.to);
                    }
                }
            }
        }
        None
    }

    fn path(&self, start: u32, end: u32) -> Vec<u32> {
        let mut nodes = vec![end];
        let mut node = end;
        while node != start {
            node = self.parent[node as usize];
            nodes.push(node);
        }
        nodes.reverse();
        nodes
    }
}

/// A shortest cycle of the graph; of several the one that starts at the smallest node. A node whose own shortest cycle
/// is known leaves the graph, and so does what then lies on no cycle: a long ring is walked once, not once per node.
pub(super) fn shortest_cycle(graph: &Digraph) -> Option<Vec<u32>> {
    let incoming = graph.incoming();
    let mut degrees: Vec<[usize; 2]> =
        graph.out.iter().zip(&incoming).map(|(out, into)| [out.len(), into.len()]).collect();
    let mut gone = vec![false; graph.len()];
    let mut finder = CycleFinder::new(graph.len());
    let mut best: Option<Vec<u32>> = None;
    for start in 0..graph.len() as u32 {
        let limit = best.as_ref().map_or(graph.len(), |cycle| cycle.len() - 1);
        if limit < 2 {
            break;
        }
        if gone[start as usize] {
            continue;
        }
        let usable = |from: u32, position: usize| !gone[graph.out[from as usize][position].to as usize];
        if let Some(cycle) = finder.through(graph, start, limit, usable) {
            best = Some(cycle);
        }
        gone[start as usize] = true;
        let mut leaving = vec![start];
        while let Some(node) = leaving.pop() {
            for (side, arcs) in [&incoming[node as usize], &graph.out[node as usize]].into_iter().enumerate() {
                for arc in arcs {
                    let left = &mut degrees[arc.to as usize][side];
                    *left -= 1;
                    if *left == 0 && !std::mem::replace(&mut gone[arc.to as usize], true) {
                        leaving.push(arc.to);
                    }
                }
            }
        }
    }
    best
}
