use std::collections::HashMap;
use std::ffi::CString;
use std::io;
use std::num::NonZero;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use blake3::Hash;
use rayon::{Scope, ThreadPoolBuilder};
use rustix::fs::{self, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;

use super::bases::BasePool;
use super::compare::{CopyChange, compare};
use super::error::{CopyError, below, joined};
use super::file::{Work, copy_file, copy_link};
use super::folder::{Folder, Name, mode_of, names, open_folder};
use super::heavy::Heavy;
use super::overlay::Overlays;
use super::report::{CopyReport, Reason, Strategy};
use crate::name::encode_name;
use crate::os_name::name_bytes;

/// What shall be copied, and how.
#[derive(Clone, Debug)]
pub struct CopyRequest {
    /// An existing folder.
    pub source: PathBuf,
    /// Created; must not exist, and not lie inside the source.
    pub target: PathBuf,
    /// Where the writable layers of overlays are put: a folder of this copy alone, on the file system of the target.
    /// `None`: dependency and build folders are copied.
    pub layers: Option<PathBuf>,
    /// Keeps the contents for [`TreeCopy::base`].
    pub pool: Option<Arc<BasePool>>,
}

/// A copy and what was copied.
#[derive(Debug)]
pub struct TreeCopy {
    source: PathBuf,
    target: PathBuf,
    entries: HashMap<Vec<u8>, Entry>,
    pool: Option<Arc<BasePool>>,
    report: CopyReport,
}

/// What stood at a path when it was copied.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    File(FileEntry),
    /// Another name of the file at this path.
    Link(Vec<u8>),
    /// The bytes of the target.
    Symlink(Vec<u8>),
    /// Permission bits.
    Folder(u32),
    /// A dependency or build folder.
    Heavy,
}

#[derive(Clone, Debug)]
pub(super) struct FileEntry {
    pub(super) hash: Hash,
    pub(super) mode: u32,
    /// Of the file in the copy.
    pub(super) stamp: Stamp,
}

/// A file with the same stamp has the same bytes: no program can set the time of the last change of metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    pub(super) size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    #[allow(clippy::unnecessary_cast, reason = "the widths of these fields differ between platforms")]
    pub(super) fn of(stat: &Stat) -> Self {
        Self {
            inode: stat.st_ino as u64,
            size: stat.st_size as u64,
            modified: (stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            changed: (stat.st_ctime as i64, stat.st_ctime_nsec as i64),
        }
    }
}

impl TreeCopy {
    pub fn report(&self) -> &CopyReport {
        &self.report
    }

    /// How the copy differs from what was copied, in the order of the paths. Dependency and build folders, and what is
    /// called `.git`, are not looked into.
    pub fn changes(&self) -> Result<Vec<CopyChange>, CopyError> {
        compare(&self.target, &Heavy::new(&self.source, &self.target), &self.entries)
    }

    /// The bytes that a file had when it was copied, by their hash. `None` when they were too large to be kept.
    pub fn base(&self, hash: &str) -> io::Result<Option<Vec<u8>>> {
        let Ok(hash) = Hash::from_hex(hash) else { return Ok(None) };
        self.pool.as_ref().map_or(Ok(None), |pool| pool.read(&hash))
    }
}

/// What all threads of one copy share.
pub(super) struct Shared {
    pub(super) source: PathBuf,
    /// The path of the source, as a link into it begins.
    pub(super) source_bytes: Vec<u8>,
    pub(super) target: PathBuf,
    pub(super) target_root: OwnedFd,
    /// User and group that new files get by themselves.
    pub(super) owner: (u32, u32),
    pub(super) pool: Option<Arc<BasePool>>,
    pub(super) can_clone: AtomicBool,
    /// Files with several names: device and inode to the path of the first copy.
    pub(super) names: Mutex<HashMap<(u64, u64), Vec<u8>>>,
    heavy: Heavy,
    overlays: Overlays,
    failed: AtomicBool,
    failure: Mutex<Option<CopyError>>,
    entries: Mutex<Vec<(Vec<u8>, Entry)>>,
    report: Mutex<CopyReport>,
}

/// Files that one thread copies before it looks for other work.
const CHUNK: usize = 64;
/// More threads than this only wait for the file system's locks.
const THREADS: usize = 8;

