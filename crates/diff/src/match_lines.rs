use std::ops::Range;

use imara_diff::{Algorithm, Diff, NoSliderHeuristic, Token};

/// One change between two lists of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) before: Range<usize>,
    pub(crate) after: Range<usize>,
}

impl Edit {
    /// How far the lines behind this edit are further down than before it began to count.
    pub(crate) fn drift(&self) -> isize {
        self.after.end as isize - self.before.end as isize
    }
}

/// The edits between two lists of lines, in order.
pub(crate) fn match_lines(before: &[Token], after: &[Token]) -> Vec<Edit> {
    let tokens = before.iter().chain(after).map(|token| token.0 + 1).max().unwrap_or(0);
    let mut diff = Diff::default();
    diff.compute_with(Algorithm::Myers, before, after, tokens);
    diff.postprocess_with(before, after, NoSliderHeuristic);
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| Edit { before: range(hunk.before), after: range(hunk.after) }).collect()
}
