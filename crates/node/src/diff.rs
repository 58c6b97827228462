use napi::Result;
use napi::bindgen_prelude::{Either, Uint8Array};
use napi_derive::napi;
use pyagent_diff::{
    Algorithm, Applied, ApplyOptions, Binary, Change, ConflictStyle, Difference, FilePatch, FileSide, Hunk, Labels,
    MergeInput, MergeOptions, Nearest, Reason,
};
use serde_json::json;

use crate::error::refuse;

type Text = Either<String, Uint8Array>;

/// Two contents and the names that they have in the diff.
#[napi(object)]
pub struct DiffPair {
    pub before: Uint8Array,
    pub after: Uint8Array,
    pub from: Uint8Array,
    pub to: Uint8Array,
}

/// One unified diff for each pair, as a string where it is UTF-8.
#[napi]
pub fn unified_diffs(pairs: Vec<DiffPair>, context: u32, algorithm: String) -> Result<Vec<Text>> {
    let algorithm = algorithm_named(&algorithm)?;
    let pairs: Vec<pyagent_diff::DiffPair<'_>> = pairs
        .iter()
        .map(|DiffPair { before, after, from, to }| pyagent_diff::DiffPair { before, after, from, to })
        .collect();
    Ok(pyagent_diff::unified_diffs(&pairs, context, algorithm).into_iter().map(text).collect())
}

/// One side of a file's change.
#[napi(object)]
pub struct DiffSide {
    pub path: Uint8Array,
    pub mode: u32,
    pub bytes: Uint8Array,
}

/// The change of a file with git's header.
#[napi]
pub fn file_diff(before: Option<DiffSide>, after: Option<DiffSide>, context: u32, algorithm: String) -> Result<Text> {
    fn side(side: &Option<DiffSide>) -> Option<FileSide<'_>> {
        side.as_ref().map(|DiffSide { path, mode, bytes }| FileSide { path, mode: *mode, bytes })
    }
    let algorithm = algorithm_named(&algorithm)?;
    Ok(text(pyagent_diff::file_diff(side(&before), side(&after), context, algorithm)))
}

/// Whether git would call the bytes binary.
#[napi]
pub fn is_binary(bytes: Uint8Array) -> bool {
    pyagent_diff::is_binary(&bytes)
}

/// What a patch does to one file.
#[napi(object)]
pub struct PatchFile {
    pub from: Option<Uint8Array>,
    pub to: Option<Uint8Array>,
    pub change: String,
    pub old_mode: Option<u32>,
    pub new_mode: Option<u32>,
    pub similarity: Option<u32>,
    pub old_object: Option<String>,
    pub new_object: Option<String>,
    pub binary: Option<String>,
    pub hunks: Vec<PatchHunk>,
}

#[napi(object)]
pub struct PatchHunk {
    pub old_start: u32,
    pub old_count: u32,
    pub new_start: u32,
    pub new_count: u32,
    pub heading: Uint8Array,
    pub body: Uint8Array,
}

/// A text that is no patch.
#[napi(object)]
pub struct PatchRefusal {
    pub line: Option<u32>,
    pub message: String,
}

/// The files of a patch, or why it is none.
#[napi]
pub fn parse_patch(patch: Uint8Array) -> Either<Vec<PatchFile>, PatchRefusal> {
    match pyagent_diff::parse_patch(&patch) {
        Ok(files) => Either::A(files.into_iter().map(to_node).collect()),
        Err(error) => {
            Either::B(PatchRefusal { line: error.line().map(|line| line as u32), message: error.to_string() })
        }
    }
}

/// The patch that takes the other back.
#[napi]
pub fn reverse_patch(file: PatchFile) -> Result<PatchFile> {
    Ok(to_node(pyagent_diff::reverse_patch(&from_node(&file)?)))
}

#[napi(object)]
pub struct PlacedHunk {
    pub line: u32,
    pub offset: i64,
    pub fuzz: u32,
}

#[napi(object)]
pub struct RefusedHunk {
    pub hunk: u32,
    pub reason: String,
    pub nearest: Option<NearestPlace>,
}

