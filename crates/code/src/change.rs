use serde::{Deserialize, Serialize};

/// Replace the bytes `start..end` of the original file by `text`. An insertion has `start == end`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextEdit {
    pub start: u32,
    pub end: u32,
    pub text: String,
}

/// Edits that belong together. Groups of one file never overlap, and applying any subset of them gives a file that is
/// as valid as the original: that is what lets a failing change be found by bisection and left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeGroup {
    /// What the group does, for a person: `remove unused import of "readFile" from "node:fs"`.
    pub title: String,
    /// Ascending by `start`, not overlapping.
    pub edits: Vec<TextEdit>,
}

/// All proposed edits to one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// Relative to the root, with `/` as separator.
    pub path: String,
    /// BLAKE3 of the bytes that the offsets refer to, in lower-case hexadecimal.
    pub hash: String,
    /// Ascending by the start of their first edit.
    pub groups: Vec<ChangeGroup>,
}
