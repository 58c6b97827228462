//! What no kernel limit covers: memory of all processes together, and growth of what is written.

use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use crate::spec::Limits;
use crate::sys;

/// How often it is looked, at most.
const STEP: Duration = Duration::from_millis(100);
const BLOCK: u64 = 512;
const PAGE: u64 = 4096;
/// What a file takes at least: an empty one has no blocks, but a place in a table that may be full one day.
const SMALLEST_FILE: u64 = 4096;

/// Looks at a running command now and then.
pub(crate) struct Watch {
    memory_bytes: u64,
    workspace_bytes: u64,
    folders: Vec<(OwnedFd, (u64, u64))>,
    began: SystemTime,
    next_walk: Instant,
}

impl Watch {
    /// `folders` are those whose growth counts.
    pub(crate) fn new(limits: &Limits, memory: bool, folders: Vec<OwnedFd>) -> Self {
        let counted = folders.into_iter().map(|folder| {
            let free = sys::free_space(folder.as_fd()).unwrap_or((0, 0));
            (folder, free)
        });
        Self {
            memory_bytes: if memory { limits.memory_bytes } else { 0 },
            workspace_bytes: limits.workspace_bytes,
            folders: counted.collect(),
            // A file system's clock may be a little behind.
            began: SystemTime::now() - Duration::from_millis(20),
            next_walk: Instant::now(),
        }
    }

    /// Milliseconds until the next look; -1: there is nothing to look at.
    pub(crate) fn pause(&self) -> i32 {
        let idle = self.memory_bytes == 0 && (self.workspace_bytes == 0 || self.folders.is_empty());
        if idle { -1 } else { STEP.as_millis() as i32 }
    }

    /// What is over its limit now.
    pub(crate) fn exceeded(&mut self) -> Option<&'static str> {
        if self.memory_bytes != 0 && resident_bytes() > self.memory_bytes {
            return Some("memory");
        }
        if self.workspace_bytes != 0 && self.has_grown() {
            return Some("workspace");
        }
        None
    }

    /// Free space is asked first, which costs nothing; only when that has shrunk so much is it counted who took it.
    fn has_grown(&mut self) -> bool {
        let limit = self.workspace_bytes;
        let shrunk = self.folders.iter().any(|(folder, (bytes, files))| {
            sys::free_space(folder.as_fd()).is_ok_and(|now| {
                let files = files.saturating_sub(now.1).saturating_mul(SMALLEST_FILE);
                bytes.saturating_sub(now.0) > limit || files > limit
            })
        });
        if !shrunk || Instant::now() < self.next_walk {
            return false;
        }
        let start = Instant::now();
        let written: u64 = self.folders.iter().map(|(folder, _)| written_since(folder, self.began)).sum();
        // A walk may take at most a tenth of the time.
        self.next_walk = Instant::now() + start.elapsed() * 10;
        written > limit
    }
}

/// Bytes on disk of what was changed below `folder` since.
fn written_since(folder: &OwnedFd, since: SystemTime) -> u64 {
    let since = since.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |age| age.as_secs() as i64);
    let mut total = 0;
    let mut open = vec![Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string())];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            let Ok(found) = entry.metadata() else { continue };
            if found.is_dir() {
                open.push(entry.path());
            }
            if found.ctime() >= since {
                total += (found.blocks() * BLOCK).max(SMALLEST_FILE);
            }
        }
    }
    total
}

/// Memory of all processes that can be seen, without what they share with files.
fn resident_bytes() -> u64 {
    let pages = |name: &str| -> io::Result<u64> {
        let text = fs::read_to_string(format!("/proc/{name}/statm"))?;
        let mut parts = text.split(' ').skip(1).map(|word| word.trim().parse::<u64>().unwrap_or(0));
        Ok(parts.next().unwrap_or(0).saturating_sub(parts.next().unwrap_or(0)))
    };
    let names =
        fs::read_dir("/proc").into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .map(|name| pages(&name).unwrap_or(0) * PAGE)
        .sum()
}
