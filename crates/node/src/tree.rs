use std::path::Path;
use std::sync::Arc;

use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Uint8Array};
use napi_derive::napi;
use pyagent_files::{Change, FileState, Objects, Observation, State, Tree, TreeError, apply};
use serde_json::json;

use crate::error::refuse;
use crate::files;
use crate::job::{Job, job};

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
    /// Of a file with several names: device and inode.
    pub link: Option<String>,
    /// Of a symbolic link.
    pub target: Option<String>,
}

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

/// A work tree held open.
#[napi(js_name = "Tree")]
pub struct JsTree(Arc<Tree>);

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

    /// Paths that hold the files with these identities, by identity; those that are nowhere are left out.
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

fn convert(error: TreeError) -> napi::Error {
    let code = error.code();
    let message = error.to_string();
    match error {
        TreeError::File(error) => files::convert(error),
        TreeError::Path { path, .. } => refuse(code, message, json!({ "path": path })),
        TreeError::Object { path, .. } => refuse(code, message, json!({ "path": path })),
        TreeError::Moved { path, objects } => refuse(code, message, json!({ "path": path, "objects": objects })),
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
        same_file: from.same_file,
    }
}

/// The journal wrote -1 for an owner that is left as it comes.
const NOBODY: f64 = -1.0;

fn js_state(from: State) -> JsState {
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
            link: file.link,
            ..kind("file")
        },
    }
}

fn state(from: JsState) -> State {
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
            link: from.link,
        }),
        _ => State::Other,
    }
}
