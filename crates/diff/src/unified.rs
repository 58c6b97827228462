//! Unified diffs as git writes them.

use std::cmp::Reverse;

use imara_diff::Hunk;
use rayon::prelude::*;

use crate::binary::is_binary;
use crate::quote::{NO_FILE, quote_name};
use crate::script::{Algorithm, Script};

pub(crate) const NO_NEWLINE: &[u8] = b"\\ No newline at end of file\n";

/// How a unified diff is written.
#[derive(Debug, Clone)]
pub struct UnifiedOptions<'a> {
    /// The name after `---`, `a/path` in git's manner; [`NO_FILE`] for a file that did not exist.
    pub from: &'a [u8],
    /// The name after `+++`; [`NO_FILE`] for a file that no longer exists.
    pub to: &'a [u8],
    /// Unchanged lines around each change; 3 in git.
    pub context: u32,
    pub algorithm: Algorithm,
}

impl Default for UnifiedOptions<'_> {
    fn default() -> Self {
        Self { from: b"a/file", to: b"b/file", context: 3, algorithm: Algorithm::default() }
    }
}

/// The unified diff between two texts: two header lines and hunks, without a `diff --git` line. Empty when they are
/// equal; one line `Binary files … differ` when either is binary.
pub fn unified_diff(before: &[u8], after: &[u8], options: &UnifiedOptions<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_diff(&mut out, before, after, options);
    out
}

/// Two texts and the names that they have in the diff.
#[derive(Debug, Clone, Copy)]
pub struct DiffPair<'a> {
    pub before: &'a [u8],
    pub after: &'a [u8],
    pub from: &'a [u8],
    pub to: &'a [u8],
}

/// [`unified_diff`] for many pairs, on all cores; the answers are in the order of the pairs.
pub fn unified_diffs(pairs: &[DiffPair<'_>], context: u32, algorithm: Algorithm) -> Vec<Vec<u8>> {
    let diff = |pair: &DiffPair<'_>| {
        let options = UnifiedOptions { from: pair.from, to: pair.to, context, algorithm };
        unified_diff(pair.before, pair.after, &options)
    };
    // The longest first: one that starts last would keep all cores but one waiting.
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_by_key(|&at| Reverse(pairs[at].before.len() + pairs[at].after.len()));
    let mut diffs: Vec<(usize, Vec<u8>)> = match order.as_slice() {
        [at] => vec![(*at, diff(&pairs[*at]))],
        _ => order.par_iter().with_max_len(1).map(|&at| (at, diff(&pairs[at]))).collect(),
    };
    diffs.sort_unstable_by_key(|(at, _)| *at);
    diffs.into_iter().map(|(_, diff)| diff).collect()
}

/// Appends the diff; whether there was a difference.
pub(crate) fn write_diff(out: &mut Vec<u8>, before: &[u8], after: &[u8], options: &UnifiedOptions<'_>) -> bool {
    if before == after {
        return false;
    }
    if is_binary(before) || is_binary(after) {
        out.extend_from_slice(b"Binary files ");
        out.extend(shown(options.from));
        out.extend_from_slice(b" and ");
        out.extend(shown(options.to));
        out.extend_from_slice(b" differ\n");
        return true;
    }
    write_name(out, b"--- ", options.from);
    write_name(out, b"+++ ", options.to);
    let script = Script::new(before, after, options.algorithm);
    let mut rest = script.hunks.as_slice();
    while let Some(count) = joined(rest, options.context) {
        let (together, later) = rest.split_at(count);
        write_hunk(out, &script, together, options.context);
        rest = later;
    }
    true
}

fn shown(name: &[u8]) -> Vec<u8> {
    if name == NO_FILE { name.to_vec() } else { quote_name(name) }
}

/// A name with a space is followed by a tab, as in git: other programs take the first blank for the end of the name.
fn write_name(out: &mut Vec<u8>, marker: &[u8], name: &[u8]) {
    out.extend_from_slice(marker);
    let name = shown(name);
    let spaced = name.contains(&b' ');
    out.extend(name);
    out.extend_from_slice(if spaced { b"\t\n" } else { b"\n" });
}

/// How many of the first changes share one hunk: those whose contexts touch or overlap. `None` when there are none.
fn joined(changes: &[Hunk], context: u32) -> Option<usize> {
    changes.first()?;
    let apart = |pair: &[Hunk]| pair[1].before.start - pair[0].before.end > context.saturating_mul(2);
    Some(changes.windows(2).position(apart).map_or(changes.len(), |last| last + 1))
}

fn write_hunk(out: &mut Vec<u8>, script: &Script<'_>, changes: &[Hunk], context: u32) {
    let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return };
    let leading = context.min(first.before.start);
    let trailing = context.min(script.length() - last.before.end);
    let before = first.before.start - leading..last.before.end + trailing;
    let after = first.after.start - leading..last.after.end + trailing;
    // A change may have been moved to an edge of the middle, and only an end of the file may cut its context short.
    let above = script.middle.lines_above(context - leading);
    let below = script.middle.lines_below(context - trailing);
    let (start, more) = (script.middle.skipped - above.len() as u32, (above.len() + below.len()) as u32);
    out.extend_from_slice(b"@@ -");
    write_range(out, start + before.start, before.end - before.start + more);
    out.extend_from_slice(b" +");
    write_range(out, start + after.start, after.end - after.start + more);
    out.extend_from_slice(b" @@\n");
    above.iter().for_each(|line| write_line(out, b' ', line));
    let mut next = before.start;
    for change in changes {
        (next..change.before.start).for_each(|line| write_line(out, b' ', script.before(line)));
        change.before.clone().for_each(|line| write_line(out, b'-', script.before(line)));
        change.after.clone().for_each(|line| write_line(out, b'+', script.after(line)));
        next = change.before.end;
    }
    (next..before.end).for_each(|line| write_line(out, b' ', script.before(line)));
    below.iter().for_each(|line| write_line(out, b' ', line));
}

/// `start` counts from 0. An empty range names the line before it, and a length of 1 is left out.
fn write_range(out: &mut Vec<u8>, start: u32, length: u32) {
    let line = if length == 0 { start } else { start + 1 };
    out.extend_from_slice(line.to_string().as_bytes());
    if length != 1 {
        out.push(b',');
        out.extend_from_slice(length.to_string().as_bytes());
    }
}

fn write_line(out: &mut Vec<u8>, sign: u8, line: &[u8]) {
    out.push(sign);
    out.extend_from_slice(line);
    if line.last() != Some(&b'\n') {
        out.push(b'\n');
        out.extend_from_slice(NO_NEWLINE);
    }
}
