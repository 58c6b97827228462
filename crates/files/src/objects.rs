use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::dir::{Dir, FLUSHES_ALL, clone_file};
use crate::error::{FileError, TreeError};
use crate::flush::{copy_hashed, hash_bytes, hash_reader, make_folder, sync_all};
use crate::tree::{Place, Places, Tree, is_missing};

/// Contents by their BLAKE3: originals and results, so that each can be put back byte by byte.
///
/// An object appears under its name in one step, after its bytes are on the disk. What is read is checked against the
/// name, so a flipped bit is an error and never a wrong restore.
#[derive(Debug)]
pub struct Objects {
    path: PathBuf,
    /// Names whose bytes this process has checked or written.
    sound: Mutex<HashSet<String>>,
}

/// The end of the name of an object that is not complete.
const DRAFT: &str = ".draft";

/// From this size on it is tried to share blocks with the original.
const WORTH_CLONING: u64 = 1 << 16;

/// From this many files on, one flush of the whole file system is cheaper than one for each.
pub(crate) const MANY: usize = 16;

impl Objects {
    /// The contents in the folder `path`, which is created when first needed.
    pub fn new(path: &Path) -> Self {
        Self { path: path.into(), sound: Mutex::default() }
    }

    /// The folder; it may not exist yet.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the bytes of a hash are, whether they are there or not.
    pub fn place(&self, hash: &str) -> PathBuf {
        self.path.join(hash)
    }

    /// Makes contents durable; those already kept cost a look at them.
    pub fn keep_bytes(&self, contents: &[&[u8]]) -> Result<(), TreeError> {
        self.keep(|batch| {
            for bytes in contents {
                batch.add(&hash_bytes(bytes), |target| target.write_all(bytes))?;
            }
            Ok(())
        })
    }

    /// Makes the present contents of files durable, each under the hash that was seen there. Returns the paths that hold
    /// something else by now; for them nothing is kept.
    pub fn keep_files(&self, tree: &Tree, files: &[(String, String)]) -> Result<Vec<String>, TreeError> {
        let mut changed = Vec::new();
        let mut places = Places::new(tree);
        self.keep(|batch| {
            for (path, hash) in files {
                let place = match places.of(path) {
                    Err(error) if is_missing(&error) => {
                        changed.push(path.clone());
                        continue;
                    }
                    found => found?,
                };
                if !batch.add_file(hash, &place)? {
                    changed.push(path.clone());
                }
            }
            Ok(())
        })?;
        Ok(changed)
    }

