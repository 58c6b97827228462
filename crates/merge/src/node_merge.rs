//! The recursion over three versions of one node.

use tree_sitter::Node;

use crate::grammar::{Order, Source, container, extent, solid_children};
use crate::keyed::merge_keyed;
use crate::layout::{Layout, Member, align, layout, without_blank_lines};
use crate::sequence::merge_sequence;
use crate::sides::Sides;
use crate::text::merge_text;

/// Nesting beyond this is left to the textual merge.
const DEEPEST: usize = 120;

/// The base, our version and their version of something.
#[derive(Clone, Copy)]
pub(crate) struct Three<T> {
    pub(crate) base: T,
    pub(crate) ours: T,
    pub(crate) theirs: T,
}

impl<T: Copy> Three<T> {
    pub(crate) fn map<U>(self, each: impl Fn(T) -> U) -> Three<U> {
        Three { base: each(self.base), ours: each(self.ours), theirs: each(self.theirs) }
    }
}

impl<T> Three<T> {
    pub(crate) fn as_ref(&self) -> Three<&T> {
        Three { base: &self.base, ours: &self.ours, theirs: &self.theirs }
    }
}

/// What the recursion needs everywhere.
#[derive(Clone, Copy)]
pub(crate) struct Merger<'s> {
    pub(crate) sources: Three<Source<'s>>,
    pub(crate) depth: usize,
}

impl<'s> Merger<'s> {
    /// Merges a node that both sides changed: as text first, then member by member, then part by part.
    pub(crate) fn node<'t>(self, nodes: Three<Node<'t>>) -> Sides {
        let texts = self.extents(nodes);
        if let Some(merged) = decided(texts).or_else(|| merge_text(texts.base, texts.ours, texts.theirs)) {
            return Sides::agreed(&merged);
        }
        self.by_syntax(nodes).unwrap_or_else(|| Sides::undecided(texts.base, texts.ours, texts.theirs))
    }

    /// The whole file, of which the textual merge is known to conflict.
    pub(crate) fn root<'t>(self, nodes: Three<Node<'t>>) -> Option<Sides> {
        self.by_syntax(nodes)
    }

    fn by_syntax<'t>(self, nodes: Three<Node<'t>>) -> Option<Sides> {
        let kind = nodes.base.kind();
        if self.depth > DEEPEST || nodes.ours.kind() != kind || nodes.theirs.kind() != kind {
            return None;
        }
        let inner = Merger { depth: self.depth + 1, ..self };
        inner.members(nodes).or_else(|| inner.parts(nodes))
    }

    fn extents<'t>(self, nodes: Three<Node<'t>>) -> Three<&'s str> {
        let text = |source: Source<'s>, node| {
            let (from, to) = extent(source, node);
            source.slice(from, to)
        };
        Three {
            base: text(self.sources.base, nodes.base),
            ours: text(self.sources.ours, nodes.ours),
            theirs: text(self.sources.theirs, nodes.theirs),
        }
    }

    fn members<'t>(self, nodes: Three<Node<'t>>) -> Option<Sides> {
        let base = container(self.sources.base, nodes.base)?;
        let ours = container(self.sources.ours, nodes.ours)?;
        let theirs = container(self.sources.theirs, nodes.theirs)?;
        let mut layouts = Three {
            base: layout(self.sources.base, &base)?,
            ours: layout(self.sources.ours, &ours)?,
            theirs: layout(self.sources.theirs, &theirs)?,
        };
        match base.order {
            Order::Keyed => {
                let root = nodes.base.parent().is_none();
                align([&mut layouts.base, &mut layouts.ours, &mut layouts.theirs], root)?;
                merge_keyed(self, &layouts)
            }
            Order::Sequence => merge_sequence(self, &layouts),
        }
    }

    /// Nodes with the same parts: those that both sides changed are merged one by one, if all else that changed was
    /// changed by one side.
    fn parts<'t>(self, nodes: Three<Node<'t>>) -> Option<Sides> {
        let parts = nodes.map(solid_children);
        let count = parts.base.len();
        if count == 0 || parts.ours.len() != count || parts.theirs.len() != count {
            return None;
        }
        let mut merged = Sides::default();
        let mut shell = (false, false);
        let mut at = Three {
            base: extent(self.sources.base, nodes.base).0,
            ours: extent(self.sources.ours, nodes.ours).0,
            theirs: extent(self.sources.theirs, nodes.theirs).0,
        };
        for index in 0..count {
            let part = Three { base: parts.base[index], ours: parts.ours[index], theirs: parts.theirs[index] };
            let range = Three {
                base: extent(self.sources.base, part.base),
                ours: extent(self.sources.ours, part.ours),
                theirs: extent(self.sources.theirs, part.theirs),
            };
            let gap = self.slices(at, range.map(|(from, _)| from));
            merged.push(one_sided(gap, &mut shell)?);
            let texts = self.slices(range.map(|(from, _)| from), range.map(|(_, to)| to));
            if decided(texts).is_some() {
                merged.push(one_sided(texts, &mut shell)?);
            } else {
                merged.append(&self.node(part));
            }
            at = range.map(|(_, to)| to);
        }
        let end = Three {
            base: extent(self.sources.base, nodes.base).1,
            ours: extent(self.sources.ours, nodes.ours).1,
            theirs: extent(self.sources.theirs, nodes.theirs).1,
        };
        let rest =
            Three { base: at.base.max(end.base), ours: at.ours.max(end.ours), theirs: at.theirs.max(end.theirs) };
        merged.push(one_sided(self.slices(at, rest), &mut shell)?);
        (!(shell.0 && shell.1)).then_some(merged)
    }

    fn slices(self, from: Three<usize>, to: Three<usize>) -> Three<&'s str> {
        Three {
            base: self.sources.base.slice(from.base, to.base),
            ours: self.sources.ours.slice(from.ours, to.ours),
            theirs: self.sources.theirs.slice(from.theirs, to.theirs),
        }
    }

    /// Merges a member that is there in all three versions.
    pub(crate) fn member_body(self, members: Three<&Member<'_, 's>>) -> Sides {
        let texts = members.map(|member| member.body);
        if let Some(text) = decided(texts) {
            return Sides::agreed(&text);
        }
        if let (Some(base), Some(ours), Some(theirs)) = (members.base.node, members.ours.node, members.theirs.node) {
            return self.node(Three { base, ours, theirs });
        }
        match merge_text(texts.base, texts.ours, texts.theirs) {
            Some(text) => Sides::agreed(&text),
            None => Sides::undecided(texts.base, texts.ours, texts.theirs),
        }
    }
}

