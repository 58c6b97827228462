use std::collections::BTreeSet;

use super::digraph::Digraph;

/// Passes of moving single nodes to their best place.
const PASSES: usize = 12;

/// An ordering of the nodes with few arcs that point backwards: the greedy order of Eades, Lin and Smyth, improved by
/// moving one node at a time until no move helps.
pub(super) fn good_order(graph: &Digraph) -> Vec<u32> {
    let mut order = greedy_order(graph);
    let incoming = graph.incoming();
    let mut place = vec![0i64; graph.len()];
    number(&order, &mut place, 0, graph.len());
    for _ in 0..PASSES {
        let mut moved = false;
        for node in 0..graph.len() {
            // Crossing an arc's other end changes the cost by its weight: down when the arc stops pointing backwards.
            let leaving = graph.out[node].iter().map(|arc| (place[arc.to as usize], i64::from(arc.weight)));
            let entering = incoming[node].iter().map(|arc| (place[arc.to as usize], -i64::from(arc.weight)));
            let mut steps: Vec<(i64, i64)> = leaving.chain(entering).collect();
            steps.sort_unstable();
            if let Some(target) = best_place(&steps, place[node]) {
                let from = place[node] as usize;
                let to = target as usize;
                order.remove(from);
                let to = if to > from { to - 1 } else { to };
                order.insert(to, node as u32);
                number(&order, &mut place, from.min(to), from.max(to) + 1);
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    order
}

/// The place in front of which a node should stand, when that is better than where it stands now.
fn best_place(steps: &[(i64, i64)], current: i64) -> Option<i64> {
    let (mut cost, mut here) = (0i64, 0i64);
    let (mut best, mut best_place) = (0i64, 0i64);
    for (place, change) in steps {
        cost += change;
        if *place < current {
            here = cost;
        }
        if cost < best {
            best = cost;
            best_place = place + 1;
        }
    }
    (best < here).then_some(best_place)
}

fn number(order: &[u32], place: &mut [i64], start: usize, end: usize) {
    for (index, node) in order.iter().enumerate().take(end).skip(start) {
        place[*node as usize] = index as i64;
    }
}

fn greedy_order(graph: &Digraph) -> Vec<u32> {
    let incoming = graph.incoming();
    let weight = |arcs: &[super::digraph::Arc]| arcs.iter().map(|arc| i64::from(arc.weight)).sum::<i64>();
    let mut gain: Vec<(i64, i64)> = (0..graph.len()).map(|v| (weight(&graph.out[v]), weight(&incoming[v]))).collect();
    // Sources come first (their gain is as good as infinite), sinks go to the end, others by out minus in.
    let key = |(out, into): (i64, i64), node: u32| match (out, into) {
        (0, _) => (0, 0, node),
        (_, 0) => (1, 0, node),
        _ => (2, into - out, node),
    };
    let mut queue: BTreeSet<(u8, i64, u32)> = (0..).zip(&gain).map(|(node, pair)| key(*pair, node)).collect();
    let (mut front, mut back) = (Vec::new(), Vec::new());
    let mut gone = vec![false; graph.len()];
    while let Some((class, _, node)) = queue.pop_first() {
        let at = node as usize;
        gone[at] = true;
        if class == 0 {
            back.push(node)
        } else {
            front.push(node)
        }
        let after = graph.out[at].iter().map(|arc| (arc, false));
        for (arc, leaving) in after.chain(incoming[at].iter().map(|arc| (arc, true))) {
            let other = arc.to as usize;
            if gone[other] {
                continue;
            }
            queue.remove(&key(gain[other], arc.to));
            let part = if leaving { &mut gain[other].0 } else { &mut gain[other].1 };
            *part -= i64::from(arc.weight);
            queue.insert(key(gain[other], arc.to));
        }
    }
    back.reverse();
    front.extend(back);
    front
}
