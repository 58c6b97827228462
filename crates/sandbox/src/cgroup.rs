//! A control group of its own for the command: how many processes, and how much memory with what the kernel keeps for it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::spec::Limits;

/// The groups made for one command. They are removed when this is dropped, after the last process has ended.
pub(crate) struct Cgroup {
    folders: Vec<PathBuf>,
    pub(crate) detail: String,
    /// Whether memory is limited by it.
    pub(crate) holds_memory: bool,
}

/// Why there is none.
pub(crate) type NoCgroup = String;

/// Hears of a folder that is about to be made.
pub(crate) type Tell<'a> = &'a dyn Fn(&Path) -> io::Result<()>;

impl Cgroup {
    /// A group for `pid` with the limits that the machine lets us set; `None` when the limits ask for none.
    /// `tell` hears of each folder before it is made.
    pub(crate) fn make(limits: &Limits, pid: i32, tell: Tell<'_>) -> Option<Result<Self, NoCgroup>> {
        if limits.processes == 0 && limits.memory_bytes == 0 {
            return None;
        }
        Some(Self::version_2(limits, pid, tell).or_else(|second| {
            Self::version_1(limits, pid, tell).map_err(|first| if first.is_empty() { second } else { first })
        }))
    }

    fn version_2(limits: &Limits, pid: i32, tell: Tell<'_>) -> Result<Self, NoCgroup> {
        let own = own_path("").ok_or("there is no unified hierarchy")?;
        let mount = mount_point("cgroup2", None).ok_or("the unified hierarchy is not mounted")?;
        let above = mount.join(own.trim_start_matches('/'));
        let offered = fs::read_to_string(above.join("cgroup.subtree_control")).unwrap_or_default();
        let wants: &[(&str, &str, u64)] =
            &[("pids", "pids.max", limits.processes), ("memory", "memory.max", limits.memory_bytes)];
        let mut group = Self { folders: Vec::new(), detail: String::new(), holds_memory: false };
        for (controller, file, value) in wants.iter().filter(|(_, _, value)| *value != 0) {
            if !offered.split_whitespace().any(|name| name == *controller) {
                return Err(format!("{controller} is not handed down to {}", above.display()));
            }
            group.enter(&above, pid, (file, *value), tell).map_err(|error| error.to_string())?;
            group.holds_memory |= *controller == "memory";
        }
        group.detail = "unified hierarchy".into();
        Ok(group)
    }

    fn version_1(limits: &Limits, pid: i32, tell: Tell<'_>) -> Result<Self, NoCgroup> {
        let mut group = Self { folders: Vec::new(), detail: String::new(), holds_memory: false };
        let wants: &[(&str, &str, u64)] =
            &[("pids", "pids.max", limits.processes), ("memory", "memory.limit_in_bytes", limits.memory_bytes)];
        let mut made = Vec::new();
        // Each entering costs milliseconds here, and how many processes there are an rlimit holds too, by our own user
        // namespace: where memory is limited that hierarchy is enough.
        let needed = |controller: &str| controller == "memory" || limits.memory_bytes == 0;
        for (controller, file, value) in wants.iter().filter(|(name, _, value)| *value != 0 && needed(name)) {
            let Some((mount, own)) = mount_point("cgroup", Some(controller)).zip(own_path(controller)) else {
                continue;
            };
            group
                .enter(&mount.join(own.trim_start_matches('/')), pid, (file, *value), tell)
                .map_err(|error| error.to_string())?;
            group.holds_memory |= *controller == "memory";
            made.push(*controller);
        }
        if made.is_empty() {
            return Err(String::new());
        }
        group.detail = made.join(", ");
        Ok(group)
    }

    fn enter(&mut self, above: &Path, pid: i32, (file, value): (&str, u64), tell: Tell<'_>) -> io::Result<()> {
        let folder = above.join(format!("pyagent-sandbox-{pid}"));
        tell(&folder)?;
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        if !self.folders.contains(&folder) {
            self.folders.push(folder.clone());
        }
        fs::write(folder.join(file), value.to_string())?;
        fs::write(folder.join("cgroup.procs"), pid.to_string())
    }

    /// Whether the kernel ended something for want of memory.
    pub(crate) fn ran_out_of_memory(&self) -> bool {
        self.folders.iter().any(|folder| {
            let counted = |file: &str, key: &str| {
                let text = fs::read_to_string(folder.join(file)).unwrap_or_default();
                text.lines().any(|line| line.strip_prefix(key).is_some_and(|count| count.trim() != "0"))
            };
            counted("memory.events", "oom_kill ") || counted("memory.oom_control", "oom_kill ")
        })
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        for folder in &self.folders {
            remove_group(folder);
        }
    }
}

/// Removes a group; a process that has ended leaves it a moment later.
pub(crate) fn remove_group(folder: &Path) {
    for _ in 0..100 {
        match fs::remove_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::ResourceBusy => std::thread::sleep(Duration::from_millis(2)),
            _ => return,
        }
    }
}

/// Our own group in the hierarchy of `controller`; "" is the unified one (cgroups(7), /proc/pid/cgroup).
fn own_path(controller: &str) -> Option<String> {
    let text = fs::read_to_string("/proc/self/cgroup").ok()?;
    text.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_, names, path) = (parts.next()?, parts.next()?, parts.next()?);
        names.split(',').any(|name| name == controller).then(|| path.to_owned())
    })
}

fn mount_point(kind: &str, option: Option<&str>) -> Option<PathBuf> {
    let text = fs::read_to_string("/proc/self/mounts").ok()?;
    text.lines().find_map(|line| {
        let mut parts = line.split(' ');
        let (_, at, found, options) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let fits = option.is_none_or(|option| options.split(',').any(|each| each == option));
        (found == kind && fits).then(|| PathBuf::from(at))
    })
}
