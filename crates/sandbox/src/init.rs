//! Process 1 of the sandbox: makes what the command will see, starts it, watches it, and ends with it.

use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use seccompiler::BpfProgram;

use crate::answer::{Answer, Layer};
use crate::command::{self, Running, Start};
use crate::janitor::{self, Word};
use crate::landlock_layer::Rules;
use crate::sources::{Sources, open_sources};
use crate::spec::{LayerName, Limits, Mount, Network, Spec};
use crate::sys::{self, Exit};
use crate::tree::{Base, Tree, TreeError, enter_empty_root};
use crate::watch::Watch;

/// What process 1 is given.
pub(crate) struct Init<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) filters: &'a [BpfProgram],
    /// The mounts' sources, where the helper could take them with its own rights.
    pub(crate) sources: Option<Sources>,
    /// Whom to become first. `None`: the namespace knows our own id.
    pub(crate) user: Option<(u32, u32)>,
    pub(crate) control: OwnedFd,
    /// Where placeholders are told before they are made.
    pub(crate) janitor: Option<OwnedFd>,
}

/// Said by the supervisor: go on, with what it knows about layers.
pub(crate) const GO: &[u8] = b"go ";
/// Said by the supervisor: ask everything to end.
pub(crate) const END: &[u8] = b"end";
/// Said to the supervisor, with the socket that listens inside.
pub(crate) const LISTENER: &[u8] = b"listener";

/// Does all of it. Whatever happens is told over `control`.
pub(crate) fn run(init: Init<'_>) {
    let control = match init.control.try_clone() {
        Ok(control) => control,
        Err(_) => return,
    };
    let say = |answer: &Answer| sys::send(control.as_fd(), answer.line().as_bytes(), None);
    let limits = init.spec.limits.clone();
    match set_up(init) {
        Err(refusal) => {
            let _ = say(&refusal);
        }
        Ok((running, tree, memory)) => {
            let watch = Watch::new(&limits, memory, tree.measured);
            if say(&Answer::Started { layers: running.layers.clone() }).is_ok() {
                let _ = say(&attend(&running, watch, &control));
            }
        }
    }
}

fn set_up(mut init: Init<'_>) -> Result<(Running, Tree, bool), Answer> {
    let (word, _) = sys::receive(init.control.as_fd()).map_err(|error| Answer::refused(error.to_string()))?;
    let told =
        word.strip_prefix(GO).ok_or_else(|| Answer::refused("the helper ended before the sandbox was complete"))?;
    let mut layers: Vec<Layer> = serde_json::from_slice(told).map_err(|error| Answer::refused(error.to_string()))?;
    let spec = init.spec;
    become_inside(&init).map_err(|error| lacking(format!("cannot become the user of the sandbox: {error}")))?;
    // It may have ended before we asked to be told of that.
    if matches!(sys::poll(&[init.control.as_raw_fd()], 0).as_deref(), Ok([true]))
        && !matches!(sys::peek(init.control.as_fd()), Ok(1..))
    {
        return Err(Answer::refused("the helper ended before the sandbox was complete"));
    }
    let sources = match init.sources.take() {
        Some(sources) => sources,
        None => open_sources(&spec.mounts, None).map_err(|error| Answer::refused(error.to_string()))?,
    };
    layers.push(network(spec, &init.control)?);
    let memory =
        !layers.iter().any(|layer| layer.name == LayerName::Cgroup && layer.active && layer.detail.contains("memory"));
    let tree = make_tree(spec, sources, init.janitor.take())?;
    layers.push(Layer::active(LayerName::Namespaces, "user, mount, pid, net, ipc, uts, cgroup"));
    layers.extend(own_layers(&spec.limits, memory));
    let privileges = sys::drop_capabilities()
        .and_then(|()| sys::prctl(libc::PR_SET_NO_NEW_PRIVS, 1))
        .and_then(|()| sys::prctl(libc::PR_SET_DUMPABLE, 0));
    if privileges.is_err() || !sys::is_without_capabilities() {
        return Err(Answer::refused("capabilities could not be given up"));
    }
    let running =
        command::start(Start { spec, filters: init.filters, rules: rules(spec), layers, instead: Vec::new() })?;
    Ok((running, tree, memory))
}

fn become_inside(init: &Init<'_>) -> std::io::Result<()> {
    if let Some((uid, gid)) = init.user {
        // Otherwise the change of user would take the capabilities that the set-up needs.
        sys::prctl(libc::PR_SET_SECUREBITS, 1 << 2)?;
        sys::become_user(uid, gid)?;
    }
    // Modes are given as they shall be.
    sys::umask(0);
    // A change of user forgets this, so it comes after.
    sys::die_with_parent()?;
    sys::setsid()
}

/// A refusal because the kernel does not give us namespaces of our own.
fn lacking(reason: String) -> Answer {
    Answer::Refused { reason, missing: vec![LayerName::Namespaces] }
}

