//! Cuts a container into members that tile it: each takes the comments and blank lines above it and the separator and
//! comment behind it along.

use std::collections::HashMap;

use tree_sitter::Node;

use crate::grammar::{Container, Item, Source, Style, extent};
use crate::language::Language;

/// A container cut into pieces; head, members and tail together are its text.
#[derive(Clone)]
pub(crate) struct Layout<'t, 's> {
    pub(crate) head: String,
    pub(crate) members: Vec<Member<'t, 's>>,
    pub(crate) tail: &'s str,
    pub(crate) style: Style,
    pub(crate) least: usize,
    /// Column of the members in a language where it has a meaning.
    column: Option<usize>,
    /// The first member stands behind something else on its line, and has to stay the first.
    pub(crate) pinned: bool,
}

impl Layout<'_, '_> {
    /// All members stand on one line.
    pub(crate) fn is_flat(&self) -> bool {
        self.members.iter().all(|member| !member.lead.contains('\n') && !member.trail.contains('\n'))
    }
}

/// A member with what belongs to it, in the order of the text.
#[derive(Clone)]
pub(crate) struct Member<'t, 's> {
    pub(crate) key: String,
    pub(crate) free: bool,
    /// Blank lines, comments and indentation above it.
    pub(crate) lead: &'s str,
    pub(crate) body: &'s str,
    /// The separator with the blanks before it; empty when there is none.
    pub(crate) separator: &'s str,
    /// The rest of its last line.
    pub(crate) trail: &'s str,
    /// Its node, when it is a single one.
    pub(crate) node: Option<Node<'t>>,
}

impl Member<'_, '_> {
    pub(crate) fn text(&self) -> String {
        [self.lead, self.body, self.separator, self.trail].concat()
    }

    /// Everything about it that is not blank space around it.
    pub(crate) fn content(&self) -> (String, &str, &str) {
        (without_blank_lines(self.lead), self.body, self.trail.trim())
    }
}

/// A text without its blank lines and the indentation of its last line.
pub(crate) fn without_blank_lines(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Cuts a container. `None` when something stands between its members that is neither blank, comment nor separator.
pub(crate) fn layout<'t, 's>(source: Source<'s>, container: &Container<'t>) -> Option<Layout<'t, 's>> {
    let (open, close) = container.inner;
    let mut at = container.inner.0;
    if container.style != Style::Pipes
        && open > container.outer.0
        && source.text.get(..open)?.ends_with(['{', '[', '('])
    {
        at = line_end(source, at, close).unwrap_or(at);
    }
    let head = source.slice(container.outer.0, at).to_string();
    let mut members = Vec::with_capacity(container.items.len());
    for item in &container.items {
        let member = member(source, container, item, at)?;
        at += member.lead.len() + member.body.len() + member.separator.len() + member.trail.len();
        members.push(member);
    }
    let tail = source.slice(at, container.outer.1);
    if !is_trivia(source, source.slice(at, close)) {
        return None;
    }
    let (column, pinned) = if container.indented { column_of(source, container)? } else { (None, false) };
    Some(Layout { head, members, tail, style: container.style, least: container.least, column, pinned })
}

fn member<'t, 's>(source: Source<'s>, container: &Container<'t>, item: &Item<'t>, at: usize) -> Option<Member<'t, 's>> {
    let start = item.first.start_byte();
    let end = extent(source, item.last).1;
    if at > start || end < start {
        return None;
    }
    let lead = source.slice(at, start);
    let known = if container.style == Style::Pipes { lead.trim_start().trim_start_matches('|') } else { lead };
    if !is_trivia(source, known) {
        return None;
    }
    let body = source.slice(start, end);
    // Line breaks at the end of such a scalar are part of its value.
    if source.language == Language::Yaml && keeps_line_breaks(body) {
        return None;
    }
    let close = container.inner.1;
    let after = if body.ends_with('\n') { end } else { separator_end(source, container.style, end, close) };
    let whole_line = container.style == Style::Pipes || body.ends_with('\n');
    let trail = if whole_line { after } else { line_end(source, after, close).unwrap_or(after) };
    let node = (item.first.id() == item.last.id()).then_some(item.first);
    Some(Member {
        key: item.key.clone(),
        free: item.free,
        lead,
        body,
        separator: source.slice(end, after),
        trail: source.slice(after, trail),
        node,
    })
}

fn separator_end(source: Source<'_>, style: Style, end: usize, close: usize) -> usize {
    let rest = source.slice(end, close);
    let blank = rest.len() - rest.trim_start().len();
    let next = rest.trim_start().chars().next();
    match (style, next) {
        (Style::Commas, Some(',')) => end + blank + 1,
        (Style::Lines, Some(';' | ',')) if !rest.get(..blank).unwrap_or_default().contains('\n') => end + blank + 1,
        _ => end,
    }
}

/// The end of the line at `at`, its line break included, when only blanks and one comment are left on it.
fn line_end(source: Source<'_>, at: usize, close: usize) -> Option<usize> {
    let rest = source.slice(at, close);
    let length = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
    let line = rest.get(..length)?;
    if !line.ends_with('\n') && close != source.text.len() {
        return None;
    }
    let text = line.trim();
    let block = source.language.has_block_comments()
        && text.starts_with("/*")
        && text.ends_with("*/")
        && text.find("*/") == Some(text.len() - 2);
    (text.is_empty() || text.starts_with(source.language.line_comment()) || block).then_some(at + length)
}

/// Only blanks and comments.
pub(crate) fn is_trivia(source: Source<'_>, text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while !rest.is_empty() {
        let comment = if rest.starts_with(source.language.line_comment()) {
            rest.find('\n').unwrap_or(rest.len())
        } else if source.language.has_block_comments() && rest.starts_with("/*") {
            match rest.find("*/") {
                Some(end) => end + 2,
                None => return false,
            }
        } else {
            return false;
        };
        rest = rest.get(comment..).unwrap_or_default().trim_start();
    }
    true
}

