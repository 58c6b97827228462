//! Patches read and applied: places, offsets, fuzz, refusals, and text that is no patch.

#![allow(clippy::unwrap_used, clippy::panic)]

mod support;

use proptest::prelude::*;
use pyagent_diff::{
    Applied, ApplyOptions, Binary, Change, Failure, FilePatch, ParseError, Placed, Reason, UnifiedOptions, apply_patch,
    parse_patch, unified_diff,
};
use support::{cases, edited, show, text};

fn numbers(range: std::ops::RangeInclusive<u32>) -> String {
    range.map(|number| format!("{number}\n")).collect()
}

fn patch_between(before: &str, after: &str) -> FilePatch {
    let patch = unified_diff(before.as_bytes(), after.as_bytes(), &UnifiedOptions::default());
    parse_patch(&patch).unwrap().remove(0)
}

fn apply(before: &str, patch: &FilePatch, fuzz: u32) -> Applied {
    apply_patch(before.as_bytes(), patch, ApplyOptions { fuzz })
}

fn done(applied: Applied) -> (String, Vec<Placed>) {
    match applied {
        Applied::Done { bytes, hunks } => (show(&bytes), hunks),
        Applied::Refused(failures) => panic!("{failures:?}"),
    }
}

fn refused(applied: Applied) -> Vec<Failure> {
    match applied {
        Applied::Done { bytes, .. } => panic!("applied: {}", show(&bytes)),
        Applied::Refused(failures) => failures,
    }
}

#[test]
fn hunks_find_their_place_behind_inserted_lines_and_the_later_ones_follow() {
    let before = numbers(1..=60);
    let patch = patch_between(&before, &before.replace("\n20\n", "\ntwenty\n").replace("\n50\n", "\n"));
    let (text, hunks) = done(apply(&format!("new\nnew\n{before}"), &patch, 0));
    assert_eq!(text, format!("new\nnew\n{}", before.replace("\n20\n", "\ntwenty\n").replace("\n50\n", "\n")));
    assert_eq!(hunks, [Placed { line: 19, offset: 2, fuzz: 0 }, Placed { line: 49, offset: 2, fuzz: 0 }]);
}

#[test]
fn two_places_at_the_same_distance_are_refused_and_the_nearer_one_is_taken() {
    let block = "a\nb\nc\nd\ne\nf\ng\n";
    let patch =
        patch_between(&format!("{}{block}", numbers(1..=9)), &format!("{}{}", numbers(1..=9), block.replace("d", "D")));
    let gap = numbers(1..=2);
    let hidden = "x\n".repeat(7);
    // The block stands 9 lines above and 9 lines below the place that the hunk names, and not there.
    let twice = format!("{block}{gap}{hidden}{gap}{block}");
    let failures = refused(apply(&twice, &patch, 0));
    assert_eq!(failures[0].reason, Reason::Ambiguous);
    assert_eq!(failures[0].nearest.as_ref().unwrap().line, 1);
    let (text, hunks) = done(apply(&format!("{block}{gap}{hidden}{gap}0\n{block}"), &patch, 0));
    assert!(text.starts_with("a\nb\nc\nD\n"));
    assert_eq!(hunks[0].offset, -9);
}

#[test]
fn context_that_differs_is_refused_with_what_differs_and_accepted_with_fuzz() {
    let before = numbers(1..=20);
    let patch = patch_between(&before, &before.replace("10\n", "ten\n"));
    let other = before.replace("7\n", "seven\n").replace("17even", "17");
    let failures = refused(apply(&other, &patch, 0));
    let nearest = failures[0].nearest.clone().unwrap();
    assert_eq!((failures[0].reason, nearest.line, nearest.matching, nearest.of), (Reason::NoMatch, 7, 6, 7));
    assert_eq!((nearest.differs[0].line, show(&nearest.differs[0].expected)), (7, "7\n".to_owned()));
    assert_eq!(nearest.differs[0].found.as_deref(), Some(&b"seven\n"[..]));
    let (text, hunks) = done(apply(&other, &patch, 1));
    assert_eq!(text, other.replace("10\n", "ten\n"));
    assert_eq!(hunks, [Placed { line: 8, offset: 0, fuzz: 1 }]);
    // The changed line itself is never fuzzy.
    assert_eq!(refused(apply(&before.replace("10\n", "zehn\n"), &patch, 3))[0].reason, Reason::NoMatch);
}

