use std::fs::{File, OpenOptions};
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

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

/// Flushes that wait for the disk at the same time; file systems merge them into few journal commits.
const FLUSHERS: usize = 16;

/// BLAKE3 of `bytes` in lower-case hexadecimal.
pub fn hash_bytes(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// BLAKE3 of a file's bytes in lower-case hexadecimal, read in pieces.
pub fn hash_file(path: &Path) -> Result<String, FileError> {
    let hash = || Ok(blake3::Hasher::new().update_reader(File::open(path)?)?.finalize().to_hex().to_string());
    hash().map_err(|source| FileError { operation: "reading", path: path.into(), source })
}

/// Flushes files and folders to the disk, many at a time. The first failure is reported, the others are still tried.
pub fn sync_all(paths: &[PathBuf]) -> Result<(), FileError> {
    let next = AtomicUsize::new(0);
    let failure = Mutex::new(None);
    let work = || {
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(source) = sync_path(path)
                && let Ok(mut slot) = failure.lock()
            {
                slot.get_or_insert(FileError { operation: "flushing", path: path.clone(), source });
            }
        }
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let helpers = paths.len().min(FLUSHERS.max(cores)).saturating_sub(1);
    thread::scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(work);
        }
        work();
    });
    failure.into_inner().ok().flatten().map_or(Ok(()), Err)
}

pub(crate) fn sync_path(path: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // Windows flushes only through a writing handle, and has no flush of a folder.
        return if path.is_dir() { Ok(()) } else { OpenOptions::new().write(true).open(path)?.sync_all() };
    }
    OpenOptions::new().read(true).open(path)?.sync_all()
}

/// Swaps two existing names in one step. `ENOTSUP` where the file system cannot.
pub fn exchange(first: &Path, second: &Path) -> Result<(), FileError> {
    swap(first, second, Swap::Exchange).map_err(|source| FileError {
        operation: "exchanging",
        path: second.into(),
        source,
    })
}

/// Renames, never over an existing name (`EEXIST`). `ENOTSUP` where the file system cannot promise that.
pub fn rename_new(from: &Path, to: &Path) -> Result<(), FileError> {
    swap(from, to, Swap::New).map_err(|source| FileError { operation: "renaming", path: to.into(), source })
}

enum Swap {
    Exchange,
    New,
}

#[cfg(any(target_os = "linux", target_os = "macos"))]
fn swap(from: &Path, to: &Path, kind: Swap) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let flags = match kind {
        Swap::Exchange => RenameFlags::EXCHANGE,
        Swap::New => RenameFlags::NOREPLACE,
    };
    renameat_with(CWD, from, CWD, to, flags).map_err(io::Error::from)
}

#[cfg(not(any(target_os = "linux", target_os = "macos")))]
fn swap(from: &Path, to: &Path, kind: Swap) -> io::Result<()> {
    match kind {
        Swap::Exchange => Err(io::ErrorKind::Unsupported.into()),
        Swap::New if to.symlink_metadata().is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
        Swap::New => std::fs::rename(from, to),
    }
}
