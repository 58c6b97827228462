use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, RenameFlags};

/// What `lstat` says of one name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stat {
    pub(crate) kind: Kind,
    /// Permission bits.
    pub(crate) mode: u32,
    pub(crate) size: u64,
    pub(crate) owner: (u32, u32),
    pub(crate) names: u64,
    pub(crate) device: u64,
    pub(crate) inode: u64,
    /// Nanoseconds since the Unix epoch; 0 where the file system does not know.
    pub(crate) born: i128,
    /// Nanoseconds since the Unix epoch.
    pub(crate) modified: i128,
    /// Nanoseconds since the Unix epoch, of the last change of content or metadata: no program can set it.
    pub(crate) changed: i128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Symlink,
    Folder,
    Other,
}

impl Stat {
    /// Device, inode and time of birth: a number that is used again for another file makes another identity.
    pub(crate) fn identity(&self) -> String {
        format!("{:x}:{:x}:{:x}", self.device, self.inode, self.born)
    }
}

/// An open folder. All work is done on names directly in it, so nothing that happens to the path above can lead it
/// elsewhere, and no name is followed when it is a symbolic link.
#[derive(Debug)]
pub(crate) struct Dir(OwnedFd);

#[cfg(target_os = "linux")]
const HANDLE: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(target_os = "linux"))]
const HANDLE: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

const READ: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC).union(OFlags::NONBLOCK);

