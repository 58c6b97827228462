//! The file tree inside: an empty root in memory onto which everything is put.

use std::collections::HashSet;
use std::ffi::{CStr, CString};
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::janitor::Word;
use crate::protect;
use crate::sources::{Part, Sources};
use crate::spec::Mount;
use crate::sys::{self, ATTR_NODEV, ATTR_NOEXEC, ATTR_NOSUID, ATTR_RDONLY};

/// Why the tree cannot be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TreeError {
    #[error("cannot make the sandbox's file tree: {what}: {error}")]
    Base { what: &'static str, error: io::Error },
    #[error("cannot mount {at}: {error}")]
    Mount { at: String, error: io::Error },
    #[error("cannot protect {at}: {reason}")]
    Protect { at: String, reason: String },
}

/// Ours while the tree is made; gone before the command starts.
const WORKSHOP: &str = "/.sandbox";
const WORKSHOP_BYTES: u64 = 1 << 20;
const ROOT_BYTES: &CStr = c"16m";
const SHARED_MEMORY_BYTES: &CStr = c"256m";

/// What is mounted before the host's tree goes away.
pub(crate) struct Base {
    proc: OwnedFd,
    devices: Vec<(&'static str, OwnedFd)>,
}

fn base<T>(what: &'static str, result: io::Result<T>) -> Result<T, TreeError> {
    result.map_err(|error| TreeError::Base { what, error })
}

impl Base {
    /// Takes the host's devices and a view of the new process namespace. Only possible while the host's `/proc` shows.
    pub(crate) fn open() -> Result<Self, TreeError> {
        let attributes = ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC;
        let proc = base("/proc", sys::new_mount(c"proc", &[], attributes))?;
        let mut devices = Vec::new();
        for name in ["null", "zero", "full", "random", "urandom", "tty"] {
            let tree = base("a device", sys::open_tree(&Path::new("/dev").join(name), false))?;
            base("a device", sys::mount_setattr(tree.as_fd(), ATTR_NOSUID | ATTR_NOEXEC, false, None))?;
            devices.push((name, tree));
        }
        Ok(Self { proc, devices })
    }
}

/// Leaves the host's tree for an empty one.
pub(crate) fn enter_empty_root() -> Result<(), TreeError> {
    base("private mounts", sys::make_private())?;
    let options = [(c"size", Some(ROOT_BYTES)), (c"mode", Some(c"0755"))];
    let root = base("a root", sys::new_mount(c"tmpfs", &options, ATTR_NOSUID | ATTR_NODEV))?;
    let stage =
        ["/tmp", "/var", "/usr", "/etc"].iter().map(Path::new).find(|path| path.is_dir()).unwrap_or(Path::new("/"));
    let place = base("a stage", sys::open_place(stage))?;
    base("a root", sys::move_mount(root.as_fd(), place.as_fd()))?;
    base("a root", sys::fchdir(root.as_fd()))?;
    base("the change of root", sys::pivot_here())
}

/// Hears of a place inside that will be filled, or is.
pub(crate) type Tell = Box<dyn FnMut(Word, &Path) -> io::Result<()>>;

/// The tree being filled.
pub(crate) struct Tree {
    /// Folders that the command can write below, and what their writes go to: of these the growth is measured.
    pub(crate) measured: Vec<OwnedFd>,
    /// Told of each place where something is about to be put although nothing is there.
    tell: Tell,
    /// Where a mount of the user's files begins that can be written.
    writable: Vec<PathBuf>,
    pinned: HashSet<PathBuf>,
    /// What was absent and is taken by something empty now.
    occupied: HashSet<PathBuf>,
}

impl Tree {
    /// Fills the empty root.
    pub(crate) fn build(mounts: &[Mount], mut sources: Sources, own: Base, tell: Tell) -> Result<Self, TreeError> {
        let mut tree =
            Self { measured: Vec::new(), tell, writable: Vec::new(), pinned: HashSet::new(), occupied: HashSet::new() };
        base("a workshop", attach_memory(Path::new(WORKSHOP), WORKSHOP_BYTES))?;
        base("empty things", make_empties())?;
        tree.system(own)?;
        for (index, mount) in mounts.iter().enumerate() {
            let failed = |error| TreeError::Mount { at: mount.at().display().to_string(), error };
            match mount {
                Mount::Read { at, .. } => {
                    if let Some(source) = sources.remove(&(index, Part::From)) {
                        attach(&source, at).map_err(failed)?;
                    }
                }
                Mount::Write { at, .. } => {
                    let source =
                        sources.remove(&(index, Part::From)).ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
                    attach(&source, at).map_err(failed)?;
                    tree.measured.push(fs::File::open(at).map_err(failed)?.into());
                    tree.writable.push(at.clone());
                }
                Mount::Overlay { at, upper, bytes, .. } => {
                    let lower =
                        sources.remove(&(index, Part::From)).ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
                    let above = sources.remove(&(index, Part::Upper));
                    let names = upper.as_deref().and_then(Path::file_name).map(PathBuf::from);
                    tree.overlay(index, at, &lower, above.as_ref().zip(names), bytes.unwrap_or(0)).map_err(failed)?;
                    tree.writable.push(at.clone());
                }
                Mount::Tmpfs { at, bytes } => attach_memory(at, *bytes).map_err(failed)?,
                Mount::Symlink { at, target } => link(at, target).map_err(failed)?,
                Mount::File { at, text } => write_file(at, text).map_err(failed)?,
                Mount::Protect { at, shape } => protect::protect(&mut tree, at, *shape)?,
                Mount::Hide { at } => hide(at).map_err(failed)?,
            }
        }
        tree.finish()?;
        Ok(tree)
    }

