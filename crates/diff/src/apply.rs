//! Applying a patch to the bytes of one file.
//!
//! Each hunk is tried at the place that its header names, moved by as much as the hunk before it had moved; then at
//! growing distances; then, where fuzz is allowed, with one more line of context dropped at either end. A place is
//! taken only if every remaining old line is there, byte by byte. Two places at the same distance are a refusal.

use crate::lines::split_lines;
use crate::nearest::{Nearest, nearest};
use crate::patch::{Change, FilePatch, Hunk, HunkLine, Sign};

/// How exactly a patch must fit.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApplyOptions {
    /// Lines of context that may differ at each end of a hunk, as in `patch --fuzz`.
    pub fuzz: u32,
}

/// What became of a patch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// The bytes after, and where each hunk went.
    Done { bytes: Vec<u8>, hunks: Vec<Placed> },
    /// Nothing is applied unless everything is: all hunks that do not fit.
    Refused(Vec<Failure>),
}

/// Where a hunk went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// Line of the file before, counted from 1, where the old lines of the hunk begin.
    pub line: usize,
    /// How many lines further down than the hunk says; negative is further up.
    pub offset: i64,
    /// Lines of context dropped at each end.
    pub fuzz: u32,
}

/// Why one hunk was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Index of the hunk, from 0.
    pub hunk: usize,
    pub reason: Reason,
    /// The place that comes nearest to what the hunk expects; `None` where none of its lines is found.
    pub nearest: Option<Nearest>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// No place holds the old lines.
    NoMatch,
    /// Two places at the same distance hold them.
    Ambiguous,
    /// The hunk's lines do not agree with its header.
    Malformed,
    /// The patch adds a file, and there are bytes already.
    Exists,
    /// The patch removes the file, and bytes would be left.
    Leftover,
    /// The content is binary.
    Binary,
}

/// The file after the patch. Absent files are empty bytes, before and after.
pub fn apply_patch(before: &[u8], patch: &FilePatch, options: ApplyOptions) -> Applied {
    let whole = |hunk, reason| Applied::Refused(vec![Failure { hunk, reason, nearest: None }]);
    if patch.binary.is_some() {
        return whole(0, Reason::Binary);
    }
    if patch.change == Change::Create && !before.is_empty() {
        return whole(0, Reason::Exists);
    }
    let file = split_lines(before);
    let mut state = State { file: &file, cursor: 0, offset: 0, bytes: Vec::with_capacity(before.len()) };
    let (mut placed, mut failures) = (Vec::new(), Vec::new());
    for (index, hunk) in patch.hunks.iter().enumerate() {
        match state.hunk(hunk, options) {
            Ok(place) => placed.push(place),
            Err((reason, nearest)) => failures.push(Failure { hunk: index, reason, nearest }),
        }
    }
    if !failures.is_empty() {
        return Applied::Refused(failures);
    }
    let bytes = state.finish();
    if patch.change == Change::Delete && !bytes.is_empty() {
        return whole(patch.hunks.len().saturating_sub(1), Reason::Leftover);
    }
    Applied::Done { bytes, hunks: placed }
}

/// The part of a hunk that must be found: its old lines without the context that fuzz drops.
struct Pattern<'h> {
    old: Vec<&'h [u8]>,
    /// Lines of context dropped before the pattern.
    dropped: usize,
    /// The hunk has less context here than at the other end, so the text must end here.
    at_start: bool,
    at_end: bool,
}

struct State<'f> {
    file: &'f [&'f [u8]],
    /// First line that no hunk has touched.
    cursor: usize,
    /// How far the hunk before this one had moved.
    offset: i64,
    bytes: Vec<u8>,
}

type Refusal = (Reason, Option<Nearest>);

