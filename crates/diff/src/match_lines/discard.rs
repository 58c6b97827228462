//! Lines that need no comparing: what stands on one side only, and frequent lines in the middle of such lines.

use std::collections::HashMap;

use imara_diff::Token;

/// How much a line says about where it belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Matches {
    None,
    Few,
    Many,
}

/// Lines looked at before and behind a frequent one.
const WINDOW: usize = 100;

/// Above this many occurrences a line is frequent in any text.
const MOST: usize = 1024;

/// The positions that are worth comparing on either side; the others between the common ends are marked as changed.
pub(super) fn comparable(
    before: &[Token],
    after: &[Token],
    removed: &mut [bool],
    added: &mut [bool],
) -> (Vec<usize>, Vec<usize>) {
    let start = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let rest = before.len().min(after.len()) - start;
    let end = before.iter().rev().zip(after.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    let mut counts: HashMap<Token, (usize, usize)> = HashMap::with_capacity(before.len());
    before.iter().for_each(|token| counts.entry(*token).or_default().0 += 1);
    after.iter().for_each(|token| counts.entry(*token).or_default().1 += 1);
    let count = |token: &Token| counts.get(token).copied().unwrap_or_default();
    let kept_before = keep(before, start..before.len() - end, |token| count(token).1, removed);
    let kept_after = keep(after, start..after.len() - end, |token| count(token).0, added);
    (kept_before, kept_after)
}

fn keep(
    lines: &[Token],
    middle: std::ops::Range<usize>,
    on_other_side: impl Fn(&Token) -> usize,
    changed: &mut [bool],
) -> Vec<usize> {
    let many = rough_root(lines.len()).min(MOST);
    let matches: Vec<Matches> = lines[middle.clone()]
        .iter()
        .map(|token| match on_other_side(token) {
            0 => Matches::None,
            count if count >= many => Matches::Many,
            _ => Matches::Few,
        })
        .collect();
    let mut kept = Vec::with_capacity(matches.len());
    for (at, kind) in matches.iter().enumerate() {
        let worth = *kind == Matches::Few || (*kind == Matches::Many && !is_lost(&matches, at));
        if worth {
            kept.push(middle.start + at);
        } else {
            changed[middle.start + at] = true;
        }
    }
    kept
}

/// A power of two near the square root.
fn rough_root(mut number: usize) -> usize {
    let mut root = 1;
    while number > 0 {
        (root, number) = (root << 1, number >> 2);
    }
    root
}

/// Whether a frequent line stands between lines without a match, and has few frequent ones for company.
fn is_lost(matches: &[Matches], at: usize) -> bool {
    let count = |run: &mut dyn Iterator<Item = &Matches>| {
        let (mut none, mut many) = (0, 1);
        for kind in run.take(WINDOW).take_while(|kind| **kind != Matches::Few) {
            if *kind == Matches::None { none += 1 } else { many += 1 }
        }
        (none, many)
    };
    let (none_before, many_before) = count(&mut matches[..at].iter().rev());
    let (none_behind, many_behind) = count(&mut matches[at + 1..].iter());
    let (none, many) = (none_before + none_behind, many_before + many_behind);
    none_before > 0 && none_behind > 0 && many * 4 < many + none
}
