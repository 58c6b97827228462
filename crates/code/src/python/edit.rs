use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Alias, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use crate::{ChangeGroup, TextEdit};

use super::line::Lines;

/// The edits that take names out of import statements of one file.
#[derive(Debug, Default)]
pub(super) struct Edits {
    pub(super) groups: Vec<ChangeGroup>,
    /// Names (by offset) that stay, because taking them out would change more than the import.
    pub(super) refused: FxHashMap<u32, &'static str>,
}

/// Offsets of names to take out, each with the title of its removal.
pub(super) type Removals = FxHashMap<u32, String>;

/// Makes the edits for `removals`. Every comment stays; a block that would be empty gets `pass`; any subset of the
/// groups leaves a file that parses.
pub(super) fn removal_edits(text: &str, removals: &Removals) -> Edits {
    let Some(before) = parse(text) else {
        return refuse_all(removals, "the file does not parse");
    };
    let mut editor = Editor { text, lines: Lines::new(text), removals, edits: Edits::default() };
    editor.block(&before, true);
    for statement in &before {
        editor.visit_stmt(statement);
    }
    let mut edits = editor.edits;
    edits.groups.sort_by_key(|group| group.edits.first().map_or(0, |edit| edit.start));
    if !is_faithful(text, &before, removals, &edits) {
        return refuse_all(removals, "the statement has a layout that is not edited");
    }
    edits
}

fn refuse_all(removals: &Removals, reason: &'static str) -> Edits {
    Edits { groups: Vec::new(), refused: removals.keys().map(|&at| (at, reason)).collect() }
}

fn parse(text: &str) -> Option<Vec<Stmt>> {
    let parsed = ruff_python_parser::parse_module(text).ok()?;
    Some(parsed.into_syntax().body.into_iter().collect())
}

/// Whether applying everything leaves exactly the other imports, and all other statements.
fn is_faithful(text: &str, before: &[Stmt], removals: &Removals, edits: &Edits) -> bool {
    let mut after = text.to_string();
    for edit in edits.groups.iter().flat_map(|group| &group.edits).rev() {
        let range = edit.start as usize..edit.end as usize;
        if after.get(range.clone()).is_none() {
            return false;
        }
        after.replace_range(range, &edit.text);
    }
    let Some(after) = parse(&after) else {
        return false;
    };
    let keeps = |alias: &Alias| {
        let at = alias.range.start().to_u32();
        !removals.contains_key(&at) || edits.refused.contains_key(&at)
    };
    Skeleton::of(before, &keeps) == Skeleton::of(&after, &|_| true)
}

/// The imports of a tree and how many statements of other kinds it has.
#[derive(Debug, Default, PartialEq, Eq)]
struct Skeleton {
    imports: Vec<(Option<String>, u32, String, Option<String>)>,
    others: usize,
}

impl Skeleton {
    fn of(body: &[Stmt], keeps: &dyn Fn(&Alias) -> bool) -> Self {
        let mut walker = SkeletonWalker { found: Self::default(), keeps };
        for statement in body {
            walker.visit_stmt(statement);
        }
        walker.found
    }
}

struct SkeletonWalker<'k> {
    found: Skeleton,
    keeps: &'k dyn Fn(&Alias) -> bool,
}

impl<'a> Visitor<'a> for SkeletonWalker<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let (module, level, names) = match statement {
            Stmt::Import(one) => (None, 0, &one.names),
            Stmt::ImportFrom(one) => (one.module.as_ref().map(ToString::to_string), one.level + 1, &one.names),
            Stmt::Pass(_) => return,
            other => {
                self.found.others += 1;
                return visitor::walk_stmt(self, other);
            }
        };
        for alias in names.iter().filter(|alias| (self.keeps)(alias)) {
            let asname = alias.asname.as_ref().map(ToString::to_string);
            self.found.imports.push((module.clone(), level, alias.name.to_string(), asname));
        }
    }
}

struct Editor<'a> {
    text: &'a str,
    lines: Lines,
    removals: &'a Removals,
    edits: Edits,
}

impl<'a> Visitor<'a> for Editor<'_> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        self.block(body, false);
        visitor::walk_body(self, body);
    }
}

