use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::UNIX_EPOCH;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::{AnalyzeError, BrokenFile};

/// Source files above this many bytes are skipped and named: no hand-written module is that long.
pub(crate) const SOURCE_LIMIT: u64 = 5 * 1024 * 1024;

/// Folders that hold other people's code or a tool's state; they are never entered.
const FOREIGN_FOLDERS: [&str; 18] = [
    ".git",
    ".hg",
    ".svn",
    ".jj",
    "node_modules",
    "bower_components",
    "jspm_packages",
    "vendor",
    "third_party",
    "third-party",
    ".venv",
    "venv",
    "site-packages",
    "__pycache__",
    ".tox",
    ".nox",
    ".yarn",
    ".eggs",
];

/// A regular file of the repository. Symbolic links are not files here: what they point to is listed under its own
/// name when it is in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TreeFile {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    pub(crate) size: u64,
    /// Last modification, nanoseconds since 1970.
    pub(crate) modified_ns: u64,
    /// Last change of the inode where the platform has one (it moves when somebody sets the modification time back),
    /// else 0.
    pub(crate) changed_ns: u64,
}

/// The files of a repository that are neither ignored nor vendored.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    /// Ascending by path.
    pub(crate) files: Vec<TreeFile>,
    pub(crate) skipped: Vec<BrokenFile>,
    attributes: Gitignore,
}

impl Tree {
    /// Walks `root` in parallel. Unreadable folders end up in `skipped`.
    pub(crate) fn read(root: &Path) -> Result<Self, AnalyzeError> {
        check_root(root)?;
        // Resolvers answer with real paths, and those have to be recognised as files of the tree.
        let real = fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
        let root = real.as_path();
        let found = Mutex::new((Vec::new(), Vec::new()));
        walker(root).build_parallel().run(|| {
            let mut local = Batch { root, files: Vec::new(), skipped: Vec::new(), found: &found };
            Box::new(move |entry| {
                local.take(entry);
                WalkState::Continue
            })
        });
        let (mut files, mut skipped) = found.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        files.sort_by(|a: &TreeFile, b| a.path.cmp(&b.path));
        skipped.sort_by(|a: &BrokenFile, b| a.path.cmp(&b.path));
        let attributes = attributes(root, &files);
        Ok(Self { root: root.to_path_buf(), files, skipped, attributes })
    }

    /// The file at a relative path.
    pub(crate) fn get(&self, path: &str) -> Option<&TreeFile> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().and_then(|at| self.files.get(at))
    }

    pub(crate) fn contains(&self, path: &str) -> bool {
        self.get(path).is_some()
    }

    /// All files below a folder (`src`, without a slash at the end; the empty string is the root).
    pub(crate) fn below(&self, folder: &str) -> &[TreeFile] {
        if folder.is_empty() {
            return &self.files;
        }
        let first = self.files.partition_point(|file| file.path.as_str() < folder || !below(&file.path, folder, true));
        let rest = self.files.get(first..).unwrap_or_default();
        let count = rest.iter().take_while(|file| below(&file.path, folder, false)).count();
        rest.get(..count).unwrap_or_default()
    }

    pub(crate) fn absolute(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// The path relative to the root, with `/`, of an absolute path inside it.
    pub(crate) fn relative(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.root).ok()?.to_str()?;
        Some(if std::path::MAIN_SEPARATOR == '/' { inside.to_string() } else { inside.replace('\\', "/") })
    }

    /// The bytes of a source file, or why it is left alone.
    pub(crate) fn bytes(&self, file: &TreeFile) -> Result<Vec<u8>, BrokenFile> {
        if file.size > SOURCE_LIMIT {
            let detail = format!("{} bytes; source files above {SOURCE_LIMIT} bytes are left alone", file.size);
            return Err(broken(&file.path, "too-large", detail));
        }
        fs::read(self.absolute(&file.path)).map_err(|error| broken(&file.path, "unreadable", error.to_string()))
    }

    /// The text of a file, byte order mark included, so that offsets are offsets of the file.
    pub(crate) fn text(&self, file: &TreeFile) -> Result<String, BrokenFile> {
        String::from_utf8(self.bytes(file)?).map_err(|error| invalid_utf8(&file.path, &error.utf8_error()))
    }

    /// Whether `.gitattributes` calls a file generated or vendored.
    pub(crate) fn is_marked_generated(&self, path: &str) -> bool {
        self.attributes.matched_path_or_any_parents(path, false).is_ignore()
    }
}

pub(crate) fn broken(path: &str, reason: &str, detail: String) -> BrokenFile {
    BrokenFile { path: path.to_string(), reason: reason.to_string(), detail }
}

pub(crate) fn invalid_utf8(path: &str, error: &std::str::Utf8Error) -> BrokenFile {
    broken(path, "invalid-utf8", format!("the byte at offset {} is not UTF-8", error.valid_up_to()))
}

fn below(path: &str, folder: &str, or_after: bool) -> bool {
    match path.strip_prefix(folder) {
        Some(rest) if rest.starts_with('/') => true,
        _ => or_after && path > folder && path.as_bytes().get(folder.len()).is_some_and(|&byte| byte > b'/'),
    }
}

