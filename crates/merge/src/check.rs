//! The promise of a clean merge, checked from the texts alone. Nothing of the merge itself is used here.
//!
//! Each word of a text stands at a place: the names of the declarations and keys around it. For every word at every
//! place the result has to have as many as the base, plus what each side added, less what each side took away; what
//! both did counts once or twice. And no declaration has two members of one name unless a version had them.

mod inventory;
mod names;

use std::collections::BTreeSet;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};
use thiserror::Error;

use crate::language::Language;
use inventory::{Inventory, Places, is_letter};

/// Why a merged text is not what both sides wanted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckError {
    /// It does not parse, though all three versions do.
    #[error("the merged text has a syntax error")]
    Syntax,
    #[error("expected {expected} of `{word}` in {place}, found {found}")]
    Words { word: String, place: String, expected: String, found: i64 },
    #[error("`{name}` is declared {found} times in {place}, in no version more than {most} times")]
    Twice { name: String, place: String, found: i64, most: i64 },
}

/// Whether `merged` parses, has the changes of both sides and has nothing twice.
pub fn check_merge(language: Language, base: &str, ours: &str, theirs: &str, merged: &str) -> Result<(), CheckError> {
    let mut places = Places::new();
    let mut read = |text| Inventory::read(language, text, &mut places).ok_or(CheckError::Syntax);
    let versions = [read(base)?, read(ours)?, read(theirs)?];
    let merged = read(merged)?;
    for place in 0..places.count() {
        let words: BTreeSet<&str> = versions.iter().chain([&merged]).flat_map(|each| each.words(place)).collect();
        for word in words {
            check_word(&versions, &merged, place, word)
                .map_err(|(expected, found)| words_error(word, places.label(place), &expected, found))?;
        }
    }
    for ((place, name), found) in &merged.names {
        let counts = versions.iter().filter_map(|each| each.names.get(&(*place, name.clone())).copied());
        let most = counts.max().unwrap_or(0).max(1);
        if *found > most {
            let place = places.label(*place).to_string();
            return Err(CheckError::Twice { name: name.clone(), place, found: *found, most });
        }
    }
    Ok(())
}

fn words_error(word: &str, place: &str, expected: &str, found: i64) -> CheckError {
    CheckError::Words { word: word.to_string(), place: place.to_string(), expected: expected.to_string(), found }
}

/// `Err` has what was expected and what was found.
fn check_word(
    versions: &[Inventory<'_>; 3],
    merged: &Inventory<'_>,
    place: usize,
    word: &str,
) -> Result<(), (String, i64)> {
    let [base, ours, theirs] = versions.each_ref().map(|version| version.count(place, word));
    let found = merged.count(place, word);
    let (least, most) = allowed(base, ours, theirs);
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let changed = |side: &Inventory<'_>| side.lines(place).concat() != versions[0].lines(place).concat();
    let (least, most) = match (changed(&versions[1]), changed(&versions[2]), word.starts_with(is_letter)) {
        (true, true, true) => allowed_by_edits(versions, place, word),
        // Brackets and operators come and go with the words around them; the parser sees to them.
        (true, true, false) => (least.min(ours).min(theirs), most.max(ours).max(theirs)),
        _ => (least, most),
    };
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err((if least == most { format!("{least}") } else { format!("{least} to {most}") }, found))
}

/// How many of something there may be after both sides changed its number.
fn allowed(base: i64, ours: i64, theirs: i64) -> (i64, i64) {
    let both = ours + theirs - base;
    if ours == base {
        return (theirs, theirs);
    }
    if theirs == base {
        return (ours, ours);
    }
    if ours > base && theirs > base {
        (ours.max(theirs), both)
    } else if ours < base && theirs < base {
        (both.max(0), ours.min(theirs))
    } else {
        (both.max(0), both.max(0))
    }
}

/// The same from the edits of each side, line by line, or word by word where a version has one line: what both wrote
/// or struck out may be one edit or two.
fn allowed_by_edits(versions: &[Inventory<'_>; 3], place: usize, word: &str) -> (i64, i64) {
    let by_line = versions.iter().all(|version| version.lines(place).len() > 1);
    let [base, ours, theirs] = versions.each_ref().map(|version| units(version.lines(place), by_line));
    let occurrences =
        |units: &[&[&str]]| units.iter().flat_map(|unit| unit.iter()).filter(|each| **each == word).count() as i64;
    let edits = |after: &[&[&str]]| {
        let mut input: InternedInput<&[&str]> = InternedInput::default();
        input.update_before(base.iter().copied());
        input.update_after(after.iter().copied());
        let count = |units: &[&[&str]], range: Range<u32>| {
            occurrences(units.get(range.start as usize..range.end as usize).unwrap_or_default())
        };
        Diff::compute(Algorithm::Histogram, &input).hunks().fold((0, 0), |(added, removed), hunk| {
            (added + count(after, hunk.after), removed + count(&base, hunk.before))
        })
    };
    let ((our_added, our_removed), (their_added, their_removed)) = (edits(&ours), edits(&theirs));
    let start = occurrences(&base);
    let least = start + our_added.max(their_added) - our_removed - their_removed;
    let most = start + our_added + their_added - our_removed.max(their_removed);
    (least.max(0), most)
}

fn units<'l, 's>(lines: &'l [Vec<&'s str>], by_line: bool) -> Vec<&'l [&'s str]> {
    if by_line {
        lines.iter().map(Vec::as_slice).collect()
    } else {
        lines.iter().flat_map(|line| line.chunks(1)).collect()
    }
}