impl Editor<'_> {
    fn is_removed(&self, alias: &Alias) -> bool {
        let at = alias.range.start().to_u32();
        self.removals.contains_key(&at) && !self.edits.refused.contains_key(&at)
    }

    fn names(statement: &Stmt) -> &[Alias] {
        match statement {
            Stmt::Import(one) => &one.names,
            Stmt::ImportFrom(one) => &one.names,
            _ => &[],
        }
    }

    fn goes(&self, statement: &Stmt) -> bool {
        let names = Self::names(statement);
        !names.is_empty() && names.iter().all(|alias| self.is_removed(alias))
    }

    fn refuse(&mut self, statement: &Stmt, reason: &'static str) {
        for alias in Self::names(statement) {
            let at = alias.range.start().to_u32();
            if self.removals.contains_key(&at) {
                self.edits.refused.insert(at, reason);
            }
        }
    }

    fn title(&self, statements: &[&Stmt]) -> String {
        let names = statements.iter().flat_map(|one| Self::names(one));
        let titles: Vec<&str> =
            names.filter_map(|alias| self.removals.get(&alias.range.start().to_u32())).map(String::as_str).collect();
        match titles.as_slice() {
            [] => String::new(),
            [one] => (*one).to_string(),
            [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        }
    }

    fn push(&mut self, statements: &[&Stmt], mut edits: Vec<TextEdit>) {
        edits.sort_by_key(|edit| edit.start);
        let title = self.title(statements);
        self.edits.groups.push(ChangeGroup { title, edits });
    }

    /// Removes from one block of statements.
    fn block(&mut self, body: &[Stmt], is_module: bool) {
        if !body.iter().any(|one| Self::names(one).iter().any(|alias| self.is_removed(alias))) {
            return;
        }
        self.refuse_docstring(body);
        let leaves_nothing = !is_module && body.iter().all(|one| self.goes(one));
        if leaves_nothing {
            self.empty_block(body);
            return;
        }
        let mut rest = body;
        while !rest.is_empty() {
            let mut count = 1;
            while count < rest.len() && self.shares_line(&rest[count - 1], &rest[count]) {
                count += 1;
            }
            let (line, after) = rest.split_at(count);
            self.line(line);
            rest = after;
        }
    }

    /// A string that moves to the start of a body becomes its docstring.
    fn refuse_docstring(&mut self, body: &[Stmt]) {
        let first_kept = body.iter().position(|one| !self.goes(one)).unwrap_or(body.len());
        let is_string =
            body.get(first_kept).and_then(Stmt::as_expr_stmt).is_some_and(|one| one.value.is_string_literal_expr());
        if first_kept > 0 && is_string {
            for statement in &body[..first_kept] {
                self.refuse(statement, "the string below it would become a docstring");
            }
        }
    }

    fn shares_line(&self, first: &Stmt, second: &Stmt) -> bool {
        let between = self.slice(first.end().to_u32(), second.start().to_u32());
        !between.contains('#')
            && between.contains(';')
            && !between.replace("\\\r\n", "").replace("\\\n", "").contains(['\n', '\r'])
    }

    fn slice(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// All statements of a block go: the last one turns into `pass`, so that any other may come back alone.
    fn empty_block(&mut self, body: &[Stmt]) {
        let (Some(first), Some(last)) = (body.first(), body.last()) else {
            return;
        };
        let own_lines = body.iter().all(|one| self.has_own_lines(one))
            && !body.windows(2).any(|pair| self.shares_line(&pair[0], &pair[1]));
        let mut edits = Vec::new();
        if own_lines {
            for statement in &body[..body.len() - 1] {
                edits.push(self.whole_lines(statement));
            }
            let indent = self.indent(last);
            let mut text = String::new();
            for comment in self.comments(last.start().to_u32(), last.end().to_u32()) {
                text.push_str(comment);
                text.push_str(self.newline());
                text.push_str(&indent);
            }
            text.push_str("pass");
            edits.push(TextEdit { start: last.start().to_u32(), end: last.end().to_u32(), text });
        } else {
            let (start, end) = (first.start().to_u32(), last.end().to_u32());
            if self.slice(start, end).contains(['\n', '\r', '#']) {
                for statement in body {
                    self.refuse(statement, "it shares its line with other code");
                }
                return;
            }
            edits.push(TextEdit { start, end, text: "pass".into() });
        }
        let all: Vec<&Stmt> = body.iter().collect();
        self.push(&all, edits);
    }

    /// The statements of one logical line.
    fn line(&mut self, line: &[Stmt]) {
        let [only] = line else {
            return self.shared_line(line);
        };
        if self.goes(only) {
            if !self.has_own_lines(only) {
                return self.refuse(only, "it shares its line with other code");
            }
            let edit = self.whole_lines(only);
            self.push(&[only], vec![edit]);
        } else if let Some(edits) = self.names_edits(only) {
            if !edits.is_empty() {
                self.push(&[only], edits);
            }
        } else {
            self.refuse(only, "the statement has a layout that is not edited");
        }
    }

    fn shared_line(&mut self, line: &[Stmt]) {
        let touched: Vec<&Stmt> =
            line.iter().filter(|one| Self::names(one).iter().any(|alias| self.is_removed(alias))).collect();
        let (Some(first), Some(last)) = (line.first(), line.last()) else {
            return;
        };
        if touched.is_empty() {
            return;
        }
        let (start, end) = (first.start().to_u32(), last.end().to_u32());
        if self.slice(start, end).contains(['\n', '\r', '#']) || !self.lines.is_own_line(self.text, start as usize) {
            for statement in touched {
                self.refuse(statement, "it shares its line with other code");
            }
            return;
        }
        let mut edits = Vec::new();
        if line.iter().all(|one| self.goes(one)) {
            let end = self.after_semicolon(end);
            edits.push(self.span_lines(start, end));
        } else {
            let goes: Vec<bool> = line.iter().map(|one| self.goes(one)).collect();
            let ranges: Vec<(u32, u32)> = line.iter().map(|one| (one.start().to_u32(), one.end().to_u32())).collect();
            edits.extend(list_edits(&ranges, &goes));
            for statement in line.iter().filter(|one| !self.goes(one)) {
                edits.extend(self.names_edits(statement).unwrap_or_default());
            }
        }
        self.push(&touched, edits);
    }

    fn after_semicolon(&self, end: u32) -> u32 {
        let rest = self.slice(end, u32::try_from(self.text.len()).unwrap_or(u32::MAX));
        let trimmed = rest.trim_start_matches([' ', '\t']);
        if trimmed.starts_with(';') { end + u32::try_from(rest.len() - trimmed.len() + 1).unwrap_or(1) } else { end }
    }

    fn has_own_lines(&self, statement: &Stmt) -> bool {
        let start = statement.start().to_u32();
        let line_start = self.lines.start(start);
        let continued = self
            .text
            .get(..line_start as usize)
            .is_some_and(|before| before.trim_end_matches(['\n', '\r']).ends_with('\\'));
        let end = self.after_semicolon(statement.end().to_u32());
        let after = self.slice(end, self.lines.next(end, self.text)).trim();
        !continued && self.lines.is_own_line(self.text, start as usize) && (after.is_empty() || after.starts_with('#'))
    }

    fn indent(&self, statement: &Stmt) -> String {
        let start = statement.start().to_u32();
        self.slice(self.lines.start(start), start).trim_start_matches('\u{feff}').to_string()
    }

    fn newline(&self) -> &'static str {
        match self.text.find(['\n', '\r']) {
            Some(at) if self.text.get(at..).is_some_and(|rest| rest.starts_with("\r\n")) => "\r\n",
            Some(at) if self.text.get(at..).is_some_and(|rest| rest.starts_with('\r')) => "\r",
            _ => "\n",
        }
    }

    /// Comments between two offsets inside or right after an import statement, where no string can be.
    fn comments(&self, start: u32, end: u32) -> Vec<&str> {
        let text = self.slice(start, end);
        text.split(['\n', '\r'])
            .filter_map(|line| line.find('#').and_then(|at| line.get(at..)))
            .map(str::trim_end)
            .collect()
    }

    fn whole_lines(&self, statement: &Stmt) -> TextEdit {
        self.span_lines(statement.start().to_u32(), self.after_semicolon(statement.end().to_u32()))
    }

    /// Removes the lines from `start` to `end`, where nothing but comments may follow; the comments stay.
    fn span_lines(&self, start: u32, end: u32) -> TextEdit {
        let next = self.lines.next(end, self.text);
        let line_end = end + u32::try_from(self.slice(end, next).trim_end_matches(['\n', '\r']).len()).unwrap_or(0);
        let comments = self.comments(start, line_end);
        if !comments.is_empty() {
            let line_start = self.lines.start(start);
            let indent = self.slice(line_start, start).trim_start_matches('\u{feff}').to_string();
            let text = comments.join(&format!("{}{indent}", self.newline()));
            return TextEdit { start, end: line_end, text };
        }
        let mut first = self.lines.start(start);
        if first == 0 && self.text.starts_with('\u{feff}') {
            first = 3;
        }
        TextEdit { start: first, end: next, text: String::new() }
    }

    /// Takes some names out of a statement that keeps others. `None` where the layout is too unusual.
    fn names_edits(&self, statement: &Stmt) -> Option<Vec<TextEdit>> {
        let names = Self::names(statement);
        let goes: Vec<bool> = names.iter().map(|alias| self.is_removed(alias)).collect();
        if !goes.contains(&true) {
            return Some(Vec::new());
        }
        let ranges: Vec<(u32, u32)> =
            names.iter().map(|alias| (alias.start().to_u32(), alias.end().to_u32())).collect();
        let (first, last) = (ranges.first()?.0, statement.end().to_u32());
        let head = self.slice(statement.start().to_u32(), first);
        let is_spread = head.contains('(') && (self.slice(first, last).contains(['\n', '\r', '#']));
        if is_spread { self.spread_edits(&ranges, &goes, last) } else { Some(list_edits(&ranges, &goes)) }
    }

    /// Names in parentheses over several lines, each followed by its comma on the same line.
    fn spread_edits(&self, ranges: &[(u32, u32)], goes: &[bool], statement_end: u32) -> Option<Vec<TextEdit>> {
        let mut segments = Vec::new();
        for (at, &(start, end)) in ranges.iter().enumerate() {
            let limit = ranges.get(at + 1).map_or(statement_end, |next| next.0);
            let rest = self.slice(end, limit);
            let comma = rest.find([',', '#', '\n', '\r']).filter(|&comma| rest.as_bytes().get(comma) == Some(&b','));
            match comma {
                Some(comma) => segments.push((start, end + u32::try_from(comma + 1).ok()?)),
                None if at + 1 == ranges.len() && !rest.contains(',') => segments.push((start, end)),
                None => return None,
            }
        }
        let mut edits = Vec::new();
        let mut at = 0;
        while at < segments.len() {
            if !goes[at] {
                at += 1;
                continue;
            }
            let line = self.lines.line(segments[at].0);
            let mut last = at;
            while last + 1 < segments.len() && goes[last + 1] && self.lines.line(segments[last + 1].0) == line {
                last += 1;
            }
            edits.push(self.segment_edit(segments[at].0, segments[last].1));
            at = last + 1;
        }
        Some(edits)
    }

    /// Removes `start..end`, names with their commas on one line, and the line with them when nothing else is on it.
    fn segment_edit(&self, start: u32, end: u32) -> TextEdit {
        let line_start = self.lines.start(start);
        let next = self.lines.next(end, self.text);
        let before = self.slice(line_start, start);
        let after = self.slice(end, next);
        let tail = after.trim_start_matches([' ', '\t']);
        let gap = u32::try_from(after.len() - tail.len()).unwrap_or(0);
        let is_alone = before.trim().is_empty();
        let (from, to) = if tail.trim().is_empty() {
            if is_alone {
                (line_start, next)
            } else {
                (line_start + u32::try_from(before.trim_end().len()).unwrap_or(0), end + gap)
            }
        } else if tail.starts_with(')') && !is_alone {
            (line_start + u32::try_from(before.trim_end().len()).unwrap_or(0), end + gap)
        } else {
            (start, end + gap)
        };
        TextEdit { start: from, end: to, text: String::new() }
    }
}

/// Removes entries of a list on one line, with the separator before or after them.
fn list_edits(ranges: &[(u32, u32)], goes: &[bool]) -> Vec<TextEdit> {
    let mut edits = Vec::new();
    let mut at = 0;
    while at < ranges.len() {
        if !goes[at] {
            at += 1;
            continue;
        }
        let first = at;
        while at < ranges.len() && goes[at] {
            at += 1;
        }
        let (start, end) = match (ranges.get(at), first.checked_sub(1).and_then(|before| ranges.get(before))) {
            (Some(next), _) => (ranges[first].0, next.0),
            (None, Some(before)) => (before.1, ranges[at - 1].1),
            (None, None) => continue,
        };
        edits.push(TextEdit { start, end, text: String::new() });
    }
    edits
}