    fn system(&self, own: Base) -> Result<(), TreeError> {
        base("/proc", attach(&own.proc, Path::new("/proc")))?;
        base("/proc", restrict_proc())?;
        base("/dev", make_folder(Path::new("/dev"), 0o755))?;
        for (name, device) in own.devices {
            base("a device", attach(&device, &Path::new("/dev").join(name)))?;
        }
        let links = [
            ("fd", "/proc/self/fd"),
            ("stdin", "/proc/self/fd/0"),
            ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"),
            ("ptmx", "pts/ptmx"),
        ];
        for (name, target) in links {
            base("/dev", symlink(target, Path::new("/dev").join(name)))?;
        }
        let attributes = ATTR_NOSUID | ATTR_NODEV | ATTR_NOEXEC;
        let shared = base(
            "/dev/shm",
            sys::new_mount(c"tmpfs", &[(c"size", Some(SHARED_MEMORY_BYTES)), (c"mode", Some(c"1777"))], attributes),
        )?;
        base("/dev/shm", attach(&shared, Path::new("/dev/shm")))?;
        let terminals = base(
            "/dev/pts",
            sys::new_mount(
                c"devpts",
                &[(c"newinstance", None), (c"ptmxmode", Some(c"0666")), (c"mode", Some(c"0620"))],
                ATTR_NOSUID | ATTR_NOEXEC,
            ),
        )?;
        base("/dev/pts", attach(&terminals, Path::new("/dev/pts")))?;
        base("/sys", make_folder(Path::new("/sys"), 0o555))
    }

