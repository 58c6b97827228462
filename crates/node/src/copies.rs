use std::path::{Path, PathBuf};
use std::sync::Arc;

use napi::Result;
use napi::bindgen_prelude::{AsyncTask, Buffer};
use napi_derive::napi;
use pyagent_files::{
    BasePool, CopyChange, CopyError, CopyReport, CopyRequest, Reason, State, Strategy, TreeCopy, copy_tree,
    encode_name, encode_path, remove_tree, unmount_below,
};
use serde_json::json;

use crate::error::refuse;
use crate::job::{Job, job};

/// The contents that files had when they were copied.
#[napi(js_name = "BasePool")]
pub struct JsBasePool(Arc<BasePool>);

/// Creates the file of a pool.
#[napi]
pub fn create_base_pool(path: String) -> Result<JsBasePool> {
    BasePool::create(Path::new(&path)).map(|pool| JsBasePool(Arc::new(pool))).map_err(convert)
}

/// What shall be copied.
#[napi(object)]
pub struct JsCopyRequest {
    pub source: String,
    pub target: String,
    /// Where the writable layers of overlays are put.
    pub layers: Option<String>,
}

/// A copy and what was copied.
#[napi(js_name = "TreeCopy")]
pub struct JsTreeCopy(Arc<TreeCopy>);

#[napi]
impl JsBasePool {
    /// Lets go of the file.
    #[napi]
    pub fn close(&self) {
        self.0.close();
    }

    /// Copies a tree, and keeps what its files hold.
    #[napi]
    pub fn copy_work_tree(&self, request: JsCopyRequest) -> AsyncTask<Job<JsTreeCopy>> {
        let request = CopyRequest {
            source: request.source.into(),
            target: request.target.into(),
            layers: request.layers.map(PathBuf::from),
            pool: Some(Arc::clone(&self.0)),
        };
        job(move || copy_tree(&request).map(|copy| JsTreeCopy(Arc::new(copy))).map_err(convert))
    }
}

#[napi]
impl JsTreeCopy {
    #[napi]
    pub fn report(&self) -> JsCopyReport {
        self.0.report().into()
    }

    /// How the copy differs from what was copied.
    #[napi]
    pub fn changes(&self) -> AsyncTask<Job<Vec<JsChange>>> {
        let copy = Arc::clone(&self.0);
        job(move || Ok(copy.changes().map_err(convert)?.iter().map(JsChange::from).collect()))
    }

    /// The bytes behind a hash of the copy.
    #[napi]
    pub fn base(&self, hash: String) -> AsyncTask<Job<Option<Buffer>>> {
        let copy = Arc::clone(&self.0);
        job(move || {
            let bytes = copy.base(&hash);
            let failed = |error: std::io::Error| refuse("native/file", error.to_string(), json!({ "errno": "EIO" }));
            Ok(bytes.map_err(failed)?.map(Buffer::from))
        })
    }
}

/// Removes a folder with all that is in it.
#[napi]
pub fn remove_work_tree(path: String) -> AsyncTask<Job<()>> {
    job(move || remove_tree(Path::new(&path)).map_err(convert))
}

/// Unmounts everything below a folder.
#[napi]
pub fn unmount_all_below(folder: String) -> AsyncTask<Job<Vec<String>>> {
    job(move || {
        let points = unmount_below(Path::new(&folder)).map_err(convert)?;
        Ok(points.iter().map(|point| encode_path(point)).collect())
    })
}

/// What a copy came to.
#[napi(object)]
pub struct JsCopyReport {
    pub entries: f64,
    pub bytes: f64,
    pub reflink: bool,
    pub heavy: Vec<JsHeavyFolder>,
    pub git: Vec<String>,
    pub skipped: Vec<JsSkipped>,
    pub leading: Vec<String>,
}

#[napi(object)]
pub struct JsHeavyFolder {
    pub path: String,
    pub strategy: String,
}

#[napi(object)]
pub struct JsSkipped {
    pub path: String,
    pub reason: String,
}

impl From<&CopyReport> for JsCopyReport {
    fn from(report: &CopyReport) -> Self {
        let heavy = report.heavy.iter().map(|(path, strategy)| {
            let strategy = match strategy {
                Strategy::Reflink => "reflink",
                Strategy::Overlay => "overlay",
                Strategy::Copy => "copy",
            };
            JsHeavyFolder { path: path.clone(), strategy: strategy.into() }
        });
        let skipped = report.skipped.iter().map(|skipped| {
            let reason = match skipped.reason {
                Reason::Special => "special",
                Reason::Vanished => "vanished",
                Reason::Replaced => "replaced",
            };
            JsSkipped { path: skipped.path.clone(), reason: reason.into() }
        });
        Self {
            entries: report.entries as f64,
            bytes: report.bytes as f64,
            reflink: report.reflink,
            heavy: heavy.collect(),
            git: report.git.clone(),
            skipped: skipped.collect(),
            leading: report.leading.clone(),
        }
    }
}

/// A path of a copy that is not as it was copied.
#[napi(object)]
pub struct JsChange {
    pub path: String,
    pub before: JsCopiedState,
    pub after: JsCopiedState,
}

#[napi(object)]
pub struct JsCopiedState {
    pub kind: String,
    pub hash: Option<String>,
    pub mode: Option<u32>,
    pub size: Option<f64>,
    pub target: Option<String>,
}

impl From<&CopyChange> for JsChange {
    fn from(change: &CopyChange) -> Self {
        Self { path: change.path.clone(), before: (&change.before).into(), after: (&change.after).into() }
    }
}

impl From<&State> for JsCopiedState {
    fn from(state: &State) -> Self {
        let bare = |kind: &str| Self { kind: kind.into(), hash: None, mode: None, size: None, target: None };
        match state {
            State::Absent => bare("absent"),
            State::Other => bare("other"),
            State::Folder(mode) => Self { mode: Some(*mode), ..bare("folder") },
            State::Symlink(target) => Self { target: Some(encode_name(target)), ..bare("symlink") },
            State::File(file) => Self {
                hash: Some(file.hash.clone()),
                mode: Some(file.mode),
                size: Some(file.size as f64),
                ..bare("file")
            },
        }
    }
}

fn convert(error: CopyError) -> napi::Error {
    let details = match &error {
        CopyError::File(failure) => json!({ "path": encode_path(&failure.path), "errno": failure.errno() }),
        CopyError::Inside { target: path, .. } | CopyError::Mounted { path } => json!({ "path": encode_path(path) }),
    };
    refuse(error.code(), error.to_string(), details)
}
