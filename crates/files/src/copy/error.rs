use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error::FileError;
use crate::os_name::path_below;

/// Why a tree could not be copied, compared or removed.
#[derive(Debug, Error)]
pub enum CopyError {
    /// A copy inside its own source would never end.
    #[error("Expected a place outside {root} for its copy, found {target}: choose another state folder.")]
    Inside { root: PathBuf, target: PathBuf },
    /// Something is mounted where a copy was to be removed.
    #[error(
        "Expected nothing mounted below a copy that is removed, found a mount at {path}: unmount it and run again."
    )]
    Mounted { path: PathBuf },
    /// The system refused.
    #[error(transparent)]
    File(#[from] FileError),
}

impl CopyError {
    /// `room/what`, stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Inside { .. } | Self::Mounted { .. } => "state/path",
            Self::File(_) => "native/file",
        }
    }

    pub(super) fn system(operation: &'static str, path: &Path, source: impl Into<io::Error>) -> Self {
        Self::File(FileError { operation, path: path.into(), source: source.into() })
    }
}

/// `folder` and a path below it.
pub(super) fn below(folder: &Path, relative: &[u8]) -> PathBuf {
    if relative.is_empty() { folder.into() } else { path_below(folder, relative) }
}

/// A name in a folder, both relative to the root.
pub(super) fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() {
        return name.to_vec();
    }
    let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
    path.extend_from_slice(folder);
    path.push(b'/');
    path.extend_from_slice(name);
    path
}
