use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::dir::{Dir, Kind, Stat};
use crate::error::{FileError, TreeError};
use crate::flush::{hash_bytes, make_folder, sync_path};
use crate::observe::observe_at;
use crate::state::{FileState, State};
use crate::tree::{Places, Tree};

/// How a tree is scanned.
#[derive(Clone, Debug, Default)]
pub struct ScanOptions {
    /// A file that remembers the hashes of files that nothing touches; may be deleted at any time.
    pub cache: Option<PathBuf>,
    /// Leave out what tools make and can make again: `node_modules`, `__pycache__`, virtual environments (`pyvenv.cfg`) and
    /// folders marked as caches (`CACHEDIR.TAG`, <https://bford.info/cachedir/>).
    pub skip_made: bool,
}

/// A whole tree at one time. Files that could not be read are [`State::Other`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    entries: BTreeMap<String, Entry>,
    skip_made: bool,
    /// Nanoseconds since the Unix epoch, before the first look.
    started: i128,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    state: State,
    stamp: Stamp,
}

/// What changes when a file is touched.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    modified: i128,
    changed: i128,
    inode: u64,
    names: u64,
}

/// What became of one path.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    pub path: String,
    pub before: State,
    pub after: State,
}

/// File systems note times in steps of up to two seconds (FAT): what changed so shortly before a look may have changed
/// after it without another time. Git calls such an entry racy.
const RACY: i128 = 2_000_000_000;

impl Manifest {
    /// Paths that could not be read; their content is not known.
    pub fn unread(&self) -> Vec<&str> {
        let unread = self.entries.iter().filter(|(_, entry)| entry.state == State::Other && entry.stamp.size > 0);
        unread.map(|(path, _)| path.as_str()).collect()
    }

    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.entries.values().map(|entry| if let State::File(file) = &entry.state { file.size } else { 0 }).sum()
    }

    /// What stood at a path; [`State::Absent`] for one that was not there.
    pub fn state(&self, path: &str) -> State {
        self.entries.get(path).map_or(State::Absent, |entry| entry.state.clone())
    }

    fn files(&self) -> Vec<(String, String)> {
        let file = |(path, entry): (&String, &Entry)| match &entry.state {
            State::File(file) => Some((path.clone(), file.hash.clone())),
            _ => None,
        };
        self.entries.iter().filter_map(file).collect()
    }

    /// The entry, unless it may have changed since without a trace.
    fn untouched(&self, path: &str, stamp: &Stamp) -> Option<&Entry> {
        let entry = self.entries.get(path)?;
        (entry.stamp == *stamp && stamp.changed < self.started - RACY && entry.state != State::Other).then_some(entry)
    }
}

impl Tree {
    /// Reads the whole tree; `.git` is left out.
    pub fn scan(&self, options: &ScanOptions) -> Result<Manifest, TreeError> {
        let known = options.cache.as_deref().and_then(read_cache);
        let manifest = self.scan_knowing(options.skip_made, known.as_ref())?;
        if let Some(cache) = &options.cache
            && known.as_ref() != Some(&manifest)
        {
            // A cache that cannot be written is made again next time.
            let _ = write_cache(cache, &manifest);
        }
        Ok(manifest)
    }

    /// Makes the contents of all files of a manifest durable. Returns the paths that hold something else by now.
    pub fn keep_all(&self, manifest: &Manifest) -> Result<Vec<String>, TreeError> {
        self.objects().keep_files(self, &manifest.files())
    }

    /// Keeps the manifest itself; the answer brings it back.
    pub fn keep_manifest(&self, manifest: &Manifest) -> Result<String, TreeError> {
        let bytes = postcard::to_stdvec(manifest).map_err(|error| self.broken(&error))?;
        self.objects().keep_bytes(&[&bytes])?;
        Ok(hash_bytes(&bytes))
    }

    /// A manifest that was kept; [`TreeError::Object`] when it is missing or damaged.
    pub fn load_manifest(&self, hash: &str) -> Result<Manifest, TreeError> {
        let bytes = self.objects().read(hash)?;
        postcard::from_bytes(&bytes).map_err(|error| self.broken(&error))
    }

    /// What differs from a manifest now, sorted by path; files that tools make are left out where the manifest does.
    pub fn compare(&self, before: &Manifest) -> Result<Vec<Difference>, TreeError> {
        let after = self.scan_knowing(before.skip_made, Some(before))?;
        let paths: BTreeSet<&String> = before.entries.keys().chain(after.entries.keys()).collect();
        let difference =
            |path: &String| Difference { path: path.clone(), before: before.state(path), after: after.state(path) };
        let unknown = |state: &State| *state == State::Other;
        Ok(paths
            .into_iter()
            .map(difference)
            .filter(|found| {
                found.before.relinked(&found.after)
                    || !(found.before.same(&found.after) || unknown(&found.before) && unknown(&found.after))
            })
            .collect())
    }

