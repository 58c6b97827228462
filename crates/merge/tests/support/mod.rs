//! Merging three texts in a sentence.

// Each test file uses a part of it; a test may panic.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use pyagent_diff::{MergeInput, MergeOptions};
use pyagent_merge::{FileMerge, Means, merge_file};

pub(crate) fn merge(path: &str, base: &str, ours: &str, theirs: &str) -> FileMerge {
    let input = MergeInput { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
    let merged = merge_file(path, input, &MergeOptions::default());
    let swapped = MergeInput { base: base.as_bytes(), ours: theirs.as_bytes(), theirs: ours.as_bytes() };
    let other = merge_file(path, swapped, &MergeOptions::default());
    let is_clean = |merge: &FileMerge| matches!(merge, FileMerge::Clean { .. });
    assert_eq!(is_clean(&merged), is_clean(&other), "the verdict depends on who is ours");
    merged
}

/// The result of a merge that lines alone could not do.
#[track_caller]
pub(crate) fn by_syntax(path: &str, base: &str, ours: &str, theirs: &str) -> String {
    match merge(path, base, ours, theirs) {
        FileMerge::Clean { bytes, by: Means::Syntax } => String::from_utf8(bytes).unwrap(),
        other => panic!("expected a merge by syntax, found {}", shown(&other)),
    }
}

/// The conflicts that are left, as (base, ours, theirs).
#[track_caller]
pub(crate) fn conflicts(path: &str, base: &str, ours: &str, theirs: &str) -> Vec<(String, String, String)> {
    match merge(path, base, ours, theirs) {
        FileMerge::Conflict { conflicts, .. } => {
            let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
            conflicts.into_iter().map(|each| (text(each.base), text(each.ours), text(each.theirs))).collect()
        }
        other => panic!("expected a conflict, found {}", shown(&other)),
    }
}

fn shown(merge: &FileMerge) -> String {
    match merge {
        FileMerge::Clean { bytes, by } => format!("clean by {by:?}:\n{}", String::from_utf8_lossy(bytes)),
        FileMerge::Conflict { bytes, doubt, .. } => {
            format!("a conflict ({doubt:?}):\n{}", String::from_utf8_lossy(bytes))
        }
    }
}