fn network(spec: &Spec, control: &OwnedFd) -> Result<Layer, Answer> {
    sys::loopback_up().map_err(|error| lacking(format!("cannot switch on the sandbox's loopback: {error}")))?;
    let Network::Proxy { port, .. } = &spec.network else {
        return Ok(Layer::active(LayerName::Network, "none but its own loopback"));
    };
    let failed =
        |error: std::io::Error| Answer::refused(format!("cannot listen for the proxy at port {port} inside: {error}"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).map_err(failed)?;
    sys::send(control.as_fd(), LISTENER, Some(listener.as_fd())).map_err(failed)?;
    Ok(Layer::active(LayerName::Network, "only through the proxy"))
}

fn make_tree(spec: &Spec, sources: Sources, janitor: Option<OwnedFd>) -> Result<Tree, Answer> {
    let refused = |error: TreeError| match error {
        TreeError::Base { .. } => lacking(error.to_string()),
        _ => Answer::refused(error.to_string()),
    };
    let base = Base::open().map_err(refused)?;
    enter_empty_root().map_err(refused)?;
    let mounts = spec.mounts.clone();
    let tell = move |word: Word, place: &Path| -> std::io::Result<()> {
        let Some((janitor, host)) = janitor.as_ref().zip(host_path(&mounts, place)) else { return Ok(()) };
        janitor::tell(janitor, word, &host)
    };
    Tree::build(&spec.mounts, sources, base, Box::new(tell)).map_err(refused)
}

/// Where a place inside is on the host, when what is written there stays.
fn host_path(mounts: &[Mount], place: &Path) -> Option<PathBuf> {
    let nearest = mounts
        .iter()
        .filter(|mount| matches!(mount, Mount::Write { .. } | Mount::Overlay { .. }) && place.starts_with(mount.at()));
    let mount = nearest.max_by_key(|mount| mount.at().components().count())?;
    let below = place.strip_prefix(mount.at()).ok()?;
    match mount {
        Mount::Write { from, .. } => Some(from.join(below)),
        Mount::Overlay { upper, .. } => upper.as_ref().map(|upper| upper.join(below)),
        _ => None,
    }
}

fn own_layers(limits: &Limits, memory: bool) -> Vec<Layer> {
    let mut layers = vec![Layer::active(LayerName::Environment, "only what was given")];
    if limits.memory_bytes != 0 && memory {
        layers.push(Layer::active(LayerName::Memory, format!("watched, {} bytes in all", limits.memory_bytes)));
    }
    if limits.workspace_bytes != 0 {
        layers.push(Layer::active(LayerName::Quota, format!("watched, {} bytes of growth", limits.workspace_bytes)));
    }
    layers
}

fn rules(spec: &Spec) -> Rules {
    let written = spec
        .mounts
        .iter()
        .filter(|mount| matches!(mount, Mount::Write { .. } | Mount::Overlay { .. } | Mount::Tmpfs { .. }));
    let own = ["/dev", "/proc"].iter().map(PathBuf::from);
    Rules {
        read: vec!["/".into()],
        write: written.map(|mount| mount.at().to_path_buf()).chain(own).collect(),
        no_network: false,
    }
}

/// Stays until the command has ended, then ends what it left.
fn attend(running: &Running, mut watch: Watch, control: &OwnedFd) -> Answer {
    let Ok(signals) = sys::signal_fd(&[libc::SIGCHLD, libc::SIGTERM]) else {
        return finish(None, None);
    };
    let mut exceeded = None;
    loop {
        // The signal may have come before there was somebody to hear it.
        while let Ok(Some((pid, exit))) = sys::wait(-1, false) {
            if pid == running.pid {
                return finish(Some(exit), exceeded);
            }
        }
        let Ok(ready) = sys::poll(&[signals.as_raw_fd(), control.as_raw_fd()], watch.pause()) else {
            return finish(None, exceeded);
        };
        sys::read_signals(signals.as_fd());
        if ready.get(1) == Some(&true) {
            match sys::receive(control.as_fd()) {
                Ok((word, _)) if word == END => drop(sys::kill(-1, libc::SIGTERM)),
                // The supervisor is gone: nobody may outlive it.
                _ => return finish(None, exceeded),
            }
        }
        if exceeded.is_none() {
            exceeded = watch.exceeded();
            if exceeded.is_some() {
                let _ = sys::kill(-1, libc::SIGKILL);
            }
        }
    }
}

fn finish(exit: Option<Exit>, exceeded: Option<&'static str>) -> Answer {
    let _ = sys::kill(-1, libc::SIGKILL);
    while sys::wait(-1, true).is_ok() {}
    let (code, signal) = match exit {
        Some(Exit::Code(code)) => (Some(code), None),
        Some(Exit::Signal(signal)) => (None, Some(signal)),
        None => (None, Some(libc::SIGKILL)),
    };
    Answer::Ended { code, signal, exceeded: exceeded.map(str::to_owned) }
}