/// Copies a tree. What the copy does not hold is in its [`CopyReport`]; after a failure a part of it may be there.
pub fn copy_tree(request: &CopyRequest) -> Result<TreeCopy, CopyError> {
    let (shared, root) = prepare(request)?;
    let threads = thread::available_parallelism().map_or(2, NonZero::get).clamp(2, THREADS);
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool =
        pool.map_err(|source| CopyError::system("starting threads for", &request.target, io::Error::other(source)))?;
    pool.scope(|scope| shared.attempt(|| copy_folder(scope, &shared, &Arc::new(root))));
    if let Some(failure) = shared.failure.into_inner().ok().flatten() {
        return Err(failure);
    }
    let entries = shared.entries.into_inner().unwrap_or_default();
    let mut report = shared.report.into_inner().unwrap_or_default();
    report.reflink = shared.can_clone.into_inner();
    report.entries += entries.len() as u64;
    report.sort();
    let (source, target) = (shared.source, shared.target);
    Ok(TreeCopy { source, target, entries: entries.into_iter().collect(), pool: shared.pool, report })
}

fn prepare(request: &CopyRequest) -> Result<(Shared, Folder), CopyError> {
    let CopyRequest { source, target, layers, pool } = request;
    let reading = |errno| CopyError::system("reading", source, errno);
    let creating = |errno| CopyError::system("creating", target, errno);
    let source = &source.canonicalize().map_err(reading)?;
    let parent = target.parent().unwrap_or(Path::new(".")).canonicalize().map_err(creating)?;
    if parent.starts_with(source) {
        return Err(CopyError::Inside { root: source.clone(), target: target.clone() });
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let open = |path: &Path| -> io::Result<OwnedFd> { Ok(fs::open(path, flags, Mode::empty())?) };
    let from = open(source).map_err(reading)?;
    fs::mkdir(target, Mode::RWXU).map_err(|errno| creating(errno.into()))?;
    let to = open(target).map_err(creating)?;
    let made = fs::fstat(&to).map_err(|errno| creating(errno.into()))?;
    let stat = fs::fstat(&from).map_err(|errno| reading(errno.into()))?;
    let shared = Shared {
        source_bytes: name_bytes(source.as_os_str()).into_owned(),
        source: source.clone(),
        target: target.clone(),
        target_root: open(target).map_err(creating)?,
        owner: (made.st_uid, made.st_gid),
        pool: pool.clone(),
        can_clone: AtomicBool::new(true),
        names: Mutex::default(),
        heavy: Heavy::new(source, source),
        overlays: Overlays::new(layers.as_deref()),
        failed: AtomicBool::new(false),
        failure: Mutex::default(),
        entries: Mutex::default(),
        report: Mutex::default(),
    };
    Ok((shared, Folder { source: from, target: to, path: Vec::new(), heavy: false, stat, _above: None }))
}

impl Shared {
    pub(super) fn report(&self, note: impl FnOnce(&mut CopyReport)) {
        if let Ok(mut report) = self.report.lock() {
            note(&mut report);
        }
    }

    /// Does a piece of work unless another one failed; the first failure is kept.
    fn attempt(&self, work: impl FnOnce() -> Result<(), CopyError>) {
        if self.failed.load(Ordering::Relaxed) {
            return;
        }
        if let Err(error) = work() {
            self.failed.store(true, Ordering::Relaxed);
            if let Ok(mut failure) = self.failure.lock() {
                failure.get_or_insert(error);
            }
        }
    }

    fn note(&self, entries: impl IntoIterator<Item = (Vec<u8>, Entry)>) {
        if let Ok(mut all) = self.entries.lock() {
            all.extend(entries);
        }
    }
}

fn copy_folder<'scope>(scope: &Scope<'scope>, shared: &'scope Shared, folder: &Arc<Folder>) -> Result<(), CopyError> {
    let listed = names(&folder.source);
    if matches!(&listed, Err(error) if error.kind() == io::ErrorKind::NotFound) {
        shared.report(|report| report.skip(&folder.path, Reason::Vanished));
        return Ok(());
    }
    let listed = listed.map_err(|errno| CopyError::system("reading", &below(&shared.source, &folder.path), errno))?;
    if folder.path.is_empty() {
        // Before any other thread asks.
        probe(shared, folder, &listed);
    }
    let mut files = Vec::new();
    for name in listed {
        if name.name.as_bytes() == b".git" && !folder.heavy {
            let path = encode_name(&joined(&folder.path, b".git"));
            shared.report(|report| report.git.push(path));
            continue;
        }
        match name.kind {
            FileType::Directory => {
                let above = Arc::clone(folder);
                scope.spawn(move |scope| shared.attempt(|| descend(scope, shared, above, &name.name)));
            }
            FileType::RegularFile | FileType::Symlink => files.push(name),
            _ => shared.report(|report| report.skip(&joined(&folder.path, name.name.as_bytes()), Reason::Special)),
        }
    }
    while files.len() > CHUNK {
        let chunk = files.split_off(files.len() - CHUNK);
        let folder = Arc::clone(folder);
        scope.spawn(move |_| shared.attempt(|| copy_files(shared, &folder, &chunk)));
    }
    copy_files(shared, folder, &files)
}