#[napi(object)]
pub struct NearestPlace {
    pub line: u32,
    pub matching: u32,
    pub of: u32,
    pub differs: Vec<DifferingLine>,
}

#[napi(object)]
pub struct DifferingLine {
    pub line: u32,
    pub expected: Uint8Array,
    pub found: Option<Uint8Array>,
}

/// `bytes` and `hunks`, or `failures`.
#[napi(object)]
pub struct AppliedPatch {
    pub bytes: Option<Uint8Array>,
    pub hunks: Option<Vec<PlacedHunk>>,
    pub failures: Option<Vec<RefusedHunk>>,
}

/// The bytes after one file of a patch.
#[napi]
pub fn apply_patch(before: Uint8Array, file: PatchFile, fuzz: u32) -> Result<AppliedPatch> {
    Ok(match pyagent_diff::apply_patch(&before, &from_node(&file)?, ApplyOptions { fuzz }) {
        Applied::Done { bytes, hunks } => {
            let placed = |hunk: pyagent_diff::Placed| PlacedHunk {
                line: hunk.line as u32,
                offset: hunk.offset,
                fuzz: hunk.fuzz,
            };
            let hunks = hunks.into_iter().map(placed).collect();
            AppliedPatch { bytes: Some(bytes.into()), hunks: Some(hunks), failures: None }
        }
        Applied::Refused(failures) => {
            let refused = |failure: pyagent_diff::Failure| RefusedHunk {
                hunk: failure.hunk as u32,
                reason: word_for(failure.reason).to_owned(),
                nearest: failure.nearest.map(nearest_place),
            };
            AppliedPatch { bytes: None, hunks: None, failures: Some(failures.into_iter().map(refused).collect()) }
        }
    })
}

fn nearest_place(Nearest { line, matching, of, differs }: Nearest) -> NearestPlace {
    let differing = |Difference { line, expected, found }: Difference| DifferingLine {
        line: line as u32,
        expected: expected.into(),
        found: found.map(Into::into),
    };
    NearestPlace {
        line: line as u32,
        matching: matching as u32,
        of: of as u32,
        differs: differs.into_iter().map(differing).collect(),
    }
}

/// How a merge is written; the labels are ours, base and theirs.
#[napi(object)]
pub struct MergeSettings {
    pub style: String,
    pub marker_size: u32,
    pub ours: Uint8Array,
    pub base: Uint8Array,
    pub theirs: Uint8Array,
}

#[napi(object)]
pub struct MergedText {
    pub bytes: Uint8Array,
    pub conflicts: Vec<TextConflict>,
}

#[napi(object)]
pub struct TextConflict {
    pub base: Uint8Array,
    pub ours: Uint8Array,
    pub theirs: Uint8Array,
    pub line: u32,
}

/// Three texts merged.
#[napi]
pub fn merge_texts(
    base: Uint8Array,
    ours: Uint8Array,
    theirs: Uint8Array,
    settings: MergeSettings,
) -> Result<MergedText> {
    let input = MergeInput { base: &base, ours: &ours, theirs: &theirs };
    let merged = with_options(&settings, |options| pyagent_diff::merge_texts(input, options))?;
    Ok(MergedText { bytes: merged.bytes.into(), conflicts: to_conflicts(merged.conflicts) })
}

