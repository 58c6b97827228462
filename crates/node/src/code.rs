use std::sync::{Arc, Mutex, PoisonError};

use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use pyagent_code::{Index, Request};
use serde_json::json;

use crate::error::refuse;
use crate::job::{Job, job};

/// The code analysis, with what it remembers between calls.
#[napi]
pub struct CodeIndex(Arc<Mutex<Index>>);

/// An index that remembers nothing yet.
#[napi]
pub fn create_code_index() -> CodeIndex {
    CodeIndex(Arc::new(Mutex::new(Index::new())))
}

#[napi]
impl CodeIndex {
    /// Takes a request and answers with a report, both as JSON. Calls on one index wait for each other.
    #[napi]
    pub fn analyze(&self, request: String) -> AsyncTask<Job<String>> {
        let index = Arc::clone(&self.0);
        job(move || {
            let request: Request = serde_json::from_str(&request)
                .map_err(|error| refuse("code/request", format!("the request is not valid: {error}"), json!({})))?;
            // A panic while another call held the lock may have left the memory half-written: start afresh.
            let mut index = index.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
                let mut guard = poisoned.into_inner();
                *guard = Index::new();
                guard
            });
            let report = index.analyze(&request).map_err(|error| {
                refuse(&format!("code/{}", error.code()), error.to_string(), json!({ "root": request.root }))
            })?;
            serde_json::to_string(&report).map_err(|error| refuse("native/defect", error.to_string(), json!({})))
        })
    }
}
