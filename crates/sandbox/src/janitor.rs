//! Removes what stood in the place of what is absent, also after the helper was killed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use crate::sys::{self, Process};

/// A process that waits for everyone else to be gone.
pub(crate) struct Janitor {
    pid: libc::pid_t,
    /// Held by the supervisor and by process 1; paths are told through it before anything is made there.
    pub(crate) told: OwnedFd,
}

impl Janitor {
    /// Starts it, before any other process of the sandbox.
    pub(crate) fn start() -> std::io::Result<Self> {
        let (reading, told) = sys::pipe()?;
        match sys::fork_into(0)? {
            Process::Parent(pid) => Ok(Self { pid, told }),
            Process::Child => {
                drop(told);
                work(reading);
                sys::exit_now(0)
            }
        }
    }

    /// Lets it do its work: everyone else has ended.
    pub(crate) fn finish(self) {
        drop(self.told);
        let _ = sys::wait(self.pid, true);
    }
}

fn work(reading: OwnedFd) {
    // Out of reach of signals to the helper's group, and in nobody's way.
    let _ = sys::setsid();
    let Ok(signals) = sys::signal_fd(&[libc::SIGTERM, libc::SIGINT, libc::SIGHUP]) else { return };
    let keep = reading.as_raw_fd();
    for fd in 0..1024 {
        if fd != keep && fd != signals.as_raw_fd() {
            drop(sys::inherited(fd));
        }
    }
    let mut text = Vec::new();
    let _ = File::from(reading).read_to_end(&mut text);
    let mut pids = Vec::new();
    let mut places = Vec::new();
    for word in text.split(|byte| *byte == 0).filter(|word| !word.is_empty()) {
        match word.strip_prefix(b"pid ").and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok()) {
            Some(pid) => pids.push(pid),
            None => places.push(PathBuf::from(OsString::from_vec(word.to_vec()))),
        }
    }
    for pid in pids {
        // Its pipe end closes a moment before the last process of its namespace is gone.
        if let Ok(process) = sys::pidfd_open(pid) {
            let _ = sys::poll(&[process.as_raw_fd()], -1);
        }
    }
    for place in places.iter().rev() {
        remove(place);
    }
}

/// Only what is still empty is ours.
fn remove(place: &Path) {
    let Ok(found) = fs::symlink_metadata(place) else { return };
    if found.is_dir() {
        let _ = fs::remove_dir(place);
    } else if found.is_file() && found.len() == 0 {
        let _ = fs::remove_file(place);
    }
}
