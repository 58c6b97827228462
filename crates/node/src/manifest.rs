use std::sync::Arc;

use napi::bindgen_prelude::AsyncTask;
use napi_derive::napi;
use pyagent_files::{Difference, Manifest, Tree};

use crate::job::{Job, job};
use crate::state::{JsState, convert, js_state};

/// A whole tree at one time.
#[napi(js_name = "Manifest")]
pub struct JsManifest {
    pub(crate) tree: Arc<Tree>,
    pub(crate) manifest: Arc<Manifest>,
}

#[napi]
impl JsManifest {
    /// Bytes of all files.
    #[napi]
    pub fn size(&self) -> f64 {
        self.manifest.size() as f64
    }

    /// Paths that could not be read.
    #[napi]
    pub fn unread(&self) -> Vec<String> {
        self.manifest.unread().into_iter().map(str::to_owned).collect()
    }

    /// Makes the contents of all files durable, then the manifest itself, and gives its hash. Gives instead the paths that
    /// hold something else by now, where there are any.
    #[napi]
    pub fn keep(&self) -> AsyncTask<Job<JsKeptManifest>> {
        let (tree, manifest) = (Arc::clone(&self.tree), Arc::clone(&self.manifest));
        job(move || {
            let changed = tree.keep_all(&manifest).map_err(convert)?;
            let hash = if changed.is_empty() { Some(tree.keep_manifest(&manifest).map_err(convert)?) } else { None };
            Ok(JsKeptManifest { hash, changed })
        })
    }

    /// What differs from it now, sorted by path.
    #[napi]
    pub fn differences(&self) -> AsyncTask<Job<Vec<JsDifference>>> {
        let (tree, manifest) = (Arc::clone(&self.tree), Arc::clone(&self.manifest));
        job(move || {
            let found = tree.compare(&manifest).map_err(convert)?;
            Ok(found.into_iter().map(difference).collect())
        })
    }
}

/// A kept manifest, or the paths that kept it from being one.
#[napi(object)]
pub struct JsKeptManifest {
    pub hash: Option<String>,
    pub changed: Vec<String>,
}

/// What became of a path since a manifest.
#[napi(object)]
pub struct JsDifference {
    pub path: String,
    pub before: JsState,
    pub after: JsState,
}

fn difference(found: Difference) -> JsDifference {
    JsDifference { path: found.path, before: js_state(found.before), after: js_state(found.after) }
}
