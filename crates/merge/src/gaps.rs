//! What both sides did between the same two members that all versions have.

use std::collections::HashSet;

use crate::keyed::Keyed;
use crate::layout::Member;
use crate::node_merge::Three;

/// Whether some gap was changed by both sides in a way that has no one right outcome: one added something with a place
/// of its own where the other added or removed something, or both removed a member that one of them put back under
/// another name.
pub(crate) fn contested(order: &Three<Vec<&str>>, keyed: &Keyed<'_, '_, '_>, moved: bool) -> bool {
    let gaps = order.as_ref().map(|keys| by_gap(keys, keyed, moved));
    let count = gaps.base.len().max(gaps.ours.len()).max(gaps.theirs.len());
    (0..count).any(|index| {
        let at = |gaps: &[Vec<String>]| gaps.get(index).cloned().unwrap_or_default();
        Gap { base: at(&gaps.base), ours: at(&gaps.ours), theirs: at(&gaps.theirs) }.is_contested(keyed)
    })
}

/// The keys between the members that all versions have. Where members moved there is one gap, the whole container.
fn by_gap(keys: &[&str], keyed: &Keyed<'_, '_, '_>, moved: bool) -> Vec<Vec<String>> {
    let mut gaps = vec![Vec::new()];
    for key in keys {
        let everywhere = [&keyed.base, &keyed.ours, &keyed.theirs].iter().all(|members| members.contains_key(key));
        if everywhere && !moved {
            gaps.push(Vec::new());
        } else if let Some(gap) = gaps.last_mut().filter(|_| !everywhere) {
            gap.push((*key).to_string());
        }
    }
    gaps
}

struct Gap {
    base: Vec<String>,
    ours: Vec<String>,
    theirs: Vec<String>,
}

impl Gap {
    fn is_contested(&self, keyed: &Keyed<'_, '_, '_>) -> bool {
        let base: HashSet<&String> = self.base.iter().collect();
        let added = |side: &'_ [String], other: &'_ [String]| -> Vec<String> {
            side.iter().filter(|key| !base.contains(key) && !other.contains(key)).cloned().collect()
        };
        let (ours, theirs) = (added(&self.ours, &self.theirs), added(&self.theirs, &self.ours));
        let gone = |side: &[String]| self.base.iter().any(|key| !side.contains(key));
        let placed = |keys: &[String]| keys.iter().filter_map(|key| keyed.any(key)).any(|member| !member.free);
        if placed(&ours) && (gone(&self.theirs) || !theirs.is_empty()) {
            return true;
        }
        if placed(&theirs) && (gone(&self.ours) || !ours.is_empty()) {
            return true;
        }
        let removed = self.base.iter().filter(|key| !self.ours.contains(key) && !self.theirs.contains(key));
        let renamed = |old: &Member<'_, '_>| {
            let added = ours.iter().chain(&theirs).filter_map(|key| keyed.any(key));
            added.filter(|new| !is_import(new)).any(|new| resembles(old.body, new.body))
        };
        removed.filter_map(|key| keyed.base.get(key.as_str())).any(|old| renamed(old))
    }
}

fn is_import(member: &Member<'_, '_>) -> bool {
    member.node.is_some_and(|node| node.kind().contains("import") || node.kind() == "dotted_name")
}

/// At least half of the words of the old member stand in the new one.
fn resembles(old: &str, new: &str) -> bool {
    let words = |text: &str| -> HashSet<String> {
        text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .filter(|word| !word.is_empty())
            .map(str::to_string)
            .collect()
    };
    let (old, new) = (words(old), words(new));
    !old.is_empty() && old.intersection(&new).count() * 2 >= old.len()
}