impl Dir {
    /// Opens a folder by its path; links are followed.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(fs::open(path, HANDLE, Mode::empty())?))
    }

    /// Opens a folder beneath this one: `relative` has neither `..` nor, anywhere in it, a symbolic link (`ELOOP`).
    pub(crate) fn beneath(&self, relative: &[u8]) -> io::Result<Self> {
        if relative.is_empty() {
            return Ok(Self(fs::openat(&self.0, ".", HANDLE, Mode::empty())?));
        }
        #[cfg(target_os = "linux")]
        if let Some(opened) = self.beneath_at_once(relative) {
            return opened;
        }
        self.beneath_step_by_step(relative)
    }

    /// `None` where the kernel, or a filter in front of it, does not know the call.
    #[cfg(target_os = "linux")]
    fn beneath_at_once(&self, relative: &[u8]) -> Option<io::Result<Self>> {
        use rustix::fs::ResolveFlags;
        use rustix::io::Errno;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        match fs::openat2(&self.0, OsStr::from_bytes(relative), HANDLE, Mode::empty(), resolve) {
            Ok(fd) => Some(Ok(Self(fd))),
            Err(Errno::NOSYS | Errno::PERM) => None,
            Err(errno) => Some(Err(errno.into())),
        }
    }

    /// Where the system has no call for it: a folder that is swapped for a link between two steps is refused all the same.
    fn beneath_step_by_step(&self, relative: &[u8]) -> io::Result<Self> {
        let mut current = self.beneath(b"")?;
        for name in relative.split(|byte| *byte == b'/') {
            if matches!(name, b"" | b"." | b"..") {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            let flags = HANDLE | OFlags::NOFOLLOW;
            current = Self(fs::openat(&current.0, OsStr::from_bytes(name), flags, Mode::empty())?);
        }
        Ok(current)
    }

    pub(crate) fn stat(&self, name: &OsStr) -> io::Result<Option<Stat>> {
        match status(&self.0, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Of the folder itself.
    pub(crate) fn own_stat(&self) -> io::Result<Stat> {
        Ok(status(&self.0, OsStr::new(""), AtFlags::EMPTY_PATH)?)
    }

    /// Opens a file for reading. Never waits for the other end of a pipe.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<(File, Stat)> {
        let file = fs::openat(&self.0, name, READ, Mode::empty())?;
        let stat = status(&file, OsStr::new(""), AtFlags::EMPTY_PATH)?;
        Ok((File::from(file), stat))
    }

    /// Opens a file to change its bytes where they are.
    pub(crate) fn open_update(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(fs::openat(&self.0, name, flags, Mode::empty())?))
    }

    /// Creates a new file that only its owner may read.
    pub(crate) fn create(&self, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(fs::openat(&self.0, name, flags, Mode::RUSR | Mode::WUSR)?))
    }

    pub(crate) fn make_folder(&self, name: &OsStr, mode: u32) -> io::Result<()> {
        fs::mkdirat(&self.0, name, Mode::RWXU)?;
        self.set_mode(name, mode)
    }

    pub(crate) fn symlink(&self, target: &[u8], name: &OsStr) -> io::Result<()> {
        Ok(fs::symlinkat(OsStr::from_bytes(target), &self.0, name)?)
    }

    pub(crate) fn read_link(&self, name: &OsStr) -> io::Result<Vec<u8>> {
        Ok(fs::readlinkat(&self.0, name, Vec::new())?.into_bytes())
    }

    /// A second name, `to` in `folder`, for the file `name`.
    pub(crate) fn hard_link(&self, name: &OsStr, folder: &Self, to: &OsStr) -> io::Result<()> {
        Ok(fs::linkat(&self.0, name, &folder.0, to, AtFlags::empty())?)
    }

    /// Renames, never over an existing name (`EEXIST`). `ENOTSUP` where the file system cannot promise that.
    pub(crate) fn rename_new(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(fs::renameat_with(&self.0, from, &self.0, to, RenameFlags::NOREPLACE)?)
    }

    /// Swaps two existing names in one step. `ENOTSUP` where the file system cannot.
    pub(crate) fn exchange(&self, first: &OsStr, second: &OsStr) -> io::Result<()> {
        Ok(fs::renameat_with(&self.0, first, &self.0, second, RenameFlags::EXCHANGE)?)
    }

    pub(crate) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(fs::renameat(&self.0, from, &self.0, to)?)
    }

    pub(crate) fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    pub(crate) fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(fs::unlinkat(&self.0, name, AtFlags::REMOVEDIR)?)
    }

    /// Sets the permission bits of a file or folder, also of one that may not be opened, and flushes them.
    pub(crate) fn set_mode(&self, name: &OsStr, mode: u32) -> io::Result<()> {
        let bits = Mode::from_raw_mode(mode as _);
        match fs::openat(&self.0, name, READ, Mode::empty()) {
            Ok(file) => {
                fs::fchmod(&file, bits)?;
                Ok(fs::fsync(&file)?)
            }
            Err(rustix::io::Errno::ACCESS) => self.set_mode_unread(name, bits),
            Err(errno) => Err(errno.into()),
        }
    }

    /// What may not be opened cannot be flushed by its descriptor: the file system is.
    #[cfg(target_os = "linux")]
    fn set_mode_unread(&self, name: &OsStr, bits: Mode) -> io::Result<()> {
        use std::os::fd::AsRawFd;
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = fs::openat(&self.0, name, flags, Mode::empty())?;
        if FileType::from_raw_mode(fs::fstat(&handle)?.st_mode) == FileType::Symlink {
            return Err(rustix::io::Errno::LOOP.into());
        }
        fs::chmod(format!("/proc/self/fd/{}", handle.as_raw_fd()), bits)?;
        self.sync_file_system()
    }

    #[cfg(not(target_os = "linux"))]
    fn set_mode_unread(&self, name: &OsStr, bits: Mode) -> io::Result<()> {
        Ok(fs::chmodat(&self.0, name, bits, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Flushes the names in this folder.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(fs::fsync(self.readable()?)?)
    }

    /// Flushes everything on the file system of this folder.
    #[cfg(target_os = "linux")]
    pub(crate) fn sync_file_system(&self) -> io::Result<()> {
        Ok(fs::syncfs(self.readable()?)?)
    }

    #[cfg(not(target_os = "linux"))]
    pub(crate) fn sync_file_system(&self) -> io::Result<()> {
        self.sync()
    }

    /// The names in this folder, in no order.
    pub(crate) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in fs::Dir::new(self.readable()?)? {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if !matches!(name, b"." | b"..") {
                names.push(OsString::from_vec(name.to_vec()));
            }
        }
        Ok(names)
    }

    fn readable(&self) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(fs::openat(&self.0, ".", flags, Mode::empty())?)
    }
}

