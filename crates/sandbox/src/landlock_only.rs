//! The weaker sandbox for machines where no user namespaces can be made: Landlock, seccomp and limits on the host's own tree.
//!
//! Nothing is hidden, only closed: other folders cannot be read, but their names can be guessed. There is no network at
//! all, not even loopback. A protected place cannot be cut out of a folder that may be written, so the folders on the
//! way to it lose the right to get new entries.

use std::fs;
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};

use crate::answer::{Answer, Layer};
use crate::command::{self, Running, Start};
use crate::landlock_layer::Rules;
use crate::seccomp::{self, Sockets};
use crate::spec::{LayerName, Mount, Network, Spec};
use crate::sys::{self, Exit};
use crate::watch::Watch;

/// What every program reads of the system's tree besides the mounts of the spec.
const ALWAYS: [&str; 12] = [
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/loadavg",
    "/proc/version",
    "/proc/filesystems",
    "/bin",
    "/sbin",
    "/lib",
    "/lib64",
    "/lib32",
    "/libx32",
];
const DEVICES: [&str; 5] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// Runs the command; `why` says why there are no namespaces.
pub(crate) fn carry_out(spec: &Spec, channel: &mut fs::File, why: &str) -> Option<Answer> {
    if let Some(mount) = spec.mounts.iter().find(|mount| matches!(mount, Mount::Overlay { upper: Some(_), .. })) {
        let reason = format!(
            "{} cannot be shown through an overlay without namespaces ({why}); nothing was run",
            mount.at().display()
        );
        return Some(Answer::Refused { reason, missing: vec![LayerName::Namespaces] });
    }
    if let Network::Proxy { .. } = spec.network {
        let reason = format!("the proxy cannot be reached without a network namespace ({why}); nothing was run");
        return Some(Answer::Refused { reason, missing: vec![LayerName::Namespaces] });
    }
    let scratch = match private_folder() {
        Ok(folder) => folder,
        Err(error) => return Some(Answer::refused(format!("cannot make a folder for temporary files: {error}"))),
    };
    let last = begin(spec, channel, why, &scratch);
    let _ = fs::remove_dir_all(&scratch);
    last
}

fn private_folder() -> io::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let age = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |age| age.as_nanos());
    let folder = std::env::temp_dir().join(format!("pyagent-sandbox-{}-{age}", std::process::id()));
    fs::DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(folder)
}

fn begin(spec: &Spec, channel: &mut fs::File, why: &str, scratch: &Path) -> Option<Answer> {
    let filters = match seccomp::filters(Sockets::Pairs) {
        Ok(filters) => filters,
        Err(error) => return Some(Answer::refused(format!("no seccomp filter: {error}"))),
    };
    let mut layers = vec![
        Layer::missing(LayerName::Namespaces, why),
        Layer::missing(LayerName::Identity, "the user that started it, without capabilities"),
        Layer::active(LayerName::Environment, "only what was given"),
        Layer::active(LayerName::Network, "no sockets at all"),
    ];
    if spec.limits.memory_bytes != 0 {
        layers.push(Layer::missing(LayerName::Memory, "only per process"));
    }
    if spec.limits.workspace_bytes != 0 {
        layers
            .push(Layer::active(LayerName::Quota, format!("watched, {} bytes of growth", spec.limits.workspace_bytes)));
    }
    let home = spec.env.get("HOME").filter(|home| {
        spec.mounts.iter().any(|mount| matches!(mount, Mount::Tmpfs { at, .. } if at == Path::new(home.as_str())))
    });
    let names = ["TMPDIR"].into_iter().chain(home.map(|_| "HOME"));
    let instead = names.map(|name| (name.to_owned(), scratch.to_path_buf())).collect();
    // Orphans of the command become ours, so that they can be ended with it.
    if let Err(error) = sys::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) {
        return Some(Answer::refused(error.to_string()));
    }
    match command::start(Start { spec, filters: &filters, rules: rules(spec, scratch), layers, instead }) {
        Err(refusal) => Some(refusal),
        Ok(running) => {
            let started = Answer::Started { layers: running.layers.clone() };
            if channel.write_all(started.line().as_bytes()).is_err() {
                end_all();
                return None;
            }
            attend(&running, spec, channel)
        }
    }
}

