use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, Stat, Timespec, Timestamps, UTIME_OMIT};

use crate::state::MODE;

const OPEN: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Opens a folder by its name in another one; never through a symbolic link.
pub(super) fn open_folder(parent: impl AsFd, name: &CString) -> io::Result<OwnedFd> {
    Ok(fs::openat(parent, name.as_c_str(), OPEN, Mode::empty())?)
}

/// One name in a folder.
pub(super) struct Name {
    pub(super) name: CString,
    pub(super) kind: FileType,
    inode: u64,
}

/// The names in a folder in the order of their inodes: reading them so is kind to a disk that has to seek.
pub(super) fn names(folder: impl AsFd) -> io::Result<Vec<Name>> {
    let mut names = Vec::new();
    for entry in fs::Dir::read_from(&folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        let kind = match entry.file_type() {
            FileType::Unknown => match fs::statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => FileType::from_raw_mode(stat.st_mode),
                Err(rustix::io::Errno::NOENT) => continue,
                Err(errno) => return Err(errno.into()),
            },
            known => known,
        };
        names.push(Name { name: name.into(), kind, inode: entry.ino() });
    }
    names.sort_unstable_by_key(|name| name.inode);
    Ok(names)
}

/// A folder that is being copied: both sides are open. It gets its permission bits and its time when the last piece of
/// work in it has let go of it, and so after everything in it was made.
pub(super) struct Folder {
    pub(super) source: OwnedFd,
    pub(super) target: OwnedFd,
    /// Relative to the root.
    pub(super) path: Vec<u8>,
    /// Part of a dependency or build folder.
    pub(super) heavy: bool,
    pub(super) stat: Stat,
    /// Keeps the folders above open as long as this one.
    pub(super) _above: Option<Arc<Folder>>,
}

impl Drop for Folder {
    /// A copy whose folders could not be dressed is still a copy: these two calls fail on no descriptor of our own.
    fn drop(&mut self) {
        let _ = fs::fchmod(&self.target, Mode::from_raw_mode(self.stat.st_mode));
        let _ = fs::futimens(&self.target, &times(&self.stat));
    }
}

/// Permission bits.
#[allow(clippy::unnecessary_cast, reason = "the widths of these fields differ between platforms")]
pub(super) fn mode_of(stat: &Stat) -> u32 {
    stat.st_mode as u32 & MODE
}

/// Device and inode: which file it is, under whatever name.
#[allow(clippy::unnecessary_cast, reason = "the widths of these fields differ between platforms")]
pub(super) fn identity(stat: &Stat) -> (u64, u64) {
    (stat.st_dev as u64, stat.st_ino as u64)
}

/// The time of the last change; that of the last access stays as it comes.
pub(super) fn times(stat: &Stat) -> Timestamps {
    Timestamps {
        last_access: Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
        #[allow(clippy::unnecessary_cast, reason = "the widths of these fields differ between platforms")]
        last_modification: Timespec { tv_sec: stat.st_mtime as i64, tv_nsec: stat.st_mtime_nsec as _ },
    }
}