    fn scan_knowing(&self, skip_made: bool, known: Option<&Manifest>) -> Result<Manifest, TreeError> {
        let started = now();
        let mut entries = BTreeMap::new();
        let mut open = Vec::new();
        let enter = |name: &OsStr, dir: &Dir| !(skip_made && is_made(name, dir));
        self.walk_some("", &enter, &mut |path, stat| {
            let stamp = stamp(stat);
            match known.and_then(|known| known.untouched(path, &stamp)) {
                Some(entry) => drop(entries.insert(path.to_owned(), with_mode(entry, stat))),
                None if stat.kind == Kind::Folder => {
                    entries.insert(path.to_owned(), Entry { state: State::Folder(stat.mode), stamp });
                }
                None => open.push((path.to_owned(), stamp)),
            }
            true
        })?;
        entries.extend(self.read_entries(&open)?);
        Ok(Manifest { entries, skip_made, started })
    }

    fn read_entries(&self, paths: &[(String, Stamp)]) -> Result<Vec<(String, Entry)>, TreeError> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let share = paths.len().div_ceil(cores).max(64);
        thread::scope(|scope| {
            let lanes: Vec<_> = paths.chunks(share).map(|lane| scope.spawn(|| self.read_lane(lane))).collect();
            let mut entries = Vec::with_capacity(paths.len());
            for lane in lanes {
                let lost = |_| Err(self.failure("reading", "", io::Error::other("a thread ended without an answer")));
                entries.extend(lane.join().unwrap_or_else(lost)?);
            }
            Ok(entries)
        })
    }

    fn read_lane(&self, paths: &[(String, Stamp)]) -> Result<Vec<(String, Entry)>, TreeError> {
        let mut places = Places::new(self);
        let mut entries = Vec::with_capacity(paths.len());
        for (path, stamp) in paths {
            let state = match observe_at(&mut places, path) {
                Ok(seen) => seen.state,
                Err(TreeError::File(error)) if error.source.kind() == ErrorKind::PermissionDenied => State::Other,
                Err(error) => return Err(error),
            };
            if state != State::Absent {
                entries.push((path.clone(), Entry { state, stamp: *stamp }));
            }
        }
        Ok(entries)
    }

    fn broken(&self, error: &postcard::Error) -> TreeError {
        let source = io::Error::new(ErrorKind::InvalidData, error.to_string());
        FileError { operation: "reading a manifest in", path: self.objects().path().into(), source }.into()
    }
}

/// Tools made it, and make it again when it is not there.
fn is_made(name: &OsStr, dir: &Dir) -> bool {
    name == "node_modules"
        || name == "__pycache__"
        || ["CACHEDIR.TAG", "pyvenv.cfg"].iter().any(|mark| matches!(dir.stat(OsStr::new(mark)), Ok(Some(_))))
}

fn stamp(stat: &Stat) -> Stamp {
    let Stat { size, modified, names, kind, .. } = *stat;
    // Where the system does not tell it is never long ago: such a file is read each time.
    let changed = stat.changed.unwrap_or(i128::MAX);
    let inode = stat.number.map_or(0, |(_, inode)| inode);
    // What is in a folder is looked at anyway.
    if kind == Kind::Folder {
        return Stamp { size: 0, modified: 0, changed, inode, names: 0 };
    }
    Stamp { size, modified, changed, inode, names }
}

/// The identity of a file with several names is only good with the device it is on now.
fn with_mode(entry: &Entry, stat: &Stat) -> Entry {
    let state = match &entry.state {
        State::File(file) => State::File(FileState {
            mode: stat.mode,
            owner: stat.owner,
            id: stat.identity(),
            linked: stat.names > 1,
            ..file.clone()
        }),
        other => other.clone(),
    };
    Entry { state, stamp: entry.stamp }
}

fn now() -> i128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_nanos() as i128)
}

/// The cache is the last manifest after the hash of its bytes; anything else counts as none.
fn read_cache(path: &Path) -> Option<Manifest> {
    let bytes = fs::read(path).ok()?;
    let (hash, manifest) = bytes.split_at_checked(blake3::OUT_LEN)?;
    (blake3::hash(manifest).as_bytes() == hash).then(|| postcard::from_bytes(manifest).ok())?
}

fn write_cache(path: &Path, manifest: &Manifest) -> io::Result<()> {
    let bytes = postcard::to_stdvec(manifest).map_err(io::Error::other)?;
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    fs::write(&draft, [blake3::hash(&bytes).as_bytes().as_slice(), &bytes].concat())?;
    sync_path(&draft)?;
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests;