    fn overlay(
        &mut self,
        index: usize,
        at: &Path,
        lower: &OwnedFd,
        above: Option<(&OwnedFd, PathBuf)>,
        bytes: u64,
    ) -> io::Result<()> {
        let shop = Path::new(WORKSHOP).join(index.to_string());
        let (below, layer) = (shop.join("lower"), shop.join("layer"));
        attach(lower, &below)?;
        let upper = match above {
            Some((folder, upper)) => {
                attach(folder, &layer)?;
                layer.join(upper)
            }
            None => {
                attach_memory(&layer, bytes)?;
                make_folder(&layer.join("upper"), 0o755)?;
                make_folder(&layer.join("work"), 0o700)?;
                layer.join("upper")
            }
        };
        let work = layer.join("work");
        // Names of ours without commas and colons: nothing to escape. The upper folder's own mode is the one that shows.
        if let Ok(found) = fs::metadata(&below) {
            let _ = fs::set_permissions(&upper, Permissions::from_mode(found.permissions().mode() & 0o777));
        }
        let text = |path: &Path| sys::c_path(path);
        let (below_text, upper_text, work_text) = (text(&below)?, text(&upper)?, text(&work)?);
        let options: [(&CStr, Option<&CStr>); 4] = [
            (c"lowerdir", Some(&below_text)),
            (c"upperdir", Some(&upper_text)),
            (c"workdir", Some(&work_text)),
            (c"userxattr", None),
        ];
        let mount = sys::new_mount(c"overlay", &options, ATTR_NOSUID | ATTR_NODEV)?;
        if bytes == 0 {
            self.measured.push(fs::File::open(&upper)?.into());
        }
        attach(&mount, at)
    }

    /// Says that something will be put at `place`, where nothing is.
    pub(crate) fn announce(&mut self, place: &Path) -> io::Result<()> {
        self.occupied.insert(place.to_path_buf());
        (self.tell)(Word::About, place)
    }

    /// Says that what stands at `place` now is ours.
    pub(crate) fn made(&mut self, place: &Path) -> io::Result<()> {
        (self.tell)(Word::Made, place)
    }

    /// Whether this is the first time that `place` is to be pinned.
    pub(crate) fn is_new_pin(&mut self, place: &Path) -> bool {
        self.pinned.insert(place.to_path_buf())
    }

    /// Whether something of ours stands there.
    pub(crate) fn is_occupied(&self, place: &Path) -> bool {
        self.occupied.contains(place)
    }

    /// The place where writing begins that `at` lies below, the nearest.
    pub(crate) fn writable_above(&self, at: &Path) -> Option<PathBuf> {
        self.writable
            .iter()
            .filter(|place| at.starts_with(place))
            .max_by_key(|place| place.components().count())
            .cloned()
    }

    /// Makes a folder a mount point of its own, so that it cannot be renamed away with what is protected below it.
    pub(crate) fn pin(&mut self, folder: &Path) -> io::Result<()> {
        if !self.is_new_pin(folder) {
            return Ok(());
        }
        let same = sys::open_tree(folder, true)?;
        sys::move_mount(same.as_fd(), sys::open_place(folder)?.as_fd())
    }

    fn finish(&self) -> Result<(), TreeError> {
        let shop = Path::new(WORKSHOP);
        // With all that is mounted in it, at once: the kernel waits for each unmounting.
        base("the workshop", sys::unmount(shop))?;
        base("the workshop", fs::remove_dir(shop))?;
        let root = base("the root", fs::File::open("/"))?;
        base("the root", sys::mount_setattr(root.as_fd(), ATTR_RDONLY, false, None))
    }
}

/// Puts a detached mount at a place inside, which is made when it is not there.
fn attach(mount: &OwnedFd, at: &Path) -> io::Result<()> {
    let is_folder =
        fs::metadata(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(mount))).map(|found| found.is_dir());
    // Before /proc is there everything that is mounted is a folder.
    if is_folder.unwrap_or(true) {
        make_folder(at, 0o755)?;
    } else if fs::symlink_metadata(at).is_err() {
        make_parents(at)?;
        OpenOptions::new().write(true).create_new(true).mode(0o644).open(at)?;
    }
    sys::move_mount(mount.as_fd(), sys::open_place(at)?.as_fd())
}

