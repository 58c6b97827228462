use std::path::Path;
use std::sync::Arc;

use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi_derive::napi;
use pyagent_files::{Objects, Tree, TreeError};

use crate::job::{Job, job};
use crate::state::convert;
use crate::tree::JsTree;

/// Kept contents.
#[napi(js_name = "Objects")]
pub struct JsObjects(Arc<Objects>);

/// The contents kept in a folder.
#[napi]
pub fn open_objects(folder: String) -> JsObjects {
    JsObjects(Arc::new(Objects::new(Path::new(&folder))))
}

/// A hash and the bytes behind it.
#[napi(object)]
pub struct JsObject {
    pub hash: String,
    pub size: f64,
}

#[napi]
impl JsObjects {
    /// Opens the work tree at `root`, whose originals are kept here.
    #[napi]
    pub fn open_tree(&self, root: String) -> Result<JsTree> {
        let tree = Tree::open(Path::new(&root), Arc::clone(&self.0)).map_err(convert)?;
        Ok(JsTree(Arc::new(tree)))
    }

    #[napi]
    pub fn keep(&self, contents: Vec<Uint8Array>) -> AsyncTask<Job<()>> {
        let contents: Vec<Vec<u8>> = contents.iter().map(|bytes| bytes.to_vec()).collect();
        self.job(move |objects| {
            let contents: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
            objects.keep_bytes(&contents)
        })
    }

    #[napi]
    pub fn read(&self, hash: String) -> AsyncTask<Job<Uint8Array>> {
        self.job(move |objects| objects.read(&hash).map(Uint8Array::new))
    }

    #[napi]
    pub fn is_sound(&self, hash: String) -> AsyncTask<Job<bool>> {
        self.job(move |objects| objects.is_sound(&hash))
    }

    #[napi]
    pub fn list(&self) -> AsyncTask<Job<Vec<JsObject>>> {
        self.job(|objects| {
            let found = objects.list()?;
            Ok(found.into_iter().map(|(hash, size)| JsObject { hash, size: size as f64 }).collect())
        })
    }

    #[napi]
    pub fn remove(&self, hashes: Vec<String>) -> AsyncTask<Job<()>> {
        self.job(move |objects| objects.remove(&hashes))
    }

    #[napi]
    pub fn sweep(&self) -> AsyncTask<Job<()>> {
        self.job(|objects| objects.sweep())
    }

    fn job<T>(
        &self,
        work: impl FnOnce(&Objects) -> std::result::Result<T, TreeError> + Send + 'static,
    ) -> AsyncTask<Job<T>>
    where
        T: napi::bindgen_prelude::ToNapiValue + napi::bindgen_prelude::TypeName + Send + 'static,
    {
        let objects = Arc::clone(&self.0);
        job(move || work(&objects).map_err(convert))
    }
}
