use pyagent_diff::{Conflict, MergeInput, MergeOptions, merge_texts};

use crate::language::Language;
use crate::syntax::{SyntaxMerge, merge_syntax};

/// What made a merge clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// The lines alone; the result is git's.
    Text,
    /// The syntax, after the lines were in conflict.
    Syntax,
}

/// The merge of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileMerge {
    Clean {
        bytes: Vec<u8>,
        by: Means,
    },
    /// What is left of the conflicts, between markers and as data.
    Conflict {
        bytes: Vec<u8>,
        conflicts: Vec<Conflict>,
        /// Why a result that the syntax suggested was not taken.
        doubt: Option<String>,
    },
}

/// Merges three versions of a file: as text first; where that conflicts, by the syntax of the language that the file's
/// name tells.
pub fn merge_file(path: &str, input: MergeInput<'_>, options: &MergeOptions<'_>) -> FileMerge {
    let text = merge_texts(input, options);
    if text.conflicts.is_empty() {
        return FileMerge::Clean { bytes: text.bytes, by: Means::Text };
    }
    let plain = |doubt| FileMerge::Conflict { bytes: text.bytes.clone(), conflicts: text.conflicts.clone(), doubt };
    let utf8 = |bytes| std::str::from_utf8(bytes).ok();
    let (Some(language), Some(base), Some(ours), Some(theirs)) =
        (Language::of_path(path), utf8(input.base), utf8(input.ours), utf8(input.theirs))
    else {
        return plain(None);
    };
    match merge_syntax(language, base, ours, theirs) {
        SyntaxMerge::Clean(merged) => FileMerge::Clean { bytes: merged.into_bytes(), by: Means::Syntax },
        SyntaxMerge::Partly { base, ours, theirs } => {
            let left = MergeInput { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
            let partly = merge_texts(left, options);
            // Without a conflict the lines would decide what the syntax could not: both versions of a place.
            if partly.conflicts.is_empty() || partly.conflicts.len() > text.conflicts.len() {
                return plain(None);
            }
            FileMerge::Conflict { bytes: partly.bytes, conflicts: partly.conflicts, doubt: None }
        }
        SyntaxMerge::Unchanged => plain(None),
        SyntaxMerge::Doubted(error) => plain(Some(error.to_string())),
    }
}
