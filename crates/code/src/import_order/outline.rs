/// A name that an import brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The name in this file. `None` when two imports cannot both claim it.
    pub(crate) local: Option<String>,
    /// What the local name holds.
    pub(crate) value: String,
    /// All of it: equal texts are the same import.
    pub(crate) text: String,
}

/// A module that a statement loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) name: String,
    /// Loading it may be noticed, so nothing moves across it.
    pub(crate) may_act: bool,
}

/// An import statement that a tool may move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) module: String,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) loads: Vec<Load>,
}

/// One thing at the top level of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Item {
    Import(Statement),
    /// Anything else: byte offsets.
    Code(usize, usize),
}

impl Item {
    fn start(&self) -> usize {
        match self {
            Self::Import(statement) => statement.start,
            Self::Code(start, _) => *start,
        }
    }

    fn end(&self) -> usize {
        match self {
            Self::Import(statement) => statement.end,
            Self::Code(_, end) => *end,
        }
    }

    fn anchor(&self) -> String {
        match self {
            Self::Import(statement) => statement.module.clone(),
            Self::Code(..) => "code".into(),
        }
    }
}

/// A file as its top level shows it.
#[derive(Clone, Debug)]
pub(crate) struct Outline<'t> {
    pub(crate) text: &'t str,
    /// Ascending.
    pub(crate) items: Vec<Item>,
    /// Byte offsets of all comments, ascending.
    pub(crate) comments: Vec<(usize, usize)>,
}

/// Imports that no code stands between, and the code after them.
#[derive(Debug, Default)]
pub(super) struct Part<'t> {
    /// Comments before everything else in the file. Only the first part has any.
    pub(super) header: Vec<&'t str>,
    pub(super) statements: Vec<Statement>,
    /// Comments with what they stand at, when they stand at something.
    pub(super) comments: Vec<(&'t str, Option<String>)>,
    pub(super) code: &'t str,
}

/// The parts of a file. `None` when there is something between the items that is neither space nor comment.
pub(super) fn parts<'t>(outline: &Outline<'t>) -> Option<Vec<Part<'t>>> {
    let items = joined(outline);
    let mut parts = vec![Part::default()];
    let mut end = 0;
    for (at, item) in items.iter().enumerate() {
        let part = parts.last_mut()?;
        gap(outline, &items, at, end, item.start(), part)?;
        match item {
            Item::Import(statement) => {
                inner_comments(outline, statement, part);
                part.statements.push(statement.clone());
            }
            Item::Code(start, end) => {
                part.code = outline.text.get(*start..*end)?;
                parts.push(Part::default());
            }
        }
        end = item.end();
    }
    gap(outline, &items, items.len(), end, outline.text.len(), parts.last_mut()?)?;
    Some(parts)
}

/// Neighbouring code becomes one item; at the ends of the file it reaches to the edge.
fn joined(outline: &Outline) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for item in &outline.items {
        match (items.last_mut(), item) {
            (Some(Item::Code(_, end)), Item::Code(_, new)) => *end = *new,
            _ => items.push(item.clone()),
        }
    }
    if let Some(Item::Code(start, _)) = items.first_mut() {
        *start = 0;
    }
    if let Some(Item::Code(_, end)) = items.last_mut() {
        *end = outline.text.len();
    }
    items
}

/// Takes the comments between two items.
fn gap<'t>(
    outline: &Outline<'t>,
    items: &[Item],
    at: usize,
    from: usize,
    to: usize,
    part: &mut Part<'t>,
) -> Option<()> {
    let text = outline.text;
    let inside: Vec<_> = outline.comments.iter().filter(|(start, end)| *start >= from && *end <= to).collect();
    let mut place = from;
    let mut anchors = Vec::new();
    for (start, end) in &inside {
        let space = text.get(place..*start)?;
        is_space(space).then_some(())?;
        let follows = place == from && at > 0 && !space.contains('\n');
        anchors.push(if follows { items.get(at - 1).map(Item::anchor) } else { None });
        place = *end;
    }
    is_space(text.get(place..to)?).then_some(())?;
    let mut next = items.get(at).map(Item::anchor);
    let mut edge = to;
    for ((start, end), anchor) in inside.iter().zip(&mut anchors).rev() {
        if has_blank_line(text.get(*end..edge)?) {
            next = None;
        }
        if anchor.is_none() {
            anchor.clone_from(&next);
        }
        edge = *start;
    }
    // Without an empty line above the first import, what stands there may be about the file or about the import.
    let is_one_block = anchors.iter().all(Option::is_some);
    for ((start, end), anchor) in inside.into_iter().zip(anchors) {
        let comment = text.get(*start..*end)?;
        let is_header = at == 0 && (is_one_block || anchor.is_none());
        if is_header {
            part.header.push(comment);
        }
        if !is_header || speaks_of_next_line(comment) {
            part.comments.push((comment, anchor));
        }
    }
    Some(())
}

fn is_space(text: &str) -> bool {
    text.chars().all(|one| one.is_whitespace() || matches!(one, ';' | '\u{feff}'))
}

fn has_blank_line(space: &str) -> bool {
    space.matches('\n').count() > 1
}

/// A remark at the top of a file is about the file, unless it is a directive for what follows.
fn speaks_of_next_line(comment: &str) -> bool {
    let marks =
        ["@ts-ignore", "expect-error", "-next-line", "-ignore ", "prettier-ignore", "ignore next", "noinspection"];
    marks.iter().any(|mark| comment.contains(mark))
}

/// Comments inside a statement stand at the name on their line, else at the next one.
fn inner_comments<'t>(outline: &Outline<'t>, statement: &Statement, part: &mut Part<'t>) {
    let text = outline.text;
    let inside = outline.comments.iter().filter(|(start, end)| *start >= statement.start && *end <= statement.end);
    for (start, end) in inside {
        let on_line = |binding: &&Binding| {
            binding.end <= *start && text.get(binding.end..*start).is_some_and(|space| !space.contains('\n'))
        };
        let before = statement.bindings.iter().rfind(on_line);
        let name = before.or_else(|| statement.bindings.iter().find(|binding| binding.start >= *end));
        let anchor = name.map_or_else(|| statement.module.clone(), |name| name.text.clone());
        part.comments.push((text.get(*start..*end).unwrap_or_default(), Some(anchor)));
    }
}
