//! Puts merged members together again, with the separators that their container asks for.

use crate::grammar::Style;
use crate::layout::{Layout, Member};
use crate::node_merge::Three;
use crate::sides::Sides;

/// A member of the result, or a place that is undecided.
pub(crate) struct Piece {
    pub(crate) lead: Sides,
    pub(crate) body: Sides,
    /// As somebody wrote it; empty when nobody did.
    pub(crate) separator: String,
    pub(crate) trail: Sides,
}

impl Piece {
    /// A member as one side has it.
    pub(crate) fn of(member: &Member<'_, '_>) -> Piece {
        Piece {
            lead: Sides::agreed(member.lead),
            body: Sides::agreed(member.body),
            separator: member.separator.to_string(),
            trail: Sides::agreed(member.trail),
        }
    }

    /// A whole place that the sides have differently.
    pub(crate) fn undecided(base: &str, ours: &str, theirs: &str) -> Piece {
        Piece {
            lead: Sides::default(),
            body: Sides::undecided(base, ours, theirs),
            separator: String::new(),
            trail: Sides::default(),
        }
    }
}

/// The text of a container. `None` when its members would run into each other.
pub(crate) fn render(
    layouts: &Three<Layout<'_, '_>>,
    head: Sides,
    mut pieces: Vec<Piece>,
    tail: Sides,
) -> Option<Sides> {
    if pieces.len() < layouts.base.least {
        return None;
    }
    match layouts.base.style {
        Style::Commas => separate(layouts, &mut pieces)?,
        Style::Pipes => lead_with_pipes(layouts, &mut pieces),
        Style::Lines => break_lines(&head, &mut pieces)?,
    }
    let mut whole = head;
    for piece in &pieces {
        whole.append(&piece.lead);
        whole.append(&piece.body);
        whole.push(&piece.separator);
        whole.append(&piece.trail);
    }
    whole.append(&tail);
    Some(whole)
}

/// A comma after each member but the last, which has one if the side that changed this wants it.
fn separate(layouts: &Three<Layout<'_, '_>>, pieces: &mut [Piece]) -> Option<()> {
    let trailing = |layout: &Layout<'_, '_>| layout.members.last().is_some_and(|last| !last.separator.is_empty());
    let (base, ours, theirs) = (trailing(&layouts.base), trailing(&layouts.ours), trailing(&layouts.theirs));
    let wanted = if ours == base { theirs } else { ours };
    let count = pieces.len();
    let broken = pieces.iter().skip(1).filter(|piece| piece.lead.ours.contains('\n') || starts_line(piece)).count();
    for index in 0..count {
        // A comment that runs to the end of the line would swallow what follows.
        let ends_line = index + 1 == count || !pieces[index].trail.ours.is_empty();
        if index > 0 {
            adapt_lead(pieces, index, broken + 2 > count);
        }
        let piece = &mut pieces[index];
        if index + 1 < count || wanted {
            if piece.separator.is_empty() {
                piece.separator = ",".to_string();
            }
        } else {
            piece.separator.clear();
        }
        if piece.trail.ours.contains("//") && !piece.trail.ours.ends_with('\n') && !ends_line {
            return None;
        }
    }
    Some(())
}

fn starts_line(piece: &Piece) -> bool {
    piece.trail.ours.ends_with('\n')
}

/// A member from a list that is written on one line takes the line break and indentation of its new neighbours.
fn adapt_lead(pieces: &mut [Piece], index: usize, several_lines: bool) {
    let neighbour = pieces[index - 1].lead.ours.clone();
    let before = &pieces[index - 1];
    let flat = pieces[index].lead.ours.trim().is_empty() && !pieces[index].lead.ours.contains('\n');
    if several_lines && flat && !starts_line(before) && neighbour.trim().is_empty() && neighbour.contains('\n') {
        pieces[index].lead = Sides::agreed(&neighbour);
    }
}

/// A `|` before each member but the first, which has one where it has one in every version that has it first.
fn lead_with_pipes(layouts: &Three<Layout<'_, '_>>, pieces: &mut [Piece]) {
    let leading = |layout: &Layout<'_, '_>| layout.members.first().is_some_and(|first| first.lead.contains('|'));
    let (base, ours, theirs) = (leading(&layouts.base), leading(&layouts.ours), leading(&layouts.theirs));
    let wanted = if ours == base { theirs } else { ours };
    let usual = [&layouts.base, &layouts.ours, &layouts.theirs]
        .iter()
        .find_map(|layout| layout.members.get(1).map(|second| second.lead.to_string()))
        .unwrap_or_else(|| " | ".to_string());
    for (index, piece) in pieces.iter_mut().enumerate() {
        let has = piece.lead.ours.contains('|');
        if index == 0 && has && !wanted {
            piece.lead = Sides::default();
        } else if index > 0 && !has {
            piece.lead = Sides::agreed(&usual);
        }
    }
}

/// Each member on lines of its own, unless its neighbours are the ones that it had on its line before.
fn break_lines(head: &Sides, pieces: &mut [Piece]) -> Option<()> {
    let mut fresh = head.ours.is_empty() || head.ours.ends_with('\n');
    let mut separated = true;
    for piece in pieces.iter_mut() {
        let breaks = piece.lead.ours.starts_with('\n') || piece.lead.ours.starts_with("\r\n");
        if !fresh && !breaks && !separated {
            return None;
        }
        fresh = piece.trail.ours.ends_with('\n') || piece.body.ours.ends_with('\n');
        separated = !piece.separator.is_empty();
    }
    Some(())
}
