//! Diffs compared with git's, and applied by `git apply` and `patch`.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use std::fs;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use pyagent_diff::{
    Algorithm, Applied, ApplyOptions, FileSide, NO_FILE, UnifiedOptions, apply_patch, file_diff, parse_patch,
    reverse_patch, unified_diff,
};
use support::{cases, edited, folder, has, run, show, text};

const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::Adaptive, Algorithm::Histogram, Algorithm::Myers, Algorithm::MyersMinimal];

fn pairs() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    prop_oneof![6 => edited(40), 2 => (text(20), text(20)), 2 => long_ends()]
}

/// Ends that both sides share and that are longer than what is looked at around a change.
fn long_ends() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (text(12), 0..60usize, edited(12), text(12), 0..60usize).prop_map(|(start, starts, (before, after), end, ends)| {
        let (start, end) = (start.repeat(starts), end.repeat(ends));
        let around = |middle: Vec<u8>| [&start[..], &middle, &end].concat();
        (around(before), around(after))
    })
}

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(&ALGORITHMS[..])
}

fn side(bytes: &[u8]) -> FileSide<'_> {
    FileSide { path: b"file", mode: 0o100644, bytes }
}

/// Lines that a diff removes and adds.
fn changed_lines(diff: &[u8]) -> usize {
    let changed = |line: &&[u8]| line.starts_with(b"+") || line.starts_with(b"-");
    diff.split(|byte| *byte == b'\n').skip_while(|line| !line.starts_with(b"@@")).filter(changed).count()
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn git_and_patch_apply_what_is_written((before, after) in pairs(), context in 0..5u32, algorithm in algorithm()) {
        let patch = file_diff(Some(side(&before)), Some(side(&after)), context, algorithm);
        prop_assume!(!patch.is_empty());
        let folder = folder(&[("file", &before), ("our.patch", &patch)]);
        let mut argv = vec!["git", "apply", "--whitespace=nowarn", "our.patch"];
        if context == 0 {
            argv.insert(2, "--unidiff-zero");
        }
        let output = run(folder.path(), &argv);
        prop_assert!(output.status.success(), "{}\n{}", show(&output.stderr), show(&patch));
        prop_assert_eq!(show(&fs::read(folder.path().join("file")).unwrap()), show(&after));
        if !has("patch") {
            return Ok(());
        }
        fs::write(folder.path().join("file"), &before).unwrap();
        let output = run(folder.path(), &["patch", "-p1", "--binary", "--fuzz=0", "--input=our.patch"]);
        prop_assert!(output.status.success(), "{}\n{}", show(&output.stdout), show(&patch));
        prop_assert_eq!(fs::read(folder.path().join("file")).unwrap(), after);
    }

    #[test]
    fn added_and_removed_files_are_added_and_removed_by_git(content in text(12)) {
        let folder = folder(&[("add.patch", &file_diff(None, Some(side(&content)), 3, Algorithm::Histogram))]);
        let output = run(folder.path(), &["git", "apply", "--whitespace=nowarn", "add.patch"]);
        prop_assert!(output.status.success(), "{}", show(&output.stderr));
        prop_assert_eq!(&fs::read(folder.path().join("file")).unwrap(), &content);
        fs::write(folder.path().join("remove.patch"), file_diff(Some(side(&content)), None, 3, Algorithm::Histogram)).unwrap();
        let output = run(folder.path(), &["git", "apply", "--whitespace=nowarn", "remove.patch"]);
        prop_assert!(output.status.success(), "{}", show(&output.stderr));
        prop_assert!(!folder.path().join("file").exists());
    }

    #[test]
    fn a_patch_of_git_is_read_and_applied((before, after) in pairs(), context in 0..4u32) {
        let folder = folder(&[("before", &before), ("after", &after)]);
        let context = format!("-U{context}");
        let patch = run(folder.path(), &["git", "diff", "--no-index", &context, "before", "after"]).stdout;
        prop_assume!(!patch.is_empty());
        let files = parse_patch(&patch).unwrap();
        prop_assert_eq!(apply_bytes(&before, &files[0]), after.clone());
        if !has("diff") {
            return Ok(());
        }
        let patch = run(folder.path(), &["diff", "-u", "before", "after"]).stdout;
        prop_assert_eq!(apply_bytes(&before, &parse_patch(&patch).unwrap()[0]), after);
    }
}

fn apply_bytes(before: &[u8], file: &pyagent_diff::FilePatch) -> Vec<u8> {
    match apply_patch(before, file, ApplyOptions::default()) {
        Applied::Done { bytes, hunks } => {
            assert!(hunks.iter().all(|hunk| hunk.offset == 0 && hunk.fuzz == 0), "{hunks:?}");
            bytes
        }
        Applied::Refused(failures) => panic!("{failures:?}\n{file:?}"),
    }
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn applying_a_diff_gives_the_other_side_and_back((before, after) in pairs(), context in prop_oneof![0..5u32, 100..300u32], algorithm in algorithm()) {
        let options = UnifiedOptions { context, algorithm, ..UnifiedOptions::default() };
        let patch = unified_diff(&before, &after, &options);
        prop_assume!(!patch.is_empty());
        let files = parse_patch(&patch).unwrap();
        prop_assert_eq!(apply_bytes(&before, &files[0]), after.clone());
        prop_assert_eq!(apply_bytes(&after, &reverse_patch(&files[0])), before);
    }
}

