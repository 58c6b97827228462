use std::time::Instant;

use rustc_hash::FxHashSet;

use super::components::{Edge, components};
use crate::report::{Component, CycleEdge, EdgeKind, Language};

/// A small repeatable generator: the tests say with their seed what they tried.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % u64::from(limit)) as u32
    }
}

fn names(len: u32) -> Vec<String> {
    (0..len).map(|index| format!("m{index:04}.ts")).collect()
}

fn edge(from: u32, to: u32, kind: EdgeKind, line: u32) -> Edge {
    Edge { from, to, kind, line, specifier: format!("./m{to:04}") }
}

fn random_edges(dice: &mut Dice, len: u32, count: u32, kinds: &[EdgeKind]) -> Vec<Edge> {
    let pick = |dice: &mut Dice, line| {
        let kind = kinds[dice.below(kinds.len() as u32) as usize];
        edge(dice.below(len), dice.below(len), kind, line)
    };
    (0..count).map(|line| pick(dice, line + 1)).collect()
}

fn run(len: u32, edges: &[Edge]) -> Vec<Component> {
    components(Language::Javascript, &names(len), edges)
}

/// Reachability by at least one edge, cell by cell.
fn reachability(len: usize, pairs: &[(usize, usize)]) -> Vec<Vec<bool>> {
    let mut reach = vec![vec![false; len]; len];
    pairs.iter().for_each(|(from, to)| reach[*from][*to] = true);
    for via in 0..len {
        for from in 0..len {
            for to in 0..len {
                reach[from][to] |= reach[from][via] && reach[via][to];
            }
        }
    }
    reach
}

fn pairs(edges: &[Edge], kind: EdgeKind) -> Vec<(usize, usize)> {
    edges.iter().filter(|edge| edge.kind <= kind).map(|edge| (edge.from as usize, edge.to as usize)).collect()
}

/// Every set of mutually reachable modules, by the matrix.
fn slow_components(len: usize, pairs: &[(usize, usize)]) -> FxHashSet<Vec<usize>> {
    let reach = reachability(len, pairs);
    let class = |v: usize| (0..len).filter(|w| (v == *w || reach[v][*w] && reach[*w][v]) && reach[v][v]).collect();
    (0..len).map(class).filter(|set: &Vec<usize>| !set.is_empty()).collect()
}

fn index(name: &str) -> usize {
    name[1..5].parse().unwrap()
}

fn members(component: &Component) -> Vec<usize> {
    component.members.iter().map(|name| index(name)).collect()
}

fn same_import(edge: &Edge, other: &CycleEdge) -> bool {
    (edge.from as usize, edge.to as usize, edge.line) == (index(&other.from), index(&other.to), other.line)
}

/// The pairs inside a component that are left when `gone` is removed.
fn left(component: &Component, edges: &[Edge], gone: &[&CycleEdge]) -> Vec<(usize, usize)> {
    let set = members(component);
    let inside = |edge: &&Edge| {
        edge.kind <= component.kind && set.contains(&(edge.from as usize)) && set.contains(&(edge.to as usize))
    };
    let kept = edges.iter().filter(inside).filter(|edge| !gone.iter().any(|cut| same_import(edge, cut)));
    kept.map(|edge| (edge.from as usize, edge.to as usize)).collect()
}

fn acyclic(len: usize, pairs: &[(usize, usize)]) -> bool {
    let reach = reachability(len, pairs);
    (0..len).all(|node| !reach[node][node])
}

/// The least number of backward edges over every ordering.
fn least_cut(set: &[usize], pairs: &[(usize, usize)]) -> usize {
    fn place(left: &mut Vec<usize>, placed: &mut Vec<usize>, pairs: &[(usize, usize)], best: &mut usize) {
        if left.is_empty() {
            let at = |node| placed.iter().position(|other| *other == node);
            *best = (*best).min(pairs.iter().filter(|(from, to)| at(*from) >= at(*to)).count());
        }
        for index in 0..left.len() {
            let node = left.remove(index);
            placed.push(node);
            place(left, placed, pairs, best);
            placed.pop();
            left.insert(index, node);
        }
    }
    let mut best = usize::MAX;
    place(&mut set.to_vec(), &mut Vec::new(), pairs, &mut best);
    best
}

fn check_witness(component: &Component, edges: &[Edge]) {
    let witness = &component.witness;
    assert!(!witness.is_empty());
    for (step, next) in witness.iter().zip(witness.iter().cycle().skip(1)) {
        assert_eq!(step.to, next.from);
        assert!(edges.iter().any(|edge| same_import(edge, step) && edge.kind == step.kind));
        assert!(step.kind <= component.kind);
    }
    let inside = left(component, edges, &[]);
    let shortest = members(component).into_iter().filter_map(|start| shortest_through(start, &inside)).min();
    assert_eq!(Some(witness.len()), shortest);
}

