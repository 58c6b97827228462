use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use crate::dir::{Dir, is_link_in_the_way};
use crate::error::{FileError, TreeError};
use crate::name::{decode_name, encode_name};
use crate::objects::{MANY, Objects};
use crate::observe::observe_at;
use crate::os_name::{os_name, path_below, path_bytes};
use crate::state::Observation;

/// The start of the names that are given to temporary files in a tree.
pub const TEMPORARY: &str = ".pyagent-";

/// A folder whose files are observed and changed, held open, and the contents that are kept for it.
///
/// Paths are relative to the root, `/` between parts, spelt as [`encode_name`] does. No symbolic link among the parents
/// of a path is followed: who swaps a folder for a link meanwhile gets an error, not a write elsewhere.
#[derive(Debug)]
pub struct Tree {
    path: PathBuf,
    dir: Dir,
    identity: Option<String>,
    objects: Arc<Objects>,
}

impl Tree {
    /// Opens the folder at `path`; originals are kept in `objects`.
    pub fn open(path: &Path, objects: Arc<Objects>) -> Result<Self, TreeError> {
        let open = move || -> io::Result<Self> {
            let path = path.canonicalize()?;
            let dir = Dir::open(&path)?;
            let identity = dir.identity()?;
            Ok(Self { path, dir, identity, objects })
        };
        open().map_err(|source| FileError { operation: "opening", path: path.into(), source }.into())
    }

    /// The true path of the root when it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The contents that are kept for this tree.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Fails with [`TreeError::Moved`] when the path no longer leads to the folder that was opened.
    pub fn check_place(&self) -> Result<(), TreeError> {
        let found = Dir::open(&self.path).and_then(|dir| dir.identity());
        match found {
            Ok(identity) if identity == self.identity => Ok(()),
            _ => Err(TreeError::Moved { path: self.path.clone(), objects: self.objects.path().into() }),
        }
    }

    /// The one true name of each path: no symbolic link among its parents, which may still be missing. Refuses what
    /// leads outside, into `.git`, or to a temporary file of this crate.
    pub fn resolve(&self, paths: &[String]) -> Result<Vec<String>, TreeError> {
        let mut folders = HashMap::new();
        paths.iter().map(|path| self.resolve_one(path, &mut folders)).collect()
    }

    fn resolve_one(&self, path: &str, folders: &mut HashMap<PathBuf, PathBuf>) -> Result<String, TreeError> {
        let refused = |reason: String| TreeError::Path { path: path.into(), reason };
        check_spelling(path).map_err(|reason| refused(reason.into()))?;
        let bytes = decode_name(path);
        let (parent, name) = split(&bytes);
        let unnamed = |_| refused("no file on this system can have this name".into());
        let folder = self.path.join(os_name(parent.to_vec()).map_err(unnamed)?);
        let folder = true_folder(&folder, folders).map_err(|source| FileError {
            operation: "resolving",
            path: folder.clone(),
            source,
        })?;
        let place = folder.join(os_name(name.to_vec()).map_err(unnamed)?);
        let inside =
            place.strip_prefix(&self.path).ok().filter(|inside| !inside.as_os_str().is_empty()).ok_or_else(|| {
                refused(format!("a symbolic link leads out of the workspace, to {}", place.display()))
            })?;
        let inside = encode_name(&path_bytes(inside));
        check_spelling(&inside).map_err(|reason| refused(reason.into()))?;
        Ok(inside)
    }

    /// What stands at each path; files are read and hashed, in parallel.
    pub fn observe(&self, paths: &[String]) -> Result<Vec<Observation>, TreeError> {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let share = paths.len().div_ceil(cores).max(64);
        let mut lanes = paths.chunks(share);
        let first = lanes.next().unwrap_or_default();
        thread::scope(|scope| {
            let others: Vec<_> = lanes.map(|lane| scope.spawn(|| self.observe_lane(lane))).collect();
            let mut all = self.observe_lane(first)?;
            for other in others {
                let lane = other.join().unwrap_or_else(|_| Err(self.failure("reading", "", lost_thread())))?;
                all.extend(lane);
            }
            Ok(all)
        })
    }

    fn observe_lane(&self, paths: &[String]) -> Result<Vec<Observation>, TreeError> {
        let mut places = Places::new(self);
        paths.iter().map(|path| observe_at(&mut places, path)).collect()
    }

