use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;

use super::{Kind, Stat, is_listed};

/// Permission bits are kept and compared.
pub(crate) const HAS_MODES: bool = true;

/// [`Dir::sync_file_system`] has everything on the disk when it returns; elsewhere each file has to be flushed.
pub(crate) const FLUSHES_ALL: bool = cfg!(target_os = "linux");

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
            let name = OsStr::from_bytes(name);
            current = match fs::openat(&current.0, name, HANDLE | OFlags::NOFOLLOW, Mode::empty()) {
                Ok(fd) => Self(fd),
                // What Linux says of a link that shall be opened as a folder.
                Err(Errno::NOTDIR) if current.stat(name)?.is_some_and(|stat| stat.kind == Kind::Symlink) => {
                    return Err(Errno::LOOP.into());
                }
                Err(errno) => return Err(errno.into()),
            };
        }
        Ok(current)
    }

    pub(crate) fn stat(&self, name: &OsStr) -> io::Result<Option<Stat>> {
        match status(&self.0, name) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Which folder it is, whatever its path.
    pub(crate) fn identity(&self) -> io::Result<Option<String>> {
        Ok(own_status(&self.0)?.identity())
    }

    /// On a file system that does not tell upper case from lower, `A` also finds a file named `a`: that is another path.
    pub(crate) fn is_spelt_so(&self, name: &OsStr, stat: &Stat) -> io::Result<bool> {
        let other: Vec<u8> = name.as_bytes().iter().map(|byte| swap_case(*byte)).collect();
        if other == name.as_bytes() {
            return Ok(true);
        }
        match self.stat(OsStr::from_bytes(&other))? {
            Some(twin) if twin.number == stat.number => Ok(is_listed(&self.names()?, name)),
            _ => Ok(true),
        }
    }

    /// Opens a file for reading. Never waits for the other end of a pipe.
    pub(crate) fn open_file(&self, name: &OsStr) -> io::Result<(File, Stat)> {
        let file = fs::openat(&self.0, name, READ, Mode::empty())?;
        let stat = own_status(&file)?;
        Ok((File::from(file), stat))
    }

    /// Opens a file so that it can be flushed.
    pub(crate) fn open_to_flush(&self, name: &OsStr) -> io::Result<File> {
        Ok(self.open_file(name)?.0)
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
                File::from(file).sync_all()
            }
            Err(Errno::ACCESS) => self.set_mode_unread(name, bits),
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
            return Err(Errno::LOOP.into());
        }
        fs::chmod(format!("/proc/self/fd/{}", handle.as_raw_fd()), bits)?;
        self.sync_file_system()
    }

    #[cfg(not(target_os = "linux"))]
    fn set_mode_unread(&self, name: &OsStr, bits: Mode) -> io::Result<()> {
        if self.stat(name)?.is_some_and(|stat| stat.kind == Kind::Symlink) {
            return Err(Errno::LOOP.into());
        }
        Ok(fs::chmodat(&self.0, name, bits, AtFlags::SYMLINK_NOFOLLOW)?)
    }

    /// Flushes the names in this folder.
    pub(crate) fn sync(&self) -> io::Result<()> {
        // On Apple's systems `fsync` alone leaves the bytes in the drive; the standard library asks for more.
        File::from(self.readable()?).sync_all()
    }

    /// Flushes everything on the file system of this folder.
    #[cfg(target_os = "linux")]
    pub(crate) fn sync_file_system(&self) -> io::Result<()> {
        Ok(fs::syncfs(self.readable()?)?)
    }

    /// Starts to; the end is not waited for.
    #[cfg(not(target_os = "linux"))]
    pub(crate) fn sync_file_system(&self) -> io::Result<()> {
        fs::sync();
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
            Ok(()) | Err(Errno::PERM | Errno::INVAL) => {}
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

/// `EMLINK`, another file system, one without hard links, a file of somebody else (`fs.protected_hardlinks`), or gone.
pub(crate) fn has_no_second_name(error: &io::Error) -> bool {
    let refusals = [Errno::MLINK, Errno::XDEV, Errno::PERM, Errno::OPNOTSUPP, Errno::NOSYS, Errno::NOENT];
    Errno::from_io_error(error).is_some_and(|errno| refusals.contains(&errno))
}

/// `ELOOP`, which the standard library has no stable kind for.
pub(crate) fn is_link_in_the_way(error: &io::Error) -> bool {
    Errno::from_io_error(error) == Some(Errno::LOOP)
}

fn swap_case(byte: u8) -> u8 {
    if byte.is_ascii_alphabetic() { byte ^ 0x20 } else { byte }
}

#[cfg(target_os = "linux")]
fn status(folder: impl AsFd, name: &OsStr) -> rustix::io::Result<Stat> {
    status_with(folder, name, AtFlags::SYMLINK_NOFOLLOW)
}

/// Of what is open.
#[cfg(target_os = "linux")]
fn own_status(open: impl AsFd) -> rustix::io::Result<Stat> {
    status_with(open, OsStr::new(""), AtFlags::EMPTY_PATH)
}

#[cfg(target_os = "linux")]
fn status_with(folder: impl AsFd, name: &OsStr, flags: AtFlags) -> rustix::io::Result<Stat> {
    use rustix::fs::StatxFlags;
    let stat = fs::statx(folder, name, flags, StatxFlags::BASIC_STATS | StatxFlags::BTIME)?;
    let time = |time: fs::StatxTimestamp| i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec);
    let born = StatxFlags::from_bits_retain(stat.stx_mask).contains(StatxFlags::BTIME);
    Ok(Stat {
        kind: kind(FileType::from_raw_mode(u32::from(stat.stx_mode))),
        mode: u32::from(stat.stx_mode) & crate::state::MODE,
        size: stat.stx_size,
        owner: Some((stat.stx_uid, stat.stx_gid)),
        names: u64::from(stat.stx_nlink),
        number: Some((fs::makedev(stat.stx_dev_major, stat.stx_dev_minor), stat.stx_ino)),
        born: if born { time(stat.stx_btime) } else { 0 },
        modified: time(stat.stx_mtime),
        changed: Some(time(stat.stx_ctime)),
    })
}

#[cfg(not(target_os = "linux"))]
fn status(folder: impl AsFd, name: &OsStr) -> rustix::io::Result<Stat> {
    Ok(converted(&fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?))
}

/// Of what is open.
#[cfg(not(target_os = "linux"))]
fn own_status(open: impl AsFd) -> rustix::io::Result<Stat> {
    Ok(converted(&fs::fstat(open)?))
}

#[cfg(not(target_os = "linux"))]
#[allow(clippy::unnecessary_cast, reason = "the widths of these fields differ between platforms")]
fn converted(stat: &fs::Stat) -> Stat {
    let time = |seconds: i128, rest: i128| seconds * 1_000_000_000 + rest;
    Stat {
        kind: kind(FileType::from_raw_mode(stat.st_mode)),
        mode: stat.st_mode as u32 & crate::state::MODE,
        size: stat.st_size as u64,
        owner: Some((stat.st_uid, stat.st_gid)),
        names: stat.st_nlink as u64,
        number: Some((stat.st_dev as u64, stat.st_ino as u64)),
        born: time(stat.st_birthtime as i128, stat.st_birthtime_nsec as i128),
        modified: time(stat.st_mtime as i128, stat.st_mtime_nsec as i128),
        changed: Some(time(stat.st_ctime as i128, stat.st_ctime_nsec as i128)),
    }
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
