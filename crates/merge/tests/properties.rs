//! Generated sources whose right merge is known by construction.

mod support;

use proptest::prelude::*;
use pyagent_diff::{MergeInput, MergeOptions, merge_texts};
use pyagent_merge::{FileMerge, merge_file};

/// A member of a generated file, by its number: how it is written in each language.
type Write = fn(usize, usize) -> String;

const LANGUAGES: [(&str, &str, Write, &str); 6] = [
    (
        "a.ts",
        "export class A {\n",
        |name, value| format!("  // {name}\n  m{name}(): number {{\n    return {value};\n  }}\n"),
        "}\n",
    ),
    ("a.js", "", |name, value| format!("function f{name}() {{\n  return {value};\n}}\n"), ""),
    (
        "a.py",
        "class A:\n",
        |name, value| format!("    @mark\n    def m{name}(self):\n        return {value}\n\n"),
        "\n\nx = 1\n",
    ),
    ("a.json", "{\n  \"z\": {\n", |name, value| format!("    \"k{name}\": {value},\n"), "    \"z\": 0\n  }\n}\n"),
    ("a.toml", "[a]\n", |name, value| format!("k{name} = {value} # {name}\n"), "\n[z]\nz = 0\n"),
    ("a.yaml", "a:\n", |name, value| format!("  k{name}:\n    - {value}\n"), "z: 0\n"),
];

#[derive(Clone, Copy, Debug)]
enum Edit {
    Keep,
    Change,
    Remove,
    /// Another member behind this one.
    Add,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![Just(Edit::Keep), Just(Edit::Change), Just(Edit::Remove), Just(Edit::Add)]
}

/// Which member each side edits, and how: no member is edited by both.
fn edits() -> impl Strategy<Value = Vec<(Edit, Edit)>> {
    let one = prop_oneof![edit().prop_map(|edit| (edit, Edit::Keep)), edit().prop_map(|edit| (Edit::Keep, edit))];
    proptest::collection::vec(one, 2..9)
}

fn text(language: usize, edits: impl Iterator<Item = (Edit, usize)>) -> String {
    let (_, head, write, tail) = LANGUAGES[language];
    let mut text = head.to_string();
    for (index, (edit, side)) in edits.enumerate() {
        match edit {
            Edit::Keep => text.push_str(&write(index, 0)),
            Edit::Change => text.push_str(&write(index, side)),
            Edit::Remove => {}
            Edit::Add => {
                text.push_str(&write(index, 0));
                text.push_str(&write(100 * side + index, side));
            }
        }
    }
    text + tail
}

fn merged(path: &str, base: &str, ours: &str, theirs: &str) -> FileMerge {
    let input = MergeInput { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
    merge_file(path, input, &MergeOptions::default())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edits_of_different_members_are_all_in_the_merge(language in 0..LANGUAGES.len(), edits in edits()) {
        let base = text(language, edits.iter().map(|_| (Edit::Keep, 0)));
        let ours = text(language, edits.iter().map(|(ours, _)| (*ours, 1)));
        let theirs = text(language, edits.iter().map(|(_, theirs)| (*theirs, 2)));
        let both = |(ours, theirs): &(Edit, Edit)| if matches!(ours, Edit::Keep) { (*theirs, 2) } else { (*ours, 1) };
        let right = text(language, edits.iter().map(both));
        match merged(LANGUAGES[language].0, &base, &ours, &theirs) {
            FileMerge::Clean { bytes, .. } => prop_assert_eq!(String::from_utf8_lossy(&bytes), right),
            FileMerge::Conflict { bytes, doubt, .. } => {
                // The last members of a block of which all are gone, or a list that is empty: nothing is left to hold on to.
                let text = String::from_utf8_lossy(&bytes).into_owned();
                prop_assert!(edits.iter().all(|(ours, theirs)| matches!(ours, Edit::Remove) || matches!(theirs, Edit::Remove)), "{doubt:?}\n{text}");
            }
        }
    }

    #[test]
    fn the_verdict_does_not_depend_on_who_is_ours(
        language in 0..LANGUAGES.len(),
        edits in proptest::collection::vec((edit(), edit()), 1..7),
    ) {
        let base = text(language, edits.iter().map(|_| (Edit::Keep, 0)));
        let ours = text(language, edits.iter().map(|(ours, _)| (*ours, 1)));
        let theirs = text(language, edits.iter().map(|(_, theirs)| (*theirs, 2)));
        // Checks both directions.
        let merge = support::merge(LANGUAGES[language].0, &base, &ours, &theirs);
        let plain = merge_texts(
            MergeInput { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() },
            &MergeOptions::default(),
        );
        if plain.conflicts.is_empty() {
            prop_assert_eq!(merge, FileMerge::Clean { bytes: plain.bytes, by: pyagent_merge::Means::Text });
        } else if let FileMerge::Clean { bytes, .. } = merge {
            let twice_changed = edits.iter().any(|pair| matches!(pair, (Edit::Change, Edit::Change | Edit::Remove) | (Edit::Remove, Edit::Change)));
            prop_assert!(!twice_changed, "{}", String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn a_side_that_changed_nothing_leaves_the_other_byte_for_byte(
        language in 0..LANGUAGES.len(),
        edits in proptest::collection::vec(edit(), 1..7),
        noise in "[ \\t\\r\\n,;{}\\[\\]a-z#/\"']{0,40}",
    ) {
        let path = LANGUAGES[language].0;
        let base = text(language, edits.iter().map(|_| (Edit::Keep, 0)));
        let side = text(language, edits.iter().map(|edit| (*edit, 1))) + &noise;
        for merge in [
            merged(path, &base, &side, &base),
            merged(path, &base, &base, &side),
            merged(path, &base, &side, &side),
        ] {
            prop_assert_eq!(merge, FileMerge::Clean { bytes: side.clone().into_bytes(), by: pyagent_merge::Means::Text });
        }
    }
}