#[test]
fn a_hunk_with_less_context_at_one_end_belongs_to_that_end_of_the_file() {
    let before = numbers(1..=9);
    let start = patch_between(&before, &format!("zero\n{before}"));
    assert_eq!(refused(apply(&format!("x\n{before}"), &start, 0))[0].reason, Reason::NoMatch);
    let end = patch_between(&before, &format!("{before}ten\n"));
    assert_eq!(refused(apply(&format!("{before}x\n"), &end, 0))[0].reason, Reason::NoMatch);
    let (text, _) = done(apply(&format!("x\n{before}"), &end, 0));
    assert_eq!(text, format!("x\n{before}ten\n"));
}

#[test]
fn a_line_number_far_outside_the_file_is_an_offset_like_any_other() {
    let patch = &parse_patch(b"--- a/x\n+++ b/x\n@@ -4294967295 +1 @@\n-b\n+B\n").unwrap()[0];
    let (text, hunks) = done(apply("a\nb\nc\n", patch, 0));
    assert_eq!((text.as_str(), hunks[0].line, hunks[0].offset), ("a\nB\nc\n", 2, 1 - 4294967294));
    assert_eq!(refused(apply("a\nc\n", patch, 0))[0].reason, Reason::NoMatch);
}

#[test]
fn a_line_without_newline_is_another_line() {
    let patch = patch_between("a\nb", "a\nb\nc\n");
    assert_eq!(done(apply("a\nb", &patch, 0)).0, "a\nb\nc\n");
    let failures = refused(apply("a\nb\n", &patch, 0));
    assert_eq!(failures[0].nearest.as_ref().unwrap().differs[0].expected, b"b");
}

#[test]
fn all_hunks_that_do_not_fit_are_named_and_none_is_applied() {
    let before = numbers(1..=90);
    let after = before.replace("\n20\n", "\nX\n").replace("\n50\n", "\nX\n").replace("\n80\n", "\nX\n");
    let failures = refused(apply(
        &before.replace("\n20\n", "\nY\n").replace("\n80\n", "\nY\n"),
        &patch_between(&before, &after),
        0,
    ));
    assert_eq!(failures.iter().map(|failure| failure.hunk).collect::<Vec<_>>(), [0, 2]);
}

#[test]
fn added_and_removed_files_must_not_and_must_be_there() {
    let create = &parse_patch(b"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n").unwrap()[0];
    assert_eq!((create.change, create.from.clone(), create.to.clone()), (Change::Create, None, Some(b"x".to_vec())));
    assert_eq!(done(apply("", create, 0)).0, "a\n");
    assert_eq!(refused(apply("b\n", create, 0))[0].reason, Reason::Exists);
    let delete = &parse_patch(b"--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n").unwrap()[0];
    assert_eq!(done(apply("a\n", delete, 0)).0, "");
    assert_eq!(refused(apply("a\nb\n", delete, 0))[0].reason, Reason::Leftover);
}

#[test]
fn headers_of_git_are_read() {
    let patch = b"From a mail\n\ndiff --git a/one name b/one name\nold mode 100644\nnew mode 100755\n\
        diff --git a/x b/y z\nsimilarity index 91%\nrename from x\nrename to y z\nindex 0123abc..4567def 100644\n\
        --- a/x\n+++ b/y z\t\n@@ -1 +1 @@ fn main\n-a\n+b\n\
        diff --git \"a/\\303\\251\\t\" \"b/\\303\\251\\t\"\ndeleted file mode 100644\nindex e69de29..0000000\n\
        diff --git a/b.png b/b.png\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKcmZQzWMT#Y01f~L\n\nliteral 0\n\n\
        diff --git a/c.png b/c.png\nindex 1..2\nBinary files a/c.png and b/c.png differ\n-- \n2.39\n";
    let files = parse_patch(patch).unwrap();
    assert_eq!(files.len(), 5);
    assert_eq!(
        (files[0].to.as_deref(), files[0].old_mode, files[0].new_mode),
        (Some(&b"one name"[..]), Some(0o100644), Some(0o100755))
    );
    assert_eq!((files[1].change, files[1].similarity), (Change::Rename, Some(91)));
    assert_eq!((files[1].from.as_deref(), files[1].to.as_deref()), (Some(&b"x"[..]), Some(&b"y z"[..])));
    assert_eq!(
        (files[1].index.clone(), files[1].hunks[0].heading.as_slice()),
        (Some((b"0123abc".to_vec(), b"4567def".to_vec())), &b"fn main"[..])
    );
    assert_eq!(
        (files[2].change, files[2].from.as_deref(), files[2].to.as_deref()),
        (Change::Delete, Some("é\t".as_bytes()), None)
    );
    assert_eq!((files[3].binary, files[4].binary), (Some(Binary::GitPatch), Some(Binary::Differ)));
    assert_eq!(refused(apply("", &files[3], 0))[0].reason, Reason::Binary);
}

