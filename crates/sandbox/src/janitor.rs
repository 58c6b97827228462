//! Removes what stood in the place of what is absent, and control groups, also after the helper was killed.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::cgroup::remove_group;
use crate::protect::{FILE_MARK, FOLDER_MARK, NOWHERE};
use crate::sys::{self, Process};

/// What a janitor is told about a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// Something will be made there.
    About,
    /// It was made there.
    Made,
    /// A control group will be made there.
    Group,
}

impl Word {
    fn letter(self) -> u8 {
        match self {
            Self::About => b'a',
            Self::Made => b'm',
            Self::Group => b'g',
        }
    }
}

/// Tells a janitor about a path.
pub(crate) fn tell(told: &OwnedFd, word: Word, path: &Path) -> io::Result<()> {
    let mut bytes = vec![word.letter()];
    bytes.extend_from_slice(path.as_os_str().as_bytes());
    sys::send(told.as_fd(), &bytes, None)
}

/// A process that waits for everyone else to be gone.
pub(crate) struct Janitor {
    pid: libc::pid_t,
    /// Held by the supervisor and by process 1.
    pub(crate) told: OwnedFd,
}

/// How often a folder that is locked by somebody is tried, and the pause in milliseconds.
const LOCK_TRIES: u32 = 50;
const LOCK_PAUSE: i32 = 10;

impl Janitor {
    /// Starts it, before any other process of the sandbox. `folders` are those in which something may be put: while any
    /// sandbox works on one, nothing is removed there, since what is removed takes the mount away that lies over it.
    pub(crate) fn start(folders: &[&Path]) -> io::Result<Self> {
        let (reading, told) = sys::message_pair()?;
        let locks = folders.iter().filter_map(|folder| lock(folder)).collect();
        match sys::fork_into(0)? {
            Process::Parent(pid) => {
                drop(reading);
                // Not before it is out of reach of signals to our group.
                if sys::receive(told.as_fd())?.0.is_empty() {
                    return Err(io::Error::other("it ended at once"));
                }
                Ok(Self { pid, told })
            }
            Process::Child => {
                drop(told);
                work(&reading, locks);
                sys::exit_now(0)
            }
        }
    }

    /// Tells it whom to wait for.
    pub(crate) fn watch(&self, pid: libc::pid_t) -> io::Result<()> {
        let process = sys::pidfd_open(pid)?;
        sys::send(self.told.as_fd(), b"p", Some(process.as_fd()))
    }

    /// Lets it do its work: everyone else has ended.
    pub(crate) fn finish(self) {
        drop(self.told);
        let _ = sys::wait(self.pid, true);
    }
}

/// Shared with other sandboxes. `None`: it cannot be locked, or somebody else keeps it.
fn lock(folder: &Path) -> Option<File> {
    let folder = OpenOptions::new().read(true).custom_flags(libc::O_DIRECTORY).open(folder).ok()?;
    for _ in 0..LOCK_TRIES {
        match folder.try_lock_shared() {
            Ok(()) => return Some(folder),
            Err(fs::TryLockError::WouldBlock) => drop(sys::poll(&[], LOCK_PAUSE)),
            Err(fs::TryLockError::Error(_)) => return None,
        }
    }
    None
}

fn work(reading: &OwnedFd, locks: Vec<File>) {
    // Out of reach of signals to the helper's group, and in nobody's way.
    let _ = sys::setsid();
    let Ok(signals) = sys::signal_fd(&[libc::SIGTERM, libc::SIGINT, libc::SIGHUP]) else { return };
    let keep: Vec<_> = locks.iter().map(AsRawFd::as_raw_fd).chain([reading.as_raw_fd(), signals.as_raw_fd()]).collect();
    for fd in (0..1024).filter(|fd| !keep.contains(fd)) {
        drop(sys::inherited(fd));
    }
    if sys::send(reading.as_fd(), b"ready", None).is_err() {
        return;
    }
    let mut processes = Vec::new();
    let mut groups = Vec::new();
    let mut places: Vec<(PathBuf, bool)> = Vec::new();
    while let Ok((bytes, fd)) = sys::receive(reading.as_fd()) {
        let Some((letter, path)) = bytes.split_first() else { break };
        let path = PathBuf::from(OsString::from_vec(path.to_vec()));
        match letter {
            b'p' => processes.extend(fd),
            b'g' => groups.push(path),
            b'm' => places.iter_mut().filter(|(place, _)| *place == path).for_each(|(_, made)| *made = true),
            _ => places.push((path, false)),
        }
    }
    for process in processes {
        // Its end of the socket closes a moment before the last process of its namespace is gone.
        let _ = sys::poll(&[process.as_raw_fd()], -1);
    }
    for group in groups {
        remove_group(&group);
    }
    if places.is_empty() {
        return;
    }
    if locks.iter().any(|lock| lock.try_lock().is_err()) {
        // Another sandbox works there: whoever waits for us need not wait for that.
        if !matches!(sys::fork_into(0), Ok(Process::Child)) {
            return;
        }
        for lock in &locks {
            let _ = lock.lock();
        }
    }
    for (place, made) in places.iter().rev() {
        remove(place, *made);
    }
}

/// Only what is still empty is ours, and what bears our mark when nobody said that it was made.
fn remove(place: &Path, made: bool) {
    let Ok(found) = fs::symlink_metadata(place) else { return };
    let mode = found.permissions().mode() & 0o7777;
    if found.is_dir() && (made || mode == FOLDER_MARK) {
        let _ = fs::remove_dir(place);
    } else if found.is_file() && found.len() == 0 && (made || mode == FILE_MARK)
        || found.is_symlink() && fs::read_link(place).is_ok_and(|target| target == Path::new(NOWHERE))
    {
        let _ = fs::remove_file(place);
    }
}
