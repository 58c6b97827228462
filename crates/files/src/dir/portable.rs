//! A folder is its path here. What that costs: a folder that is swapped for a link between the look at it and the work in
//! it leads elsewhere; nothing tells which file a name leads to, nor whether it has other names, nor when its metadata
//! changed, so each scan reads each file. Windows' read-only attribute is set and lifted, but compared as little as modes.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use thiserror::Error;

use super::{Kind, Stat, is_listed};
use crate::flush::sync_path;
use crate::os_name::{name_bytes, os_name};
use crate::tree::is_missing;

/// Modes are neither known nor compared.
pub(crate) const HAS_MODES: bool = false;

/// There is no call that flushes everything.
pub(crate) const FLUSHES_ALL: bool = false;

/// The bit that a read-only file lacks.
const OWNER_WRITES: u32 = 0o200;

#[derive(Debug, Error)]
#[error("a symbolic link is in the way")]
struct LinkInTheWay;

/// A folder beneath one that was opened. Before each change the parts in between are looked at again.
#[derive(Debug)]
pub(crate) struct Dir {
    root: PathBuf,
    below: PathBuf,
}

impl Dir {
    /// Opens a folder by its path; links are followed.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if !fs::metadata(path)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self { root: std::path::absolute(path)?, below: PathBuf::new() })
    }

    /// Opens a folder beneath this one: `relative` has neither `..` nor, anywhere in it, a symbolic link.
    pub(crate) fn beneath(&self, relative: &[u8]) -> io::Result<Self> {
        let mut below = self.below.clone();
        let parts = relative.split(|byte| *byte == b'/').filter(|_| !relative.is_empty());
        for part in parts {
            let part = os_name(part.to_vec())?;
            below.push(single(&part)?);
        }
        let dir = Self { root: self.root.clone(), below };
        dir.checked()?;
        Ok(dir)
    }

    pub(crate) fn stat(&self, name: &OsStr) -> io::Result<Option<Stat>> {
        match fs::symlink_metadata(self.place(name)?) {
            Ok(data) => Ok(Some(converted(&data))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Which folder it is, as far as the time of its birth tells.
    pub(crate) fn identity(&self) -> io::Result<Option<String>> {
        let born = converted(&fs::metadata(self.path())?).born;
        Ok((born != 0).then(|| format!("{born:x}")))
    }

    /// On a file system that does not tell upper case from lower, `A` also finds a file named `a`, and on some a short
    /// name finds one with a long name: those are other paths.
    pub(crate) fn is_spelt_so(&self, name: &OsStr, stat: &Stat) -> io::Result<bool> {
        if stat.kind == Kind::Symlink {
            return Ok(is_listed(&self.names()?, name));
        }
        match self.place(name)?.canonicalize() {
            Ok(place) => Ok(place.file_name() == Some(name)),
            // A pipe or a device of another kind has no true path on some systems.
            Err(_) => Ok(is_listed(&self.names()?, name)),
        }
    }

    /// Opens a file for reading, and nothing else.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<(File, Stat)> {
        let place = self.place(name)?;
        expect_file(&fs::symlink_metadata(&place)?)?;
        let file = File::open(place)?;
        let stat = converted(&file.metadata()?);
        Ok((file, stat))
    }

    /// Opens a file so that it can be flushed: Windows wants a writing handle for that.
    pub(crate) fn open_to_flush(&self, name: &OsStr) -> io::Result<File> {
        let place = self.place(name)?;
        expect_file(&fs::symlink_metadata(&place)?)?;
        OpenOptions::new().read(true).write(cfg!(windows)).open(place)
    }

    /// Opens a file to change its bytes where they are.
    pub(crate) fn open_update(&self, name: &OsStr) -> io::Result<File> {
        let place = self.checked()?.join(single(name)?);
        expect_file(&fs::symlink_metadata(&place)?)?;
        lift_protection(&place)?;
        OpenOptions::new().read(true).write(true).open(place)
    }

    /// Creates a new file.
    pub(crate) fn create(&self, name: &OsStr) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.checked()?.join(single(name)?))
    }

    pub(crate) fn make_folder(&self, name: &OsStr, _mode: u32) -> io::Result<()> {
        fs::create_dir(self.checked()?.join(single(name)?))
    }

    pub(crate) fn symlink(&self, target: &[u8], name: &OsStr) -> io::Result<()> {
        let folder = self.checked()?;
        let target = os_name(replaced(target, b'/', b'\\'))?;
        make_link(&folder, Path::new(&target), &folder.join(single(name)?))
    }

    /// On Windows with `/` between parts. A junction is read as the symbolic link that stands for it when it is put back.
    pub(crate) fn read_link(&self, name: &OsStr) -> io::Result<Vec<u8>> {
        let target = fs::read_link(self.place(name)?)?;
        Ok(replaced(&name_bytes(target.as_os_str()), b'\\', b'/'))
    }

    /// A second name, `to` in `folder`, for the file `name`.
    pub(crate) fn hard_link(&self, name: &OsStr, folder: &Self, to: &OsStr) -> io::Result<()> {
        fs::hard_link(self.checked()?.join(single(name)?), folder.checked()?.join(single(to)?))
    }

    /// Renames, not over a name that exists when it is looked for: one that comes in the very moment is replaced.
    pub(crate) fn rename_new(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        let folder = self.checked()?;
        let to = folder.join(single(to)?);
        match fs::symlink_metadata(&to) {
            Err(error) if is_missing(&error) => fs::rename(folder.join(single(from)?), to),
            Err(error) => Err(error),
            Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        }
    }

    /// Nothing swaps two names in one step: the caller compares, then replaces.
    pub(crate) fn exchange(&self, _first: &OsStr, _second: &OsStr) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        let folder = self.checked()?;
        let to = folder.join(single(to)?);
        lift_protection(&to)?;
        fs::rename(folder.join(single(from)?), to)
    }

    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        let place = self.checked()?.join(single(name)?);
        if fs::symlink_metadata(&place)?.is_symlink() && cfg!(windows) {
            // A link to a folder is removed as a folder is; what it leads to stays.
            return fs::remove_file(&place).or_else(|_| fs::remove_dir(&place));
        }
        lift_protection(&place)?;
        fs::remove_file(place)
    }

    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        let place = self.checked()?.join(single(name)?);
        // Windows would remove a link to a folder.
        if !fs::symlink_metadata(&place)?.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        fs::remove_dir(place)
    }

    /// Makes a file read-only or not. A folder has nothing of the kind. Nothing is flushed: what is read-only is not opened
    /// for writing on Windows, and without that it flushes nothing.
    pub(crate) fn set_mode(&self, name: &OsStr, mode: u32) -> io::Result<()> {
        let place = self.checked()?.join(single(name)?);
        let data = fs::symlink_metadata(&place)?;
        if data.is_dir() {
            return Ok(());
        }
        expect_file(&data)?;
        match permissions(&data, mode) {
            Some(permissions) => fs::set_permissions(&place, permissions),
            None => Ok(()),
        }
    }

    /// Flushes the names in this folder, where the system can.
    pub(crate) fn sync(&self) -> io::Result<()> {
        sync_path(&self.path())
    }

    /// Flushes the names in this folder only: what other programs wrote is on the disk when the system thinks fit.
    pub(crate) fn sync_file_system(&self) -> io::Result<()> {
        self.sync()
    }

    /// The names in this folder, in no order.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(self.path())?.map(|entry| Ok(entry?.file_name())).collect()
    }

    fn path(&self) -> PathBuf {
        self.root.join(&self.below)
    }

    fn place(&self, name: &OsStr) -> io::Result<PathBuf> {
        Ok(self.path().join(single(name)?))
    }

    /// The path, after a look at each part beneath the root.
    fn checked(&self) -> io::Result<PathBuf> {
        let mut path = self.root.clone();
        for part in self.below.components() {
            path.push(part);
            let data = fs::symlink_metadata(&path)?;
            if data.is_symlink() {
                return Err(link_in_the_way());
            }
            if !data.is_dir() {
                return Err(io::ErrorKind::NotADirectory.into());
            }
        }
        Ok(path)
    }
}

