//! Cutting off what two texts share at the ends, before anything is made of their lines.

use memchr::{memchr, memchr_iter, memrchr};

use crate::lines::split_lines;

/// Lines of the shared ends that stay: changes that could stand in several places are moved within them. Git's indent
/// heuristic looks no further than 100 lines.
const MARGIN: u32 = 120;

/// The parts of two texts between their shared ends, with some lines of these.
pub(crate) struct Middle<'a> {
    pub(crate) before: &'a [u8],
    pub(crate) after: &'a [u8],
    /// Whole lines that both texts share before the middle.
    above: &'a [u8],
    /// Whole lines that both texts share behind it.
    below: &'a [u8],
    /// Lines of either text before the middle.
    pub(crate) skipped: u32,
    /// Lines of either text behind it.
    pub(crate) left: u32,
}

impl<'a> Middle<'a> {
    pub(crate) fn of(before: &'a [u8], after: &'a [u8]) -> Self {
        let same = shared_start(before, after);
        let start = line_above(before, same, MARGIN);
        let shared = shared_end(&before[same..], &after[same..]);
        let kept = shared - line_below(&before[before.len() - shared..], MARGIN);
        let (old, new) = (&before[start..before.len() - kept], &after[start..after.len() - kept]);
        let (above, below) = (&before[..start], &before[before.len() - kept..]);
        let count = |bytes: &[u8]| memchr_iter(b'\n', bytes).count() as u32;
        Self { before: old, after: new, above, below, skipped: count(above), left: count(below) }
    }

    /// The last `count` lines before the middle, or as many as there are.
    pub(crate) fn lines_above(&self, count: u32) -> Vec<&'a [u8]> {
        split_lines(&self.above[line_above(self.above, self.above.len(), count)..])
    }

    /// The first `count` lines behind the middle, or as many as there are.
    pub(crate) fn lines_below(&self, count: u32) -> Vec<&'a [u8]> {
        self.below.split_inclusive(|byte| *byte == b'\n').take(count as usize).collect()
    }
}

const BLOCK: usize = 64;

fn shared_start(one: &[u8], other: &[u8]) -> usize {
    let blocks = one.chunks_exact(BLOCK).zip(other.chunks_exact(BLOCK)).take_while(|(one, other)| one == other).count();
    let at = blocks * BLOCK;
    at + one[at..].iter().zip(&other[at..]).take_while(|(one, other)| one == other).count()
}

fn shared_end(one: &[u8], other: &[u8]) -> usize {
    let blocks =
        one.rchunks_exact(BLOCK).zip(other.rchunks_exact(BLOCK)).take_while(|(one, other)| one == other).count();
    let at = blocks * BLOCK;
    let (one, other) = (&one[..one.len() - at], &other[..other.len() - at]);
    at + one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count()
}

/// Start of the line that stands `margin` lines above the one that holds `at`.
fn line_above(text: &[u8], at: usize, margin: u32) -> usize {
    let mut end = at;
    for _ in 0..=margin {
        match memrchr(b'\n', &text[..end]) {
            Some(newline) => end = newline,
            None => return 0,
        }
    }
    end + 1
}

/// End of the `margin` lines below the first line end of a shared end. All of it when it has fewer lines.
fn line_below(text: &[u8], margin: u32) -> usize {
    let mut start = 0;
    for _ in 0..=margin {
        match memchr(b'\n', &text[start..]) {
            Some(newline) => start += newline + 1,
            None => return text.len(),
        }
    }
    start
}
