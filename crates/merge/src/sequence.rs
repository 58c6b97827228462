//! Members whose order has a meaning: statements of a body, elements of a list.

use std::ops::Range;

use crate::grammar::Style;
use crate::layout::{Layout, Member};
use crate::node_merge::{Merger, Three, frame, surroundings};
use crate::rendering::{Piece, render};
use crate::sides::Sides;
use crate::text::{Change, regions};

/// Compares the members of three sequences by their text. Both sides may change the same stretch only where one member
/// stands against one member, which are then merged inside.
pub(crate) fn merge_sequence<'s>(merger: Merger<'s>, layouts: &Three<Layout<'_, 's>>) -> Option<Sides> {
    if layouts.base.style == Style::Commas && layouts.ours.is_flat() != layouts.theirs.is_flat() {
        return None;
    }
    if layouts.base.pinned || layouts.ours.pinned || layouts.theirs.pinned {
        return None;
    }
    let contents = [&layouts.base, &layouts.ours, &layouts.theirs]
        .map(|layout| -> Vec<String> { layout.members.iter().map(whole_content).collect() });
    let [base, ours, theirs] = contents.each_ref().map(|texts| texts.iter().map(String::as_str).collect::<Vec<_>>());
    let mut pieces = Vec::new();
    for region in regions(&base, &ours, &theirs) {
        let members = Three {
            base: members(&layouts.base, region.base.clone()),
            ours: members(&layouts.ours, region.ours.clone()),
            theirs: members(&layouts.theirs, region.theirs.clone()),
        };
        let both_alike = ours.get(region.ours) == theirs.get(region.theirs);
        match region.change {
            Change::Nobody => pieces.extend(aligned(merger, members)),
            Change::Ours => pieces.extend(members.ours.iter().map(Piece::of)),
            Change::Theirs => pieces.extend(members.theirs.iter().map(Piece::of)),
            Change::Both if both_alike => pieces.extend(members.ours.iter().map(Piece::of)),
            Change::Both if aligned_changes(&layouts.base, members) => pieces.extend(aligned(merger, members)),
            Change::Both => return None,
        }
    }
    let (head, tail) = frame(layouts);
    render(layouts, head, pieces, tail)
}

/// A member with its comments, as one text.
fn whole_content(member: &Member<'_, '_>) -> String {
    let (lead, body, trail) = member.content();
    [lead.as_str(), body, trail].join("\n")
}

fn members<'l, 't, 's>(layout: &'l Layout<'t, 's>, range: Range<usize>) -> &'l [Member<'t, 's>] {
    layout.members.get(range).unwrap_or_default()
}

/// One member of the same kind on each side; or, in a list, as many on each side, each changed by one side at most.
fn aligned_changes(layout: &Layout<'_, '_>, members: Three<&[Member<'_, '_>]>) -> bool {
    let count = members.base.len();
    if count == 0 || members.ours.len() != count || members.theirs.len() != count {
        return false;
    }
    if count == 1 {
        let kind = members.map(|each| each[0].node.map(|node| node.kind_id()));
        return kind.base.is_some() && kind.base == kind.ours && kind.base == kind.theirs;
    }
    layout.style == Style::Commas
        && (0..count).all(|index| {
            let content = members.base[index].content();
            members.ours[index].content() == content || members.theirs[index].content() == content
        })
}

fn aligned<'s>(merger: Merger<'s>, members: Three<&[Member<'_, 's>]>) -> Vec<Piece> {
    let three = members.base.iter().zip(members.ours).zip(members.theirs);
    three
        .map(|((base, ours), theirs)| {
            let each = Three { base, ours, theirs };
            Piece {
                lead: surroundings(each.map(|member| member.lead)),
                body: merger.member_body(each),
                separator: separator(each),
                trail: surroundings(each.map(|member| member.trail)),
            }
        })
        .collect()
}

/// The separator of a member that is there in several versions: as a side wrote it.
pub(crate) fn separator(members: Three<&Member<'_, '_>>) -> String {
    let written = [members.ours, members.theirs, members.base].map(|member| member.separator);
    written.into_iter().find(|separator| !separator.is_empty()).unwrap_or_default().to_string()
}
