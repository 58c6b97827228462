use std::path::Path;

use napi::Result;
use napi_derive::napi;
use pyagent_store::{LockError, WorkspaceLock};
use serde_json::json;

use crate::error::refuse;

/// An exclusive lock; the system frees it when the process ends.
#[napi(js_name = "Lock")]
pub struct Lock(Option<WorkspaceLock>);

/// Takes the lock of the file, or throws `store/busy` at once.
#[napi]
pub fn lock_workspace(path: String, record: String) -> Result<Lock> {
    WorkspaceLock::acquire(Path::new(&path), &record)
        .map(|lock| Lock(Some(lock)))
        .map_err(|error| convert(&path, &error))
}

/// The record of whoever holds the lock of the file.
#[napi]
pub fn workspace_holder(path: String) -> Result<Option<String>> {
    WorkspaceLock::holder(Path::new(&path)).map_err(|error| convert(&path, &error))
}

fn convert(path: &str, error: &LockError) -> napi::Error {
    let holder = if let LockError::Busy { holder, .. } = error { holder.as_deref() } else { None };
    refuse(error.code(), error.to_string(), json!({ "path": path, "holder": holder }))
}

#[napi]
impl Lock {
    /// Idempotent.
    #[napi]
    pub fn release(&mut self) {
        drop(self.0.take());
    }
}