fn check_root(root: &Path) -> Result<(), AnalyzeError> {
    let metadata = match fs::metadata(root) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(AnalyzeError::RootMissing { path: root.to_path_buf() });
        }
        Err(error) => {
            return Err(AnalyzeError::RootUnreadable { path: root.to_path_buf(), detail: error.to_string() });
        }
    };
    if !metadata.is_dir() {
        return Err(AnalyzeError::RootNotFolder { path: root.to_path_buf() });
    }
    fs::read_dir(root)
        .map(|_| ())
        .map_err(|error| AnalyzeError::RootUnreadable { path: root.to_path_buf(), detail: error.to_string() })
}

fn walker(root: &Path) -> WalkBuilder {
    let in_git = root.ancestors().any(|folder| folder.join(".git").exists());
    let is_git_root = root.join(".git").exists();
    let owner = root.to_path_buf();
    let mut builder = WalkBuilder::new(root);
    builder
        .hidden(false)
        .git_global(false)
        // Outside git there is no boundary at which to stop looking for ignore files of the folders above.
        .require_git(in_git)
        .parents(in_git && !is_git_root)
        .follow_links(false)
        .threads(std::thread::available_parallelism().map_or(2, usize::from).min(8))
        .filter_entry(move |entry| enters(entry, is_git_root, &owner));
    builder
}

fn enters(entry: &DirEntry, is_git_root: bool, root: &Path) -> bool {
    if !entry.file_type().is_some_and(|kind| kind.is_dir()) || entry.path() == root {
        return true;
    }
    let name = entry.file_name();
    if FOREIGN_FOLDERS.iter().any(|foreign| name == *foreign) {
        return false;
    }
    let is_environment = entry.path().join("pyvenv.cfg").exists();
    let is_submodule = is_git_root && entry.path().join(".git").exists();
    !is_environment && !is_submodule
}

struct Batch<'a> {
    root: &'a Path,
    files: Vec<TreeFile>,
    skipped: Vec<BrokenFile>,
    found: &'a Mutex<(Vec<TreeFile>, Vec<BrokenFile>)>,
}

impl Batch<'_> {
    fn take(&mut self, entry: Result<DirEntry, ignore::Error>) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return self.skip_error(&error),
        };
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            return;
        }
        let Ok(inside) = entry.path().strip_prefix(self.root) else {
            return;
        };
        let Some(path) = inside.to_str() else {
            let detail = "the file name is not UTF-8".to_string();
            self.skipped.push(broken(&inside.to_string_lossy(), "unsupported", detail));
            return;
        };
        let path = if std::path::MAIN_SEPARATOR == '/' { path.to_string() } else { path.replace('\\', "/") };
        match entry.metadata() {
            Ok(metadata) => self.files.push(tree_file(path, &metadata)),
            Err(error) => self.skipped.push(broken(&path, "unreadable", error.to_string())),
        }
    }

    fn skip_error(&mut self, error: &ignore::Error) {
        let path = error_path(error).map_or_else(String::new, |path| {
            path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
        });
        let detail = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
        self.skipped.push(broken(&path, "unreadable", detail));
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        let mut found = self.found.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        found.0.append(&mut self.files);
        found.1.append(&mut self.skipped);
    }
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        ignore::Error::Partial(errors) => errors.first().and_then(error_path),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

fn tree_file(path: String, metadata: &Metadata) -> TreeFile {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let modified_ns = modified.map_or(0, |age| u64::try_from(age.as_nanos()).unwrap_or(0));
    TreeFile { path, size: metadata.len(), modified_ns, changed_ns: changed_ns(metadata) }
}

#[cfg(unix)]
fn changed_ns(metadata: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let seconds = u64::try_from(metadata.ctime()).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(metadata.ctime_nsec()).unwrap_or(0))
}

#[cfg(not(unix))]
fn changed_ns(_: &Metadata) -> u64 {
    0
}

/// `.gitattributes` patterns follow the rules of `.gitignore`, so its matcher answers for both.
fn attributes(root: &Path, files: &[TreeFile]) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for file in files.iter().filter(|file| file.path == ".gitattributes" || file.path.ends_with("/.gitattributes")) {
        let folder = file.path.trim_end_matches(".gitattributes");
        let Ok(text) = fs::read_to_string(root.join(&file.path)) else {
            continue;
        };
        for (pattern, is_generated) in text.lines().filter_map(generated_line) {
            let anchored = anchor(folder, pattern);
            let line = if is_generated { anchored } else { format!("!{anchored}") };
            // A pattern that git itself could not use marks nothing.
            let _ = builder.add_line(None, &line);
        }
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn generated_line(line: &str) -> Option<(&str, bool)> {
    let mut words = line.split_whitespace();
    let pattern = words.next().filter(|pattern| !pattern.starts_with('#'))?;
    words.filter_map(|word| attribute_value(word).map(|value| (pattern, value))).next_back()
}

fn attribute_value(word: &str) -> Option<bool> {
    match word {
        "linguist-generated" | "linguist-generated=true" | "linguist-vendored" | "linguist-vendored=true" => Some(true),
        "-linguist-generated" | "linguist-generated=false" | "-linguist-vendored" | "linguist-vendored=false" => {
            Some(false)
        }
        _ => None,
    }
}

fn anchor(folder: &str, pattern: &str) -> String {
    match (folder.is_empty(), pattern.trim_start_matches('/')) {
        (true, _) => pattern.to_string(),
        (false, inner) if pattern.trim_end_matches('/').contains('/') => {
            format!("/{folder}{inner}")
        }
        (false, inner) => format!("/{folder}**/{inner}"),
    }
}
