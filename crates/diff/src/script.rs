//! Which lines differ: the edit script between two texts, from imara-diff.

use imara_diff::{Diff, Hunk, InternedInput, sources::byte_lines};

/// How differing lines are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// Histogram; where that changes more than half of all lines, the shorter one of histogram and Myers. Reads best,
    /// is about as fast as histogram alone, and about as short as the shortest.
    #[default]
    Adaptive,
    /// Aligns on rare lines first; the fastest on real files.
    Histogram,
    /// Myers' O(ND) algorithm with the usual heuristics against quadratic time.
    Myers,
    /// Myers without heuristics: the shortest script, slow on long texts that have little in common.
    MyersMinimal,
}

fn compute(algorithm: Algorithm, lines: &InternedInput<&[u8]>) -> Diff {
    match algorithm {
        Algorithm::Histogram => Diff::compute(imara_diff::Algorithm::Histogram, lines),
        Algorithm::Myers => Diff::compute(imara_diff::Algorithm::Myers, lines),
        Algorithm::MyersMinimal => Diff::compute(imara_diff::Algorithm::MyersMinimal, lines),
        Algorithm::Adaptive => {
            let changed = |diff: &Diff| diff.count_additions() as usize + diff.count_removals() as usize;
            let first = compute(Algorithm::Histogram, lines);
            // Little in common: rare lines are found by chance there, and aligning on them costs others.
            if changed(&first) <= (lines.before.len() + lines.after.len()) / 2 {
                return first;
            }
            let second = compute(Algorithm::Myers, lines);
            if changed(&second) < changed(&first) { second } else { first }
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
        let mut diff = compute(algorithm, &lines);
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
