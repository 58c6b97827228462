use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Read, Write};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::error::FileError;

/// Flushes that wait for the disk at the same time; file systems merge them into few journal commits.
const FLUSHERS: usize = 16;

/// Bytes read at a time.
const BLOCK: usize = 1 << 17;

/// BLAKE3 of `bytes` in lower-case hexadecimal.
pub fn hash_bytes(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// BLAKE3 and length of what a reader gives; about `expected` bytes.
pub(crate) fn hash_reader(source: impl Read, expected: u64) -> io::Result<(String, u64)> {
    copy_hashed(source, io::sink(), expected)
}

/// Copies everything and says what it was: BLAKE3 and length.
pub(crate) fn copy_hashed(mut source: impl Read, mut target: impl Write, expected: u64) -> io::Result<(String, u64)> {
    let mut hasher = blake3::Hasher::new();
    // One byte more than expected, so that the end shows in the first read but one.
    let mut buffer = vec![0; usize::try_from(expected).unwrap_or(BLOCK).saturating_add(1).min(BLOCK)];
    loop {
        match source.read(&mut buffer)? {
            0 => return Ok((hasher.finalize().to_hex().to_string(), hasher.count())),
            read => {
                hasher.update(&buffer[..read]);
                target.write_all(&buffer[..read])?;
            }
        }
    }
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

/// Flushes one file or folder to the disk.
pub fn sync_path(path: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // Windows flushes only through a writing handle, and has no flush of a folder.
        return if path.is_dir() { Ok(()) } else { OpenOptions::new().write(true).open(path)?.sync_all() };
    }
    OpenOptions::new().read(true).open(path)?.sync_all()
}

/// Creates a folder with those above it, closed to other users, so that it outlives a power cut: each name is flushed
/// before anything is put below it.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    if let Some(above) = above {
        make_folder(above)?;
    }
    #[cfg_attr(not(unix), allow(unused_mut, reason = "there is nothing to set"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        // Somebody else was quicker.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => {}
        made => made?,
    }
    above.map_or(Ok(()), sync_path)
}