#[test]
fn headers_of_diff_are_read_with_their_time_stamps() {
    let patch = b"diff -ruN old/x new/x\n--- old/x\t1970-01-01 01:00:00.000000000 +0100\n+++ new/x\t2024-05-01 10:00:00.000000000 +0200\n@@ -0,0 +1 @@\n+a\n";
    let file = &parse_patch(patch).unwrap()[0];
    assert_eq!((file.change, file.to.as_deref()), (Change::Create, Some(&b"new/x"[..])));
    let patch = b"--- a/x\t1970-01-01 02:00:00 +0100\n+++ b/x\t2024-05-01 10:00:00 +0200\n@@ -1 +1 @@\n-a\n+b\n";
    assert_eq!(parse_patch(patch).unwrap()[0].from.as_deref(), Some(&b"x"[..]));
}

#[test]
fn what_is_no_patch_is_refused_with_the_line() {
    let error = |patch: &[u8]| parse_patch(patch).unwrap_err();
    assert_eq!(error(b"hello\n"), ParseError::Nothing);
    assert_eq!(error(b"@@ -1 +1 @@\n-a\n+b\n"), ParseError::NoFile { line: 1 });
    assert_eq!(
        error(b"--- a/x\n+++ b/x\n@@ -1,x +1 @@\n"),
        ParseError::HunkHeader { line: 3, found: "@@ -1,x +1 @@".to_owned() }
    );
    assert_eq!(
        error(b"--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n+b\nc\n"),
        ParseError::HunkBody { line: 6, header: 3, old: 1, new: 0 }
    );
    assert_eq!(error(b"x\ndiff --cc x\n"), ParseError::Combined { line: 2 });
    assert_eq!(error(b"--- x\n+++ y\n\n"), ParseError::HalfHeader { line: 1, from: "x".to_owned() });
    assert_eq!(
        error(b"diff --git a/x b/x\nold mode 9\n"),
        ParseError::Header { line: 2, found: "old mode 9".to_owned() }
    );
}

/// Pieces of patches in any order: closer to a patch than random bytes.
fn almost_a_patch() -> impl Strategy<Value = Vec<u8>> {
    let pieces: [&[u8]; 18] = [
        b"diff --git a/x b/x\n",
        b"diff --git \"a/\\30",
        b"--- a/x\n",
        b"+++ b/x\n",
        b"--- /dev/null\n",
        b"@@ -1,2 +1,2 @@\n",
        b"@@ -0,0 +1 @@\n",
        b"@@ -4294967295,4294967295 +1 @@\n",
        b" a\n",
        b"-a\n",
        b"+b\n",
        b"\\ No newline at end of file\n",
        b"\n",
        b"\r\n",
        b"rename from x\n",
        b"GIT binary patch\n",
        b"new file mode 100644\n",
        b"\xff",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(cases(2000))]

    #[test]
    fn no_text_makes_reading_or_applying_panic(patch in prop_oneof![almost_a_patch(), prop::collection::vec(any::<u8>(), 0..200)], before in prop::collection::vec(any::<u8>(), 0..60)) {
        for file in parse_patch(&patch).unwrap_or_default() {
            apply_patch(&before, &file, ApplyOptions { fuzz: 2 });
            apply_patch(&before, &pyagent_diff::reverse_patch(&file), ApplyOptions::default());
        }
    }

    #[test]
    fn a_patch_cut_short_or_with_a_flipped_byte_never_panics((before, after) in edited(20), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut patch = unified_diff(&before, &after, &UnifiedOptions::default());
        prop_assume!(!patch.is_empty());
        let at = at.index(patch.len());
        patch[at] = byte;
        for text in [&patch[..], &patch[..at]] {
            for file in parse_patch(text).unwrap_or_default() {
                apply_patch(&before, &file, ApplyOptions { fuzz: 1 });
            }
        }
    }

    #[test]
    fn lines_inserted_or_removed_before_a_hunk_move_it(at in 12..50u32, added in text(3), inserted in 0..6usize, removed in 0..6u32) {
        let before = numbers(1..=60);
        let line = format!("\n{at}\n");
        let edit = |text: &str| text.replace(&line, &format!("\n{}|", show(&added))).into_bytes();
        let patch = unified_diff(before.as_bytes(), &edit(&before), &UnifiedOptions::default());
        let file = &parse_patch(&patch).unwrap()[0];
        let moved = format!("{}{}", "new\n".repeat(inserted), numbers(removed + 1..=60));
        let Applied::Done { bytes, hunks } = apply_patch(moved.as_bytes(), file, ApplyOptions::default()) else {
            return Err(TestCaseError::fail(show(&patch)));
        };
        prop_assert_eq!(bytes, edit(&moved));
        prop_assert_eq!(hunks[0].offset, inserted as i64 - i64::from(removed));
    }
}