fn copy_files(shared: &Shared, folder: &Folder, files: &[Name]) -> Result<(), CopyError> {
    let mut work = Work::default();
    for Name { name, kind, .. } in files {
        match kind {
            FileType::Symlink => copy_link(shared, folder, name, &mut work)?,
            _ => copy_file(shared, folder, name, &mut work)?,
        }
    }
    if let Some(pool) = &shared.pool {
        let failed = |errno| CopyError::system("keeping the contents of", &below(&shared.source, &folder.path), errno);
        pool.put(&mut work.batch).map_err(failed)?;
    }
    shared.note(work.entries);
    shared.report(|report| {
        report.bytes += work.bytes;
        report.entries += if folder.heavy { files.len() as u64 } else { 0 };
    });
    Ok(())
}

fn descend<'scope>(
    scope: &Scope<'scope>,
    shared: &'scope Shared,
    above: Arc<Folder>,
    name: &CString,
) -> Result<(), CopyError> {
    let path = joined(&above.path, name.as_bytes());
    let reading = |errno: io::Error| CopyError::system("reading", &below(&shared.source, &path), errno);
    let creating = |errno: io::Error| CopyError::system("creating", &below(&shared.target, &path), errno);
    let source = match open_folder(&above.source, name) {
        Ok(source) => source,
        Err(error) => {
            let reason = match Errno::from_io_error(&error) {
                Some(Errno::NOENT) => Reason::Vanished,
                Some(Errno::NOTDIR | Errno::LOOP) => Reason::Replaced,
                _ => return Err(reading(error)),
            };
            shared.report(|report| report.skip(&path, reason));
            return Ok(());
        }
    };
    let stat = fs::fstat(&source).map_err(|errno| reading(errno.into()))?;
    fs::mkdirat(&above.target, name.as_c_str(), Mode::RWXU).map_err(|errno| creating(errno.into()))?;
    let target = open_folder(&above.target, name).map_err(creating)?;
    let mut heavy = above.heavy;
    if !heavy && shared.heavy.is_heavy(&path, source.as_fd()) {
        heavy = true;
        let strategy = if shared.can_clone.load(Ordering::Relaxed) {
            Strategy::Reflink
        } else if shared.overlays.cover(source.as_fd(), target.as_fd()) {
            Strategy::Overlay
        } else {
            Strategy::Copy
        };
        shared.note([(path.clone(), Entry::Heavy)]);
        shared.report(|report| report.heavy.push((encode_name(&path), strategy)));
        if strategy == Strategy::Overlay {
            return Ok(());
        }
    } else if !heavy {
        shared.note([(path.clone(), Entry::Folder(mode_of(&stat)))]);
    }
    let folder = Folder { source, target, path, heavy, stat, _above: Some(above) };
    copy_folder(scope, shared, &Arc::new(folder))
}

/// Finds out whether the file system shares blocks before a dependency folder is met.
fn probe(shared: &Shared, folder: &Folder, files: &[Name]) {
    const PROBE: &str = ".pyagent-probe";
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let source = files
        .iter()
        .filter(|name| name.kind == FileType::RegularFile)
        .find_map(|name| fs::openat(&folder.source, name.name.as_c_str(), flags, Mode::empty()).ok());
    let make = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let target = fs::openat(&folder.target, PROBE, make, Mode::RUSR | Mode::WUSR).ok();
    let shares = match (&source, &target) {
        (Some(source), Some(target)) => shared.clone_file(source, target),
        _ => false,
    };
    if !shares {
        shared.can_clone.store(false, Ordering::Relaxed);
    }
    if target.is_some() {
        let _ = fs::unlinkat(&folder.target, PROBE, fs::AtFlags::empty());
    }
}
