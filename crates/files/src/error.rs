use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// A file operation that the system refused.
#[derive(Debug, Error)]
#[error("{operation} failed for {path}: {source}")]
pub struct FileError {
    pub operation: &'static str,
    pub path: PathBuf,
    pub source: io::Error,
}

impl FileError {
    /// The name that Node gives the same failure: `ENOSPC`, `EEXIST`; `EIO` where there is none.
    pub fn errno(&self) -> &'static str {
        match self.source.kind() {
            io::ErrorKind::StorageFull => "ENOSPC",
            io::ErrorKind::QuotaExceeded => "EDQUOT",
            io::ErrorKind::FileTooLarge => "EFBIG",
            io::ErrorKind::PermissionDenied => "EACCES",
            io::ErrorKind::ReadOnlyFilesystem => "EROFS",
            io::ErrorKind::AlreadyExists => "EEXIST",
            io::ErrorKind::NotFound => "ENOENT",
            io::ErrorKind::NotADirectory => "ENOTDIR",
            io::ErrorKind::IsADirectory => "EISDIR",
            io::ErrorKind::DirectoryNotEmpty => "ENOTEMPTY",
            io::ErrorKind::CrossesDevices => "EXDEV",
            io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput => "ENOTSUP",
            _ => "EIO",
        }
    }
}

/// Why a work on a tree did not come to its end.
#[derive(Debug, Error)]
pub enum TreeError {
    /// Not the path of a file beneath the root.
    #[error(
        "Expected the path of a file in the workspace, relative to its root, found {path:?}: {reason}. Name one that lies \
         inside."
    )]
    Path { path: String, reason: String },
    /// Kept bytes are missing or are not what their name says.
    #[error("Expected the kept bytes at {path}; the file {what}. Restore the state folder from a backup.")]
    Object { path: PathBuf, what: &'static str },
    /// The folder that was opened is no longer what the path of the workspace leads to.
    #[error(
        "Expected the workspace at {path}, found that it was moved or deleted while it was being worked on. Put it back and \
         run again; kept originals are in {objects}."
    )]
    Moved { path: PathBuf, objects: PathBuf },
    /// The system refused.
    #[error(transparent)]
    File(#[from] FileError),
}

impl TreeError {
    /// `room/what`, stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Path { .. } => "state/path",
            Self::Object { .. } => "state/object",
            Self::Moved { .. } => "state/moved",
            Self::File(_) => "native/file",
        }
    }
}
