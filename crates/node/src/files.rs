use std::path::{Path, PathBuf};

use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi_derive::napi;
use pyagent_store::FileError;
use serde_json::json;

use crate::error::refuse;
use crate::job::{Job, job};

/// BLAKE3 in lower-case hexadecimal.
#[napi]
pub fn hash_bytes(bytes: Uint8Array) -> String {
    pyagent_store::hash_bytes(&bytes)
}

/// BLAKE3 of a file's bytes.
#[napi]
pub fn hash_file(path: String) -> AsyncTask<Job<String>> {
    job(move || pyagent_store::hash_file(Path::new(&path)).map_err(convert))
}

/// Flushes files and folders to the disk, in parallel.
#[napi]
pub fn sync_paths(paths: Vec<String>) -> AsyncTask<Job<()>> {
    job(move || {
        let paths: Vec<PathBuf> = paths.into_iter().map(PathBuf::from).collect();
        pyagent_store::sync_all(&paths).map_err(convert)
    })
}

/// Swaps two names in one step.
#[napi]
pub fn exchange(first: String, second: String) -> Result<()> {
    pyagent_store::exchange(Path::new(&first), Path::new(&second)).map_err(convert)
}

/// Renames, never over an existing name.
#[napi]
pub fn rename_new(from: String, to: String) -> Result<()> {
    pyagent_store::rename_new(Path::new(&from), Path::new(&to)).map_err(convert)
}

fn convert(error: FileError) -> napi::Error {
    let details = json!({ "path": error.path, "errno": error.errno() });
    refuse("native/file", error.to_string(), details)
}