/// The text where at most one side changed it, or both in the same way.
pub(crate) fn decided(texts: Three<&str>) -> Option<String> {
    if texts.ours == texts.theirs || texts.theirs == texts.base {
        Some(texts.ours.to_string())
    } else if texts.ours == texts.base {
        Some(texts.theirs.to_string())
    } else {
        None
    }
}

/// Text that one side may have changed; notes which.
fn one_sided<'s>(texts: Three<&'s str>, changed: &mut (bool, bool)) -> Option<&'s str> {
    if texts.ours == texts.theirs {
        Some(texts.ours)
    } else if texts.theirs == texts.base {
        changed.0 = true;
        Some(texts.ours)
    } else if texts.ours == texts.base {
        changed.1 = true;
        Some(texts.theirs)
    } else {
        None
    }
}

/// Merges what surrounds members: comments line by line, blank lines without a quarrel.
pub(crate) fn surroundings(texts: Three<&str>) -> Sides {
    if let Some(text) = decided(texts) {
        return Sides::agreed(&text);
    }
    let solid = texts.map(without_blank_lines);
    if solid.ours == solid.theirs || solid.theirs == solid.base {
        return Sides::agreed(texts.ours);
    }
    if solid.ours == solid.base {
        return Sides::agreed(texts.theirs);
    }
    match merge_text(texts.base, texts.ours, texts.theirs) {
        Some(text) => Sides::agreed(&text),
        None => Sides::undecided(texts.base, texts.ours, texts.theirs),
    }
}

/// Pieces of the layout that are no members.
pub(crate) fn frame<'s>(layouts: &Three<Layout<'_, 's>>) -> (Sides, Sides) {
    let head = surroundings(Three {
        base: layouts.base.head.as_str(),
        ours: layouts.ours.head.as_str(),
        theirs: layouts.theirs.head.as_str(),
    });
    let tail = surroundings(Three { base: layouts.base.tail, ours: layouts.ours.tail, theirs: layouts.theirs.tail });
    (head, tail)
}
