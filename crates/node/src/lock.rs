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
pub fn lock_workspace(path: String) -> Result<Lock> {
    WorkspaceLock::acquire(Path::new(&path)).map(|lock| Lock(Some(lock))).map_err(|error| {
        let holder = if let LockError::Busy { holder, .. } = &error { *holder } else { None };
        refuse(error.code(), error.to_string(), json!({ "path": path, "holder": holder }))
    })
}

#[napi]
impl Lock {
    /// Idempotent.
    #[napi]
    pub fn release(&mut self) {
        drop(self.0.take());
    }
}
