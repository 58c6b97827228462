//! Merges compared with `git merge-file`.

mod support;

use proptest::prelude::*;
use pyagent_diff::{ConflictStyle, Labels, MergeInput, MergeOptions, merge_texts};
use support::{cases, edited, edits, folder, run, show, text};

fn git_merge(base: &[u8], ours: &[u8], theirs: &[u8], style: ConflictStyle) -> (bool, Vec<u8>) {
    let folder = folder(&[("base", base), ("ours", ours), ("theirs", theirs)]);
    let mut argv = vec!["git", "merge-file", "-p", "-L", "ours", "-L", "base", "-L", "theirs"];
    match style {
        ConflictStyle::Merge => {}
        ConflictStyle::Diff3 => argv.push("--diff3"),
        ConflictStyle::Zdiff3 => argv.push("--zdiff3"),
    }
    argv.extend(["ours", "base", "theirs"]);
    let output = run(folder.path(), &argv);
    assert!(output.status.code().is_some_and(|code| code < 128), "{}", show(&output.stderr));
    (output.status.success(), output.stdout)
}

/// Two sides made from one base; sometimes theirs is ours with more edits, so that both hold the same changes.
fn three(most_lines: usize) -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>)> {
    let apart = text(most_lines).prop_flat_map(|base| (Just(base.clone()), edits(base.clone()), edits(base)));
    let shared = edited(most_lines).prop_flat_map(|(base, ours)| (Just(base), Just(ours.clone()), edits(ours)));
    prop_oneof![3 => apart, 1 => shared]
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_merge_is_the_one_of_git_in_all_styles((base, ours, theirs) in three(24)) {
        for style in [ConflictStyle::Merge, ConflictStyle::Diff3, ConflictStyle::Zdiff3] {
            let labels = Labels { ours: b"ours", base: b"base", theirs: b"theirs" };
            let options = MergeOptions { style, marker_size: 7, labels };
            let merged = merge_texts(MergeInput { base: &base, ours: &ours, theirs: &theirs }, &options);
            let (clean, bytes) = git_merge(&base, &ours, &theirs, style);
            prop_assert_eq!(show(&merged.bytes), show(&bytes), "style {:?}\nbase:\n{}\nours:\n{}\ntheirs:\n{}", style, show(&base), show(&ours), show(&theirs));
            prop_assert_eq!(merged.bytes, bytes);
            prop_assert_eq!(merged.conflicts.is_empty(), clean);
        }
    }
}
