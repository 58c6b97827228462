//! Three-way merge of texts: the diff3 algorithm with the refinements of git's `merge-file`.
//!
//! Both sides are compared with the base. Changes that touch or overlap on the base are one region; regions that only
//! one side changed, or both in the same way, are taken; the others are conflicts. How conflicts are then cut down
//! depends on the style, as in git, and so do the results: see `tests/git_merge.rs`.

use std::ops::Range;

use imara_diff::{InternedInput, Interner, Token, TokenSource, sources::byte_lines};

use crate::binary::is_binary;
use crate::conflict::write_merge;
use crate::match_lines::{Edit, match_lines};

/// The three texts.
#[derive(Debug, Clone, Copy)]
pub struct MergeInput<'a> {
    pub base: &'a [u8],
    pub ours: &'a [u8],
    pub theirs: &'a [u8],
}

/// How conflicts are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ConflictStyle {
    /// Both sides, cut down to what differs between them.
    #[default]
    Merge,
    /// Both sides and the base, uncut.
    Diff3,
    /// Both sides and the base; what both sides share at the ends stands outside.
    Zdiff3,
}

/// How a merge is written.
#[derive(Debug, Clone)]
pub struct MergeOptions<'a> {
    pub style: ConflictStyle,
    /// Characters of a marker; 7 in git.
    pub marker_size: usize,
    /// What stands behind the markers; empty for nothing.
    pub labels: Labels<'a>,
}

#[derive(Debug, Clone, Copy)]
pub struct Labels<'a> {
    pub ours: &'a [u8],
    pub base: &'a [u8],
    pub theirs: &'a [u8],
}

impl Default for MergeOptions<'_> {
    fn default() -> Self {
        let labels = Labels { ours: b"ours", base: b"base", theirs: b"theirs" };
        Self { style: ConflictStyle::Merge, marker_size: 7, labels }
    }
}

/// The merged bytes. Without conflicts it is clean; with some they stand between markers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    pub bytes: Vec<u8>,
    pub conflicts: Vec<Conflict>,
}

/// What both sides changed differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What stood there before. Conflicts that [`ConflictStyle::Merge`] cut out of one region share its base.
    pub base: Vec<u8>,
    pub ours: Vec<u8>,
    pub theirs: Vec<u8>,
    /// Line of the merged text, counted from 1, where the first marker stands.
    pub line: usize,
}

/// Merges two changed texts. Bytes that are not text are one conflict, and the result is ours without markers.
pub fn merge_texts(input: MergeInput<'_>, options: &MergeOptions<'_>) -> Merged {
    let MergeInput { base, ours, theirs } = input;
    let clean = |bytes: &[u8]| Merged { bytes: bytes.to_vec(), conflicts: Vec::new() };
    if base == ours || ours == theirs {
        return clean(theirs);
    }
    if base == theirs {
        return clean(ours);
    }
    if [base, ours, theirs].into_iter().any(is_binary) {
        let conflict = Conflict { base: base.to_vec(), ours: ours.to_vec(), theirs: theirs.to_vec(), line: 1 };
        return Merged { bytes: ours.to_vec(), conflicts: vec![conflict] };
    }
    let texts = Texts::new(input);
    let mut regions = regions(&texts);
    match options.style {
        ConflictStyle::Merge => {
            regions = refine(&texts, regions);
            regions = simplify(&texts, regions);
        }
        ConflictStyle::Diff3 => {}
        ConflictStyle::Zdiff3 => regions.iter_mut().for_each(|region| trim(&texts, region)),
    }
    write_merge(&texts, &regions, options)
}

/// The three texts as lines; equal lines have equal tokens.
pub(crate) struct Texts<'a> {
    interner: Interner<&'a [u8]>,
    pub(crate) base: Vec<Token>,
    pub(crate) ours: Vec<Token>,
    pub(crate) theirs: Vec<Token>,
}

impl<'a> Texts<'a> {
    fn new(input: MergeInput<'a>) -> Self {
        let mut lines = InternedInput::new(byte_lines(input.base), byte_lines(input.ours));
        let theirs = byte_lines(input.theirs).tokenize().map(|line| lines.interner.intern(line)).collect();
        Self { interner: lines.interner, base: lines.before, ours: lines.after, theirs }
    }

    pub(crate) fn line(&self, token: Token) -> &'a [u8] {
        self.interner[token]
    }
}

/// Which text a region of the result comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Take {
    Ours,
    Theirs,
    Conflict,
    /// Both sides turned out to be the same: ours stands, and nothing more is to be done.
    Same,
}

/// A changed region: the lines that it covers in each text.
#[derive(Debug, Clone)]
pub(crate) struct Region {
    pub(crate) take: Take,
    pub(crate) base: Range<usize>,
    pub(crate) ours: Range<usize>,
    pub(crate) theirs: Range<usize>,
}

