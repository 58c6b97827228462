use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, RwLock};

use blake3::Hash;

use super::error::CopyError;

/// The contents that files had when they were copied: one file that is only appended to, each content once.
///
/// One write of some hundred KiB is much cheaper than as many files as the tree has. Nothing is flushed: the pool lives
/// as long as the copies.
#[derive(Debug)]
pub struct BasePool {
    /// `None` once it is closed.
    file: RwLock<Option<File>>,
    end: AtomicU64,
    places: Mutex<HashMap<Hash, Place>>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    start: u64,
    length: usize,
}

impl BasePool {
    /// Creates the file, which must not exist.
    pub fn create(path: &Path) -> Result<Self, CopyError> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path);
        let file = file.map_err(|source| CopyError::system("creating", path, source))?;
        Ok(Self { file: RwLock::new(Some(file)), end: AtomicU64::new(0), places: Mutex::default() })
    }

    /// Lets go of the file. The contents are gone then.
    pub fn close(&self) {
        if let Ok(mut file) = self.file.write() {
            *file = None;
        }
    }

    /// The bytes of a hash, or `None` when they were never put in, are damaged, or the pool is closed.
    pub fn read(&self, hash: &Hash) -> io::Result<Option<Vec<u8>>> {
        let place = self.places.lock().ok().and_then(|places| places.get(hash).copied());
        let Some(Place { start, length }) = place else { return Ok(None) };
        let mut bytes = vec![0; length];
        match self.file.read().ok().as_deref() {
            Some(Some(file)) => file.read_exact_at(&mut bytes, start)?,
            _ => return Ok(None),
        }
        Ok((blake3::hash(&bytes) == *hash).then_some(bytes))
    }

    /// Writes a batch; a content that the pool has already is not written again.
    pub(super) fn put(&self, batch: &mut Batch) -> io::Result<()> {
        if batch.bytes.is_empty() {
            return Ok(());
        }
        let start = self.end.fetch_add(batch.bytes.len() as u64, Ordering::Relaxed);
        match self.file.read().ok().as_deref() {
            Some(Some(file)) => file.write_all_at(&batch.bytes, start)?,
            _ => return Err(io::Error::other("the pool of contents is closed")),
        }
        if let Ok(mut places) = self.places.lock() {
            for (hash, offset, length) in batch.items.drain(..) {
                places.entry(hash).or_insert(Place { start: start + offset as u64, length });
            }
        }
        batch.bytes.clear();
        Ok(())
    }

    fn has(&self, hash: &Hash) -> bool {
        self.places.lock().is_ok_and(|places| places.contains_key(hash))
    }
}

/// Contents that wait for one write.
#[derive(Debug, Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    items: Vec<(Hash, usize, usize)>,
}

/// A batch is written when it has this many bytes.
const FULL: usize = 1 << 20;

impl Batch {
    pub(super) fn add(&mut self, pool: &BasePool, hash: Hash, bytes: &[u8]) -> io::Result<()> {
        if pool.has(&hash) {
            return Ok(());
        }
        self.items.push((hash, self.bytes.len(), bytes.len()));
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() >= FULL { pool.put(self) } else { Ok(()) }
    }
}
