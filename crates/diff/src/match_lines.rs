//! Which lines of two texts belong together, as git decides for a merge.
//!
//! A merge depends on which of several equally short scripts is chosen. imara-diff chooses well for a reader; here the
//! choice has to be git's, or clean merges would differ. The method is the common one: Myers' search for the middle
//! of a shortest script (E. Myers, "An O(ND) difference algorithm and its variations", 1986, section 4b), over the lines
//! that occur on both sides, with the changed groups then slid together and down.

mod discard;
mod myers;
mod slide;

use std::ops::Range;

use imara_diff::Token;

/// One change between two lists of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) before: Range<usize>,
    pub(crate) after: Range<usize>,
}

impl Edit {
    /// How far the lines behind this edit are further down on the other side.
    pub(crate) fn drift(&self) -> isize {
        self.after.end as isize - self.before.end as isize
    }
}

/// The edits between two lists of lines, in order.
pub(crate) fn match_lines(before: &[Token], after: &[Token]) -> Vec<Edit> {
    let mut removed = vec![false; before.len()];
    let mut added = vec![false; after.len()];
    let (kept_before, kept_after) = discard::comparable(before, after, &mut removed, &mut added);
    let tokens = |kept: &[usize], all: &[Token]| kept.iter().map(|&at| all[at]).collect::<Vec<_>>();
    let (old, new) = (tokens(&kept_before, before), tokens(&kept_after, after));
    myers::mark_changed(&old, &new, |at| removed[kept_before[at]] = true, |at| added[kept_after[at]] = true);
    slide::slide(before, &mut removed, &added);
    slide::slide(after, &mut added, &removed);
    edits(&removed, &added)
}

fn edits(removed: &[bool], added: &[bool]) -> Vec<Edit> {
    let run = |changed: &[bool], at: usize| changed[at..].iter().take_while(|changed| **changed).count();
    let (mut old, mut new) = (0, 0);
    let mut found = Vec::new();
    while old < removed.len() || new < added.len() {
        let (gone, come) = (run(removed, old), run(added, new));
        if gone + come > 0 {
            found.push(Edit { before: old..old + gone, after: new..new + come });
        }
        (old, new) = (old + gone + 1, new + come + 1);
    }
    found
}