/// Makes an open file read-only or not. It belongs to whom it belongs.
pub(crate) fn dress(file: &File, mode: u32, _owner: Option<(u32, u32)>) -> io::Result<()> {
    permissions(&file.metadata()?, mode).map_or(Ok(()), |permissions| file.set_permissions(permissions))
}

/// The standard library has no call that shares blocks with an open file.
pub(crate) fn clone_file(_source: &File, _target: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Too many names, another file system, one without hard links, a file of somebody else or read-only, or gone.
pub(crate) fn has_no_second_name(error: &io::Error) -> bool {
    use io::ErrorKind::{CrossesDevices, NotFound, PermissionDenied, TooManyLinks, Unsupported};
    // FAT on Windows says that there is no such function, which the standard library has no kind for.
    let no_function = cfg!(windows) && error.raw_os_error() == Some(1);
    no_function || matches!(error.kind(), CrossesDevices | NotFound | PermissionDenied | TooManyLinks | Unsupported)
}

pub(crate) fn is_link_in_the_way(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<LinkInTheWay>())
}

fn link_in_the_way() -> io::Error {
    io::Error::other(LinkInTheWay)
}

fn expect_file(data: &Metadata) -> io::Result<()> {
    if data.is_file() {
        return Ok(());
    }
    Err(if data.is_symlink() { link_in_the_way() } else { io::ErrorKind::InvalidInput.into() })
}

