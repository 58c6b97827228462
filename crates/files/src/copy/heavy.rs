use std::collections::HashMap;
use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustix::fs::{AtFlags, statat};

use crate::os_name::path_below;

/// Names that dependency and build folders have.
const NAMES: &[&str] = &[
    "node_modules",
    "bower_components",
    ".venv",
    "venv",
    "env",
    ".tox",
    ".nox",
    "__pycache__",
    "__pypackages__",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".eggs",
    "target",
    "dist",
    "build",
    "out",
    "vendor",
    ".next",
    ".nuxt",
    ".output",
    ".svelte-kit",
    ".turbo",
    ".parcel-cache",
    ".cache",
    ".gradle",
    "coverage",
];

/// Files that only a package manager or a build tool puts into its folder.
const MARKERS: &[&str] = &[
    "CACHEDIR.TAG",
    "pyvenv.cfg",
    ".package-lock.json",
    ".modules.yaml",
    ".yarn-integrity",
    ".yarn-state.yml",
    ".rustc_info.json",
];

/// Tells dependency and build folders from folders that somebody wrote: the name fits, and git ignores the folder or a
/// tool has left its marker in it. A folder that is committed and merely called `vendor` is an ordinary one.
#[derive(Debug)]
pub(super) struct Heavy {
    /// Where the original is.
    root: PathBuf,
    /// Where the tree is that is looked at: the original itself or a copy.
    place: PathBuf,
    /// Patterns that hold for the whole root: of the folders above it in its repository, and `.git/info/exclude`.
    outer: Vec<Gitignore>,
    inner: Mutex<HashMap<PathBuf, Arc<Gitignore>>>,
}

impl Heavy {
    /// `place` is `root` or a copy of it.
    pub(super) fn new(root: &Path, place: &Path) -> Self {
        Self { root: root.into(), place: place.into(), outer: outer_patterns(root), inner: Mutex::default() }
    }

    /// `path` is relative to the root, `folder` the opened folder itself.
    pub(super) fn is_heavy(&self, path: &[u8], folder: BorrowedFd<'_>) -> bool {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or(path);
        if !NAMES.iter().any(|known| known.as_bytes() == name) {
            return false;
        }
        let marked = MARKERS.iter().any(|marker| statat(folder, *marker, AtFlags::SYMLINK_NOFOLLOW).is_ok());
        marked || self.is_ignored(&path_below(Path::new(""), path))
    }

    /// The nearest `.gitignore` decides, as in git.
    fn is_ignored(&self, path: &Path) -> bool {
        for folder in path.ancestors().skip(1) {
            let patterns = self.patterns(folder);
            let Ok(inside) = path.strip_prefix(folder) else { continue };
            match patterns.matched_path_or_any_parents(inside, true) {
                Match::None => {}
                found => return found.is_ignore(),
            }
        }
        let absolute = self.root.join(path);
        for patterns in &self.outer {
            let Ok(inside) = absolute.strip_prefix(patterns.path()) else { continue };
            match patterns.matched_path_or_any_parents(inside, true) {
                Match::None => {}
                found => return found.is_ignore(),
            }
        }
        false
    }

    fn patterns(&self, folder: &Path) -> Arc<Gitignore> {
        let known = self.inner.lock().ok().and_then(|inner| inner.get(folder).cloned());
        known.unwrap_or_else(|| {
            let absolute = self.place.join(folder);
            let made = Arc::new(read(&absolute, &absolute.join(".gitignore")));
            if let Ok(mut inner) = self.inner.lock() {
                inner.insert(folder.into(), Arc::clone(&made));
            }
            made
        })
    }
}

/// A pattern that cannot be read is passed over, as git does.
fn read(folder: &Path, file: &Path) -> Gitignore {
    let mut builder = GitignoreBuilder::new(folder);
    builder.add(file);
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn outer_patterns(root: &Path) -> Vec<Gitignore> {
    let Some(top) = root.ancestors().find(|folder| folder.join(".git").exists()) else { return Vec::new() };
    let above = root.ancestors().skip(1).take_while(|folder| folder.starts_with(top));
    let mut patterns: Vec<Gitignore> = above.map(|folder| read(folder, &folder.join(".gitignore"))).collect();
    patterns.push(read(top, &top.join(".git/info/exclude")));
    patterns
}
