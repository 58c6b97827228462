//! What the merge has to know of each language: which nodes hold members, how a member is recognised in another
//! version of the file, and whether its place among the others has a meaning.

mod data;
mod javascript;
mod python;

use tree_sitter::Node;

use crate::language::Language;

/// How members are told apart and ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Each member has a key of its own.
    Keyed,
    /// Members are known by their text, and their order has a meaning.
    Sequence,
}

/// How members are written beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// One below the other; a `;` or `,` may follow each.
    Lines,
    /// Between commas; the last may have one too.
    Commas,
    /// Between `|`; the first may have one too.
    Pipes,
}

/// A member as the grammar sees it: one node, or several that have to stay together.
pub(crate) struct Item<'t> {
    pub(crate) first: Node<'t>,
    pub(crate) last: Node<'t>,
    pub(crate) key: String,
    /// Its place among other free members has no meaning.
    pub(crate) free: bool,
}

/// A node whose children are members.
pub(crate) struct Container<'t> {
    pub(crate) style: Style,
    pub(crate) order: Order,
    /// Where it begins and ends, and where the space for members begins and ends.
    pub(crate) outer: (usize, usize),
    pub(crate) inner: (usize, usize),
    pub(crate) items: Vec<Item<'t>>,
    /// Its members begin where the language says by indentation: all in one column.
    pub(crate) indented: bool,
    /// It has to keep at least this many members.
    pub(crate) least: usize,
}

/// A text and the language it is in.
#[derive(Clone, Copy)]
pub(crate) struct Source<'s> {
    pub(crate) language: Language,
    pub(crate) text: &'s str,
}

impl<'s> Source<'s> {
    pub(crate) fn of(&self, node: Node<'_>) -> &'s str {
        self.text.get(node.start_byte()..node.end_byte()).unwrap_or_default()
    }

    /// The text of a field of a node; empty when there is none.
    pub(crate) fn field(&self, node: Node<'_>, name: &str) -> &'s str {
        node.child_by_field_name(name).map(|child| self.of(child)).unwrap_or_default()
    }

    pub(crate) fn slice(&self, from: usize, to: usize) -> &'s str {
        self.text.get(from..to).unwrap_or_default()
    }
}

/// The members of a node, if it holds any.
pub(crate) fn container<'t>(source: Source<'_>, node: Node<'t>) -> Option<Container<'t>> {
    match source.language {
        Language::Python => python::container(source, node),
        Language::Json | Language::Toml | Language::Yaml => data::container(source, node),
        _ => javascript::container(source, node),
    }
}

/// Where a node begins and ends as a part of its parent: a block that is laid out by indentation owns its whole lines.
pub(crate) fn extent(source: Source<'_>, node: Node<'_>) -> (usize, usize) {
    if node.parent().is_none() {
        return (0, source.text.len());
    }
    match container(source, node) {
        Some(container) => container.outer,
        None => (begin(source, node), reach(source, node)),
    }
}

/// The start of a node; what begins with a block laid out by indentation begins with that block's first line.
fn begin(source: Source<'_>, node: Node<'_>) -> usize {
    let mut first = node;
    while let Some(child) = solid_children(first).first().copied() {
        if let Some(container) = container(source, child) {
            if container.indented {
                return container.outer.0;
            }
            break;
        }
        first = child;
    }
    node.start_byte()
}

/// The end of a node; what ends with a block laid out by indentation ends with that block's last line.
fn reach(source: Source<'_>, node: Node<'_>) -> usize {
    let mut last = node;
    while let Some(child) = solid_children(last).last().copied() {
        if let Some(container) = container(source, child) {
            if container.indented {
                return container.outer.1;
            }
            break;
        }
        last = child;
    }
    solid_end(source, node)
}

pub(crate) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    (0..node.child_count()).filter_map(|index| node.child(index)).collect()
}

