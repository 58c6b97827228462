//! Members that have keys: declarations, class members, imported names, keys of an object or a table.

use std::collections::{HashMap, HashSet};

use crate::gaps::contested;
use crate::grammar::Style;
use crate::layout::{Layout, Member};
use crate::node_merge::{Merger, Three, frame, surroundings};
use crate::rendering::{Piece, render};
use crate::sequence::separator;
use crate::sides::Sides;

pub(crate) type Members<'l, 't, 's> = HashMap<&'l str, &'l Member<'t, 's>>;

/// The members of three containers by key.
pub(crate) struct Keyed<'l, 't, 's> {
    pub(crate) base: Members<'l, 't, 's>,
    pub(crate) ours: Members<'l, 't, 's>,
    pub(crate) theirs: Members<'l, 't, 's>,
}

impl<'l, 't, 's> Keyed<'l, 't, 's> {
    /// A member as some version has it, sides first.
    pub(crate) fn any(&self, key: &str) -> Option<&'l Member<'t, 's>> {
        [&self.ours, &self.theirs, &self.base].into_iter().find_map(|members| members.get(key).copied())
    }
}

/// Merges the members of three containers by key. `None` when an order that has a meaning is in doubt.
pub(crate) fn merge_keyed<'s>(merger: Merger<'s>, layouts: &Three<Layout<'_, 's>>) -> Option<Sides> {
    let index = |layout| -> Members<'_, '_, 's> { by_key(layout) };
    let keyed = Keyed { base: index(&layouts.base), ours: index(&layouts.ours), theirs: index(&layouts.theirs) };
    let order = place(layouts, &keyed)?;
    if layouts.base.pinned && order.first().copied() != layouts.base.members.first().map(|first| first.key.as_str()) {
        return None;
    }
    let mut pieces: Vec<Piece> = order.iter().map(|key| piece(merger, &keyed, key)).collect();
    if let (Some(first), Some(key)) = (pieces.first_mut(), order.first()) {
        begin_without_gap(layouts, first, key);
    }
    let (head, tail) = frame(layouts);
    render(layouts, head, pieces, tail)
}

/// A member that comes first in the result and in no version has a blank line above it that parted it from a member
/// that is gone.
fn begin_without_gap(layouts: &Three<Layout<'_, '_>>, piece: &mut Piece, key: &str) {
    let firsts = [&layouts.base, &layouts.ours, &layouts.theirs].map(|layout| layout.members.first());
    let Some(was_first) = firsts[0] else { return };
    if piece.lead.conflict || firsts.iter().flatten().any(|first| first.key == key) {
        return;
    }
    let blank = |lead: &str| lead.len() - lead.trim_start_matches(['\n', '\r']).len();
    if blank(was_first.lead) == 0 {
        let lead = piece.lead.ours.clone();
        piece.lead = Sides::agreed(lead.get(blank(&lead)..).unwrap_or_default());
    }
}

fn by_key<'l, 't, 's>(layout: &'l Layout<'t, 's>) -> Members<'l, 't, 's> {
    layout.members.iter().map(|member| (member.key.as_str(), member)).collect()
}

/// One side took the member out, the other left it as it was.
fn is_gone(keyed: &Keyed<'_, '_, '_>, key: &str) -> bool {
    let Some(base) = keyed.base.get(key) else { return false };
    match (keyed.ours.get(key), keyed.theirs.get(key)) {
        (None, None) => true,
        (Some(left), None) | (None, Some(left)) => left.content() == base.content(),
        _ => false,
    }
}

fn piece<'s>(merger: Merger<'s>, keyed: &Keyed<'_, '_, 's>, key: &str) -> Piece {
    match (keyed.base.get(key), keyed.ours.get(key), keyed.theirs.get(key)) {
        (Some(base), Some(ours), Some(theirs)) => {
            let three = Three { base: *base, ours: *ours, theirs: *theirs };
            Piece {
                lead: surroundings(three.map(|member| member.lead)),
                body: merger.member_body(three),
                separator: separator(three),
                trail: surroundings(three.map(|member| member.trail)),
            }
        }
        (None, Some(ours), Some(theirs)) => added_by_both(ours, theirs),
        (None, Some(one), None) | (None, None, Some(one)) => Piece::of(one),
        (base, ours, theirs) => {
            let text = |member: Option<&&Member<'_, '_>>| member.map(|each| each.text()).unwrap_or_default();
            Piece::undecided(&text(base), &text(ours), &text(theirs))
        }
    }
}

fn added_by_both(ours: &Member<'_, '_>, theirs: &Member<'_, '_>) -> Piece {
    if ours.content() == theirs.content() {
        return Piece::of(ours);
    }
    Piece { body: Sides::undecided("", &ours.text(), &theirs.text()), ..Piece::undecided("", "", "") }
}

