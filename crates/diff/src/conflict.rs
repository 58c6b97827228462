//! Writing a merge: the clean parts, and conflicts between markers as git writes them.

use std::ops::Range;

use imara_diff::Token;
use memchr::memchr_iter;

use crate::merge::{Conflict, ConflictStyle, MergeOptions, Merged, Region, Take, Texts};

pub(crate) fn write_merge(texts: &Texts<'_>, regions: &[Region], options: &MergeOptions<'_>) -> Merged {
    let mut writer = Writer { texts, options, bytes: Vec::new(), line: 1, counted: 0, conflicts: Vec::new() };
    let mut next = 0;
    for region in regions {
        if region.take == Take::Same {
            continue;
        }
        writer.copy(&texts.ours[next..region.ours.start]);
        match region.take {
            Take::Ours => writer.copy(&texts.ours[region.ours.clone()]),
            Take::Theirs => writer.copy(&texts.theirs[region.theirs.clone()]),
            Take::Conflict => writer.conflict(region),
            Take::Same => {}
        }
        next = region.ours.end;
    }
    writer.copy(&texts.ours[next..]);
    Merged { bytes: writer.bytes, conflicts: writer.conflicts }
}

struct Writer<'t, 'a> {
    texts: &'t Texts<'a>,
    options: &'t MergeOptions<'t>,
    bytes: Vec<u8>,
    /// Number of the line that begins at `counted`.
    line: usize,
    counted: usize,
    conflicts: Vec<Conflict>,
}

impl Writer<'_, '_> {
    fn copy(&mut self, lines: &[Token]) {
        for &token in lines {
            self.bytes.extend_from_slice(self.texts.line(token));
        }
    }

    fn conflict(&mut self, region: &Region) {
        let (texts, labels) = (self.texts, self.options.labels);
        let sides =
            [&texts.base[region.base.clone()], &texts.ours[region.ours.clone()], &texts.theirs[region.theirs.clone()]];
        let windows = wants_carriage_return(texts, region);
        self.line += memchr_iter(b'\n', &self.bytes[self.counted..]).count();
        self.counted = self.bytes.len();
        let text = |lines: &[Token]| lines.iter().flat_map(|&token| texts.line(token)).copied().collect();
        let [base, ours, theirs] = sides;
        let line = self.line;
        self.conflicts.push(Conflict { base: text(base), ours: text(ours), theirs: text(theirs), line });
        self.marker(b'<', labels.ours, windows);
        self.side(ours, windows);
        if self.options.style != ConflictStyle::Merge {
            self.marker(b'|', labels.base, windows);
            self.side(base, windows);
        }
        self.marker(b'=', b"", windows);
        self.side(theirs, windows);
        self.marker(b'>', labels.theirs, windows);
    }

    fn marker(&mut self, sign: u8, label: &[u8], windows: bool) {
        self.bytes.resize(self.bytes.len() + self.options.marker_size, sign);
        if !label.is_empty() {
            self.bytes.push(b' ');
            self.bytes.extend_from_slice(label);
        }
        self.end_line(windows);
    }

    /// A side that ends without a newline gets one: the marker needs a line of its own.
    fn side(&mut self, lines: &[Token], windows: bool) {
        self.copy(lines);
        if !lines.is_empty() && self.bytes.last() != Some(&b'\n') {
            self.end_line(windows);
        }
    }

    fn end_line(&mut self, windows: bool) {
        self.bytes.extend_from_slice(if windows { b"\r\n" } else { b"\n" });
    }
}

/// Markers end in `\r\n` when both sides and the base do so around the conflict.
fn wants_carriage_return(texts: &Texts<'_>, region: &Region) -> bool {
    let before = |range: &Range<usize>| range.start.saturating_sub(1);
    let answers = [(&texts.ours, before(&region.ours)), (&texts.theirs, before(&region.theirs)), (&texts.base, 0)];
    // A text that cannot say leaves the answer to the next, and one that says no decides.
    let mut wanted = false;
    for (lines, at) in answers {
        match ends_windows(texts, lines, at) {
            Some(false) => return false,
            Some(true) => wanted = true,
            None => wanted = false,
        }
    }
    wanted
}

/// Whether the line ends in `\r\n`; `None` when neither it nor the line before it has an end.
fn ends_windows(texts: &Texts<'_>, lines: &[Token], at: usize) -> Option<bool> {
    let line = texts.line(*lines.get(at)?);
    if line.ends_with(b"\n") {
        return Some(line.ends_with(b"\r\n"));
    }
    Some(texts.line(*lines.get(at.checked_sub(1)?)?).ends_with(b"\r\n"))
}