/// Length of a shortest cycle through a node, by growing the set of walk ends.
fn shortest_through(start: usize, pairs: &[(usize, usize)]) -> Option<usize> {
    let mut ends = FxHashSet::from_iter([start]);
    (1..=pairs.len() + 1).find(|_| {
        ends = pairs.iter().filter(|(from, _)| ends.contains(from)).map(|(_, to)| *to).collect();
        ends.contains(&start)
    })
}

fn check_cut(component: &Component, edges: &[Edge], len: usize) {
    let all: Vec<&CycleEdge> = component.cut.iter().collect();
    assert!(acyclic(len, &left(component, edges, &all)), "the cut opens every cycle");
    for spared in 0..all.len() {
        let mut fewer = all.clone();
        fewer.remove(spared);
        assert!(!acyclic(len, &left(component, edges, &fewer)), "no import of the cut can be spared");
    }
}

#[test]
fn membership_equals_mutual_reachability_on_random_graphs() {
    let kinds = [EdgeKind::Value, EdgeKind::Value, EdgeKind::Type, EdgeKind::Deferred];
    let mut dice = Dice(1);
    for round in 0..300 {
        let len = 1 + dice.below(14);
        let count = dice.below(3 * len + 1);
        let edges = random_edges(&mut dice, len, count, &kinds);
        let found = run(len, &edges);
        let mut earlier = FxHashSet::default();
        for kind in [EdgeKind::Value, EdgeKind::Type, EdgeKind::Deferred] {
            let expected: FxHashSet<Vec<usize>> = slow_components(len as usize, &pairs(&edges, kind));
            let new: FxHashSet<Vec<usize>> = expected.difference(&earlier).cloned().collect();
            let ours = found.iter().filter(|component| component.kind == kind).map(members).collect();
            assert_eq!(new, ours, "round {round}, {kind:?}");
            earlier.extend(expected);
        }
    }
}

#[test]
fn the_witness_is_a_shortest_cycle_and_the_cut_is_minimal_on_random_graphs() {
    let mut dice = Dice(2);
    for _ in 0..150 {
        let len = 2 + dice.below(24);
        let count = len + dice.below(2 * len);
        let edges = random_edges(&mut dice, len, count, &[EdgeKind::Value, EdgeKind::Type]);
        for component in run(len, &edges) {
            check_witness(&component, &edges);
            check_cut(&component, &edges, len as usize);
        }
    }
}

#[test]
fn the_cut_of_a_small_component_is_as_small_as_any() {
    let mut dice = Dice(3);
    for round in 0..120 {
        let len = if round < 4 { 7 } else { 2 + dice.below(5) };
        let count = 2 * len + dice.below(2 * len);
        let edges = random_edges(&mut dice, len, count, &[EdgeKind::Value]);
        for component in run(len, &edges) {
            assert!(component.cut_is_minimum);
            assert_eq!(component.cut.len(), least_cut(&members(&component), &left(&component, &edges, &[])));
        }
    }
}

/// Blocks joined into one ring: too large for subsets, so the branching search has to prove the minimum, which is the
/// sum over the blocks when the ring is opened by a block's own cut, else one more.
#[test]
fn the_branching_search_agrees_with_every_ordering_on_joined_blocks() {
    let mut dice = Dice(4);
    for _ in 0..15 {
        let blocks = 4;
        let mut edges = Vec::new();
        let mut expected = 0;
        for block in 0..blocks {
            let base = block * 6;
            let mut own: Vec<Edge> =
                (0..6).map(|at| edge(base + at, base + (at + 1) % 6, EdgeKind::Value, at)).collect();
            own.extend((0..6).map(|line| edge(base + dice.below(6), base + dice.below(6), EdgeKind::Value, 10 + line)));
            expected +=
                least_cut(&(0..6).map(|at| (base + at) as usize).collect::<Vec<_>>(), &pairs(&own, EdgeKind::Value));
            edges.extend(own);
            // Both directions between neighbours: a two-cycle apart from the blocks costs exactly one more.
            if block > 0 {
                edges.push(edge(base - 6, base, EdgeKind::Value, 90));
                edges.push(edge(base, base - 6, EdgeKind::Value, 91));
                expected += 1;
            }
        }
        let found = run(blocks * 6, &edges);
        assert_eq!(found.len(), 1);
        assert!(found[0].cut_is_minimum);
        assert_eq!(found[0].cut.len(), expected);
    }
}

