use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::BrokenFile;
use crate::discover::{Tree, TreeFile, invalid_utf8};

/// Raise it whenever a record changes its shape or its meaning.
const SCHEMA: u32 = 8;

/// A file this much younger than the moment it was read may change again without a new modification time.
const RACY_NS: u64 = 2_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    modified_ns: u64,
    changed_ns: u64,
    read_ns: u64,
}

impl Stamp {
    fn of(file: &TreeFile, read_ns: u64) -> Self {
        Self { size: file.size, modified_ns: file.modified_ns, changed_ns: file.changed_ns, read_ns }
    }

    /// The same stat, taken long enough after the last write that equal times mean equal bytes.
    fn proves(&self, file: &TreeFile) -> bool {
        let same = self.size == file.size && self.modified_ns == file.modified_ns && self.changed_ns == file.changed_ns;
        same && self.read_ns.saturating_sub(self.modified_ns.max(self.changed_ns)) > RACY_NS
    }
}

#[derive(Debug)]
struct Entry<R> {
    stamp: Stamp,
    hash: [u8; 32],
    record: Arc<R>,
}

/// One file with what its language knows about it.
#[derive(Debug)]
pub(crate) struct Loaded<R> {
    pub(crate) path: String,
    pub(crate) hash: [u8; 32],
    pub(crate) record: Arc<R>,
    /// Whether the record was there already.
    pub(crate) cached: bool,
}

impl<R> Clone for Loaded<R> {
    fn clone(&self) -> Self {
        Self { path: self.path.clone(), hash: self.hash, record: Arc::clone(&self.record), cached: self.cached }
    }
}

/// Per-file records of one language, by content. Lives as long as the [`crate::Index`], and in one file of the cache
/// folder between processes. A cache that cannot be read is an empty one; one that cannot be written is not an error:
/// the next run is slower, and that is all.
#[derive(Debug)]
pub(crate) struct FileCache<R> {
    language: &'static str,
    root: PathBuf,
    loaded_from: Option<PathBuf>,
    entries: FxHashMap<String, Entry<R>>,
}

impl<R> FileCache<R>
where
    R: Serialize + DeserializeOwned + Send + Sync,
{
    pub(crate) fn new(language: &'static str) -> Self {
        Self { language, root: PathBuf::new(), loaded_from: None, entries: FxHashMap::default() }
    }

    /// The records of `files`, in their order: from the cache where the content is the same, else from `parse`, which
    /// gets the path and the whole text (with its byte order mark) and runs on many threads.
    pub(crate) fn load<F>(
        &mut self,
        tree: &Tree,
        files: &[&TreeFile],
        folder: Option<&Path>,
        parse: F,
    ) -> (Vec<Loaded<R>>, Vec<BrokenFile>)
    where
        F: Fn(&str, &str) -> R + Sync,
    {
        self.open(&tree.root, folder);
        let now = now_ns();
        let results: Vec<_> = files.par_iter().map(|file| self.load_one(tree, file, now, &parse)).collect();
        let mut loaded = Vec::with_capacity(files.len());
        let mut broken = Vec::new();
        let mut entries = FxHashMap::default();
        let mut changed = files.len() != self.entries.len();
        for result in results {
            match result {
                Ok((one, stamp)) => {
                    changed |= self.entries.get(&one.path).is_none_or(|entry| entry.stamp != stamp || !one.cached);
                    let entry = Entry { stamp, hash: one.hash, record: Arc::clone(&one.record) };
                    entries.insert(one.path.clone(), entry);
                    loaded.push(one);
                }
                Err(one) => broken.push(one),
            }
        }
        self.entries = entries;
        if let Some(folder) = folder.filter(|_| changed) {
            self.save(folder);
        }
        (loaded, broken)
    }

    fn load_one<F>(&self, tree: &Tree, file: &TreeFile, now: u64, parse: &F) -> Result<(Loaded<R>, Stamp), BrokenFile>
    where
        F: Fn(&str, &str) -> R,
    {
        let known = self.entries.get(&file.path);
        if let Some(entry) = known.filter(|entry| entry.stamp.proves(file)) {
            return Ok((self.reuse(file, entry), entry.stamp));
        }
        let bytes = tree.bytes(file)?;
        let hash = *blake3::hash(&bytes).as_bytes();
        let stamp = Stamp::of(file, now);
        if let Some(entry) = known.filter(|entry| entry.hash == hash) {
            return Ok((self.reuse(file, entry), stamp));
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| invalid_utf8(&file.path, &error))?;
        let record = Arc::new(parse(&file.path, text));
        Ok((Loaded { path: file.path.clone(), hash, record, cached: false }, stamp))
    }

    fn reuse(&self, file: &TreeFile, entry: &Entry<R>) -> Loaded<R> {
        Loaded { path: file.path.clone(), hash: entry.hash, record: Arc::clone(&entry.record), cached: true }
    }

    fn file(&self, folder: &Path) -> PathBuf {
        let key = blake3::hash(self.root.as_os_str().as_encoded_bytes()).to_hex();
        folder.join(format!("{}-{}.{SCHEMA}", self.language, key.get(..16).unwrap_or_default()))
    }

    fn open(&mut self, root: &Path, folder: Option<&Path>) {
        if self.root != root {
            self.entries.clear();
            self.loaded_from = None;
            self.root = root.to_path_buf();
        }
        let Some(folder) = folder.filter(|folder| self.loaded_from.as_deref() != Some(*folder)) else {
            return;
        };
        self.loaded_from = Some(folder.to_path_buf());
        if !self.entries.is_empty() {
            return;
        }
        let Ok(bytes) = fs::read(self.file(folder)) else {
            return;
        };
        let Some((sum, body)) = bytes.split_first_chunk::<32>() else {
            return;
        };
        if blake3::hash(body).as_bytes() != sum {
            return;
        }
        let Ok(rows) = postcard::from_bytes::<Vec<(String, Stamp, [u8; 32], R)>>(body) else {
            return;
        };
        let rows = rows.into_iter();
        self.entries =
            rows.map(|(path, stamp, hash, record)| (path, Entry { stamp, hash, record: Arc::new(record) })).collect();
    }

    fn save(&self, folder: &Path) {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let rows: Vec<(&str, Stamp, [u8; 32], &R)> = self
            .entries
            .iter()
            .map(|(path, entry)| (path.as_str(), entry.stamp, entry.hash, entry.record.as_ref()))
            .collect();
        let Ok(body) = postcard::to_allocvec(&rows) else {
            return;
        };
        let mut bytes = blake3::hash(&body).as_bytes().to_vec();
        bytes.extend_from_slice(&body);
        let file = self.file(folder);
        let unique = format!("{}-{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let scratch = file.with_extension(format!("{SCHEMA}.{unique}.tmp"));
        let written = fs::create_dir_all(folder).and_then(|()| fs::write(&scratch, &bytes));
        if written.and_then(|()| fs::rename(&scratch, &file)).is_err() {
            let _ = fs::remove_file(&scratch);
        }
    }
}

fn now_ns() -> u64 {
    let age = SystemTime::now().duration_since(UNIX_EPOCH);
    age.map_or(0, |age| u64::try_from(age.as_nanos()).unwrap_or(0))
}
