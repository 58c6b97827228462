use super::digraph::Digraph;
use super::exact::Search;
use super::order::good_order;

/// Arcs that the exact search may look at before the heuristic answer is taken: some 20 ms.
const WORK: u64 = 6_000_000;

/// Arcs whose removal leaves no cycle, and whether they are known to weigh the least possible. Where they are not, no
/// arc of them can be spared.
pub(super) fn cut(graph: &Digraph) -> (Vec<(u32, u32)>, bool) {
    let exact = Search { budget: WORK }.solve(graph, u32::MAX);
    let (mut arcs, minimum) = match exact {
        Ok(Some(arcs)) => (arcs, true),
        _ => (minimal_cut(graph), false),
    };
    arcs.sort_unstable();
    (arcs, minimum)
}

/// A good cut of which no arc can be spared: the backward arcs of a good order, each tried to be put back.
pub(super) fn minimal_cut(graph: &Digraph) -> Vec<(u32, u32)> {
    let mut place = vec![0u32; graph.len()];
    for (index, node) in (0..).zip(good_order(graph)) {
        place[node as usize] = index;
    }
    let backward = |from: u32, to: u32| place[to as usize] < place[from as usize];
    let mut candidates: Vec<(u32, u32, u32)> = graph.arcs().filter(|(from, to, _)| backward(*from, *to)).collect();
    candidates.sort_by_key(|(_, _, weight)| std::cmp::Reverse(*weight));
    let mut kept: Vec<Vec<u32>> = (0..)
        .zip(&graph.out)
        .map(|(from, arcs)| arcs.iter().map(|arc| arc.to).filter(|to| !backward(from, *to)).collect())
        .collect();
    let mut cut = Vec::new();
    let mut reach = Reach { seen: vec![0; graph.len()], round: 0 };
    for (from, to, _) in candidates {
        if reach.reaches(&kept, &place, to, from) {
            cut.push((from, to));
        } else {
            kept[from as usize].push(to);
            place = topological(&kept);
        }
    }
    cut
}

struct Reach {
    seen: Vec<u32>,
    round: u32,
}

impl Reach {
    /// Whether `goal` is reachable from `start`; `place` is a topological order, so what stands behind `goal` is not
    /// looked at.
    fn reaches(&mut self, kept: &[Vec<u32>], place: &[u32], start: u32, goal: u32) -> bool {
        self.round += 1;
        let limit = place[goal as usize];
        let mut stack = vec![start];
        while let Some(node) = stack.pop() {
            if node == goal {
                return true;
            }
            for next in &kept[node as usize] {
                if place[*next as usize] <= limit && self.seen[*next as usize] != self.round {
                    self.seen[*next as usize] = self.round;
                    stack.push(*next);
                }
            }
        }
        false
    }
}

/// The place of each node in a topological order of an acyclic graph.
fn topological(kept: &[Vec<u32>]) -> Vec<u32> {
    let mut waiting = vec![0u32; kept.len()];
    kept.iter().flatten().for_each(|to| waiting[*to as usize] += 1);
    let mut ready: Vec<u32> = (0..kept.len() as u32).filter(|node| waiting[*node as usize] == 0).collect();
    let mut place = vec![0; kept.len()];
    let mut next = 0;
    while let Some(node) = ready.pop() {
        place[node as usize] = next;
        next += 1;
        for to in &kept[node as usize] {
            waiting[*to as usize] -= 1;
            if waiting[*to as usize] == 0 {
                ready.push(*to);
            }
        }
    }
    place
}
