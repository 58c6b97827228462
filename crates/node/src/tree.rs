use std::path::PathBuf;
use std::sync::Arc;

use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi_derive::napi;
use pyagent_files::{Change, Manifest, Observation, ScanOptions, State, Tree, TreeError, apply};

use crate::job::{Job, job};
use crate::manifest::JsManifest;
use crate::state::{JsState, convert, js_state, state};

/// A state, and the device and inode it was read from.
#[napi(object)]
pub struct JsObservation {
    pub state: JsState,
    pub identity: Option<String>,
}

/// A path that shall change.
#[napi(object)]
pub struct JsChange {
    pub path: String,
    pub seq: u32,
    pub seen: JsState,
    pub to: JsState,
    pub in_place: Option<bool>,
    pub separate: Option<bool>,
    pub same_file: Option<String>,
}

/// A path and the hash of its bytes.
#[napi(object)]
pub struct JsKept {
    pub path: String,
    pub hash: String,
}

/// Where a file is.
#[napi(object)]
pub struct JsFound {
    pub identity: String,
    pub path: String,
}

/// A work tree held open.
#[napi(js_name = "Tree")]
pub struct JsTree(pub(crate) Arc<Tree>);

#[napi]
impl JsTree {
    /// Fails when the path of the root leads elsewhere by now.
    #[napi]
    pub fn check_place(&self) -> Result<()> {
        self.0.check_place().map_err(convert)
    }

    #[napi]
    pub fn resolve(&self, paths: Vec<String>) -> AsyncTask<Job<Vec<String>>> {
        self.job(move |tree| tree.resolve(&paths))
    }

    #[napi]
    pub fn observe(&self, paths: Vec<String>) -> AsyncTask<Job<Vec<JsObservation>>> {
        self.job(move |tree| {
            let seen = tree.observe(&paths)?;
            Ok(seen.into_iter().map(observation).collect())
        })
    }

    #[napi]
    pub fn read_file(&self, path: String) -> AsyncTask<Job<Uint8Array>> {
        self.job(move |tree| tree.read_file(&path).map(Uint8Array::new))
    }

    /// Changes paths; gives those that somebody else changed meanwhile.
    #[napi]
    pub fn apply(&self, transaction: String, changes: Vec<JsChange>) -> AsyncTask<Job<Vec<String>>> {
        self.job(move |tree| {
            let changes: Vec<Change> = changes.into_iter().map(change).collect();
            apply(tree, &transaction, &changes)
        })
    }

    #[napi]
    pub fn overwrite(&self, path: String, to: JsState) -> AsyncTask<Job<()>> {
        self.job(move |tree| match state(to) {
            State::File(file) => tree.overwrite(&path, &file),
            _ => Ok(()),
        })
    }

    #[napi]
    pub fn remove_file(&self, path: String) -> AsyncTask<Job<()>> {
        self.job(move |tree| tree.remove_file(&path))
    }

    #[napi]
    pub fn is_torn(&self, path: String, hashes: Vec<String>) -> AsyncTask<Job<bool>> {
        self.job(move |tree| tree.is_torn(&path, &hashes))
    }

    #[napi]
    pub fn is_draft_of(&self, path: String, hashes: Vec<String>) -> AsyncTask<Job<bool>> {
        self.job(move |tree| tree.is_draft_of(&path, &hashes))
    }

    /// Flushes everything on the file system of the root.
    #[napi]
    pub fn sync(&self) -> AsyncTask<Job<()>> {
        self.job(Tree::sync)
    }

    #[napi]
    pub fn sync_folders(&self, paths: Vec<String>) -> AsyncTask<Job<()>> {
        self.job(move |tree| tree.sync_folders(&paths))
    }

    /// Keeps the contents of files durably; gives the paths that hold something else by now.
    #[napi]
    pub fn keep_files(&self, files: Vec<JsKept>) -> AsyncTask<Job<Vec<String>>> {
        self.job(move |tree| {
            let files: Vec<(String, String)> = files.into_iter().map(|file| (file.path, file.hash)).collect();
            tree.objects().keep_files(tree, &files)
        })
    }

    /// Reads the whole tree; `cache` remembers hashes from one scan to the next.
    #[napi]
    pub fn scan(&self, skip_made: bool, cache: Option<String>) -> AsyncTask<Job<JsManifest>> {
        let options = ScanOptions { cache: cache.map(PathBuf::from), skip_made };
        self.manifest(move |tree| tree.scan(&options))
    }

    /// A manifest that was kept.
    #[napi]
    pub fn load_manifest(&self, hash: String) -> AsyncTask<Job<JsManifest>> {
        self.manifest(move |tree| tree.load_manifest(&hash))
    }

    fn manifest(
        &self,
        make: impl FnOnce(&Tree) -> std::result::Result<Manifest, TreeError> + Send + 'static,
    ) -> AsyncTask<Job<JsManifest>> {
        let tree = Arc::clone(&self.0);
        job(move || {
            let manifest = Arc::new(make(&tree).map_err(convert)?);
            Ok(JsManifest { tree, manifest })
        })
    }

    /// Every path of the files with these identities.
    #[napi]
    pub fn find(&self, identities: Vec<String>) -> AsyncTask<Job<Vec<JsFound>>> {
        self.job(move |tree| {
            let found = tree.find(&identities)?;
            Ok(found.into_iter().map(|(identity, path)| JsFound { identity, path }).collect())
        })
    }

    /// All that is below a folder, parents first; not what git keeps for itself.
    #[napi]
    pub fn below(&self, folder: String) -> AsyncTask<Job<Vec<String>>> {
        self.job(move |tree| tree.below(&folder))
    }

    fn job<T>(
        &self,
        work: impl FnOnce(&Tree) -> std::result::Result<T, TreeError> + Send + 'static,
    ) -> AsyncTask<Job<T>>
    where
        T: napi::bindgen_prelude::ToNapiValue + napi::bindgen_prelude::TypeName + Send + 'static,
    {
        let tree = Arc::clone(&self.0);
        job(move || work(&tree).map_err(convert))
    }
}

fn observation(seen: Observation) -> JsObservation {
    JsObservation { state: js_state(seen.state), identity: seen.identity }
}

fn change(from: JsChange) -> Change {
    Change {
        path: from.path,
        seq: from.seq,
        seen: state(from.seen),
        to: state(from.to),
        in_place: from.in_place.unwrap_or(false),
        separate: from.separate.unwrap_or(false),
        same_file: from.same_file,
    }
}
