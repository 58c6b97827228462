use crate::TextEdit;
use crate::javascript::record::{Binding, Form, ImportRecord, Imported, Span};

/// Why a statement is left as it is.
pub(crate) type Blocked = &'static str;

const COMMENT_INSIDE: Blocked = "a comment inside the statement would be lost";
const SHARED_LINE: Blocked = "it shares its line with other code";

/// The text of a file with the comments near its imports, to compute edits that lose nothing.
pub(crate) struct Page<'t> {
    pub(crate) text: &'t str,
    pub(crate) comments: &'t [Span],
    /// Lines that are to be removed entirely, ascending: the blank lines around them close up.
    pub(crate) removed: Vec<Span>,
}

pub(crate) fn edit(start: u32, end: u32, text: &str) -> TextEdit {
    TextEdit { start, end, text: text.to_string() }
}

impl Page<'_> {
    fn slice(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    fn end(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    /// After the byte order mark.
    fn begin(&self) -> u32 {
        if self.text.starts_with('\u{feff}') { 3 } else { 0 }
    }

    fn line_start(&self, at: u32) -> u32 {
        let before = self.slice(0, at);
        let start = before.rfind('\n').map_or(0, |found| found + 1);
        u32::try_from(start).unwrap_or(0).max(self.begin())
    }

    /// Where the line's text ends, and where the next line starts.
    fn line_end(&self, at: u32) -> (u32, u32) {
        let rest = self.slice(at, self.end());
        match rest.find('\n') {
            Some(found) => {
                let next = at + u32::try_from(found).unwrap_or(0) + 1;
                let text = self.slice(at, next);
                let trimmed = text.trim_end_matches('\n').trim_end_matches('\r');
                (at + u32::try_from(trimmed.len()).unwrap_or(0), next)
            }
            None => (self.end(), self.end()),
        }
    }

    pub(crate) fn has_comment(&self, start: u32, end: u32) -> bool {
        self.comments.iter().any(|comment| comment.start < end && comment.end > start)
    }

    /// The lines of a statement that has them for itself.
    pub(crate) fn whole_lines(&self, statement: Span) -> Option<Span> {
        let start = self.line_start(statement.start);
        let (text_end, next) = self.line_end(statement.end);
        let alone = self.slice(start, statement.start).trim().is_empty()
            && self.slice(statement.end, text_end).trim().is_empty();
        alone.then_some(Span { start, end: next })
    }

    /// Takes a statement away, with its line when nothing else is on it.
    pub(crate) fn remove_statement(&self, statement: Span) -> Result<TextEdit, Blocked> {
        if self.has_comment(statement.start, statement.end) {
            return Err(COMMENT_INSIDE);
        }
        if let Some(lines) = self.whole_lines(statement) {
            return Ok(self.remove_lines(lines));
        }
        let start = self.line_start(statement.start);
        let (text_end, _) = self.line_end(statement.end);
        let before = self.slice(start, statement.start);
        let after = self.slice(statement.end, text_end);
        let spaces = u32::try_from(after.len() - after.trim_start().len()).unwrap_or(0);
        if before.trim().is_empty() {
            return Ok(edit(statement.start, statement.end + spaces, ""));
        }
        if before.trim_end().ends_with("*/") && after.trim().is_empty() {
            let kept = u32::try_from(before.trim_end().len()).unwrap_or(0);
            return Ok(edit(start + kept, statement.end, ""));
        }
        Err(SHARED_LINE)
    }

    fn remove_lines(&self, lines: Span) -> TextEdit {
        let at_end = lines.end == self.end() && !self.slice(lines.start, lines.end).ends_with('\n');
        if at_end && lines.start > self.begin() {
            let is_joined = self.removed.iter().any(|other| other.end == lines.start);
            let before = self.slice(0, lines.start);
            let kept = before.trim_end_matches('\n').trim_end_matches('\r').len().max(before.len().saturating_sub(2));
            let start = if is_joined { lines.start } else { u32::try_from(kept).unwrap_or(lines.start) };
            return edit(start, lines.end, "");
        }
        edit(lines.start, self.close_gap(lines), "")
    }

    /// When a removal would leave two blank lines together, or one at the top of the file, the second goes too.
    fn close_gap(&self, lines: Span) -> u32 {
        let mut start = lines.start;
        while let Some(above) = self.removed.iter().find(|other| other.end == start && other.start < start) {
            start = above.start;
        }
        let is_first = start <= self.begin();
        let above_is_blank = !is_first && self.slice(self.line_start(start - 1), start).trim().is_empty();
        let (text_end, next) = self.line_end(lines.end);
        let below_is_blank = next > lines.end && self.slice(lines.end, text_end).trim().is_empty();
        if (is_first || above_is_blank) && below_is_blank { next } else { lines.end }
    }

    /// `import a from "x"` becomes `import "x"`; `const a = require("x")` becomes `require("x")`.
    pub(crate) fn keep_effect(&self, import: &ImportRecord) -> Result<Vec<TextEdit>, Blocked> {
        if self.has_comment(import.span.start, import.span.end) {
            return Err(COMMENT_INSIDE);
        }
        match import.form {
            Form::Require => {
                let head = self.slice(import.span.start, import.source.start);
                let call = head.rfind("require").ok_or(SHARED_LINE)?;
                Ok(vec![edit(import.span.start, import.span.start + u32::try_from(call).unwrap_or(0), "")])
            }
            Form::Equals => {
                let tail = self.slice(import.source.end, import.span.end);
                let close = tail.find(')').ok_or(SHARED_LINE)?;
                let end = import.source.end + u32::try_from(close).unwrap_or(0) + 1;
                Ok(vec![edit(import.span.start, import.source.start, "import "), edit(import.source.end, end, "")])
            }
            _ => Ok(vec![edit(import.span.start, import.source.start, "import ")]),
        }
    }

    /// Takes some of the names of a statement away; at least one stays.
    pub(crate) fn remove_bindings(&self, import: &ImportRecord, gone: &[bool]) -> Result<Vec<TextEdit>, Blocked> {
        let is_gone = |at: usize| gone.get(at).copied().unwrap_or(false);
        let head = import.bindings.iter().enumerate().take_while(|(_, binding)| !is_named(import, binding)).count();
        let named: Vec<(usize, &Binding)> = import.bindings.iter().enumerate().skip(head).collect();
        let named_stay = named.iter().any(|(at, _)| !is_gone(*at));
        if head > 0 && is_gone(0) {
            let rest = import.bindings.get(1).ok_or(SHARED_LINE)?;
            let next =
                if head > 1 { rest.span.start } else { import.braces.map_or(rest.span.start, |braces| braces.start) };
            let first = import.bindings.first().ok_or(SHARED_LINE)?;
            let mut edits = vec![self.cut(first.span.start, next)?];
            if head == 1 && named_stay {
                edits.extend(self.remove_named(import, &named, &is_gone)?);
            }
            return Ok(edits);
        }
        let last_head = head.checked_sub(1).and_then(|at| import.bindings.get(at));
        if head > 1 && is_gone(1) {
            let first = import.bindings.first().ok_or(SHARED_LINE)?;
            let namespace = last_head.ok_or(SHARED_LINE)?;
            return Ok(vec![self.cut(first.span.end, namespace.span.end)?]);
        }
        if let (false, Some(first), Some(braces)) = (named_stay, last_head, import.braces) {
            return Ok(vec![self.cut(first.span.end, braces.end)?]);
        }
        self.remove_named(import, &named, &is_gone)
    }

    fn cut(&self, start: u32, end: u32) -> Result<TextEdit, Blocked> {
        if self.has_comment(start, end) { Err(COMMENT_INSIDE) } else { Ok(edit(start, end, "")) }
    }

    /// Within the braces: a run of removed names goes up to the next that stays, or back to the one before.
    fn remove_named(
        &self,
        import: &ImportRecord,
        named: &[(usize, &Binding)],
        is_gone: &dyn Fn(usize) -> bool,
    ) -> Result<Vec<TextEdit>, Blocked> {
        let mut edits = Vec::new();
        let mut at = 0;
        while let Some((index, first)) = named.get(at) {
            if !is_gone(*index) {
                at += 1;
                continue;
            }
            let length = named.iter().skip(at).take_while(|(index, _)| is_gone(*index)).count();
            let last = named.get(at + length - 1).map_or(first.span, |(_, binding)| binding.span);
            let next = named.get(at + length).map(|(_, binding)| binding.span.start);
            let before = at.checked_sub(1).and_then(|before| named.get(before)).map(|(_, binding)| binding.span.end);
            edits.push(match (next, before) {
                (Some(next), _) => self.cut_forward(first.span.start, last.end, next, length)?,
                (None, Some(before)) => self.cut_back(import, before, first.span.start, last.end)?,
                (None, None) => return Err(SHARED_LINE),
            });
            at += length;
        }
        Ok(edits)
    }

    fn cut_forward(&self, start: u32, end: u32, next: u32, length: usize) -> Result<TextEdit, Blocked> {
        if !self.has_comment(start, next) {
            return Ok(edit(start, next, ""));
        }
        // The name's own remark stays, on a line of its own.
        let own = self.comments.iter().find(|comment| comment.start >= end && comment.end <= next);
        let (text_end, _) = self.line_end(end);
        match own {
            Some(comment)
                if length == 1
                    && comment.start < text_end
                    && !self.has_comment(comment.end, next)
                    && !self.is_directive(*comment) =>
            {
                let is_whole = self.slice(self.line_start(start), start).trim().is_empty();
                if is_whole && self.slice(comment.end, text_end).trim().is_empty() {
                    Ok(edit(start, comment.start, ""))
                } else {
                    Err(COMMENT_INSIDE)
                }
            }
            _ => Err(COMMENT_INSIDE),
        }
    }

    fn cut_back(&self, import: &ImportRecord, before: u32, start: u32, end: u32) -> Result<TextEdit, Blocked> {
        let close = import.braces.map_or(end, |braces| braces.end);
        if self.has_comment(start, close) {
            return Err(COMMENT_INSIDE);
        }
        if !self.has_comment(before, start) {
            return Ok(edit(before, end, ""));
        }
        // A remark on the name that stays: cut after it, with the comma of what goes.
        let last = self
            .comments
            .iter()
            .filter(|comment| comment.start >= before && comment.end <= start)
            .map(|comment| comment.end)
            .max();
        let from = last.ok_or(COMMENT_INSIDE)?;
        let separator =
            self.comments.iter().find(|comment| comment.start >= before).map_or(start, |comment| comment.start);
        if !self.slice(before, separator).contains(',') {
            return Err(COMMENT_INSIDE);
        }
        let tail = self.slice(end, close);
        let comma = tail.find(',').map_or(0, |comma| comma + 1);
        Ok(edit(from, end + u32::try_from(comma).unwrap_or(0), ""))
    }

    /// A comment that tools obey.
    pub(crate) fn is_directive(&self, comment: Span) -> bool {
        let marks = [
            "@ts-",
            "eslint-",
            "biome-ignore",
            "oxlint-",
            "prettier-ignore",
            "tslint:",
            "istanbul",
            "c8 ignore",
            "v8 ignore",
            "deno-lint",
            "@deno-types",
            "@vite-ignore",
            "webpack",
            "noinspection",
            "dprint-ignore",
            "rome-ignore",
            "node:coverage",
            "#__",
            "@jsx",
        ];
        let text = self.slice(comment.start, comment.end);
        marks.iter().any(|mark| text.contains(mark))
    }

    /// A directive that speaks about this statement: on its lines, or on the line above for the next line.
    pub(crate) fn has_directive(&self, statement: Span) -> bool {
        let first = self.line_start(statement.start);
        let (last, _) = self.line_end(statement.end);
        self.comments.iter().any(|comment| {
            let on_lines = comment.start < last && comment.end > first;
            let above = comment.end <= first
                && self.slice(comment.end, first).trim().is_empty()
                && self.slice(comment.end, first).matches('\n').count() == 1;
            (on_lines && self.is_directive(*comment)) || (above && self.is_for_next_line(*comment))
        })
    }

    fn is_for_next_line(&self, comment: Span) -> bool {
        let text = self.slice(comment.start, comment.end);
        let marks = [
            "@ts-expect-error",
            "@ts-ignore",
            "-next-line",
            "biome-ignore ",
            "prettier-ignore",
            "istanbul ignore",
            "c8 ignore",
            "v8 ignore",
            "deno-lint-ignore ",
            "@deno-types",
            "noinspection",
            "dprint-ignore",
            "rome-ignore",
            "node:coverage",
        ];
        marks.iter().any(|mark| text.contains(mark))
    }
}

/// Whether a binding stands inside the braces.
pub(crate) fn is_named(import: &ImportRecord, binding: &Binding) -> bool {
    match import.braces {
        Some(braces) => braces.contains(binding.span),
        None => matches!(binding.imported, Imported::Name(_)),
    }
}