/// Calls with the settings as the crate knows them, which borrow the labels.
pub(crate) fn with_options<T>(settings: &MergeSettings, call: impl FnOnce(&MergeOptions<'_>) -> T) -> Result<T> {
    let style = match settings.style.as_str() {
        "merge" => ConflictStyle::Merge,
        "diff3" => ConflictStyle::Diff3,
        "zdiff3" => ConflictStyle::Zdiff3,
        found => return Err(unknown("conflict style", "merge, diff3 or zdiff3", found)),
    };
    let labels = Labels { ours: &settings.ours, base: &settings.base, theirs: &settings.theirs };
    Ok(call(&MergeOptions { style, marker_size: settings.marker_size as usize, labels }))
}

pub(crate) fn to_conflicts(conflicts: Vec<pyagent_diff::Conflict>) -> Vec<TextConflict> {
    let conflict = |conflict: pyagent_diff::Conflict| TextConflict {
        base: conflict.base.into(),
        ours: conflict.ours.into(),
        theirs: conflict.theirs.into(),
        line: conflict.line as u32,
    };
    conflicts.into_iter().map(conflict).collect()
}

fn text(bytes: Vec<u8>) -> Text {
    match String::from_utf8(bytes) {
        Ok(text) => Either::A(text),
        Err(error) => Either::B(error.into_bytes().into()),
    }
}

fn algorithm_named(name: &str) -> Result<Algorithm> {
    match name {
        "adaptive" => Ok(Algorithm::Adaptive),
        "histogram" => Ok(Algorithm::Histogram),
        "myers" => Ok(Algorithm::Myers),
        "myers-minimal" => Ok(Algorithm::MyersMinimal),
        found => Err(unknown("algorithm", "adaptive, histogram, myers or myers-minimal", found)),
    }
}

const CHANGES: [(Change, &str); 5] = [
    (Change::Modify, "modify"),
    (Change::Create, "create"),
    (Change::Delete, "delete"),
    (Change::Rename, "rename"),
    (Change::Copy, "copy"),
];

fn word_for(reason: Reason) -> &'static str {
    match reason {
        Reason::NoMatch => "no-match",
        Reason::Ambiguous => "ambiguous",
        Reason::Malformed => "malformed",
        Reason::Exists => "exists",
        Reason::Leftover => "leftover",
        Reason::Binary => "binary",
    }
}

fn to_node(file: FilePatch) -> PatchFile {
    let change = CHANGES.iter().find(|(change, _)| *change == file.change).map_or("modify", |(_, word)| word);
    let object = |name: Vec<u8>| String::from_utf8_lossy(&name).into_owned();
    let (old_object, new_object) = file.index.map(|(old, new)| (object(old), object(new))).unzip();
    let binary = file.binary.map(|binary| match binary {
        Binary::Differ => "differ",
        Binary::GitPatch => "git-patch",
    });
    PatchFile {
        from: file.from.map(Into::into),
        to: file.to.map(Into::into),
        change: change.to_owned(),
        old_mode: file.old_mode,
        new_mode: file.new_mode,
        similarity: file.similarity.map(u32::from),
        old_object,
        new_object,
        binary: binary.map(str::to_owned),
        hunks: file
            .hunks
            .into_iter()
            .map(|hunk| PatchHunk {
                old_start: hunk.old_start,
                old_count: hunk.old_count,
                new_start: hunk.new_start,
                new_count: hunk.new_count,
                heading: hunk.heading.into(),
                body: hunk.body.into(),
            })
            .collect(),
    }
}

fn from_node(file: &PatchFile) -> Result<FilePatch> {
    let Some((change, _)) = CHANGES.iter().find(|(_, word)| *word == file.change) else {
        return Err(unknown("change", "modify, create, delete, rename or copy", &file.change));
    };
    let binary = match file.binary.as_deref() {
        None => None,
        Some("git-patch") => Some(Binary::GitPatch),
        Some(_) => Some(Binary::Differ),
    };
    let hunk = |hunk: &PatchHunk| Hunk {
        old_start: hunk.old_start,
        old_count: hunk.old_count,
        new_start: hunk.new_start,
        new_count: hunk.new_count,
        heading: hunk.heading.to_vec(),
        body: hunk.body.to_vec(),
    };
    Ok(FilePatch {
        from: file.from.as_ref().map(|name| name.to_vec()),
        to: file.to.as_ref().map(|name| name.to_vec()),
        change: *change,
        old_mode: file.old_mode,
        new_mode: file.new_mode,
        similarity: file.similarity.and_then(|value| u8::try_from(value).ok()),
        index: file.old_object.clone().zip(file.new_object.clone()).map(|(a, b)| (a.into_bytes(), b.into_bytes())),
        binary,
        hunks: file.hunks.iter().map(hunk).collect(),
    })
}

fn unknown(what: &str, expected: &str, found: &str) -> napi::Error {
    let details = json!({ "expected": expected, "found": found });
    refuse("diff/option", format!("expected the {what} to be {expected}, found {found}"), details)
}