    /// Flushes the folders of paths, as far as they exist.
    pub fn sync_folders(&self, paths: &[String]) -> Result<(), TreeError> {
        let mut folders: Vec<Vec<u8>> = paths.iter().map(|path| split(&decode_name(path)).0.to_vec()).collect();
        folders.sort();
        folders.dedup();
        if folders.len() > MANY {
            return self.sync();
        }
        for folder in folders {
            let synced = self.dir.beneath(&folder).and_then(|dir| dir.sync());
            match synced {
                // A link may have taken the place of a folder: there is no folder to flush either.
                Err(error) if !is_missing(&error) && !is_link_in_the_way(&error) => {
                    return Err(self.failure("flushing", &encode_name(&folder), error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Flushes everything on the file system of the root, as far as the system has a call for it: on macOS it is not waited
    /// for, on Windows only the names in the root are flushed.
    pub fn sync(&self) -> Result<(), TreeError> {
        self.dir.sync_file_system().map_err(|source| self.failure("flushing", "", source))
    }

    pub(crate) fn dir(&self) -> &Dir {
        &self.dir
    }

    pub(crate) fn failure(&self, operation: &'static str, path: &str, source: io::Error) -> TreeError {
        let path = path_below(&self.path, &decode_name(path));
        FileError { operation, path, source }.into()
    }
}

/// Where a path is: its folder, held open, and its name in it.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) folder: Arc<Dir>,
    pub(crate) name: OsString,
}

/// Folders that stay open for a batch of work on one tree.
pub(crate) struct Places<'tree> {
    pub(crate) tree: &'tree Tree,
    open: HashMap<Vec<u8>, Arc<Dir>>,
}

/// Folders held open at the same time.
const MOST_OPEN: usize = 128;

impl<'tree> Places<'tree> {
    pub(crate) fn new(tree: &'tree Tree) -> Self {
        Self { tree, open: HashMap::new() }
    }

    /// Fails as the system does: `ENOENT`, `ENOTDIR`, `ELOOP` for a symbolic link among the parents.
    pub(crate) fn of(&mut self, path: &str) -> io::Result<Place> {
        let bytes = decode_name(path);
        let (parent, name) = split(&bytes);
        let name = os_name(name.to_vec())?;
        if let Some(folder) = self.open.get(parent) {
            return Ok(Place { folder: Arc::clone(folder), name });
        }
        let folder = Arc::new(self.tree.dir.beneath(parent)?);
        if self.open.len() >= MOST_OPEN {
            self.open.clear();
        }
        self.open.insert(parent.to_vec(), Arc::clone(&folder));
        Ok(Place { folder, name })
    }

    /// Folders were made or removed: what is held open may no longer be what the path leads to.
    pub(crate) fn forget(&mut self) {
        self.open.clear();
    }
}

/// Folder and last name of a path.
pub(crate) fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) => (&path[..at], &path[at + 1..]),
        None => (b"", path),
    }
}

/// Nothing stands there.
pub(crate) fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn lost_thread() -> io::Error {
    io::Error::other("a worker thread ended without an answer")
}

/// The true place of a folder that may not exist yet, or where a file stands.
fn true_folder(folder: &Path, known: &mut HashMap<PathBuf, PathBuf>) -> io::Result<PathBuf> {
    if let Some(found) = known.get(folder) {
        return Ok(found.clone());
    }
    let found = match folder.canonicalize() {
        Err(error) if is_missing(&error) => {
            let (Some(parent), Some(name)) = (folder.parent(), folder.file_name()) else {
                return Err(error);
            };
            true_folder(parent, known)?.join(name)
        }
        found => found?,
    };
    known.insert(folder.into(), found.clone());
    Ok(found)
}

fn check_spelling(path: &str) -> Result<(), &'static str> {
    let mut parts = path.split('/');
    if parts.clone().any(|part| matches!(part, "" | "." | "..")) || path.contains('\0') {
        return Err("it is absolute, or has empty, `.` or `..` parts");
    }
    // What an encoder leaves for bytes that it could not read: the true name is not known.
    if path.contains('\u{FFFD}') {
        return Err("its name is not valid UTF-8");
    }
    if parts.clone().any(|part| part.eq_ignore_ascii_case(".git")) {
        return Err("git's own files are never touched");
    }
    if parts.clone().any(|part| part.starts_with(TEMPORARY)) {
        return Err("the name is reserved");
    }
    if cfg!(windows) && parts.any(means_another_on_windows) {
        return Err("Windows reads the name as another one");
    }
    Ok(())
}

/// Windows drops dots and blanks at the end of a name, reads `:` as a stream and `\` as a separator, has no names with
/// the other characters, and may take `git~1` for `.git`.
fn means_another_on_windows(part: &str) -> bool {
    part.ends_with(['.', ' '])
        || part.contains(|character: char| character < ' ' || "\\:*?\"<>|".contains(character))
        || part.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("git~"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Tree, means_another_on_windows};
    use crate::{Objects, State};

    #[test]
    fn a_path_below_a_file_has_a_true_name_and_nothing_stands_there() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "").unwrap();
        let tree = Tree::open(folder.path(), Arc::new(Objects::new(&folder.path().join("objects")))).unwrap();
        for path in ["a/b", "a/b/c"] {
            let paths = [path.to_owned()];
            assert_eq!(tree.resolve(&paths).unwrap(), paths);
            assert_eq!(tree.observe(&paths).unwrap().remove(0).state, State::Absent);
        }
    }

    #[test]
    fn nothing_stands_behind_a_link_and_no_folder_is_flushed_there() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("folder")).unwrap();
        std::fs::write(folder.path().join("file"), "").unwrap();
        crate::dir::tests::symlink("folder", folder.path().join("link"));
        let tree = Tree::open(folder.path(), Arc::new(Objects::new(&folder.path().join("objects")))).unwrap();
        assert_eq!(tree.observe(&["link/a".to_owned()]).unwrap().remove(0).state, State::Absent);
        tree.sync_folders(&["a", "folder/a", "file/a", "link/a", "missing/a/b"].map(str::to_owned)).unwrap();
    }

    #[test]
    fn names_that_windows_reads_as_others_are_known() {
        for name in ["a.", "a ", "a:b", "..\\b", "GIT~1", "a\u{1f}", "a*", "<a>", "a|b", "\"a\""] {
            assert!(means_another_on_windows(name), "{name}");
        }
        for name in ["a", ".gitignore", "a b.c", "git", "\u{fc}~1", "-", "(a)"] {
            assert!(!means_another_on_windows(name), "{name}");
        }
    }
}
