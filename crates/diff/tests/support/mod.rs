//! Texts that are hard to diff, and git to compare with.
// Each test file uses a part; clippy knows functions marked `#[test]` only.
#![allow(dead_code, clippy::panic, clippy::unwrap_used)]

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

use proptest::prelude::*;
use tempfile::TempDir;

/// Lines from few distinct ones (so that many alignments are possible), with blank lines, `\r\n`, bytes that are no
/// UTF-8, long lines, and sometimes no newline at the end.
pub(crate) fn text(most_lines: usize) -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        8 => (0..4u8).prop_map(|letter| vec![b'a' + letter]),
        3 => Just(Vec::new()),
        2 => (0..3usize).prop_map(|depth| [&b"    ".repeat(depth)[..], b"}"].concat()),
        1 => Just(b"\xff\xfe".to_vec()),
        1 => Just(b"long ".repeat(60)),
        1 => Just(b"---".to_vec()),
        1 => Just(b"windows\r".to_vec()),
    ];
    (prop::collection::vec(line, 0..most_lines), any::<bool>(), prop::bool::weighted(0.15)).prop_map(
        |(lines, complete, windows)| {
            let end: &[u8] = if windows { b"\r\n" } else { b"\n" };
            let mut text = lines.join(end);
            if complete && !lines.is_empty() {
                text.extend_from_slice(end);
            }
            text
        },
    )
}

/// A text and another one made from it by a few edits.
pub(crate) fn edited(most_lines: usize) -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    text(most_lines).prop_flat_map(|before| (Just(before.clone()), edits(before)))
}

/// The text after a few random edits.
pub(crate) fn edits(before: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<Vec<u8>> = before.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let edit = (any::<prop::sample::Index>(), 0..3usize, text(4));
    prop::collection::vec(edit, 0..4).prop_map(move |edits| {
        let mut lines = lines.clone();
        for (at, removed, added) in edits {
            let start = at.index(lines.len() + 1);
            let end = (start + removed).min(lines.len());
            lines.splice(start..end, [added]);
        }
        lines.concat()
    })
}

/// Runs git, or another program, in a folder.
pub(crate) fn run(folder: &Path, argv: &[&str]) -> Output {
    Command::new(argv[0])
        .args(&argv[1..])
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", folder)
        .env("LC_ALL", "C")
        .output()
        .unwrap_or_else(|error| panic!("{} did not start: {error}", argv[0]))
}

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// Bytes to read in a failure.
pub(crate) fn show(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A short run in the unit suite; `PROPTEST_CASES=20000 cargo test -p pyagent_diff` is the long one.
pub(crate) fn cases(short: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(short);
    // Two equal texts have no diff and are drawn again; the long run draws as many more of them.
    let max_global_rejects = 1024.max(cases.saturating_mul(2));
    ProptestConfig {
        cases,
        failure_persistence: None,
        max_shrink_iters: 300,
        max_global_rejects,
        ..ProptestConfig::default()
    }
}

/// Whether a program that is no part of git is there; says so on the terminal where it is not.
pub(crate) fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        // Written past the capture of the test harness: a skipped comparison must be seen.
        let _ = writeln!(std::io::stderr().lock(), "skipped: comparing with `{program}`, which is not installed");
    }
    found
}
