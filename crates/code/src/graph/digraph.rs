/// An arc to `to`; `weight` counts the import statements behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arc {
    pub(super) to: u32,
    pub(super) weight: u32,
}

/// A weighted directed graph without parallel arcs and without self-loops.
#[derive(Clone, Debug, Default)]
pub(super) struct Digraph {
    /// The arcs of each node, ascending by target.
    pub(super) out: Vec<Vec<Arc>>,
}

impl Digraph {
    /// From pairs in any order. Equal pairs add up; self-loops are dropped.
    pub(super) fn from_pairs(len: usize, pairs: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut out: Vec<Vec<Arc>> = vec![Vec::new(); len];
        for (from, to) in pairs {
            if from != to {
                out[from as usize].push(Arc { to, weight: 1 });
            }
        }
        for arcs in &mut out {
            arcs.sort_unstable_by_key(|arc| arc.to);
            arcs.dedup_by(|later, kept| {
                let same = later.to == kept.to;
                if same {
                    kept.weight += later.weight;
                }
                same
            });
        }
        Self { out }
    }

    pub(super) fn len(&self) -> usize {
        self.out.len()
    }

    /// All arcs as (from, to, weight).
    pub(super) fn arcs(&self) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        (0..).zip(&self.out).flat_map(|(from, arcs)| arcs.iter().map(move |arc| (from, arc.to, arc.weight)))
    }

    /// The sources of each node's incoming arcs.
    pub(super) fn incoming(&self) -> Vec<Vec<Arc>> {
        let mut incoming: Vec<Vec<Arc>> = vec![Vec::new(); self.len()];
        for (from, to, weight) in self.arcs() {
            incoming[to as usize].push(Arc { to: from, weight });
        }
        incoming
    }

    /// The graph on `nodes` alone: node `i` of the result is `nodes[i]`.
    pub(super) fn induced(&self, nodes: &[u32]) -> Self {
        let mut local = vec![u32::MAX; self.len()];
        for (index, node) in (0..).zip(nodes) {
            local[*node as usize] = index;
        }
        let arcs_of = |node: &u32| {
            let inside = self.out[*node as usize].iter().filter(|arc| local[arc.to as usize] != u32::MAX);
            let mut arcs: Vec<Arc> = inside.map(|arc| Arc { to: local[arc.to as usize], weight: arc.weight }).collect();
            arcs.sort_unstable_by_key(|arc| arc.to);
            arcs
        };
        Self { out: nodes.iter().map(arcs_of).collect() }
    }

    /// Strongly connected components, one-node ones included, each ascending. Tarjan's algorithm on its own stack.
    pub(super) fn strongly_connected(&self) -> Vec<Vec<u32>> {
        const UNSEEN: u32 = u32::MAX;
        let len = self.len();
        let mut order = vec![UNSEEN; len];
        let mut low = vec![0u32; len];
        let mut open = vec![false; len];
        let mut stack: Vec<u32> = Vec::new();
        let mut calls: Vec<(u32, usize)> = Vec::new();
        let mut components = Vec::new();
        let mut next = 0;
        for root in 0..len {
            if order[root] != UNSEEN {
                continue;
            }
            calls.push((root as u32, 0));
            while let Some((node, position)) = calls.pop() {
                let at = node as usize;
                if position == 0 {
                    order[at] = next;
                    low[at] = next;
                    next += 1;
                    stack.push(node);
                    open[at] = true;
                }
                if let Some(arc) = self.out[at].get(position) {
                    calls.push((node, position + 1));
                    let target = arc.to as usize;
                    if order[target] == UNSEEN {
                        calls.push((arc.to, 0));
                    } else if open[target] {
                        low[at] = low[at].min(order[target]);
                    }
                    continue;
                }
                if let Some((caller, _)) = calls.last() {
                    let caller = *caller as usize;
                    low[caller] = low[caller].min(low[at]);
                }
                if low[at] == order[at] {
                    let start = stack.iter().rposition(|other| *other == node).unwrap_or(0);
                    let mut component = stack.split_off(start);
                    component.iter().for_each(|member| open[*member as usize] = false);
                    component.sort_unstable();
                    components.push(component);
                }
            }
        }
        components
    }
}