/// Gives an open file owner and permission bits. Only a privileged process may give a file away; for others it becomes
/// theirs. The owner first: changing it clears some of the bits.
pub(crate) fn dress(file: &File, mode: u32, owner: Option<(u32, u32)>) -> io::Result<()> {
    use rustix::fs::{Gid, Uid};
    if let Some((user, group)) = owner {
        match fs::fchown(file, Some(Uid::from_raw(user)), Some(Gid::from_raw(group))) {
            Ok(()) | Err(rustix::io::Errno::PERM | rustix::io::Errno::INVAL) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(fs::fchmod(file, Mode::from_raw_mode(mode as _))?)
}

/// Shares the blocks of `source` with the empty file `target`; fails where the file system cannot.
#[cfg(target_os = "linux")]
pub(crate) fn clone_file(source: &File, target: &File) -> io::Result<()> {
    Ok(fs::ioctl_ficlone(target, source)?)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn clone_file(_source: &File, _target: &File) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(target_os = "linux")]
fn status(folder: impl AsFd, name: &OsStr, flags: AtFlags) -> rustix::io::Result<Stat> {
    use rustix::fs::StatxFlags;
    let stat = fs::statx(folder, name, flags, StatxFlags::BASIC_STATS | StatxFlags::BTIME)?;
    let time = |time: fs::StatxTimestamp| i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec);
    let born = StatxFlags::from_bits_retain(stat.stx_mask).contains(StatxFlags::BTIME);
    Ok(Stat {
        kind: kind(FileType::from_raw_mode(u32::from(stat.stx_mode))),
        mode: u32::from(stat.stx_mode) & crate::state::MODE,
        size: stat.stx_size,
        owner: (stat.stx_uid, stat.stx_gid),
        names: u64::from(stat.stx_nlink),
        device: fs::makedev(stat.stx_dev_major, stat.stx_dev_minor),
        inode: stat.stx_ino,
        born: if born { time(stat.stx_btime) } else { 0 },
        modified: time(stat.stx_mtime),
        changed: time(stat.stx_ctime),
    })
}

#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_cast, reason = "the widths of these fields differ between platforms")]
fn status(folder: impl AsFd, name: &OsStr, flags: AtFlags) -> rustix::io::Result<Stat> {
    let stat = if flags.contains(AtFlags::EMPTY_PATH) { fs::fstat(folder)? } else { fs::statat(folder, name, flags)? };
    let time = |seconds: i128, rest: i128| seconds * 1_000_000_000 + rest;
    Ok(Stat {
        kind: kind(FileType::from_raw_mode(stat.st_mode)),
        mode: stat.st_mode as u32 & crate::state::MODE,
        size: stat.st_size as u64,
        owner: (stat.st_uid, stat.st_gid),
        names: stat.st_nlink as u64,
        device: stat.st_dev as u64,
        inode: stat.st_ino as u64,
        #[cfg(target_os = "macos")]
        born: time(stat.st_birthtime as i128, stat.st_birthtime_nsec as i128),
        #[cfg(not(target_os = "macos"))]
        born: 0,
        modified: time(stat.st_mtime as i128, stat.st_mtime_nsec as i128),
        changed: time(stat.st_ctime as i128, stat.st_ctime_nsec as i128),
    })
}

fn kind(file_type: FileType) -> Kind {
    match file_type {
        FileType::RegularFile => Kind::File,
        FileType::Symlink => Kind::Symlink,
        FileType::Directory => Kind::Folder,
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests;
