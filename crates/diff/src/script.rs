//! Which lines differ: the edit script between two texts, from imara-diff.

use imara_diff::{Diff, Hunk, InternedInput, sources::byte_lines};

use crate::middle::Middle;

/// How differing lines are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Algorithm {
    /// Histogram; where that changes more than half of all lines, the shorter one of histogram and Myers, and Myers alone
    /// where histogram would take quadratic time. Reads best, and is about as short as the shortest.
    #[default]
    Adaptive,
    /// Aligns on rare lines first; the fastest on real files, quadratic on long ones with thousands of separate changes.
    Histogram,
    /// Myers' O(ND) algorithm with the usual heuristics against quadratic time.
    Myers,
    /// Myers without heuristics: the shortest script, slow on long texts that have little in common.
    MyersMinimal,
}

/// `shared` is how many lines of both sides together were cut off.
fn compute(algorithm: Algorithm, lines: &InternedInput<&[u8]>, shared: usize) -> Diff {
    match algorithm {
        Algorithm::Histogram => Diff::compute(imara_diff::Algorithm::Histogram, lines),
        Algorithm::Myers => Diff::compute(imara_diff::Algorithm::Myers, lines),
        Algorithm::MyersMinimal => Diff::compute(imara_diff::Algorithm::MyersMinimal, lines),
        Algorithm::Adaptive => adaptive(lines, shared),
    }
}

/// Lines of both sides together from which on histogram's cost is estimated before it is paid.
const LARGE: usize = 8192;

/// Histogram looks at all remaining lines again for each region that it aligns: the most steps of that kind.
const MOST_STEPS: usize = 20_000_000;

fn adaptive(lines: &InternedInput<&[u8]>, shared: usize) -> Diff {
    let total = lines.before.len() + lines.after.len();
    let changed = |diff: &Diff| diff.count_additions() as usize + diff.count_removals() as usize;
    let early = (total > LARGE).then(|| compute(Algorithm::Myers, lines, shared));
    let early = match early {
        Some(diff) if diff.hunks().count().saturating_mul(total) > MOST_STEPS => return diff,
        early => early,
    };
    let first = compute(Algorithm::Histogram, lines, shared);
    // Little in common: rare lines are found by chance there, and aligning on them costs others.
    if changed(&first) <= (total + shared) / 2 {
        return first;
    }
    let second = early.unwrap_or_else(|| compute(Algorithm::Myers, lines, shared));
    if changed(&second) < changed(&first) { second } else { first }
}

/// Two texts cut into lines, and the changes between them in order.
pub(crate) struct Script<'a> {
    lines: InternedInput<&'a [u8]>,
    /// What was looked at; the changes count from its first line.
    pub(crate) middle: Middle<'a>,
    pub(crate) hunks: Vec<Hunk>,
}

impl<'a> Script<'a> {
    /// Lines keep their terminators, so a changed line ending is a change. Changes that could stand in several places
    /// are moved where git's indent heuristic puts them.
    pub(crate) fn new(before: &'a [u8], after: &'a [u8], algorithm: Algorithm) -> Self {
        let middle = Middle::of(before, after);
        let lines = InternedInput::new(byte_lines(middle.before), byte_lines(middle.after));
        let mut diff = compute(algorithm, &lines, 2 * (middle.skipped + middle.left) as usize);
        diff.postprocess_lines(&lines);
        let hunks = diff.hunks().collect();
        Self { lines, middle, hunks }
    }

    /// How many lines of the text before there are to ask for.
    pub(crate) fn length(&self) -> u32 {
        self.lines.before.len() as u32
    }

    pub(crate) fn before(&self, line: u32) -> &'a [u8] {
        self.lines.interner[self.lines.before[line as usize]]
    }

    pub(crate) fn after(&self, line: u32) -> &'a [u8] {
        self.lines.interner[self.lines.after[line as usize]]
    }
}