#[test]
fn a_module_that_imports_itself_is_a_component_and_its_import_the_cut() {
    let found = run(2, &[edge(0, 0, EdgeKind::Value, 3), edge(0, 1, EdgeKind::Value, 4)]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].members, ["m0000.ts"]);
    assert_eq!(found[0].witness, found[0].cut);
    assert_eq!(found[0].witness[0].line, 3);
}

#[test]
fn a_cycle_closed_by_a_type_import_is_told_apart_from_a_cycle_of_values() {
    let value = [edge(0, 1, EdgeKind::Value, 1), edge(1, 0, EdgeKind::Value, 1)];
    let more = [edge(1, 2, EdgeKind::Value, 2), edge(2, 0, EdgeKind::Type, 1), edge(2, 3, EdgeKind::Value, 2)];
    let later = [edge(3, 0, EdgeKind::Deferred, 1)];
    let found = run(4, &[value.as_slice(), &more, &later].concat());
    let summary: Vec<(EdgeKind, usize)> = found.iter().map(|one| (one.kind, one.members.len())).collect();
    assert_eq!(summary, [(EdgeKind::Value, 2), (EdgeKind::Type, 3), (EdgeKind::Deferred, 4)]);
}

#[test]
fn a_type_import_beside_a_cycle_of_values_adds_no_second_component() {
    let found =
        run(2, &[edge(0, 1, EdgeKind::Value, 1), edge(1, 0, EdgeKind::Value, 1), edge(0, 1, EdgeKind::Type, 2)]);
    assert_eq!(found.iter().map(|one| one.kind).collect::<Vec<_>>(), [EdgeKind::Value]);
}

#[test]
fn parallel_imports_cost_what_they_count() {
    let twice = [edge(0, 1, EdgeKind::Value, 1), edge(0, 1, EdgeKind::Value, 2), edge(1, 0, EdgeKind::Value, 1)];
    let found = run(2, &twice);
    assert_eq!(found[0].cut.len(), 1);
    assert_eq!(found[0].cut[0].from, "m0001.ts");
}

#[test]
fn the_order_of_nodes_and_edges_does_not_change_the_answer() {
    let mut dice = Dice(5);
    let edges = random_edges(&mut dice, 40, 110, &[EdgeKind::Value, EdgeKind::Type]);
    let expected = run(40, &edges);
    let nodes: Vec<String> = names(40).into_iter().rev().collect();
    let turned = |edge: &Edge| Edge { from: 39 - edge.from, to: 39 - edge.to, ..edge.clone() };
    let reversed: Vec<Edge> = edges.iter().rev().map(turned).collect();
    assert_eq!(components(Language::Javascript, &nodes, &reversed), expected);
}

#[test]
fn where_a_minimum_is_not_proved_no_import_can_be_spared() {
    let mut dice = Dice(7);
    let edges = random_edges(&mut dice, 50, 400, &[EdgeKind::Value]);
    let found = run(50, &edges);
    assert!(!found[0].cut_is_minimum);
    let opened =
        |(from, to): &(usize, usize)| found[0].cut.iter().any(|cut| (index(&cut.from), index(&cut.to)) == (*from, *to));
    let kept: Vec<(usize, usize)> = pairs(&edges, EdgeKind::Value).into_iter().filter(|pair| !opened(pair)).collect();
    let reach = reachability(50, &kept);
    assert!((0..50).all(|node| !reach[node][node]));
    for cut in found[0].cut.iter().filter(|cut| cut.from != cut.to) {
        assert!(reach[index(&cut.to)][index(&cut.from)], "without this import in the cut there is a cycle");
    }
}

/// Not a claim about time: it shows that depth does not touch the call stack and that the work stays bounded.
#[test]
fn large_components_are_answered() {
    let mut dice = Dice(6);
    let ring: Vec<Edge> = (0..20_000).map(|at| edge(at, (at + 1) % 20_000, EdgeKind::Value, 1)).collect();
    let mut tangled: Vec<Edge> = ring.iter().take(999).cloned().collect();
    tangled.push(edge(999, 0, EdgeKind::Value, 1));
    tangled.extend(random_edges(&mut dice, 1000, 4000, &[EdgeKind::Value]));
    let names: Vec<String> = (0..20_000).map(|at| format!("m{at:05}.ts")).collect();
    for edges in [ring, tangled] {
        let started = Instant::now();
        let found = components(Language::Javascript, &names, &edges);
        assert_eq!(found.len(), 1);
        assert!(!found[0].cut.is_empty());
        println!("{} members, cut {}, {:?}", found[0].members.len(), found[0].cut.len(), started.elapsed());
    }
}