fn rules(spec: &Spec, scratch: &Path) -> Rules {
    let mut rules = Rules {
        read: ALWAYS.iter().map(PathBuf::from).collect(),
        write: DEVICES.iter().map(PathBuf::from).collect(),
        no_network: true,
    };
    rules.write.push(scratch.to_path_buf());
    // What a link leads to is kept out as well.
    let with_targets =
        |at: &Path| [Some(at.to_path_buf()), fs::canonicalize(at).ok()].into_iter().flatten().collect::<Vec<_>>();
    let guarded: Vec<PathBuf> = spec
        .mounts
        .iter()
        .filter(|mount| matches!(mount, Mount::Protect { .. } | Mount::Hide { .. }))
        .flat_map(|mount| with_targets(mount.at()))
        .collect();
    let hidden: Vec<PathBuf> = spec
        .mounts
        .iter()
        .filter(|mount| matches!(mount, Mount::Hide { .. }))
        .flat_map(|mount| with_targets(mount.at()))
        .collect();
    let (guarded, hidden): (Vec<&Path>, Vec<&Path>) =
        (guarded.iter().map(PathBuf::as_path).collect(), hidden.iter().map(PathBuf::as_path).collect());
    for mount in &spec.mounts {
        match mount {
            Mount::Read { from, at, .. } | Mount::Overlay { from, at, .. } if from == at => {
                grant(at, &hidden, &mut rules.read);
            }
            Mount::Write { from, at } if from == at => {
                grant(at, &guarded, &mut rules.write);
                grant(at, &hidden, &mut rules.read);
            }
            _ => {}
        }
    }
    rules
}

/// Grants a folder, or, where something in it is kept out, its other entries one by one.
fn grant(folder: &Path, without: &[&Path], granted: &mut Vec<PathBuf>) {
    let inside: Vec<&Path> = without.iter().filter(|path| path.starts_with(folder)).copied().collect();
    if inside.is_empty() {
        granted.push(folder.to_path_buf());
        return;
    }
    if inside.contains(&folder) {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // A link is not followed: what it leads to has a rule of its own, or none.
        if entry.file_type().is_ok_and(|kind| !kind.is_symlink()) {
            grant(&entry.path(), &inside, granted);
        }
    }
}

fn attend(running: &Running, spec: &Spec, channel: &mut fs::File) -> Option<Answer> {
    let Ok(signals) = sys::signal_fd(&[libc::SIGCHLD, libc::SIGTERM, libc::SIGINT, libc::SIGHUP]) else {
        end_all();
        return None;
    };
    let folders = spec.mounts.iter().filter_map(|mount| match mount {
        Mount::Write { from, .. } => fs::File::open(from).ok().map(Into::into),
        _ => None,
    });
    let mut watch = Watch::new(&spec.limits, false, folders.collect());
    let mut exceeded = None;
    loop {
        while let Ok(Some((pid, exit))) = sys::wait(-1, false) {
            if pid == running.pid {
                end_all();
                let (code, signal) = match exit {
                    Exit::Code(code) => (Some(code), None),
                    Exit::Signal(signal) => (None, Some(signal)),
                };
                return Some(Answer::Ended { code, signal, exceeded: exceeded.map(str::to_owned) });
            }
        }
        let ready = sys::poll(&[signals.as_raw_fd(), channel.as_raw_fd()], watch.pause()).unwrap_or_default();
        let asked = sys::read_signals(signals.as_fd()).iter().any(|signal| *signal != libc::SIGCHLD);
        if asked {
            for pid in descendants() {
                let _ = sys::kill(pid, libc::SIGTERM);
            }
        }
        if ready.get(1) == Some(&true) && matches!(io::Read::read(channel, &mut [0u8; 512]), Ok(0) | Err(_)) {
            end_all();
            return None;
        }
        if exceeded.is_none() {
            exceeded = watch.exceeded();
            if exceeded.is_some() {
                end_all();
            }
        }
    }
}

/// Ends every descendant, also those that are made meanwhile. Their number only shrinks: each is stopped first.
fn end_all() {
    for _ in 0..1000 {
        let found = descendants();
        if found.is_empty() {
            return;
        }
        for pid in &found {
            let _ = sys::kill(*pid, libc::SIGSTOP);
        }
        for pid in &found {
            let _ = sys::kill(*pid, libc::SIGKILL);
        }
        while let Ok(Some(_)) = sys::wait(-1, false) {}
    }
}

fn descendants() -> Vec<libc::pid_t> {
    let mut found = Vec::new();
    let mut open = vec![std::process::id() as libc::pid_t];
    while let Some(pid) = open.pop() {
        for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for child in children.split_whitespace().filter_map(|word| word.parse().ok()) {
                found.push(child);
                open.push(child);
            }
        }
    }
    found
}
