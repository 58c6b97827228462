use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;
use rustc_hash::{FxHashMap, FxHashSet};

use super::doctest::identifiers;
use super::line::Lines;

/// What the comments of a file say about its imports.
#[derive(Debug, Default)]
pub(super) struct Comments {
    /// Every finding of the file is suppressed.
    pub(super) suppress_all: bool,
    /// A block `# /// script` of PEP 723.
    pub(super) has_script_block: bool,
    pub(super) suppressed_lines: FxHashSet<u32>,
    /// Lines with a directive for another tool, which would go or move with the import.
    pub(super) directive_lines: FxHashMap<u32, String>,
    /// Names of type comments.
    pub(super) type_names: FxHashSet<String>,
}

const DIRECTIVES: [&str; 12] =
    ["type:", "pyright:", "mypy:", "isort:", "pylint:", "pyre-", "fmt:", "nosec", "ruff:", "flake8:", "pytype:", "ty:"];

impl Comments {
    pub(super) fn read(text: &str, tokens: &Tokens, lines: &Lines) -> Self {
        let mut this = Self::default();
        for token in tokens {
            if token.kind() == TokenKind::Comment {
                let range = token.range();
                let comment = text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default();
                let line = lines.line(range.start().to_u32());
                this.note(comment, line, lines.is_own_line(text, range.start().to_usize()));
            }
        }
        this
    }

    fn note(&mut self, comment: &str, line: u32, own_line: bool) {
        let body = comment.trim_start_matches('#').trim();
        let lower = body.to_ascii_lowercase();
        if let Some(kind) = body.strip_prefix("type:")
            && !kind.trim_start().starts_with("ignore")
        {
            identifiers(kind, &mut self.type_names);
        }
        self.has_script_block |= own_line && comment.trim_end() == "# /// script";
        for whole_file in ["ruff: noqa", "flake8: noqa", "ruff:noqa", "flake8:noqa"] {
            if lower.strip_prefix(whole_file).is_some_and(covers_unused_import) {
                self.suppress_all = true;
            }
        }
        if let Some(at) = lower.find("pylint:") {
            let names = lower.get(at..).unwrap_or_default();
            if names.contains("unused-import") || names.contains("w0611") || names.contains("skip-file") {
                self.suppress_all |= own_line;
                self.suppressed_lines.insert(line);
            }
        }
        if suppresses(&lower) || lower.contains("nopycln") {
            self.suppressed_lines.insert(line);
        }
        let directive =
            DIRECTIVES.iter().find(|word| lower.split('#').any(|part| part.trim_start().starts_with(*word)));
        if directive.is_some() && !own_line {
            self.directive_lines.insert(line, comment.to_string());
        }
    }
}

/// `noqa` anywhere in a comment, as flake8 finds it.
fn suppresses(comment: &str) -> bool {
    let mut rest = comment;
    while let Some(at) = rest.find("noqa") {
        let after = rest.get(at + 4..).unwrap_or_default();
        if covers_unused_import(after) {
            return true;
        }
        rest = after;
    }
    false
}

/// What follows `noqa` names no code, or one that F401 starts with.
fn covers_unused_import(after: &str) -> bool {
    let Some(codes) = after.trim_start().strip_prefix(':') else {
        return true;
    };
    let mut codes = codes
        .split(|c: char| c == ',' || c.is_whitespace())
        .filter(|code| !code.is_empty())
        .take_while(|code| code.bytes().any(|byte| byte.is_ascii_digit()) || code.len() == 1)
        .peekable();
    codes.peek().is_none() || codes.any(|code| "f401".starts_with(code))
}
