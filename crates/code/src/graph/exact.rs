use super::cut::minimal_cut;
use super::digraph::Digraph;
use super::witness::{CycleFinder, shortest_cycle};

/// Up to this many nodes a component is solved by dynamic programming over subsets.
const SUBSETS: usize = 16;
/// The weight of an arc that the search has decided to keep.
const KEEP: u32 = 1 << 20;

/// Looks for a feedback arc set of least weight: splits into components, takes the heuristic cut where a packing of
/// disjoint cycles proves it, and otherwise branches on the arcs of a shortest cycle.
pub(super) struct Search {
    /// Arcs that may still be looked at. The same graph always gets the same answer.
    pub(super) budget: u64,
}

impl Search {
    /// A least cut that weighs less than `bound`; `Ok(None)` when there is none, `Err` when the budget ran out.
    pub(super) fn solve(&mut self, graph: &Digraph, bound: u32) -> Result<Option<Vec<(u32, u32)>>, Exhausted> {
        let mut cut = Vec::new();
        let mut left = bound;
        for members in graph.strongly_connected() {
            if members.len() < 2 {
                continue;
            }
            let part = graph.induced(&members);
            let Some((weight, arcs)) = self.solve_connected(&part, left)? else {
                return Ok(None);
            };
            left -= weight;
            cut.extend(arcs.into_iter().map(|(from, to)| (members[from as usize], members[to as usize])));
        }
        Ok(Some(cut))
    }

    fn solve_connected(&mut self, graph: &Digraph, bound: u32) -> Result<Option<Found>, Exhausted> {
        if graph.len() <= SUBSETS {
            self.spend((graph.len() as u64) << graph.len())?;
            return Ok(by_subsets(graph, bound));
        }
        let arcs = graph.arcs().count() as u64;
        self.spend(arcs * 4)?;
        let mut best = Some(weigh(graph, minimal_cut(graph))).filter(|(weight, _)| *weight < bound);
        let mut bound = best.as_ref().map_or(bound, |(weight, _)| *weight);
        if self.packing(graph, bound)? >= bound {
            return Ok(best);
        }
        let Some(cycle) = shortest_cycle(graph) else {
            return Ok(best);
        };
        self.spend(arcs)?;
        let mut rest = graph.clone();
        for (index, from) in cycle.iter().enumerate() {
            let to = cycle[(index + 1) % cycle.len()];
            let Some(position) = rest.out[*from as usize].iter().position(|arc| arc.to == to) else {
                continue;
            };
            let weight = rest.out[*from as usize][position].weight;
            if weight < bound {
                let mut opened = rest.clone();
                opened.out[*from as usize].remove(position);
                if let Some(mut found) = self.solve(&opened, bound - weight)? {
                    found.push((*from, to));
                    best = Some(weigh(graph, found));
                    bound = best.as_ref().map_or(bound, |(weight, _)| *weight);
                }
            }
            rest.out[*from as usize][position].weight = KEEP;
        }
        Ok(best)
    }

    /// A lower bound: the summed weight of cycles that share no arc, short ones first, until it reaches `goal`.
    fn packing(&mut self, graph: &Digraph, goal: u32) -> Result<u32, Exhausted> {
        let mut rest: Vec<Vec<u32>> =
            graph.out.iter().map(|arcs| arcs.iter().map(|arc| arc.weight).collect()).collect();
        let mut finder = CycleFinder::new(graph.len());
        let mut total = 0;
        for limit in [2, 3, 4, graph.len()] {
            for start in 0..graph.len() as u32 {
                while let Some(cycle) =
                    finder.through(graph, start, limit, |from, position| rest[from as usize][position] > 0)
                {
                    total += take(graph, &mut rest, &cycle);
                    if total >= goal {
                        return Ok(total);
                    }
                }
                self.spend(std::mem::take(&mut finder.work))?;
            }
        }
        Ok(total)
    }

    fn spend(&mut self, work: u64) -> Result<(), Exhausted> {
        self.budget = self.budget.checked_sub(work).ok_or(Exhausted)?;
        Ok(())
    }
}

/// The work bound was reached.
#[derive(Debug)]
pub(super) struct Exhausted;

type Found = (u32, Vec<(u32, u32)>);

fn weigh(graph: &Digraph, cut: Vec<(u32, u32)>) -> Found {
    let weight = |(from, to): &(u32, u32)| {
        let arcs = &graph.out[*from as usize];
        arcs.iter().find(|arc| arc.to == *to).map_or(0, |arc| arc.weight)
    };
    (cut.iter().map(weight).sum(), cut)
}

/// Takes the least weight of a cycle off all its arcs and says how much that was.
fn take(graph: &Digraph, rest: &mut [Vec<u32>], cycle: &[u32]) -> u32 {
    let arc = |index: usize| {
        let from = cycle[index] as usize;
        let to = cycle[(index + 1) % cycle.len()];
        (from, graph.out[from].iter().position(|arc| arc.to == to).unwrap_or(0))
    };
    let places: Vec<(usize, usize)> = (0..cycle.len()).map(arc).collect();
    let least = places.iter().map(|(from, position)| rest[*from][*position]).min().unwrap_or(0);
    places.iter().for_each(|(from, position)| rest[*from][*position] -= least);
    least
}

/// The least cut over all orderings: `best[set]` is the least weight of backward arcs when `set` comes first.
fn by_subsets(graph: &Digraph, bound: u32) -> Option<Found> {
    let len = graph.len();
    let tables: Vec<BackwardTable> = (0..len).map(|node| BackwardTable::new(graph, node)).collect();
    let mut best = vec![u32::MAX; 1 << len];
    let mut last = vec![0u8; 1 << len];
    best[0] = 0;
    for set in 0..(1usize << len) - 1 {
        if best[set] >= bound {
            continue;
        }
        for (node, table) in tables.iter().enumerate().filter(|(node, _)| set >> node & 1 == 0) {
            let with = set | 1 << node;
            let weight = best[set].saturating_add(table.weight(set));
            if weight < best[with] {
                best[with] = weight;
                last[with] = node as u8;
            }
        }
    }
    let mut set = (1usize << len) - 1;
    let weight = best[set];
    if weight >= bound {
        return None;
    }
    let mut cut = Vec::new();
    while set != 0 {
        let node = last[set];
        set &= !(1 << node);
        let backward = graph.out[node as usize].iter().filter(|arc| set >> arc.to & 1 == 1);
        cut.extend(backward.map(|arc| (u32::from(node), arc.to)));
    }
    Some((weight, cut))
}

/// The weight of a node's arcs into any set of nodes, by two look-ups.
struct BackwardTable([[u32; 256]; 2]);

impl BackwardTable {
    fn new(graph: &Digraph, node: usize) -> Self {
        let mut table = [[0u32; 256]; 2];
        for arc in &graph.out[node] {
            let (half, bit) = (arc.to as usize / 8, arc.to as usize % 8);
            for (set, weight) in table[half].iter_mut().enumerate().filter(|(set, _)| set >> bit & 1 == 1) {
                debug_assert!(set < 256);
                *weight += arc.weight;
            }
        }
        Self(table)
    }

    fn weight(&self, set: usize) -> u32 {
        self.0[0][set & 255] + self.0[1][set >> 8 & 255]
    }
}
