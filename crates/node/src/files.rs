use std::path::PathBuf;

use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi_derive::napi;
use pyagent_files::{FileError, encode_path};
use serde_json::json;

use crate::error::refuse;
use crate::job::{Job, job};

/// BLAKE3 in lower-case hexadecimal.
#[napi]
pub fn hash_bytes(bytes: Uint8Array) -> String {
    pyagent_files::hash_bytes(&bytes)
}

/// Flushes files and folders to the disk, in parallel.
#[napi]
pub fn sync_paths(paths: Vec<String>) -> AsyncTask<Job<()>> {
    job(move || {
        let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
        pyagent_files::sync_all(&paths).map_err(convert)
    })
}

/// Creates a folder and those above it, durably and closed to other users.
#[napi]
pub fn make_folder(path: String) -> AsyncTask<Job<()>> {
    job(move || {
        let path = PathBuf::from(path);
        pyagent_files::make_folder(&path).map_err(|source| convert(FileError { operation: "creating", path, source }))
    })
}

pub(crate) fn convert(error: FileError) -> napi::Error {
    let details = json!({ "path": encode_path(&error.path), "errno": error.errno() });
    refuse("native/file", error.to_string(), details)
}
