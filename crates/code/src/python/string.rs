use ruff_python_ast::visitor::Visitor;

use super::bind::Binder;
use super::doctest::{doctest_names, identifiers};

/// Strings longer than this are prose, not names.
const NAME_LIMIT: usize = 200;

/// What string literals say: examples, types, and names that are spelled out.
impl Binder {
    pub(super) fn string(&mut self, text: &str) {
        if text.contains(">>>") {
            doctest_names(text, &mut self.loose);
        }
        if self.in_annotation {
            self.type_string(text);
        }
        self.note_string(text);
    }

    pub(super) fn note_string(&mut self, text: &str) {
        if text.len() > NAME_LIMIT || text.is_empty() {
            return;
        }
        if text.bytes().any(|byte| matches!(byte, b'.' | b':')) && !text.starts_with('.') && is_path(text) {
            self.dotted.insert(text.to_string());
        }
        if text.len() < 60 && !text.contains('.') && is_path(text) {
            self.listed.insert(text.to_string());
        }
        if !text.contains(char::is_whitespace) {
            for word in text.split(|c: char| c != '_' && !c.is_alphanumeric()) {
                self.mention(word);
            }
        }
    }

    /// A string in the place of a type is an expression of its own.
    fn type_string(&mut self, text: &str) {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return;
        }
        match ruff_python_parser::parse_expression(&format!("({trimmed})")) {
            Ok(parsed) => self.visit_expr(parsed.expr()),
            Err(_) => identifiers(trimmed, &mut self.loose),
        }
    }
}

/// `pkg.mod.Name`, `pkg.mod:app` or `.Name`: letters, digits, underscores and single separators.
pub(super) fn is_path(text: &str) -> bool {
    let body = text.strip_prefix('.').unwrap_or(text);
    !body.is_empty()
        && body.split(['.', ':']).all(|part| {
            let mut chars = part.chars();
            chars.next().is_some_and(|c| c == '_' || c.is_alphabetic())
                && chars.all(|c| c == '_' || c == '-' || c.is_alphanumeric())
        })
}
