use napi_derive::napi;
use pyagent_files::{FileState, State, TreeError, encode_path};
use serde_json::json;

use crate::error::refuse;
use crate::files;

/// What stands at a path. `kind` is `absent`, `file`, `symlink`, `folder` or `other`.
#[napi(object)]
#[derive(Default)]
pub struct JsState {
    pub kind: String,
    /// Of a file: BLAKE3.
    pub hash: Option<String>,
    /// Of a file or a folder.
    pub mode: Option<u32>,
    /// Of a file: bytes.
    pub size: Option<f64>,
    /// Of a file: user and group.
    pub owner: Option<Vec<f64>>,
    /// Of a file: which one it is.
    pub id: Option<String>,
    /// Of a file: more than one name leads to it.
    pub linked: Option<bool>,
    /// Of a symbolic link.
    pub target: Option<String>,
}

pub(crate) fn convert(error: TreeError) -> napi::Error {
    let code = error.code();
    let message = error.to_string();
    match error {
        TreeError::File(error) => files::convert(error),
        TreeError::Path { path, .. } => refuse(code, message, json!({ "path": path })),
        TreeError::Object { path, .. } => refuse(code, message, json!({ "path": encode_path(&path) })),
        TreeError::Moved { path, objects } => {
            let details = json!({ "path": encode_path(&path), "objects": encode_path(&objects) });
            refuse(code, message, details)
        }
    }
}

/// The journal wrote -1 for an owner that is left as it comes.
const NOBODY: f64 = -1.0;

pub(crate) fn js_state(from: State) -> JsState {
    let kind = |kind: &str| JsState { kind: kind.into(), ..JsState::default() };
    match from {
        State::Absent => kind("absent"),
        State::Other => kind("other"),
        State::Folder(mode) => JsState { mode: Some(mode), ..kind("folder") },
        State::Symlink(target) => JsState { target: Some(pyagent_files::encode_name(&target)), ..kind("symlink") },
        State::File(file) => JsState {
            hash: Some(file.hash),
            mode: Some(file.mode),
            size: Some(file.size as f64),
            owner: Some(
                file.owner.map_or(vec![NOBODY, NOBODY], |(user, group)| vec![f64::from(user), f64::from(group)]),
            ),
            id: file.id,
            linked: file.linked.then_some(true),
            ..kind("file")
        },
    }
}

pub(crate) fn state(from: JsState) -> State {
    match from.kind.as_str() {
        "absent" => State::Absent,
        "folder" => State::Folder(from.mode.unwrap_or(0o755)),
        "symlink" => State::Symlink(pyagent_files::decode_name(&from.target.unwrap_or_default())),
        "file" => State::File(FileState {
            hash: from.hash.unwrap_or_default(),
            mode: from.mode.unwrap_or(0o644),
            size: from.size.unwrap_or(0.0) as u64,
            owner: match from.owner.as_deref() {
                Some([user, group]) if *user >= 0.0 && *group >= 0.0 => Some((*user as u32, *group as u32)),
                _ => None,
            },
            id: from.id,
            linked: from.linked.unwrap_or(false),
        }),
        _ => State::Other,
    }
}
