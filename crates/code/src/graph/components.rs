use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::cut::cut;
use super::digraph::Digraph;
use super::witness::shortest_cycle;
use crate::report::{Component, CycleEdge, EdgeKind, Language};

/// One import statement between two modules of the repository, by their index in the list of nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) from: u32,
    pub(crate) to: u32,
    pub(crate) kind: EdgeKind,
    /// Line of the import, from 1.
    pub(crate) line: u32,
    /// The target as written.
    pub(crate) specifier: String,
}

/// All components of a graph: those of value edges; those that type edges are needed for; those that deferred edges
/// are needed for. A set of modules is listed once, under the weakest kind that connects it.
pub(crate) fn components(language: Language, nodes: &[String], edges: &[Edge]) -> Vec<Component> {
    let mut found = Vec::new();
    let mut seen: FxHashSet<Vec<u32>> = FxHashSet::default();
    for kind in [EdgeKind::Value, EdgeKind::Type, EdgeKind::Deferred] {
        if !edges.iter().any(|edge| edge.kind == kind) {
            continue;
        }
        let used: Vec<&Edge> = edges.iter().filter(|edge| edge.kind <= kind).collect();
        let graph = Digraph::from_pairs(nodes.len(), used.iter().map(|edge| (edge.from, edge.to)));
        let loops: FxHashSet<u32> = used.iter().filter(|edge| edge.from == edge.to).map(|edge| edge.from).collect();
        let mut sets = graph.strongly_connected();
        sets.retain(|set| (set.len() > 1 || loops.contains(&set[0])) && seen.insert(set.clone()));
        let mut place = vec![(u32::MAX, 0); nodes.len()];
        for (number, set) in (0..).zip(&mut sets) {
            set.sort_by(|left, right| nodes[*left as usize].cmp(&nodes[*right as usize]));
            (0..).zip(set.iter()).for_each(|(index, node)| place[*node as usize] = (number, index));
        }
        let mut inside: Vec<Vec<&Edge>> = vec![Vec::new(); sets.len()];
        for edge in used {
            let (number, _) = place[edge.from as usize];
            if number != u32::MAX && place[edge.to as usize].0 == number {
                inside[number as usize].push(edge);
            }
        }
        let local = |node: u32| place[node as usize].1;
        let parts = sets.iter().zip(&inside);
        found.extend(parts.map(|(set, edges)| component(language, kind, nodes, set, edges, local)));
    }
    found.sort_by(|left, right| (left.kind, &left.members).cmp(&(right.kind, &right.members)));
    found
}

/// `edges` are all edges inside `set`; `local` gives a node's index in it.
fn component(
    language: Language,
    kind: EdgeKind,
    nodes: &[String],
    set: &[u32],
    edges: &[&Edge],
    local: impl Fn(u32) -> u32,
) -> Component {
    let mut by_pair: BTreeMap<(u32, u32), Vec<&Edge>> = BTreeMap::new();
    for edge in edges {
        by_pair.entry((local(edge.from), local(edge.to))).or_default().push(edge);
    }
    for parallel in by_pair.values_mut() {
        parallel.sort_by(|a, b| (a.kind, a.line, &a.specifier).cmp(&(b.kind, b.line, &b.specifier)));
    }
    let graph = Digraph::from_pairs(set.len(), edges.iter().map(|edge| (local(edge.from), local(edge.to))));
    let own = by_pair.keys().copied().filter(|(from, to)| from == to);
    let cycle = own.clone().next().map_or_else(|| shortest_cycle(&graph).unwrap_or_default(), |(node, _)| vec![node]);
    let steps = cycle.iter().zip(cycle.iter().cycle().skip(1)).map(|(from, to)| (*from, *to));
    let (arcs, cut_is_minimum) = cut(&graph);
    let mut opened: Vec<(u32, u32)> = own.chain(arcs).collect();
    opened.sort_unstable();
    let described = |edge: &Edge| CycleEdge {
        from: nodes[edge.from as usize].clone(),
        to: nodes[edge.to as usize].clone(),
        kind: edge.kind,
        line: edge.line,
        specifier: edge.specifier.clone(),
    };
    let parallel = |pair: (u32, u32)| by_pair.get(&pair).map(Vec::as_slice).unwrap_or_default();
    Component {
        language,
        kind,
        members: set.iter().map(|node| nodes[*node as usize].clone()).collect(),
        witness: steps.filter_map(|pair| parallel(pair).first()).map(|edge| described(edge)).collect(),
        cut: opened.into_iter().flat_map(|pair| parallel(pair).iter().map(|edge| described(edge))).collect(),
        cut_is_minimum,
    }
}
