use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use thiserror::Error;

/// What the disk or SQLite refused, whatever the operation was.
#[derive(Debug, Error)]
pub enum StorageError {
    /// No space left.
    #[error("the disk that holds {path} is full: free some space and run again; nothing was written")]
    Full { path: PathBuf },
    /// The file or its folder may not be written.
    #[error("{path} cannot be written ({reason}): make its folder writable for you, or choose another state folder")]
    ReadOnly { path: PathBuf, reason: String },
    /// Another process holds it for longer than the store waits (5 s).
    #[error("{path} is being written by another process: wait for it to end and run again")]
    Busy { path: PathBuf },
    /// Not an SQLite file, or a damaged one.
    #[error("{path} is damaged ({reason}): move it away (undo history is in it), or restore {path}.v<N>.backup")]
    Corrupt { path: PathBuf, reason: String },
    /// The disk failed.
    #[error("{path} could not be read or written: {reason}")]
    Io { path: PathBuf, reason: String },
    /// A constraint of the schema refused a row.
    #[error("a row was refused: {reason}")]
    Constraint { reason: String },
    /// The statement itself is wrong: a defect of the caller.
    #[error("the statement failed: {reason}")]
    Sql { reason: String },
}

impl StorageError {
    /// Sorts an SQLite error by what a person can do about it.
    pub(crate) fn classify(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        let reason = error.to_string();
        let Some(failure) = error.sqlite_error() else {
            return Self::Sql { reason };
        };
        match failure.code {
            ErrorCode::DiskFull => Self::Full { path },
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly { path, reason },
            ErrorCode::CannotOpen => Self::ReadOnly { path, reason },
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy { path },
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Corrupt { path, reason },
            // The shared-memory file of the write-ahead log cannot grow: on Linux that is a full disk.
            ErrorCode::SystemIoFailure if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE => {
                Self::Full { path }
            }
            ErrorCode::SystemIoFailure => Self::Io { path, reason },
            ErrorCode::ConstraintViolation => Self::Constraint { reason },
            _ => Self::Sql { reason },
        }
    }

    /// The same for an error of the file system.
    pub(crate) fn from_io(path: &Path, error: &io::Error) -> Self {
        let (path, reason) = (path.to_path_buf(), error.to_string());
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path, reason },
            _ => Self::Io { path, reason },
        }
    }

    /// `store/what`, stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Full { .. } => "store/full",
            Self::ReadOnly { .. } => "store/read-only",
            Self::Busy { .. } => "store/busy",
            Self::Corrupt { .. } => "store/corrupt",
            Self::Io { .. } => "store/io",
            Self::Constraint { .. } => "store/constraint",
            Self::Sql { .. } => "store/sql",
        }
    }
}

/// Why a store could not be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Written by a newer version of the program.
    #[error(
        "{path} has format {found}, and this version reads formats up to {expected}: it was written by a newer version; \
         install that version again, or point to another state folder"
    )]
    Newer { path: PathBuf, expected: u32, found: u32 },
    /// An SQLite file of another program.
    #[error("{path} is a database of another program (application id {found:#x}): choose another state folder")]
    Foreign { path: PathBuf, found: i32 },
    /// The copy before a migration could not be made; the database is unchanged.
    #[error("{path} needs a copy at {backup} before it can be brought up to date, and the copy failed: {source}")]
    Backup { path: PathBuf, backup: PathBuf, source: StorageError },
    /// A migration step failed; the database is unchanged.
    #[error("{path} could not be brought from format {from} to {to}: {source}; it is unchanged")]
    Migration { path: PathBuf, from: u32, to: u32, source: StorageError },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl OpenError {
    /// `store/what`, stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "store/newer",
            Self::Foreign { .. } => "store/foreign",
            Self::Backup { source, .. } | Self::Migration { source, .. } => match source {
                StorageError::Sql { .. } | StorageError::Constraint { .. } => "store/migration",
                known => known.code(),
            },
            Self::Storage(source) => source.code(),
        }
    }
}

/// Why a batch was not committed. Nothing of it is in the store.
#[derive(Debug, Error)]
pub enum CommitError {
    /// A statement changed another number of rows than the batch demands.
    #[error("statement {statement} of the batch should have changed {expected} rows and changed {found}")]
    Guard { statement: usize, expected: u64, found: u64 },
    /// The store was closed, or its writer thread is gone.
    #[error("the store is closed")]
    Closed,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl CommitError {
    /// `store/what`, stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Guard { .. } => "store/guard",
            Self::Closed => "store/closed",
            Self::Storage(source) => source.code(),
        }
    }
}

/// Why a query has no answer.
#[derive(Debug, Error)]
pub enum QueryError {
    /// The statement would write.
    #[error("a query only reads; this statement writes: {sql}")]
    Writes { sql: String },
    #[error("the store is closed")]
    Closed,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl QueryError {
    /// `store/what`, stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Writes { .. } => "store/sql",
            Self::Closed => "store/closed",
            Self::Storage(source) => source.code(),
        }
    }
}
