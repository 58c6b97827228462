use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error::StorageError;

/// Why a workspace could not be locked.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process, or another part of this one, holds it.
    #[error("{}", describe(*holder))]
    Busy { path: PathBuf, holder: Option<u32> },
    #[error(transparent)]
    Storage(#[from] StorageError),
}

fn describe(holder: Option<u32>) -> String {
    let who = holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"));
    format!("the workspace is in use by {who}: wait for it to end, or end it, and run again")
}

impl LockError {
    /// `store/what`, stable.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "store/busy",
            Self::Storage(source) => source.code(),
        }
    }
}

/// An exclusive lock on one file. The system frees it when the process ends, however it ends, so it is never stale.
#[derive(Debug)]
pub struct WorkspaceLock {
    file: File,
}

impl WorkspaceLock {
    /// Takes the lock or says at once who holds it. The file holds the owner's process id, for that message only.
    pub fn acquire(path: &Path) -> Result<Self, LockError> {
        let storage = |error: std::io::Error| StorageError::from_io(path, &error);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(storage)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                // On Windows the lock also keeps readers out: then the holder stays unknown.
                let holder = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
                return Err(LockError::Busy { path: path.into(), holder });
            }
            Err(TryLockError::Error(error)) => return Err(storage(error).into()),
        }
        let mut sign = || {
            file.set_len(0)?;
            file.rewind()?;
            writeln!(file, "{}", std::process::id())
        };
        sign().map_err(storage)?;
        Ok(Self { file })
    }

    /// Lets the next one in; dropping does the same.
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for WorkspaceLock {
    fn drop(&mut self) {
        // Closing the file frees the lock anyway.
        let _ = self.file.unlock();
    }
}
