//! The linear-space variant of Myers' algorithm.

use std::ops::Range;

use imara_diff::Token;

/// Calls back with every position that is not part of the common subsequence.
pub(super) fn mark_changed(before: &[Token], after: &[Token], removed: impl FnMut(usize), added: impl FnMut(usize)) {
    let diagonals = before.len() + after.len() + 3;
    let mut search = Search {
        before,
        after,
        forward: vec![0; diagonals],
        backward: vec![0; diagonals],
        most: rough_root(diagonals).max(LEAST_COST),
        removed,
        added,
    };
    search.compare(0..before.len(), 0..after.len(), false);
}

/// Below this many edits the search is exact.
const LEAST_COST: isize = 256;

fn rough_root(number: usize) -> isize {
    let (mut root, mut rest) = (1, number);
    while rest > 0 {
        (root, rest) = (root << 1, rest >> 2);
    }
    root
}

struct Search<'t, R, A> {
    before: &'t [Token],
    after: &'t [Token],
    /// Furthest position on `before` that was reached on each diagonal, from the start and from the end.
    forward: Vec<isize>,
    backward: Vec<isize>,
    /// Edits after which the search for the shortest script is given up.
    most: isize,
    removed: R,
    added: A,
}

/// A point that a script goes through, and whether the parts on either side have to be shortest.
struct Split {
    before: usize,
    after: usize,
    exact_low: bool,
    exact_high: bool,
}

impl<R: FnMut(usize), A: FnMut(usize)> Search<'_, R, A> {
    fn compare(&mut self, mut before: Range<usize>, mut after: Range<usize>, exact: bool) {
        while !before.is_empty() && !after.is_empty() && self.before[before.start] == self.after[after.start] {
            (before.start, after.start) = (before.start + 1, after.start + 1);
        }
        while !before.is_empty() && !after.is_empty() && self.before[before.end - 1] == self.after[after.end - 1] {
            (before.end, after.end) = (before.end - 1, after.end - 1);
        }
        if before.is_empty() {
            after.for_each(|at| (self.added)(at));
        } else if after.is_empty() {
            before.for_each(|at| (self.removed)(at));
        } else {
            let split = self.split(&before, &after, exact);
            self.compare(before.start..split.before, after.start..split.after, split.exact_low);
            self.compare(split.before..before.end, split.after..after.end, split.exact_high);
        }
    }

    /// The middle of a shortest script: where the furthest paths from both ends meet. On equal terms the higher diagonal
    /// is tried first, and the forward path meets the backward one where the lengths of the sides differ by an odd number.
    fn split(&mut self, before: &Range<usize>, after: &Range<usize>, exact: bool) -> Split {
        let (low, high) = (before.start as isize, before.end as isize);
        let (after_low, after_high) = (after.start as isize, after.end as isize);
        // Diagonal k holds the points with `before - after == k`; diagonals are stored from `zero` on.
        let zero = self.after.len() as isize + 1;
        let (lowest, highest) = (low - after_high, high - after_low);
        let (from_start, from_end) = (low - after_low, high - after_high);
        let odd = (from_start - from_end) % 2 != 0;
        let mut ahead = Band::new(from_start);
        let mut behind = Band::new(from_end);
        self.forward[(from_start + zero) as usize] = low;
        self.backward[(from_end + zero) as usize] = high;
        for cost in 1.. {
            ahead.widen(lowest, highest, |diagonal| self.forward[(diagonal + zero) as usize] = -1);
            for diagonal in ahead.diagonals() {
                let place = (diagonal + zero) as usize;
                let mut x = (self.forward[place - 1] + 1).max(self.forward[place + 1]);
                while x < high && x - diagonal < after_high && self.same(x, x - diagonal) {
                    x += 1;
                }
                self.forward[place] = x;
                if odd && behind.holds(diagonal) && self.backward[place] <= x {
                    return meeting(x, x - diagonal);
                }
            }
            behind.widen(lowest, highest, |diagonal| self.backward[(diagonal + zero) as usize] = isize::MAX);
            for diagonal in behind.diagonals() {
                let place = (diagonal + zero) as usize;
                let mut x = self.backward[place - 1].min(self.backward[place + 1].saturating_sub(1));
                while x > low && x - diagonal > after_low && self.same(x - 1, x - diagonal - 1) {
                    x -= 1;
                }
                self.backward[place] = x;
                if !odd && ahead.holds(diagonal) && x <= self.forward[place] {
                    return meeting(x, x - diagonal);
                }
            }
            if !exact && cost >= self.most {
                break;
            }
        }
        self.give_up(before, after, &ahead, &behind)
    }

    fn same(&self, before: isize, after: isize) -> bool {
        self.before[before as usize] == self.after[after as usize]
    }

    /// The point furthest from its own end that either search has reached.
    fn give_up(&self, before: &Range<usize>, after: &Range<usize>, ahead: &Band, behind: &Band) -> Split {
        let zero = self.after.len() as isize + 1;
        let (high, after_high) = (before.end as isize, after.end as isize);
        let (low, after_low) = (before.start as isize, after.start as isize);
        let reached = |diagonal: isize| {
            let x = self.forward[(diagonal + zero) as usize].min(high);
            if x - diagonal > after_high { (after_high + diagonal, after_high) } else { (x, x - diagonal) }
        };
        let come_from = |diagonal: isize| {
            let x = self.backward[(diagonal + zero) as usize].max(low);
            if x - diagonal < after_low { (after_low + diagonal, after_low) } else { (x, x - diagonal) }
        };
        let mut best = (low, after_low);
        for point in ahead.diagonals().map(reached) {
            best = if point.0 + point.1 > best.0 + best.1 { point } else { best };
        }
        let mut best_back = (high, after_high);
        for point in behind.diagonals().map(come_from) {
            best_back = if point.0 + point.1 < best_back.0 + best_back.1 { point } else { best_back };
        }
        let forward = best.0 + best.1 - low - after_low > high + after_high - best_back.0 - best_back.1;
        let (x, y) = if forward { best } else { best_back };
        Split { before: x as usize, after: y as usize, exact_low: forward, exact_high: !forward }
    }
}

fn meeting(before: isize, after: isize) -> Split {
    Split { before: before as usize, after: after as usize, exact_low: true, exact_high: true }
}

/// The diagonals that a search has reached; every other one of them in one step.
struct Band {
    lowest: isize,
    highest: isize,
}

impl Band {
    fn new(diagonal: isize) -> Self {
        Self { lowest: diagonal, highest: diagonal }
    }

    /// One diagonal further on both sides, within the limits; `close` gets the ones just outside.
    fn widen(&mut self, lowest: isize, highest: isize, mut close: impl FnMut(isize)) {
        if self.lowest > lowest {
            self.lowest -= 1;
            close(self.lowest - 1);
        } else {
            self.lowest += 1;
        }
        if self.highest < highest {
            self.highest += 1;
            close(self.highest + 1);
        } else {
            self.highest -= 1;
        }
    }

    fn diagonals(&self) -> impl Iterator<Item = isize> + use<> {
        (self.lowest..=self.highest).rev().step_by(2)
    }

    fn holds(&self, diagonal: isize) -> bool {
        (self.lowest..=self.highest).contains(&diagonal)
    }
}