fn attach_memory(at: &Path, bytes: u64) -> io::Result<()> {
    let size = CString::new(bytes.to_string()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mode = if at == Path::new("/tmp") { c"1777" } else { c"0755" };
    let memory = sys::new_mount(c"tmpfs", &[(c"size", Some(&size)), (c"mode", Some(mode))], ATTR_NOSUID | ATTR_NODEV)?;
    attach(&memory, at)
}

fn make_folder(path: &Path, mode: u32) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(mode).create(path)
}

fn make_parents(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |parent| make_folder(parent, 0o755))
}

fn link(at: &Path, target: &Path) -> io::Result<()> {
    make_parents(at)?;
    symlink(target, at)
}

fn write_file(at: &Path, text: &str) -> io::Result<()> {
    make_parents(at)?;
    OpenOptions::new().write(true).create_new(true).mode(0o444).open(at)?.write_all(text.as_bytes())
}

/// The settings of the machine cannot be written, and what tells of its memory cannot be read.
fn restrict_proc() -> io::Result<()> {
    // While they can still be written: no user namespace may be made in this one.
    let _ = fs::write("/proc/sys/user/max_user_namespaces", "0");
    for name in ["sys", "sysrq-trigger", "irq", "bus", "fs"] {
        let path = Path::new("/proc").join(name);
        if path.exists() {
            read_only_again(&path)?;
        }
    }
    for name in [
        "acpi",
        "asound",
        "interrupts",
        "kcore",
        "keys",
        "key-users",
        "kmsg",
        "latency_stats",
        "sched_debug",
        "scsi",
        "timer_list",
        "timer_stats",
    ] {
        hide(&Path::new("/proc").join(name))?;
    }
    Ok(())
}

/// Mounts a place onto itself, read-only with all below it.
pub(crate) fn read_only_again(path: &Path) -> io::Result<()> {
    let same = sys::open_tree(path, true)?;
    sys::mount_setattr(same.as_fd(), ATTR_RDONLY, true, None)?;
    sys::move_mount(same.as_fd(), sys::open_place(path)?.as_fd())
}

/// In the workshop's own file system, which goes on when nothing leads to it any more: a folder that was removed would
/// make programs that create one in it try for ever.
fn make_empties() -> io::Result<()> {
    make_folder(&empty_folder(), 0o755)?;
    OpenOptions::new().write(true).create_new(true).mode(0o444).open(empty_file())?;
    make_folder(&hidden_folder(), 0o000)?;
    OpenOptions::new().write(true).create_new(true).mode(0o000).open(hidden_file()).map(drop)
}

fn empties() -> PathBuf {
    Path::new(WORKSHOP).join("empty")
}

fn empty_folder() -> PathBuf {
    empties().join("folder")
}

fn empty_file() -> PathBuf {
    empties().join("file")
}

fn hidden_folder() -> PathBuf {
    empties().join("hidden-folder")
}

fn hidden_file() -> PathBuf {
    empties().join("hidden-file")
}

/// Puts a read-only empty thing over a place.
pub(crate) fn cover(path: &Path, is_folder: bool) -> io::Result<()> {
    lay(&if is_folder { empty_folder() } else { empty_file() }, path)
}

fn hide(path: &Path) -> io::Result<()> {
    // A link is followed: what it leads to is what must not be seen.
    let Ok(found) = fs::metadata(path) else { return Ok(()) };
    let real = fs::canonicalize(path)?;
    let kind = found.file_type();
    if kind.is_dir() {
        lay(&hidden_folder(), &real)
    } else if kind.is_socket() || kind.is_fifo() || kind.is_file() || kind.is_char_device() {
        lay(&hidden_file(), &real)
    } else {
        Ok(())
    }
}

fn lay(thing: &Path, path: &Path) -> io::Result<()> {
    let tree = sys::open_tree(thing, false)?;
    sys::mount_setattr(tree.as_fd(), ATTR_RDONLY | ATTR_NOEXEC, false, None)?;
    sys::move_mount(tree.as_fd(), sys::open_place(path)?.as_fd())
}
