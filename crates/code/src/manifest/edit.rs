use std::ops::Range;

use super::json::{Entry, Node, Value};
use super::package::Section;
use crate::change::{ChangeGroup, TextEdit};

/// A wish for the manifest's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// Take away the declaration with this span.
    Remove { span: Range<usize>, title: String },
    /// Move the declaration with this span to another section, which exists.
    Move { span: Range<usize>, to: Section, title: String },
}

impl Wish {
    fn span(&self) -> &Range<usize> {
        match self {
            Self::Remove { span, .. } | Self::Move { span, .. } => span,
        }
    }

    fn title(&self) -> &str {
        match self {
            Self::Remove { title, .. } | Self::Move { title, .. } => title,
        }
    }
}

/// Edits for the wishes, in groups of which any subset leaves valid JSON. Entries whose commas depend on each other
/// (the last ones of a section) share a group. An emptied section goes as a whole, as `npm uninstall` leaves none.
pub(super) fn groups(text: &str, json: &Node, wishes: &[Wish]) -> Vec<ChangeGroup> {
    let wishes: Vec<Wish> = wishes.iter().filter(|wish| can_be_placed(json, wishes, wish)).cloned().collect();
    let wishes = wishes.as_slice();
    let mut parts: Vec<Part> = Vec::new();
    let mut emptied: Vec<(Range<usize>, Vec<String>)> = Vec::new();
    for section in json.entries() {
        let entries = section.value.entries();
        let titles_of = |entry: &Entry| {
            let titles = wishes.iter().filter(|wish| *wish.span() == entry.span).map(|wish| wish.title().to_string());
            titles.collect::<Vec<String>>()
        };
        let wished: Vec<Vec<String>> = entries.iter().map(titles_of).collect();
        if wished.iter().all(Vec::is_empty) {
            continue;
        }
        if wished.iter().all(|titles| !titles.is_empty()) {
            emptied.push((section.span.clone(), wished.concat()));
        } else {
            parts.extend(removals(entries, &wished));
        }
    }
    let titles_of = |entry: &Entry| {
        let found = emptied.iter().find(|(span, _)| *span == entry.span);
        found.map(|(_, titles)| titles.clone()).unwrap_or_default()
    };
    let wished: Vec<Vec<String>> = json.entries().iter().map(titles_of).collect();
    parts.extend(removals(json.entries(), &wished));
    parts.extend(insertions(text, json, wishes));
    merge(parts)
}

/// A move needs an entry in its new section that stays there.
fn can_be_placed(json: &Node, wishes: &[Wish], wish: &Wish) -> bool {
    let Wish::Move { to, .. } = wish else { return true };
    let entries = json.get(to.key()).map(Node::entries).unwrap_or_default();
    entries.iter().any(|entry| !wishes.iter().any(|wish| *wish.span() == entry.span))
}

/// Edits that must go together, and what they do.
struct Part {
    edits: Vec<TextEdit>,
    titles: Vec<String>,
}

/// Removes the entries that have titles. An entry before a kept one goes with the space up to its successor; the
/// entries behind the last kept one go together with the comma in front of them.
fn removals(entries: &[Entry], wished: &[Vec<String>]) -> Vec<Part> {
    let kept = wished.iter().rposition(Vec::is_empty);
    let tail = kept.map_or(0, |at| at + 1);
    let mut parts = Vec::new();
    for (index, titles) in wished.iter().enumerate().take(tail).filter(|(_, titles)| !titles.is_empty()) {
        if let (Some(entry), Some(next)) = (entries.get(index), entries.get(index + 1)) {
            parts.push(Part { edits: vec![edit(entry.span.start, next.span.start, "")], titles: titles.clone() });
        }
    }
    if let (Some(kept), Some(last)) = (kept.and_then(|at| entries.get(at)), entries.last())
        && tail < entries.len()
    {
        let titles = wished.get(tail..).unwrap_or_default().concat();
        parts.push(Part { edits: vec![edit(kept.span.end, last.span.end, "")], titles });
    }
    parts
}

/// For each move the entry's text, behind the last smaller name of its new section.
fn insertions(text: &str, json: &Node, wishes: &[Wish]) -> Vec<Part> {
    let mut parts = Vec::new();
    for wish in wishes {
        let Wish::Move { span, to, title } = wish else { continue };
        let Some(Value::Object(entries)) = json.get(to.key()).map(|node| &node.value) else { continue };
        let stays = |entry: &&Entry| !wishes.iter().any(|wish| *wish.span() == entry.span);
        let own = text.get(span.clone()).unwrap_or_default();
        let before = entries.iter().filter(stays).take_while(|entry| text.get(entry.span.clone()) < Some(own)).last();
        let at = match (before, entries.iter().find(stays)) {
            (Some(entry), _) => edit(entry.span.end, entry.span.end, &format!(",{}{own}", gap(text, entry.span.start))),
            (None, Some(entry)) => {
                edit(entry.span.start, entry.span.start, &format!("{own},{}", gap(text, entry.span.start)))
            }
            (None, None) => continue,
        };
        parts.push(Part { edits: vec![at], titles: vec![title.clone()] });
    }
    parts
}

/// The line break and the indentation in front of an entry; a space where the object stands on one line.
fn gap(text: &str, start: usize) -> &str {
    let before = text.get(..start).unwrap_or_default();
    let gap = before.get(before.trim_end().len()..).unwrap_or_default();
    if gap.is_empty() { " " } else { gap }
}

fn edit(start: usize, end: usize, text: &str) -> TextEdit {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    TextEdit { start: offset(start), end: offset(end), text: text.to_string() }
}

/// Joins parts that share a title (the two halves of a move) or touch each other's bytes, then edits that touch.
fn merge(parts: Vec<Part>) -> Vec<ChangeGroup> {
    let mut merged: Vec<Part> = Vec::new();
    for mut part in parts {
        let is_tied = |other: &mut Part| {
            other.titles.iter().any(|title| part.titles.contains(title))
                || other.edits.iter().any(|a| part.edits.iter().any(|b| depends(a, b)))
        };
        let tied: Vec<Part> = merged.extract_if(.., is_tied).collect();
        for other in tied.into_iter().rev() {
            part.edits.splice(0..0, other.edits);
            part.titles.splice(0..0, other.titles);
        }
        merged.push(part);
    }
    let mut groups: Vec<ChangeGroup> = merged.into_iter().map(group).collect();
    groups.sort_by_key(|group| group.edits.first().map(|edit| edit.start));
    groups
}

/// Two removals side by side are independent; an insertion is not independent of what it touches.
fn depends(a: &TextEdit, b: &TextEdit) -> bool {
    let is_apart = a.end < b.start || b.end < a.start;
    let touches = a.end == b.start || b.end == a.start;
    !(is_apart || touches && a.text.is_empty() && b.text.is_empty())
}

fn group(mut part: Part) -> ChangeGroup {
    part.edits.sort_by_key(|edit| (edit.start, edit.end));
    let mut edits: Vec<TextEdit> = Vec::new();
    for edit in part.edits {
        match edits.last_mut() {
            Some(last) if edit.start <= last.end => {
                last.end = last.end.max(edit.end);
                last.text.push_str(&edit.text);
            }
            _ => edits.push(edit),
        }
    }
    let mut titles: Vec<String> = Vec::new();
    part.titles.into_iter().for_each(|title| {
        if !titles.contains(&title) {
            titles.push(title);
        }
    });
    ChangeGroup { title: titles.join("; "), edits }
}
