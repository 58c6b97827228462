use oxc_ast::ast::{Comment, Expression, Statement};
use oxc_span::GetSpan;

use crate::javascript::lines::Lines;
use crate::javascript::record::{Binding, Form, ImportRecord, Span};

/// What stands before and after a top-level statement.
pub(crate) struct Neighbours {
    /// Taking the statement away would change how its neighbours parse.
    pub(crate) is_fragile: bool,
}

impl Neighbours {
    pub(crate) fn of(text: &str, body: &[Statement], at: usize) -> Self {
        let before = at.checked_sub(1).and_then(|before| body.get(before));
        let after = body.get(at + 1);
        Self { is_fragile: joins(text, before, after) || becomes_directive(after) }
    }
}

/// Without a semicolon between them, a statement that starts with one of these continues the one before.
fn joins(text: &str, before: Option<&Statement>, after: Option<&Statement>) -> bool {
    let (Some(before), Some(after)) = (before, after) else {
        return false;
    };
    let ends_closed = text.get(..before.span().end as usize).is_some_and(|text| text.ends_with(';'));
    let first = text.get(after.span().start as usize..).and_then(|text| text.chars().next());
    let continues = first.is_some_and(|first| "([`+-/*.,<".contains(first));
    continues && !ends_closed && !before.is_module_declaration()
}

/// A string that moves to the top of the file would become a directive.
fn becomes_directive(after: Option<&Statement>) -> bool {
    let Some(Statement::ExpressionStatement(statement)) = after else {
        return false;
    };
    matches!(statement.expression, Expression::StringLiteral(_))
}

/// The braces of `import a, {b} from`: searched outside specifiers and comments.
pub(crate) fn braces(text: &str, within: Span, bindings: &[Binding], comments: &[Comment]) -> Option<Span> {
    let hidden = |at: u32| {
        bindings.iter().any(|binding| binding.span.start <= at && at < binding.span.end)
            || comments.iter().any(|comment| comment.span.start <= at && at < comment.span.end)
    };
    let bytes = within.text(text).bytes().enumerate();
    let mut found = bytes.filter_map(|(at, byte)| {
        let offset = within.start + u32::try_from(at).ok()?;
        (matches!(byte, b'{' | b'}') && !hidden(offset)).then_some(offset)
    });
    let start = found.next()?;
    let end = found.next()?;
    Some(Span { start, end: end + 1 })
}

/// The comments that stand on a line of an import statement, or on the line above or below it.
pub(crate) fn comments_near(lines: &Lines, comments: &[Comment], imports: &[ImportRecord]) -> Vec<Span> {
    let rows: Vec<(u32, u32)> = imports
        .iter()
        .filter(|import| import.is_statement || import.form == Form::Static)
        .map(|import| (lines.line(import.span.start).saturating_sub(1), lines.line(import.span.end) + 1))
        .collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let near = comments.iter().filter(|comment| {
        let (first, last) = (lines.line(comment.span.start), lines.line(comment.span.end));
        rows.iter().any(|(start, end)| first <= *end && last >= *start)
    });
    near.map(|comment| Span { start: comment.span.start, end: comment.span.end }).collect()
}
