//! What no kernel limit covers: memory of all processes together, and growth of what is written.

use std::collections::HashSet;
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
        if self.memory_bytes != 0 && takes_more_than(self.memory_bytes) {
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
        let mut walk = Walk::since(self.began);
        for (folder, _) in &self.folders {
            walk.count_below(folder);
        }
        if walk.bytes <= limit && !walk.is_blind {
            walk.count_removed(&self.folders);
        }
        // A walk may take at most a tenth of the time.
        self.next_walk = Instant::now() + start.elapsed() * 10;
        // Space is gone, and the command hides from us what it wrote.
        walk.bytes > limit || walk.is_blind
    }
}

/// What was written since some time.
struct Walk {
    since: i64,
    bytes: u64,
    /// Whether something that was changed since cannot be looked into.
    is_blind: bool,
}

impl Walk {
    fn since(began: SystemTime) -> Self {
        let since = began.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |age| age.as_secs() as i64);
        Self { since, bytes: 0, is_blind: false }
    }

    /// Adds what was changed below `folder`.
    fn count_below(&mut self, folder: &OwnedFd) {
        let mut open = vec![(Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()), false)];
        while let Some((path, changed)) = open.pop() {
            let Ok(entries) = fs::read_dir(&path) else {
                // Made unreadable, or so deep that no path reaches it. Gone meanwhile is neither.
                self.is_blind |= changed
                    && !matches!(fs::symlink_metadata(&path), Err(error) if error.kind() == io::ErrorKind::NotFound);
                continue;
            };
            for entry in entries.flatten() {
                let Ok(found) = entry.metadata() else { continue };
                let changed = found.ctime() >= self.since;
                if found.is_dir() {
                    open.push((entry.path(), changed));
                }
                if changed {
                    self.bytes += (found.blocks() * BLOCK).max(SMALLEST_FILE);
                }
            }
        }
    }

    /// Adds files on the same disks that have no name any more and are kept by a process that has them open or mapped.
    fn count_removed<T>(&mut self, folders: &[(OwnedFd, T)]) {
        let devices: HashSet<u64> = folders
            .iter()
            .filter_map(|(folder, _)| fs::metadata(format!("/proc/self/fd/{}", folder.as_raw_fd())).ok())
            .map(|found| found.dev())
            .collect();
        let mut seen = HashSet::new();
        for name in processes().filter(|name| name != "1") {
            let folder = match fs::read_dir(format!("/proc/{name}/fd")) {
                Ok(folder) => folder,
                Err(error) => {
                    self.is_blind |= error.kind() == io::ErrorKind::PermissionDenied;
                    continue;
                }
            };
            for found in folder.flatten().filter_map(|entry| fs::metadata(entry.path()).ok()) {
                let counts = found.is_file() && found.nlink() == 0 && devices.contains(&found.dev());
                if counts && seen.insert((found.dev(), found.ino())) {
                    self.bytes += found.blocks() * BLOCK;
                }
            }
            let maps = fs::read_to_string(format!("/proc/{name}/maps")).unwrap_or_default();
            for (device, inode, bytes) in maps.lines().filter_map(removed_mapping) {
                if devices.contains(&device) && seen.insert((device, inode)) {
                    self.bytes += bytes;
                }
            }
        }
    }
}

/// Device, inode and length of a mapping of a file without a name (proc_pid_maps(5)).
fn removed_mapping(line: &str) -> Option<(u64, u64, u64)> {
    let mut words = line.strip_suffix(" (deleted)")?.split_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let (major, minor) = words.nth(2)?.split_once(':')?;
    let inode = words.next()?.parse().ok()?;
    let hex = |digits: &str| u64::from_str_radix(digits, 16).ok();
    let device = libc::makedev(hex(major)? as u32, hex(minor)? as u32);
    Some((device, inode, hex(end)?.saturating_sub(hex(start)?)))
}

fn processes() -> impl Iterator<Item = String> {
    let names = fs::read_dir("/proc").into_iter().flatten().flatten();
    names
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Memory of all processes that can be seen, without what they share with files; memory that several share counts once.
/// Looking closely costs time, so it is only done when a rough sum is over `limit`.
fn takes_more_than(limit: u64) -> bool {
    let kept = shared_segments();
    let rough: u64 =
        processes().map(|name| field_bytes(&format!("/proc/{name}/status"), &["RssAnon:", "RssShmem:"])).sum();
    if rough + kept <= limit {
        return false;
    }
    let exact: u64 = processes()
        .map(|name| match field_bytes(&format!("/proc/{name}/smaps_rollup"), &["Pss_Anon:", "Pss_Shmem:"]) {
            0 => field_bytes(&format!("/proc/{name}/status"), &["RssAnon:", "RssShmem:"]),
            bytes => bytes,
        })
        .sum();
    exact + kept > limit
}

/// The sum of fields that are given in kilobytes.
fn field_bytes(path: &str, fields: &[&str]) -> u64 {
    let text = fs::read_to_string(path).unwrap_or_default();
    let values = text.lines().filter_map(|line| {
        let value = fields.iter().find_map(|field| line.strip_prefix(field))?;
        value.trim().trim_end_matches(" kB").parse::<u64>().ok()
    });
    values.sum::<u64>() * 1024
}

/// System V segments that nobody has attached: they stay although no process shows them (proc_sysvipc_shm(5)).
fn shared_segments() -> u64 {
    let text = fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default();
    let columns = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let mut lines = text.lines();
    let names = lines.next().map(columns).unwrap_or_default();
    let position = |name: &str| names.iter().position(|found| found == name);
    let Some((attached, resident)) = position("nattch").zip(position("rss")) else { return 0 };
    lines
        .map(columns)
        .filter(|line| line.get(attached).is_some_and(|count| count == "0"))
        .filter_map(|line| line.get(resident)?.parse::<u64>().ok())
        .sum()
}