impl State<'_> {
    fn hunk(&mut self, hunk: &Hunk, options: ApplyOptions) -> Result<Placed, Refusal> {
        let lines = hunk.lines().ok_or((Reason::Malformed, None))?;
        // A hunk without old lines names the line that it follows.
        let named =
            if hunk.old_count == 0 { hunk.old_start as usize } else { (hunk.old_start as usize).saturating_sub(1) };
        let guess = named as i64 + self.offset;
        for fuzz in 0..=options.fuzz {
            let Some(pattern) = Pattern::new(&lines, fuzz as usize) else { break };
            match self.locate(&pattern, guess + pattern.dropped as i64)? {
                Some(at) => return Ok(self.take(&lines, &pattern, at, named, fuzz)),
                None => continue,
            }
        }
        let old: Vec<&[u8]> = lines.iter().filter(|line| line.sign != Sign::Added).map(|line| line.text).collect();
        Err((Reason::NoMatch, nearest(self.file, &old, usize::try_from(guess).unwrap_or(0))))
    }

    /// The line where the pattern stands, nearest to the guess.
    fn locate(&self, pattern: &Pattern<'_>, guess: i64) -> Result<Option<usize>, Refusal> {
        let (first, last) = (self.cursor as i64, self.file.len() as i64 - pattern.old.len() as i64);
        let fits = |at: i64| (first..=last).contains(&at) && self.matches(pattern, at as usize);
        if fits(guess) {
            return Ok(Some(guess as usize));
        }
        // Without old lines every place would do, so only the named one does.
        if pattern.old.is_empty() || last < first {
            return Ok(None);
        }
        // A header may name a line far outside the file: the search begins at the file's edge.
        let nearest = (guess - last).max(first - guess).max(1);
        for distance in nearest..=(guess - first).max(last - guess) {
            match (fits(guess - distance), fits(guess + distance)) {
                (true, true) => {
                    let line = (guess - distance) as usize + 1;
                    let place =
                        Nearest { line, matching: pattern.old.len(), of: pattern.old.len(), differs: Vec::new() };
                    return Err((Reason::Ambiguous, Some(place)));
                }
                (true, false) => return Ok(Some((guess - distance) as usize)),
                (false, true) => return Ok(Some((guess + distance) as usize)),
                (false, false) => {}
            }
        }
        Ok(None)
    }

    fn matches(&self, pattern: &Pattern<'_>, at: usize) -> bool {
        let end = at + pattern.old.len();
        (!pattern.at_start || at == 0)
            && (!pattern.at_end || end == self.file.len())
            && self.file[at..end] == pattern.old[..]
    }

    /// Writes what stands before the hunk and the hunk's new lines. Context comes from the file: fuzz may have dropped it.
    fn take(&mut self, lines: &[HunkLine<'_>], pattern: &Pattern<'_>, at: usize, named: usize, fuzz: u32) -> Placed {
        self.file[self.cursor..at].iter().for_each(|line| self.bytes.extend_from_slice(line));
        let mut old = 0;
        for line in lines {
            let kept = old >= pattern.dropped && old < pattern.dropped + pattern.old.len();
            match line.sign {
                Sign::Added => self.bytes.extend_from_slice(line.text),
                Sign::Context if kept => self.bytes.extend_from_slice(line.text),
                Sign::Context | Sign::Removed => {}
            }
            old += usize::from(line.sign != Sign::Added);
        }
        self.cursor = at + pattern.old.len();
        let start = at as i64 - pattern.dropped as i64;
        self.offset = start - named as i64;
        Placed { line: at + 1, offset: self.offset, fuzz }
    }

    fn finish(mut self) -> Vec<u8> {
        self.file[self.cursor..].iter().for_each(|line| self.bytes.extend_from_slice(line));
        self.bytes
    }
}

impl<'h> Pattern<'h> {
    /// `None` when the hunk has no context left that this much fuzz could drop.
    fn new(lines: &[HunkLine<'h>], fuzz: usize) -> Option<Self> {
        let context = |line: &&HunkLine<'_>| line.sign == Sign::Context;
        let leading = lines.iter().take_while(context).count();
        let trailing = if leading == lines.len() { leading } else { lines.iter().rev().take_while(context).count() };
        let most = leading.max(trailing);
        if fuzz > most {
            return None;
        }
        // Less context at one end means that the file begins or ends there; fuzz makes up for the difference first.
        let drop = |length: usize| (fuzz + length).saturating_sub(most);
        let (dropped, cut) = (drop(leading), drop(trailing));
        let mut old: Vec<&[u8]> = lines.iter().filter(|line| line.sign != Sign::Added).map(|line| line.text).collect();
        if fuzz > 0 && dropped + cut >= old.len() {
            return None;
        }
        old.truncate(old.len() - cut);
        old.drain(..dropped);
        Some(Self { old, dropped, at_start: fuzz + leading < most, at_end: fuzz + trailing < most })
    }
}
