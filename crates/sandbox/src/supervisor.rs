//! The helper itself: reads the spec, makes process 1, and stands between it and whoever started the helper.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, AsRawFd, OwnedFd, RawFd};
use std::path::Path;

use seccompiler::BpfProgram;

use crate::answer::{Answer, Layer};
use crate::cgroup::Cgroup;
use crate::forward;
use crate::init::{self, END, GO, Init, LISTENER};
use crate::janitor::{self, Janitor, Word};
use crate::landlock_only;
use crate::seccomp::{self, Sockets};
use crate::sources::{IdMapper, SourceError, Sources, open_sources};
use crate::spec::{LayerName, Mount, Network, Spec};
use crate::sys::{self, Process};

/// The descriptor that the helper is spoken to over.
const CHANNEL: RawFd = 3;
const LONGEST_SPEC: u64 = 8 * 1024 * 1024;
/// What root's command is inside.
const UNPRIVILEGED: u32 = 1000;
/// The kernel's ids of such commands: far above any that a system gives out, one for each of our process ids.
const FIRST_KERNEL_ID: u32 = 0x7000_0000;
/// Exit code of a helper that ran nothing.
const REFUSED: i32 = 125;

/// Runs the helper; the result is its exit code.
pub fn run() -> i32 {
    let Ok(channel) = sys::die_with_parent().and_then(|()| sys::inherited(CHANNEL)) else {
        eprintln!("pyagent-sandbox: expected a socket at descriptor {CHANNEL}; this program is started by pyagent");
        return REFUSED;
    };
    let mut channel = File::from(channel);
    let last = match read_spec(&mut channel) {
        Ok(spec) => carry_out(&spec, &mut channel),
        Err(reason) => Some(Answer::refused(reason)),
    };
    let Some(last) = last else { return REFUSED };
    let _ = channel.write_all(last.line().as_bytes());
    if matches!(last, Answer::Ended { .. }) { 0 } else { REFUSED }
}