/// One part of a path, and not `a:b`, which Windows reads as a stream of `a`.
fn single(name: &OsStr) -> io::Result<&OsStr> {
    let mut parts = Path::new(name).components();
    match (parts.next(), parts.next()) {
        (Some(Component::Normal(part)), None)
            if part == name && !(cfg!(windows) && name.as_encoded_bytes().contains(&b':')) =>
        {
            Ok(name)
        }
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

/// Windows writes `\` where everyone else writes `/`.
fn replaced(bytes: &[u8], from: u8, to: u8) -> Vec<u8> {
    bytes.iter().map(|byte| if cfg!(windows) && *byte == from { to } else { *byte }).collect()
}

#[cfg(unix)]
fn make_link(_folder: &Path, target: &Path, place: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, place)
}

/// Windows tells links to folders from links to files. It may want a privilege for both.
#[cfg(windows)]
fn make_link(folder: &Path, target: &Path, place: &Path) -> io::Result<()> {
    use std::os::windows::fs::{symlink_dir, symlink_file};
    if folder.join(target).is_dir() { symlink_dir(target, place) } else { symlink_file(target, place) }
}

/// Windows neither removes nor replaces nor opens for writing what is read-only.
fn lift_protection(place: &Path) -> io::Result<()> {
    if !cfg!(windows) {
        return Ok(());
    }
    match fs::symlink_metadata(place) {
        Ok(data) if data.is_file() => match permissions(&data, OWNER_WRITES) {
            Some(permissions) => fs::set_permissions(place, permissions),
            None => Ok(()),
        },
        Err(error) if !is_missing(&error) => Err(error),
        _ => Ok(()),
    }
}

/// `None` when they are as they shall be.
#[allow(clippy::permissions_set_readonly_false, reason = "where this is used, it is all there is")]
fn permissions(data: &Metadata, mode: u32) -> Option<Permissions> {
    let mut permissions = data.permissions();
    let readonly = mode & OWNER_WRITES == 0;
    if permissions.readonly() == readonly {
        return None;
    }
    permissions.set_readonly(readonly);
    Some(permissions)
}

fn converted(data: &Metadata) -> Stat {
    let kind = match data.file_type() {
        found if found.is_symlink() => Kind::Symlink,
        found if found.is_dir() => Kind::Folder,
        found if found.is_file() => Kind::File,
        _ => Kind::Other,
    };
    let mode = match kind {
        Kind::Folder => 0o755,
        _ if data.permissions().readonly() => 0o444,
        _ => 0o644,
    };
    Stat {
        kind,
        mode,
        size: data.len(),
        owner: None,
        names: 1,
        number: None,
        born: nanoseconds(data.created()),
        modified: nanoseconds(data.modified()),
        changed: None,
    }
}

fn nanoseconds(time: io::Result<SystemTime>) -> i128 {
    let Ok(time) = time else { return 0 };
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_nanos() as i128,
        Err(before) => -(before.duration().as_nanos() as i128),
    }
}