/// Only an end of the file may cut context short: where it is short, `git apply` and `patch` look for that end.
#[test]
fn a_change_moved_far_along_equal_lines_keeps_its_context() {
    let equal = |count: usize| "a\n".repeat(count);
    let below = (format!("y\nb\n{}end\n", equal(300)), format!("x\nb\n{}end\n", equal(301)));
    let above = (format!("start\n{}b\ny\n", equal(300)), format!("start\n{}b\nx\n", equal(301)));
    let ends = ("a\na\n\n".repeat(47), "d\na\n}\n".repeat(74));
    let by_one = (format!("{}b\nc\n{}", ends.0, ends.1), format!("{}b\nb\nc\n{}", ends.0, ends.1));
    for (before, after) in [&below, &above, &by_one, &(below.1.clone(), below.0.clone())] {
        let (before, after) = (before.as_bytes(), after.as_bytes());
        for (context, algorithm) in [1, 3, 140].into_iter().flat_map(|context| ALGORITHMS.map(|one| (context, one))) {
            let patch = file_diff(Some(side(before)), Some(side(after)), context, algorithm);
            let folder = folder(&[("file", before), ("our.patch", &patch)]);
            let output = run(folder.path(), &["git", "apply", "our.patch"]);
            assert!(output.status.success(), "{context} {algorithm:?}: {}\n{}", show(&output.stderr), show(&patch));
            assert_eq!(fs::read(folder.path().join("file")).unwrap(), after, "{context} {algorithm:?}");
            assert_eq!(apply_bytes(before, &parse_patch(&patch).unwrap()[0]), after, "{context} {algorithm:?}");
        }
    }
}

/// Summed over many pairs: the two may differ by a line where git stops early in spite of `--minimal`.
#[test]
fn a_minimal_diff_has_as_few_changed_lines_as_the_one_of_git() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut ours, mut theirs, mut our_bytes, mut their_bytes) = (0, 0, 0, 0);
    for _ in 0..60 {
        let (before, after) = pairs().new_tree(&mut runner).unwrap().current();
        let folder = folder(&[("before", &before), ("after", &after)]);
        let git = run(folder.path(), &["git", "diff", "--no-index", "--minimal", "before", "after"]).stdout;
        let own =
            unified_diff(&before, &after, &UnifiedOptions { algorithm: Algorithm::MyersMinimal, ..Default::default() });
        ours += changed_lines(&own);
        theirs += changed_lines(&git);
        let hunks_of = |diff: &[u8]| diff.len() - diff.windows(2).position(|pair| pair == b"@@").unwrap_or(diff.len());
        our_bytes += hunks_of(&own);
        their_bytes += hunks_of(&git);
    }
    assert!(theirs > 200, "the corpus says something: {theirs} lines");
    assert!(ours * 100 <= theirs * 102, "{ours} changed lines, git --minimal {theirs}");
    assert!(our_bytes * 100 <= their_bytes * 102, "{our_bytes} bytes, git --minimal {their_bytes}");
}

#[test]
fn names_modes_links_and_renames_are_written_so_that_git_accepts_them() {
    let folder = folder(&[("plain", b"one\n"), ("tool", b"#!/bin/sh\n"), ("target", b"")]);
    run(folder.path(), &["git", "init", "-q"]);
    let odd: &[u8] = b"sp ace \"q\" \xc3\xa9\ttab\\";
    let file = |path, mode, bytes| FileSide { path, mode, bytes };
    let patch = [
        file_diff(
            Some(file(b"plain", 0o100644, b"one\n")),
            Some(file(b"moved here", 0o100644, b"two\n")),
            3,
            Algorithm::Histogram,
        ),
        file_diff(
            Some(file(b"tool", 0o100644, b"#!/bin/sh\n")),
            Some(file(b"tool", 0o100755, b"#!/bin/sh\n")),
            3,
            Algorithm::Histogram,
        ),
        file_diff(
            Some(file(b"target", 0o100644, b"")),
            Some(file(b"target", 0o120000, b"tool")),
            3,
            Algorithm::Histogram,
        ),
        file_diff(None, Some(file(odd, 0o100755, b"odd")), 3, Algorithm::Histogram),
        file_diff(None, Some(file(b"empty", 0o100644, b"")), 3, Algorithm::Histogram),
    ]
    .concat();
    fs::write(folder.path().join("our.patch"), &patch).unwrap();
    let output = run(folder.path(), &["git", "apply", "our.patch"]);
    assert!(output.status.success(), "{}\n{}", show(&output.stderr), show(&patch));
    assert!(!folder.path().join("plain").exists());
    assert_eq!(fs::read(folder.path().join("moved here")).unwrap(), b"two\n");
    assert_eq!(fs::read_link(folder.path().join("target")).unwrap(), std::path::Path::new("tool"));
    assert_eq!(fs::read(folder.path().join("empty")).unwrap(), b"");
    let listed =
        run(folder.path(), &["git", "-c", "core.quotePath=true", "ls-files", "--others", "--full-name"]).stdout;
    assert!(show(&listed).contains(&show(&pyagent_diff::quote_name(odd))), "{}", show(&listed));
    run(folder.path(), &["git", "add", "tool"]);
    assert!(run(folder.path(), &["git", "ls-files", "--stage", "tool"]).stdout.starts_with(b"100755 "));
}

#[test]
fn the_line_for_binary_files_is_the_one_of_git() {
    let mut late = vec![b'a'; 8000];
    late.push(0);
    for after in [&b"a\0b"[..], &late] {
        let folder = folder(&[("after", after)]);
        let git = run(folder.path(), &["git", "diff", "--no-index", "/dev/null", "after"]).stdout;
        let own = unified_diff(b"", after, &UnifiedOptions { from: NO_FILE, to: b"b/after", ..Default::default() });
        let start = own.len().min(20);
        assert!(git.windows(start).any(|part| part == &own[..start]), "{}\n{}", show(&git), show(&own));
    }
}