    /// The bytes behind a hash; [`TreeError::Object`] when they are missing or damaged.
    pub fn read(&self, hash: &str) -> Result<Vec<u8>, TreeError> {
        let mut file = self.open(hash)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|source| self.failure("reading", hash, source))?;
        if hash_bytes(&bytes) != hash {
            return Err(self.damaged(hash, "is damaged"));
        }
        Ok(bytes)
    }

    /// Copies the bytes behind a hash into an open file; checked like [`Objects::read`].
    pub(crate) fn copy_to(&self, hash: &str, target: &mut File, place: &Path) -> Result<(), TreeError> {
        let source = self.open(hash)?;
        let expected = source.metadata().map_or(0, |data| data.len());
        let cloned = expected >= WORTH_CLONING && clone_file(&source, target).is_ok();
        let failed = |source| FileError { operation: "writing", path: place.into(), source };
        let copied = if cloned {
            hash_reader(source, expected).map_err(|source| self.failure("reading", hash, source))?
        } else {
            copy_hashed(source, target, expected).map_err(failed)?
        };
        if copied.0 == hash { Ok(()) } else { Err(self.damaged(hash, "is damaged")) }
    }

    /// Whether the bytes behind a hash are there and undamaged.
    pub fn is_sound(&self, hash: &str) -> Result<bool, TreeError> {
        match self.open(hash) {
            Ok(file) => {
                let expected = file.metadata().map_or(0, |data| data.len());
                let (found, _) = hash_reader(file, expected).map_err(|source| self.failure("reading", hash, source))?;
                Ok(found == hash)
            }
            Err(TreeError::Object { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The hashes that are kept, with their sizes in bytes, in no order.
    pub fn list(&self) -> Result<Vec<(String, u64)>, TreeError> {
        let list = || -> io::Result<Vec<(String, u64)>> {
            let mut found = Vec::new();
            for entry in fs::read_dir(&self.path)? {
                let entry = entry?;
                if let Some(name) = entry.file_name().to_str().filter(|name| !name.ends_with(DRAFT)) {
                    found.push((name.to_owned(), entry.metadata()?.len()));
                }
            }
            Ok(found)
        };
        match list() {
            Err(error) if is_missing(&error) => Ok(Vec::new()),
            found => found.map_err(|source| self.failure("listing", "", source)),
        }
    }

    /// Removes contents that nothing needs any more. Only under the lock of the workspace.
    pub fn remove(&self, hashes: &[String]) -> Result<(), TreeError> {
        for hash in hashes {
            match fs::remove_file(self.place(hash)) {
                Err(source) if !is_missing(&source) => return Err(self.failure("removing", hash, source)),
                _ => {}
            }
            self.sound().remove(hash);
        }
        Ok(())
    }

    /// Removes drafts that a killed process left behind. Only under the lock of the workspace.
    pub fn sweep(&self) -> Result<(), TreeError> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if is_missing(&error) => return Ok(()),
            found => found.map_err(|source| self.failure("listing", "", source))?,
        };
        for entry in entries.flatten() {
            if entry.file_name().as_encoded_bytes().ends_with(DRAFT.as_bytes()) {
                fs::remove_file(entry.path()).map_err(|source| self.failure("removing", "", source))?;
            }
        }
        Ok(())
    }

    fn keep(&self, fill: impl FnOnce(&mut Batch<'_>) -> io::Result<()>) -> Result<(), TreeError> {
        let keep = || -> io::Result<()> {
            make_folder(&self.path)?;
            let dir = Dir::open(&self.path)?;
            let mut batch = Batch { objects: self, dir, drafts: HashMap::new() };
            let kept = fill(&mut batch).and_then(|()| batch.finish());
            if kept.is_err() {
                batch.drop_drafts();
            }
            kept
        };
        keep().map_err(|source| self.failure("keeping originals in", "", source))
    }

    fn open(&self, hash: &str) -> Result<File, TreeError> {
        File::open(self.place(hash)).map_err(|error| {
            if is_missing(&error) { self.damaged(hash, "is missing") } else { self.failure("reading", hash, error) }
        })
    }

    fn damaged(&self, hash: &str, what: &'static str) -> TreeError {
        TreeError::Object { path: self.place(hash), what }
    }

    fn failure(&self, operation: &'static str, hash: &str, source: io::Error) -> TreeError {
        let path = if hash.is_empty() { self.path.clone() } else { self.place(hash) };
        FileError { operation, path, source }.into()
    }

    /// A set of names stays usable whatever happened to the thread that held it.
    fn sound(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.sound.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Objects that become durable together.
struct Batch<'objects> {
    objects: &'objects Objects,
    dir: Dir,
    /// Hash to the draft that holds its bytes, open while there are few.
    drafts: HashMap<String, Option<File>>,
}

impl Batch<'_> {
    fn add(&mut self, hash: &str, fill: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
        if self.is_kept(hash)? {
            return Ok(());
        }
        let mut file = self.draft(hash)?;
        fill(&mut file)?;
        self.hold(hash, file);
        Ok(())
    }

    /// Whether the file held the bytes of this hash.
    fn add_file(&mut self, hash: &str, Place { folder, name }: &Place) -> io::Result<bool> {
        if self.is_kept(hash)? {
            return Ok(true);
        }
        let (source, stat) = match folder.open_file(name) {
            Err(error) if is_missing(&error) => return Ok(false),
            found => found?,
        };
        let mut file = self.draft(hash)?;
        let cloned = stat.size >= WORTH_CLONING && clone_file(&source, &file).is_ok();
        let found = if cloned {
            hash_reader(self.dir.open_file(&draft_name(hash))?.0, stat.size)?.0
        } else {
            copy_hashed(source, &mut file, stat.size)?.0
        };
        self.hold(hash, file);
        if found == hash {
            return Ok(true);
        }
        self.drafts.remove(hash);
        self.dir.remove_file(&draft_name(hash))?;
        Ok(false)
    }

    /// Known, or there with the right bytes. A damaged one is written again.
    fn is_kept(&self, hash: &str) -> io::Result<bool> {
        if self.drafts.contains_key(hash) || self.objects.sound().contains(hash) {
            return Ok(true);
        }
        let Some(stat) = self.dir.stat(OsStr::new(hash))? else {
            return Ok(false);
        };
        let (file, _) = self.dir.open_file(OsStr::new(hash))?;
        Ok(hash_reader(file, stat.size)?.0 == hash)
    }

    fn draft(&mut self, hash: &str) -> io::Result<File> {
        let name = draft_name(hash);
        self.drafts.insert(hash.to_owned(), None);
        match self.dir.create(&name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.dir.remove_file(&name)?;
                self.dir.create(&name)
            }
            created => created,
        }
    }

    fn hold(&mut self, hash: &str, file: File) {
        let keep_open = self.drafts.len() <= MANY;
        self.drafts.insert(hash.to_owned(), keep_open.then_some(file));
    }

    /// The bytes, then the names, then the folder: an object that is there is complete.
    fn finish(&mut self) -> io::Result<()> {
        if self.drafts.len() <= MANY {
            self.drafts.values().flatten().try_for_each(File::sync_all)?;
        } else if FLUSHES_ALL {
            self.dir.sync_file_system()?;
        } else {
            let drafts: Vec<PathBuf> =
                self.drafts.keys().map(|hash| self.objects.path.join(draft_name(hash))).collect();
            sync_all(&drafts).map_err(|error| error.source)?;
        }
        for hash in self.drafts.keys() {
            self.dir.rename(&draft_name(hash), OsStr::new(hash))?;
        }
        // Also when nothing is new: the process that wrote it may have been killed before this flush.
        self.dir.sync()?;
        self.objects.sound().extend(self.drafts.drain().map(|(hash, _)| hash));
        Ok(())
    }

    /// The failure that led here is the one to report.
    fn drop_drafts(&self) {
        for hash in self.drafts.keys() {
            let _ = self.dir.remove_file(&draft_name(hash));
        }
    }
}

fn draft_name(hash: &str) -> OsString {
    OsString::from(format!("{hash}{DRAFT}"))
}
