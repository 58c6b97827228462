//! Which lines differ: the edit script between two texts, from imara-diff.

use imara_diff::{Diff, Hunk, InternedInput, sources::byte_lines};

/// How differing lines are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// Aligns on rare lines first; the most readable of the three, and the fastest on real files.
    #[default]
    Histogram,
    /// Myers' O(ND) algorithm with the usual heuristics against quadratic time.
    Myers,
    /// Myers without heuristics: the shortest script, slow on long texts that have little in common.
    MyersMinimal,
}

impl Algorithm {
    fn library(self) -> imara_diff::Algorithm {
        match self {
            Self::Histogram => imara_diff::Algorithm::Histogram,
            Self::Myers => imara_diff::Algorithm::Myers,
            Self::MyersMinimal => imara_diff::Algorithm::MyersMinimal,
        }
    }
}

/// Two texts cut into lines, and the changes between them in order.
pub(crate) struct Script<'a> {
    pub(crate) lines: InternedInput<&'a [u8]>,
    pub(crate) hunks: Vec<Hunk>,
}

impl<'a> Script<'a> {
    /// Lines keep their terminators, so a changed line ending is a change. Changes that could stand in several places
    /// are moved where git's indent heuristic puts them.
    pub(crate) fn new(before: &'a [u8], after: &'a [u8], algorithm: Algorithm) -> Self {
        let lines = InternedInput::new(byte_lines(before), byte_lines(after));
        let mut diff = Diff::compute(algorithm.library(), &lines);
        diff.postprocess_lines(&lines);
        let hunks = diff.hunks().collect();
        Self { lines, hunks }
    }

    pub(crate) fn before(&self, line: u32) -> &'a [u8] {
        self.lines.interner[self.lines.before[line as usize]]
    }

    pub(crate) fn after(&self, line: u32) -> &'a [u8] {
        self.lines.interner[self.lines.after[line as usize]]
    }
}