/// Walks both lists of changes along the base.
fn regions(texts: &Texts<'_>) -> Vec<Region> {
    let ours = match_lines(&texts.base, &texts.ours);
    let theirs = match_lines(&texts.base, &texts.theirs);
    let (mut left, mut right) = (ours.as_slice(), theirs.as_slice());
    let mut found = Vec::new();
    // How far each side has drifted from the base behind the changes that were passed.
    let (mut our_drift, mut their_drift) = (0isize, 0isize);
    loop {
        match (left.first(), right.first()) {
            (None, None) => return found,
            (Some(one), other) if other.is_none_or(|other| one.before.end < other.before.start) => {
                push(
                    &mut found,
                    Region {
                        take: Take::Ours,
                        base: one.before.clone(),
                        ours: one.after.clone(),
                        theirs: shifted(&one.before, their_drift),
                    },
                );
                (left, our_drift) = (&left[1..], one.drift());
            }
            (one, Some(other)) if one.is_none_or(|one| other.before.end < one.before.start) => {
                push(
                    &mut found,
                    Region {
                        take: Take::Theirs,
                        base: other.before.clone(),
                        ours: shifted(&other.before, our_drift),
                        theirs: other.after.clone(),
                    },
                );
                (right, their_drift) = (&right[1..], other.drift());
            }
            (Some(one), Some(other)) => {
                if !same_edit(texts, one, other) {
                    push(&mut found, overlap(one, other));
                }
                let (one_end, other_end) = (one.before.end, other.before.end);
                if one_end >= other_end {
                    (right, their_drift) = (&right[1..], other.drift());
                }
                if other_end >= one_end {
                    (left, our_drift) = (&left[1..], one.drift());
                }
            }
            (Some(_), None) | (None, Some(_)) => return found,
        }
    }
}

fn shifted(range: &Range<usize>, drift: isize) -> Range<usize> {
    range.start.saturating_add_signed(drift)..range.end.saturating_add_signed(drift)
}

fn same_edit(texts: &Texts<'_>, one: &Edit, other: &Edit) -> bool {
    one.before == other.before && texts.ours[one.after.clone()] == texts.theirs[other.after.clone()]
}

/// The union of two overlapping edits on the base, carried over to both sides.
fn overlap(one: &Edit, other: &Edit) -> Region {
    let start = one.before.start.min(other.before.start);
    let end = one.before.end.max(other.before.end);
    let widened = |edit: &Edit| {
        edit.after.start.saturating_sub(edit.before.start - start)..edit.after.end + (end - edit.before.end)
    };
    Region { take: Take::Conflict, base: start..end, ours: widened(one), theirs: widened(other) }
}

/// Adds a region; one that touches the last becomes one with it, a conflict unless both are taken from the same side.
fn push(found: &mut Vec<Region>, region: Region) {
    match found.last_mut() {
        Some(last) if region.ours.start <= last.ours.end || region.theirs.start <= last.theirs.end => {
            if last.take != region.take {
                last.take = Take::Conflict;
            }
            last.base.end = region.base.end;
            last.ours.end = region.ours.end;
            last.theirs.end = region.theirs.end;
        }
        _ => found.push(region),
    }
}

/// Cuts each conflict down to the lines that differ between the sides.
fn refine(texts: &Texts<'_>, regions: Vec<Region>) -> Vec<Region> {
    let mut refined = Vec::with_capacity(regions.len());
    for region in regions {
        if region.take != Take::Conflict || region.ours.is_empty() || region.theirs.is_empty() {
            refined.push(region);
            continue;
        }
        let edits = match_lines(&texts.ours[region.ours.clone()], &texts.theirs[region.theirs.clone()]);
        if edits.is_empty() {
            refined.push(Region { take: Take::Same, ..region });
            continue;
        }
        let at = |range: &Range<usize>, start: usize| range.start + start..range.end + start;
        // Which base lines belong to a part is not known, so each part keeps all of them.
        refined.extend(edits.iter().map(|edit| Region {
            take: Take::Conflict,
            base: region.base.clone(),
            ours: at(&edit.before, region.ours.start),
            theirs: at(&edit.after, region.theirs.start),
        }));
    }
    refined
}

/// Joins conflicts with at most three lines between them, or with nothing but punctuation: fewer markers read better.
fn simplify(texts: &Texts<'_>, regions: Vec<Region>) -> Vec<Region> {
    let mut joined: Vec<Region> = Vec::with_capacity(regions.len());
    for region in regions {
        match joined.last_mut() {
            Some(last)
                if last.take == Take::Conflict
                    && region.take == Take::Conflict
                    && (region.ours.start - last.ours.end <= 3
                        || !has_word(texts, last.ours.end..region.ours.start)) =>
            {
                last.base.end = region.base.end;
                last.ours.end = region.ours.end;
                last.theirs.end = region.theirs.end;
            }
            _ => joined.push(region),
        }
    }
    joined
}

fn has_word(texts: &Texts<'_>, ours: Range<usize>) -> bool {
    texts.ours[ours].iter().any(|&token| texts.line(token).iter().any(u8::is_ascii_alphanumeric))
}

/// Takes what both sides share at the ends out of a conflict.
fn trim(texts: &Texts<'_>, region: &mut Region) {
    if region.take != Take::Conflict {
        return;
    }
    let (ours, theirs) = (&mut region.ours, &mut region.theirs);
    let both = |ours: &Range<usize>, theirs: &Range<usize>| ours.start < ours.end && theirs.start < theirs.end;
    while both(ours, theirs) && texts.ours[ours.start] == texts.theirs[theirs.start] {
        (ours.start, theirs.start) = (ours.start + 1, theirs.start + 1);
    }
    while both(ours, theirs) && texts.ours[ours.end - 1] == texts.theirs[theirs.end - 1] {
        (ours.end, theirs.end) = (ours.end - 1, theirs.end - 1);
    }
}