/// The children that carry meaning: no comments.
pub(crate) fn solid_children(node: Node<'_>) -> Vec<Node<'_>> {
    children(node).into_iter().filter(|child| !is_trivia(*child)).collect()
}

pub(crate) fn named_children(node: Node<'_>) -> Vec<Node<'_>> {
    children(node).into_iter().filter(|child| child.is_named() && !is_trivia(*child)).collect()
}

pub(crate) fn is_trivia(node: Node<'_>) -> bool {
    node.is_extra() && node.kind().contains("comment")
}

/// The end of a node without the comments and blanks that some grammars count to it.
pub(crate) fn solid_end(source: Source<'_>, node: Node<'_>) -> usize {
    let mut node = node;
    loop {
        let text = source.of(node);
        let end = node.start_byte() + text.trim_end().len();
        let parts = children(node);
        // Characters after the last child belong to the node itself (a closing quote that has no node).
        let last = parts.iter().rev().find(|child| child.end_byte() > child.start_byte());
        let Some(last) = last else { return end };
        if is_trivia(*last) || last.end_byte() >= end {
            let solid = parts.iter().rev().find(|child| !is_trivia(**child) && !source.of(**child).trim().is_empty());
            match solid {
                Some(child) => node = *child,
                None => return end,
            }
        } else {
            return end;
        }
    }
}

/// A container between two brackets, which are its first and last child.
pub(crate) fn bracketed<'t>(node: Node<'t>, style: Style, order: Order, items: Vec<Item<'t>>) -> Option<Container<'t>> {
    let parts = children(node);
    let (open, close) = (parts.first()?, parts.last()?);
    if open.is_named() || close.is_named() || open.id() == close.id() {
        return None;
    }
    Some(Container {
        style,
        order,
        outer: (node.start_byte(), node.end_byte()),
        inner: (open.end_byte(), close.start_byte()),
        items,
        indented: false,
        least: 0,
    })
}

/// A block without brackets: it begins with the line after whatever comes before it, and ends with its last line.
pub(crate) fn block<'t>(
    source: Source<'_>,
    node: Node<'t>,
    order: Order,
    items: Vec<Item<'t>>,
) -> Option<Container<'t>> {
    let start = items.first()?.first.start_byte();
    let before = end_before(source, node);
    let from = match source.slice(before, start).find('\n') {
        Some(newline) => before + newline + 1,
        None if before == 0 => 0,
        None => start,
    };
    let end = solid_end(source, items.last()?.last);
    let rest = source.text.get(end..).unwrap_or_default();
    let line = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
    let tail = rest.get(..line).unwrap_or_default().trim();
    let to = if tail.is_empty() || tail.starts_with(source.language.line_comment()) { end + line } else { end };
    Some(Container {
        style: Style::Lines,
        order,
        outer: (from, to),
        inner: (from, to),
        items,
        indented: true,
        least: 1,
    })
}

/// The end of the last thing before a node that is no comment; 0 when there is none.
fn end_before(source: Source<'_>, node: Node<'_>) -> usize {
    let mut node = node;
    loop {
        let mut sibling = node.prev_sibling();
        while let Some(previous) = sibling {
            if !is_trivia(previous) {
                return solid_end(source, previous);
            }
            sibling = previous.prev_sibling();
        }
        match node.parent() {
            Some(parent) => node = parent,
            None => return 0,
        }
    }
}

/// The whole file.
pub(crate) fn whole<'t>(source: Source<'_>, items: Vec<Item<'t>>, indented: bool) -> Container<'t> {
    let length = source.text.len();
    Container {
        style: Style::Lines,
        order: Order::Keyed,
        outer: (0, length),
        inner: (0, length),
        items,
        indented,
        least: 0,
    }
}

/// Members that are known by their text.
pub(crate) fn by_text<'t>(source: Source<'_>, nodes: Vec<Node<'t>>, free: bool) -> Vec<Item<'t>> {
    nodes
        .into_iter()
        .map(|node| Item { first: node, last: node, key: format!("text {}", source.of(node)), free })
        .collect()
}

/// Puts neighbours with one key into one member, where `together` says that they have to stay so.
pub(crate) fn join_neighbours<'t>(
    items: Vec<Item<'t>>,
    together: impl Fn(&Item<'t>, &Item<'t>) -> bool,
) -> Vec<Item<'t>> {
    let mut joined: Vec<Item<'t>> = Vec::with_capacity(items.len());
    for item in items {
        match joined.last_mut() {
            Some(last) if last.key == item.key && together(last, &item) => last.last = item.last,
            _ => joined.push(item),
        }
    }
    joined
}

/// A key as the language compares it: without its quotes.
pub(crate) fn unquoted(text: &str) -> &str {
    for quote in ['"', '\''] {
        let inner = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inner) = inner.filter(|inner| !inner.contains(['\\', quote])) {
            return inner;
        }
    }
    text
}
