use napi::Result;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use pyagent_diff::MergeInput;
use pyagent_merge::{FileMerge, Means};

use crate::diff::{MergeSettings, TextConflict, to_conflicts, with_options};

/// `by` is `text` or `syntax` where the merge is clean, and absent where conflicts are left.
#[napi(object)]
pub struct MergedFile {
    pub bytes: Uint8Array,
    pub by: Option<String>,
    pub conflicts: Vec<TextConflict>,
    /// Why a result that the syntax suggested was not taken.
    pub doubt: Option<String>,
}

/// Three versions of a file merged, as text and then by the syntax that its name tells.
#[napi]
pub fn merge_file(
    path: String,
    base: Uint8Array,
    ours: Uint8Array,
    theirs: Uint8Array,
    settings: MergeSettings,
) -> Result<MergedFile> {
    let input = MergeInput { base: &base, ours: &ours, theirs: &theirs };
    Ok(match with_options(&settings, |options| pyagent_merge::merge_file(&path, input, options))? {
        FileMerge::Clean { bytes, by } => {
            let by = if by == Means::Text { "text" } else { "syntax" };
            MergedFile { bytes: bytes.into(), by: Some(by.to_owned()), conflicts: Vec::new(), doubt: None }
        }
        FileMerge::Conflict { bytes, conflicts, doubt } => {
            MergedFile { bytes: bytes.into(), by: None, conflicts: to_conflicts(conflicts), doubt }
        }
    })
}
