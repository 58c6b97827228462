use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::error::StorageError;

/// Why a workspace could not be locked.
#[derive(Debug, Error)]
pub enum LockError {
    /// Another process, or another part of this one, holds it; `holder` is the record that it left.
    #[error("the workspace is in use: wait for it to be free, or end the process that holds it, and run again")]
    Busy { path: PathBuf, holder: Option<String> },
    #[error(transparent)]
    Storage(#[from] StorageError),
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

/// The longest record that is read: a foreign file at the place of the lock must not fill the memory.
const RECORD_LIMIT: u64 = 64 * 1024;

/// An exclusive lock on one file. The system frees it when the process ends, however it ends, so it is never stale.
#[derive(Debug)]
pub struct WorkspaceLock {
    file: File,
}

impl WorkspaceLock {
    /// Takes the lock, or says at once who holds it. `record` is one line that stands in the file while the lock is held; it tells others
    /// who the holder is and decides nothing.
    pub fn acquire(path: &Path, record: &str) -> Result<Self, LockError> {
        let storage = |error: std::io::Error| StorageError::from_io(path, &error);
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(storage)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Busy { path: path.into(), holder: recorded(&file) });
            }
            Err(TryLockError::Error(error)) => return Err(storage(error).into()),
        }
        let mut sign = || {
            // Over the old record and only then cut: who reads meanwhile finds a whole first line.
            let line = format!("{record}\n");
            file.rewind()?;
            file.write_all(line.as_bytes())?;
            file.set_len(line.len() as u64)
        };
        sign().map_err(storage)?;
        Ok(Self { file })
    }

    /// The record of whoever holds the lock now; `None` when it is free. Writes nothing, and touches the lock only where
    /// a record was left by a process that was killed.
    pub fn holder(path: &Path) -> Result<Option<String>, LockError> {
        let storage = |error: std::io::Error| StorageError::from_io(path, &error);
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(storage(error).into()),
        };
        let Some(record) = recorded(&file) else { return Ok(None) };
        match file.try_lock_shared() {
            // Nobody holds it: the record outlived a kill. Closing the file lets go again.
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(record)),
            Err(TryLockError::Error(error)) => Err(storage(error).into()),
        }
    }

    /// Lets the next one in; dropping does the same.
    pub fn release(self) {
        drop(self);
    }
}

/// On Windows the lock also keeps readers out: then the holder stays unknown.
fn recorded(file: &File) -> Option<String> {
    let mut text = String::new();
    file.take(RECORD_LIMIT).read_to_string(&mut text).ok()?;
    let record = text.lines().next()?.trim();
    (!record.is_empty()).then(|| record.to_owned())
}

impl Drop for WorkspaceLock {
    fn drop(&mut self) {
        // An empty record says "free" without a try at the lock. Closing the file frees the lock anyway.
        let _ = self.file.set_len(0);
        let _ = self.file.unlock();
    }
}
