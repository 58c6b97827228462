use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use pyagent_code::{AnalyzeError, Index, OrderRequest, Request, stamps};
use serde::Serialize;
use serde::de::DeserializeOwned;
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
        self.ask(request, |index, request: &Request| (index.analyze(request), &request.root))
    }

    /// Takes files whose imports were sorted and answers with a verdict for each, both as JSON.
    #[napi]
    pub fn import_orders(&self, request: String) -> AsyncTask<Job<String>> {
        self.ask(request, |index, request: &OrderRequest| (index.import_orders(request), &request.root))
    }

    fn ask<Q, A, F>(&self, request: String, answer: F) -> AsyncTask<Job<String>>
    where
        Q: DeserializeOwned,
        A: Serialize,
        F: for<'q> FnOnce(&mut Index, &'q Q) -> (Result<A, AnalyzeError>, &'q PathBuf) + Send + 'static,
    {
        let index = Arc::clone(&self.0);
        job(move || {
            let request: Q = serde_json::from_str(&request)
                .map_err(|error| refuse("code/request", format!("the request is not valid: {error}"), json!({})))?;
            // A panic while another call held the lock may have left the memory half-written: start afresh.
            let mut index = index.lock().unwrap_or_else(|poisoned: PoisonError<_>| {
                let mut guard = poisoned.into_inner();
                *guard = Index::new();
                guard
            });
            let (answer, root) = answer(&mut index, &request);
            to_json(&answer.map_err(|error| convert(&error, root))?)
        })
    }
}

/// A word for the state of each file of a repository, as a JSON object by path.
#[napi]
pub fn stamp_tree(root: String) -> AsyncTask<Job<String>> {
    job(move || {
        let root = PathBuf::from(root);
        to_json(&stamps(&root).map_err(|error| convert(&error, &root))?)
    })
}

fn to_json(answer: &impl Serialize) -> napi::Result<String> {
    serde_json::to_string(answer).map_err(|error| refuse("native/defect", error.to_string(), json!({})))
}

fn convert(error: &AnalyzeError, root: &Path) -> napi::Error {
    refuse(&format!("code/{}", error.code()), error.to_string(), json!({ "root": root }))
}