/// The keys of the result in their order.
fn place<'l>(layouts: &'l Three<Layout<'_, '_>>, keyed: &Keyed<'l, '_, '_>) -> Option<Vec<&'l str>> {
    let order = layouts_keys(layouts);
    let moved = (moves(&order.base, &order.ours), moves(&order.base, &order.theirs));
    if moved.0 && moved.1 && moves(&order.ours, &order.theirs) {
        return None;
    }
    if contested(&order, keyed, moved.0 || moved.1) {
        return None;
    }
    // The side that moved members says where they stand; the other one's additions are placed among them.
    let (kept, other) = if moved.1 && !moved.0 { (&order.theirs, &order.ours) } else { (&order.ours, &order.theirs) };
    let only_one_moved = moved.0 != moved.1;
    let free = |key: &str| {
        [keyed.ours.get(key), keyed.theirs.get(key), keyed.base.get(key)].into_iter().flatten().all(|each| each.free)
    };
    if only_one_moved && !other.iter().all(|key| keyed.base.contains_key(key) || free(key)) {
        return None;
    }
    let placement = Placement {
        keyed,
        kept: kept.iter().copied().collect(),
        other: other.iter().copied().collect(),
        sorted: [kept, other].iter().all(|keys| keys.len() > 1 && keys.windows(2).all(|pair| pair[0] <= pair[1]))
            && layouts.base.style != Style::Pipes,
        free: &free,
    };
    placement.merge(kept, other)
}

fn layouts_keys<'l>(layouts: &'l Three<Layout<'_, '_>>) -> Three<Vec<&'l str>> {
    let keys = |layout: &'l Layout<'_, '_>| layout.members.iter().map(|member| member.key.as_str()).collect();
    Three { base: keys(&layouts.base), ours: keys(&layouts.ours), theirs: keys(&layouts.theirs) }
}

/// Keys that both have stand in another order.
fn moves(one: &[&str], other: &[&str]) -> bool {
    let (in_one, in_other): (HashSet<&str>, HashSet<&str>) =
        (one.iter().copied().collect(), other.iter().copied().collect());
    let left = one.iter().filter(|key| in_other.contains(**key));
    let right = other.iter().filter(|key| in_one.contains(**key));
    !left.eq(right)
}

struct Placement<'p, 'l, 't, 's> {
    keyed: &'p Keyed<'l, 't, 's>,
    kept: HashSet<&'l str>,
    other: HashSet<&'l str>,
    /// Both sides keep their keys sorted.
    sorted: bool,
    free: &'p dyn Fn(&str) -> bool,
}

impl<'l> Placement<'_, 'l, '_, '_> {
    /// Starts from one side's order and puts what only the other has behind its neighbour there.
    fn merge(&self, kept: &[&'l str], other: &[&'l str]) -> Option<Vec<&'l str>> {
        let mut list: Vec<&str> = kept.iter().copied().filter(|key| !is_gone(self.keyed, key)).collect();
        let mut at = 0;
        // The neighbour before is gone, so that the place is known only by what is around it.
        let mut loose = false;
        for (index, key) in other.iter().copied().enumerate() {
            if let Some(found) = list.iter().position(|each| *each == key) {
                if self.is_new(key) && !(self.free)(key) && !self.stands_alike(&list, found, other, index) {
                    return None;
                }
                at = found + 1;
                loose = false;
                continue;
            }
            if is_gone(self.keyed, key) {
                loose = true;
                continue;
            }
            let next_gone =
                other.get(index + 1).is_some_and(|next| is_gone(self.keyed, next) && !self.kept.contains(next));
            if (loose || next_gone) && !(self.free)(key) && self.is_new(key) {
                return None;
            }
            at = self.behind_their_additions(&list, at, key)?;
            list.insert(at, key);
            at += 1;
        }
        Some(list)
    }

    fn is_new(&self, key: &str) -> bool {
        !self.keyed.base.contains_key(key)
    }

    /// Where a key goes that is to stand at `at`, when the first side added members at that place too.
    fn behind_their_additions(&self, list: &[&str], mut at: usize, key: &str) -> Option<usize> {
        let start = at;
        let added = |each: &str| self.is_new(each) && self.kept.contains(each) && !self.other.contains(each);
        while list.get(at).is_some_and(|each| added(each)) {
            at += 1;
        }
        let passed = list.get(start..at)?;
        if passed.iter().chain(passed.first().map(|_| &key)).any(|each| !(self.free)(each)) {
            return None;
        }
        if self.sorted {
            at = start + passed.iter().take_while(|each| **each < key).count();
        }
        Some(at)
    }

    /// A member that both sides added follows the same neighbour on both.
    fn stands_alike(&self, list: &[&str], found: usize, other: &[&str], index: usize) -> bool {
        let before =
            |keys: &[&str], at: usize| at.checked_sub(1).and_then(|at| keys.get(at)).map(|key| key.to_string());
        before(list, found) == before(other, index)
    }
}