fn keeps_line_breaks(body: &str) -> bool {
    body.lines().any(|line| {
        let line = line.split(" #").next().unwrap_or(line).trim_end();
        ["|+", ">+"].iter().any(|mark| line.contains(mark))
            && line.ends_with(|last: char| last == '+' || last.is_ascii_digit())
    })
}

/// The column that all members share, and whether the first of them stands behind something else on its line, as in
/// YAML's `- key: value`; `None` when they share none.
fn column_of(source: Source<'_>, container: &Container<'_>) -> Option<(Option<usize>, bool)> {
    let mut shared = None;
    let mut pinned = false;
    for (index, item) in container.items.iter().enumerate() {
        let start = item.first.start_byte();
        let line = source.slice(0, start).rfind('\n').map_or(0, |newline| newline + 1);
        let before = source.slice(line, start).trim_start_matches('\u{feff}');
        if !before.trim().is_empty() {
            if index > 0 || source.language != Language::Yaml || before.contains('\t') {
                return None;
            }
            pinned = true;
        }
        let column = before.chars().count();
        if shared.is_some_and(|known| known != column) {
            return None;
        }
        shared = Some(column);
    }
    Some((shared, pinned))
}

/// Makes three layouts comparable: the same column, comments above the first member that are not its own moved to the
/// head, keys made unique. `None` when they cannot be compared.
pub(crate) fn align<'t, 's>(layouts: [&mut Layout<'t, 's>; 3], root: bool) -> Option<()> {
    let [base, ours, theirs] = layouts;
    let columns: Vec<usize> = [&*base, &*ours, &*theirs]
        .iter()
        .filter(|layout| !layout.members.is_empty())
        .filter_map(|layout| layout.column)
        .collect();
    if columns.windows(2).any(|pair| pair[0] != pair[1]) {
        return None;
    }
    if [&*base, &*ours, &*theirs].iter().any(|layout| layout.pinned) {
        let firsts =
            [&*base, &*ours, &*theirs].map(|layout| (layout.pinned, layout.members.first().map(|first| &first.key)));
        if firsts[0] != firsts[1] || firsts[0] != firsts[2] {
            return None;
        }
    }
    if root {
        for layout in [&mut *base, &mut *ours, &mut *theirs] {
            detach_header(layout);
        }
    }
    share_form(base, ours, theirs)?;
    share_first_comments(base, ours, theirs);
    make_keys_unique(base, ours, theirs)
}