fn read_spec(channel: &mut File) -> Result<Spec, String> {
    let mut bytes = Vec::new();
    let mut part = [0u8; 65536];
    while !bytes.contains(&b'\n') {
        let read = channel.read(&mut part).map_err(|error| format!("cannot read the spec: {error}"))?;
        if read == 0 {
            return Err("expected the spec as one line of JSON, found the end before the end of the line".into());
        }
        bytes.extend_from_slice(&part[..read]);
        if bytes.len() as u64 > LONGEST_SPEC {
            return Err(format!("expected a spec of at most {LONGEST_SPEC} bytes"));
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| "expected the spec as UTF-8".to_owned())?;
    let line = text.split('\n').next().unwrap_or_default();
    Spec::read(line).map_err(|error| error.to_string())
}

/// The last answer; `None`: process 1 died without one.
fn carry_out(spec: &Spec, channel: &mut File) -> Option<Answer> {
    let sockets = if spec.unix_sockets { Sockets::InternetAndUnix } else { Sockets::Internet };
    let filters = match seccomp::filters(sockets) {
        Ok(filters) => filters,
        Err(error) => {
            return Some(Answer::Refused {
                reason: format!("no seccomp filter: {error}"),
                missing: vec![LayerName::Seccomp],
            });
        }
    };
    let last = in_namespaces(spec, &filters, channel);
    match last {
        Some(Answer::Refused { reason, missing }) if missing == [LayerName::Namespaces] => {
            if spec.require.contains(&LayerName::Namespaces) {
                return Some(Answer::Refused {
                    reason: format!("the sandbox lacks namespaces ({reason}); nothing was run"),
                    missing,
                });
            }
            landlock_only::carry_out(spec, channel, &reason)
        }
        other => other,
    }
}

/// Who the command will be, and what could be taken from the host with root's rights.
struct Identity {
    /// The id outside of the namespace.
    kernel: (u32, u32),
    /// The id inside; `None`: the same.
    inside: Option<(u32, u32)>,
    sources: Option<Sources>,
    layer: Layer,
}

fn identity(spec: &Spec) -> Result<Identity, Answer> {
    let (uid, gid) = sys::ids();
    if uid != 0 {
        let layer = Layer::active(LayerName::Identity, "your own user without capabilities");
        return Ok(Identity { kernel: (uid, gid), inside: None, sources: None, layer });
    }
    let inside = Some((UNPRIVILEGED, UNPRIVILEGED));
    let id = FIRST_KERNEL_ID + (std::process::id() & 0x00FF_FFFF);
    let mut mapper = IdMapper::new(id);
    match open_sources(&spec.mounts, Some(&mut mapper)) {
        Ok(sources) => {
            let layer = Layer::active(LayerName::Identity, "a user of its own without capabilities");
            Ok(Identity { kernel: (id, id), inside, sources: Some(sources), layer })
        }
        Err(SourceError::Open { path, error }) if error.kind() != io::ErrorKind::PermissionDenied => {
            Err(Answer::refused(SourceError::Open { path, error }.to_string()))
        }
        Err(error) => {
            let layer = Layer::missing(LayerName::Identity, format!("root without capabilities: {error}"));
            Ok(Identity { kernel: (uid, gid), inside, sources: None, layer })
        }
    }
}

fn in_namespaces(spec: &Spec, filters: &[BpfProgram], channel: &mut File) -> Option<Answer> {
    let identity = match identity(spec) {
        Ok(identity) => identity,
        Err(refusal) => return Some(refusal),
    };
    let failed = |what: &str, error: io::Error| Some(Answer::refused(format!("cannot {what}: {error}")));
    let janitor = match Janitor::start(&folders_with_placeholders(&spec.mounts)) {
        Ok(janitor) => janitor,
        Err(error) => return failed("start a process", error),
    };
    let (control, theirs) = match sys::message_pair() {
        Ok(pair) => pair,
        Err(error) => return failed("make a socket", error),
    };
    let told = match janitor.told.try_clone() {
        Ok(told) => told,
        Err(error) => return failed("duplicate a descriptor", error),
    };
    let Identity { kernel, inside, sources, layer } = identity;
    let namespaces = libc::CLONE_NEWUSER
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWCGROUP;
    let pid = match sys::fork_into(namespaces) {
        Err(error) => {
            return Some(Answer::Refused {
                reason: format!("user namespaces cannot be made: {error}"),
                missing: vec![LayerName::Namespaces],
            });
        }
        Ok(Process::Child) => {
            drop(control);
            // The channel is the supervisor's alone.
            drop(sys::inherited(channel.as_raw_fd()));
            init::run(Init { spec, filters, sources, user: inside, control: theirs, janitor: Some(told) });
            sys::exit_now(0)
        }
        Ok(Process::Parent(pid)) => pid,
    };
    drop((theirs, told, sources));
    if let Err(error) = janitor.watch(pid) {
        let _ = sys::kill(pid, libc::SIGKILL);
        let _ = sys::wait(pid, true);
        return failed("watch a process", error);
    }
    let cgroup = Cgroup::make(&spec.limits, pid, &|folder| janitor::tell(&janitor.told, Word::Group, folder));
    let mut layers = vec![layer];
    let group = match cgroup {
        Some(Ok(group)) => {
            layers.push(Layer::active(LayerName::Cgroup, group.detail.clone()));
            Some(group)
        }
        Some(Err(reason)) => {
            layers.push(Layer::missing(LayerName::Cgroup, reason));
            None
        }
        None => None,
    };
    let last = match let_go(pid, kernel, inside, &control, &layers) {
        Ok(()) => attend(pid, &control, channel, spec),
        Err(error) => {
            let _ = sys::kill(pid, libc::SIGKILL);
            let reason = format!("user namespaces cannot be used: {error}");
            Some(Answer::Refused { reason, missing: vec![LayerName::Namespaces] })
        }
    };
    let _ = sys::wait(pid, true);
    let last = match (last, &group) {
        (Some(Answer::Ended { code, signal, exceeded: None }), Some(group))
            if code != Some(0) && group.ran_out_of_memory() =>
        {
            Some(Answer::Ended { code, signal, exceeded: Some("memory".into()) })
        }
        (last, _) => last,
    };
    drop(group);
    janitor.finish();
    last
}

/// Where something may have to be put for the time of the command, each once.
fn folders_with_placeholders(mounts: &[Mount]) -> Vec<&Path> {
    if !mounts.iter().any(|mount| matches!(mount, Mount::Protect { .. })) {
        return Vec::new();
    }
    let written = mounts.iter().filter_map(|mount| match mount {
        Mount::Write { from, .. } => Some(from.as_path()),
        Mount::Overlay { upper, .. } => upper.as_deref(),
        _ => None,
    });
    written.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Gives process 1 its ids and the sign to go on (user_namespaces(7), "User and group ID mappings").
fn let_go(
    pid: libc::pid_t,
    kernel: (u32, u32),
    inside: Option<(u32, u32)>,
    control: &OwnedFd,
    layers: &[Layer],
) -> io::Result<()> {
    let (uid, gid) = inside.unwrap_or(kernel);
    if inside.is_none() {
        fs::write(format!("/proc/{pid}/setgroups"), "deny")?;
    }
    fs::write(format!("/proc/{pid}/uid_map"), format!("{uid} {} 1", kernel.0))?;
    fs::write(format!("/proc/{pid}/gid_map"), format!("{gid} {} 1", kernel.1))?;
    let mut word = GO.to_vec();
    word.extend(serde_json::to_vec(layers)?);
    sys::send(control.as_fd(), &word, None)
}

/// Passes on what process 1 says, and what is asked of us, until it has ended.
fn attend(pid: libc::pid_t, control: &OwnedFd, channel: &mut File, spec: &Spec) -> Option<Answer> {
    let signals = match sys::signal_fd(&[libc::SIGTERM, libc::SIGINT, libc::SIGHUP]) {
        Ok(signals) => signals,
        Err(_) => {
            let _ = sys::kill(pid, libc::SIGKILL);
            return None;
        }
    };
    let mut last = None;
    let mut asked = false;
    loop {
        let ready = sys::poll(&[control.as_raw_fd(), channel.as_raw_fd(), signals.as_raw_fd()], -1).unwrap_or_default();
        let is_ready = |index: usize| ready.get(index) == Some(&true);
        if is_ready(2) && !sys::read_signals(signals.as_fd()).is_empty() {
            // Whoever asks a second time does not want to wait.
            let _ = if asked { sys::kill(pid, libc::SIGKILL) } else { sys::send(control.as_fd(), END, None) };
            asked = true;
        }
        if is_ready(1) && matches!(channel.read(&mut [0u8; 512]), Ok(0) | Err(_)) {
            // Whoever started us is gone or wants no more of it.
            let _ = sys::kill(pid, libc::SIGKILL);
            return None;
        }
        if !is_ready(0) {
            continue;
        }
        let (word, fd) = match sys::receive(control.as_fd()) {
            Ok((word, fd)) if !word.is_empty() => (word, fd),
            _ => return last,
        };
        match (&spec.network, fd) {
            (Network::Proxy { socket, .. }, Some(listener)) if word == LISTENER => {
                forward::serve(listener, socket.clone())
            }
            _ => match serde_json::from_slice(&word) {
                Ok(started @ Answer::Started { .. }) => {
                    if channel.write_all(started.line().as_bytes()).is_err() {
                        let _ = sys::kill(pid, libc::SIGKILL);
                        return None;
                    }
                }
                Ok(answer) => last = Some(answer),
                Err(_) => {}
            },
        }
    }
}
