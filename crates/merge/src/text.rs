//! Three-way comparison of sequences of members, and the textual merge of a member.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};
use pyagent_diff::{MergeInput, MergeOptions, merge_texts};

/// A stretch of a three-way comparison: positions in the base, in our sequence and in theirs.
pub(crate) struct Region {
    pub(crate) base: Range<usize>,
    pub(crate) ours: Range<usize>,
    pub(crate) theirs: Range<usize>,
    pub(crate) change: Change,
}

/// Who changed a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Nobody,
    Ours,
    Theirs,
    Both,
}

#[derive(Clone)]
struct Hunk {
    before: Range<usize>,
    after: Range<usize>,
}

fn hunks(before: &[&str], after: &[&str]) -> Vec<Hunk> {
    let mut input: InternedInput<&str> = InternedInput::default();
    input.update_before(before.iter().copied());
    input.update_after(after.iter().copied());
    let size = |range: Range<u32>| range.start as usize..range.end as usize;
    Diff::compute(Algorithm::Histogram, &input)
        .hunks()
        .map(|hunk| Hunk { before: size(hunk.before), after: size(hunk.after) })
        .collect()
}

/// Cuts three sequences into stretches by who changed them. Changes of both sides that touch are one stretch.
pub(crate) fn regions(base: &[&str], ours: &[&str], theirs: &[&str]) -> Vec<Region> {
    let (left, right) = (hunks(base, ours), hunks(base, theirs));
    let (mut l, mut r) = (0, 0);
    let (mut at, mut at_ours, mut at_theirs) = (0, 0, 0);
    let mut found = Vec::new();
    while l < left.len() || r < right.len() {
        let next = |side: &[Hunk], index: usize| side.get(index).map_or(usize::MAX, |hunk| hunk.before.start);
        let start = next(&left, l).min(next(&right, r));
        let mut end = start;
        let (from_l, from_r) = (l, r);
        loop {
            if let Some(hunk) = left.get(l).filter(|hunk| hunk.before.start <= end) {
                end = end.max(hunk.before.end);
                l += 1;
            } else if let Some(hunk) = right.get(r).filter(|hunk| hunk.before.start <= end) {
                end = end.max(hunk.before.end);
                r += 1;
            } else {
                break;
            }
        }
        let same = start - at;
        found.push(Region {
            base: at..start,
            ours: at_ours..at_ours + same,
            theirs: at_theirs..at_theirs + same,
            change: Change::Nobody,
        });
        let ours_len = length(&left[from_l..l], end - start);
        let theirs_len = length(&right[from_r..r], end - start);
        let change = match (l > from_l, r > from_r) {
            (true, true) => Change::Both,
            (true, false) => Change::Ours,
            _ => Change::Theirs,
        };
        (at, at_ours, at_theirs) = (end, at_ours + same, at_theirs + same);
        found.push(Region {
            base: start..end,
            ours: at_ours..at_ours + ours_len,
            theirs: at_theirs..at_theirs + theirs_len,
            change,
        });
        (at_ours, at_theirs) = (at_ours + ours_len, at_theirs + theirs_len);
    }
    found.push(Region {
        base: at..base.len(),
        ours: at_ours..ours.len(),
        theirs: at_theirs..theirs.len(),
        change: Change::Nobody,
    });
    found
}

/// How long a stretch of the base is on a side that applied `hunks` inside it.
fn length(hunks: &[Hunk], stretch: usize) -> usize {
    let removed: usize = hunks.iter().map(|hunk| hunk.before.len()).sum();
    let added: usize = hunks.iter().map(|hunk| hunk.after.len()).sum();
    stretch + added - removed
}

/// The merged text, line by line; `None` when both sides changed the same lines or lines that touch.
pub(crate) fn merge_text(base: &str, ours: &str, theirs: &str) -> Option<String> {
    let input = MergeInput { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
    let merged = merge_texts(input, &MergeOptions::default());
    if merged.conflicts.is_empty() { String::from_utf8(merged.bytes).ok() } else { None }
}
