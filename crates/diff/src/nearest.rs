//! Where a hunk that does not fit comes nearest.

use std::collections::HashMap;

/// The place in a file that comes nearest to what a hunk expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// Line, counted from 1, where the hunk would begin.
    pub line: usize,
    /// How many of the hunk's old lines stand there.
    pub matching: usize,
    pub of: usize,
    /// The first lines that differ, at most [`MOST_SHOWN`].
    pub differs: Vec<Difference>,
}

/// One line that is not what a hunk expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Line of the file, counted from 1.
    pub line: usize,
    pub expected: Vec<u8>,
    /// `None` beyond the end of the file.
    pub found: Option<Vec<u8>>,
}

const MOST_SHOWN: usize = 3;

/// A line that stands in more places than this says little about where a hunk belongs.
const COMMON: usize = 200;

/// Every line of the hunk votes for the places where it would fit; among equals the one nearest to `guess` wins.
pub(crate) fn nearest(file: &[&[u8]], old: &[&[u8]], guess: usize) -> Option<Nearest> {
    let mut places: HashMap<&[u8], Vec<usize>> = old.iter().map(|line| (*line, Vec::new())).collect();
    for (at, line) in file.iter().enumerate() {
        if let Some(found) = places.get_mut(line)
            && found.len() <= COMMON
        {
            found.push(at);
        }
    }
    let mut votes: HashMap<usize, usize> = HashMap::new();
    for (index, line) in old.iter().enumerate() {
        for at in places.get(line).into_iter().flatten() {
            if let Some(start) = at.checked_sub(index) {
                *votes.entry(start).or_default() += 1;
            }
        }
    }
    let (&start, _) =
        votes.iter().max_by_key(|&(&start, &count)| (count, std::cmp::Reverse((start.abs_diff(guess), start))))?;
    let mut differs = Vec::new();
    let mut matching = 0;
    for (index, expected) in old.iter().enumerate() {
        let found = file.get(start + index);
        if found == Some(expected) {
            matching += 1;
        } else if differs.len() < MOST_SHOWN {
            let found = found.map(|line| line.to_vec());
            differs.push(Difference { line: start + index + 1, expected: expected.to_vec(), found });
        }
    }
    Some(Nearest { line: start + 1, matching, of: old.len(), differs })
}