/// A list on one line and the same list over several lines: what only one side added takes the form that the other
/// side gave to the list.
fn share_form<'t, 's>(base: &Layout<'t, 's>, ours: &mut Layout<'t, 's>, theirs: &mut Layout<'t, 's>) -> Option<()> {
    if base.style != Style::Commas || ours.is_flat() == theirs.is_flat() {
        return Some(());
    }
    let (model, other) = if theirs.is_flat() == base.is_flat() { (ours, theirs) } else { (theirs, ours) };
    if base.members.is_empty() {
        return None;
    }
    let pattern = model.members.get(1)?.clone();
    for member in other.members.iter_mut().filter(|member| base.members.iter().all(|each| each.key != member.key)) {
        if !member.lead.trim().is_empty() || !member.trail.trim().is_empty() || !pattern.lead.trim().is_empty() {
            return None;
        }
        member.lead = pattern.lead;
        member.trail = if pattern.trail.ends_with('\n') { "\n" } else { "" };
    }
    Some(())
}

/// What stands above the first member and is parted from it by a blank line belongs to the file.
fn detach_header(layout: &mut Layout<'_, '_>) {
    let Some(first) = layout.members.first_mut() else { return };
    let mut cut = 0;
    let mut at = 0;
    for line in first.lead.split_inclusive('\n') {
        at += line.len();
        if line.trim().is_empty() && line.ends_with('\n') {
            cut = at;
        }
    }
    move_to_head(layout, cut);
}

fn move_to_head(layout: &mut Layout<'_, '_>, cut: usize) {
    let Some(first) = layout.members.first_mut() else { return };
    let (moved, kept) = first.lead.split_at(cut);
    first.lead = kept;
    layout.head.push_str(moved);
}

/// Comments above the first member of all three versions belong to the place, not to whatever member comes first.
fn share_first_comments<'t, 's>(base: &mut Layout<'t, 's>, ours: &mut Layout<'t, 's>, theirs: &mut Layout<'t, 's>) {
    let (Some(b), Some(o), Some(t)) = (base.members.first(), ours.members.first(), theirs.members.first()) else {
        return;
    };
    if b.key == o.key && b.key == t.key {
        return;
    }
    let mut cut = 0;
    let mut at = 0;
    let mut inside = false;
    for line in b.lead.split_inclusive('\n') {
        at += line.len();
        let shared = |lead: &str| lead.get(..at) == b.lead.get(..at);
        if !line.ends_with('\n') || !shared(o.lead) || !shared(t.lead) {
            break;
        }
        inside = (inside || line.contains("/*")) && !line.contains("*/");
        if !inside {
            cut = at;
        }
    }
    for layout in [base, ours, theirs] {
        move_to_head(layout, cut);
    }
}

/// A key that is there twice cannot tell which is which. When one side at most touched the members of that key they are
/// told apart by their text; otherwise the containers cannot be compared.
fn make_keys_unique<'t, 's>(
    base: &mut Layout<'t, 's>,
    ours: &mut Layout<'t, 's>,
    theirs: &mut Layout<'t, 's>,
) -> Option<()> {
    let groups = [group(base), group(ours), group(theirs)];
    let repeated: Vec<String> = groups
        .iter()
        .flat_map(|group| group.iter().filter(|(_, texts)| texts.len() > 1).map(|(key, _)| key.clone()))
        .collect();
    for key in &repeated {
        let texts = |index: usize| groups[index].get(key).map(Vec::as_slice).unwrap_or_default();
        let (b, o, t) = (texts(0), texts(1), texts(2));
        if b != o && b != t && o != t {
            return None;
        }
    }
    for layout in [base, ours, theirs] {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for member in layout.members.iter_mut().filter(|member| repeated.contains(&member.key)) {
            let key = format!("{}\n{}", member.key, member.body);
            let count = seen.entry(key.clone()).or_default();
            *count += 1;
            member.key = format!("{key}\n{count}");
            member.free = false;
        }
    }
    Some(())
}

fn group(layout: &Layout<'_, '_>) -> HashMap<String, Vec<String>> {
    let mut groups: HashMap<String, Vec<String>> = HashMap::new();
    for member in &layout.members {
        groups.entry(member.key.clone()).or_default().push(member.body.to_string());
    }
    groups
}
