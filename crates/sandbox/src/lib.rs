//! Runs one command apart from the machine.
//!
//! The binary `pyagent-sandbox` is the only user of this library: a helper that is started with an empty environment, the
//! command's standard streams, and a socket at descriptor 3. Over the socket it is told what to do in one line of JSON
//! ([`Spec`]) and answers in lines of JSON ([`Answer`]).
//!
//! **What it does.** Three processes stand around the command. The *supervisor* (the helper itself) speaks with whoever
//! started it. *Process 1*, in new user, mount, process, network, ipc, uts and cgroup namespaces, makes the file tree,
//! gives up every capability, starts the command and watches it. The *janitor* takes away what had to be put into the
//! user's folders. The command itself is a child of process 1, behind limits, Landlock and seccomp.
//!
//! **What it promises.** The command starts only when every layer that was asked for is in force; whatever fails before
//! is an answer, and nothing has run. When any of the processes dies, the command and all that it started dies with it,
//! and nothing of ours stays in the user's folders. Layers are reported as they are, missing ones with the reason.
//!
//! **What it never does.** It never runs a shell, never reads an environment, never decides what may run: that is the
//! caller's policy.
//!
//! As root, the command gets a kernel user id of its own, and the user's files change hands by ID-mapped mounts. As an
//! ordinary user it keeps its id, without capabilities, in a namespace of its own. Where no user namespace can be made,
//! Landlock and seccomp alone are offered, when the caller accepts that.

mod answer;
mod spec;
mod support;

#[cfg(target_os = "linux")]
mod cgroup;
#[cfg(target_os = "linux")]
mod command;
#[cfg(target_os = "linux")]
mod forward;
#[cfg(target_os = "linux")]
mod init;
#[cfg(target_os = "linux")]
mod janitor;
#[cfg(target_os = "linux")]
mod landlock_layer;
#[cfg(target_os = "linux")]
mod landlock_only;
#[cfg(target_os = "linux")]
mod limits;
#[cfg(target_os = "linux")]
mod lookup;
#[cfg(target_os = "linux")]
mod protect;
#[cfg(target_os = "linux")]
mod seccomp;
#[cfg(target_os = "linux")]
mod sources;
#[cfg(target_os = "linux")]
mod supervisor;
#[cfg(target_os = "linux")]
mod sys;
#[cfg(target_os = "linux")]
mod tree;
#[cfg(target_os = "linux")]
mod watch;

pub use answer::{Answer, Layer};
pub use spec::{LayerName, Limits, Mount, Network, Shape, Spec, SpecError};
#[cfg(target_os = "linux")]
pub use supervisor::run;
pub use support::{Support, support};

/// There is no isolation on this system: everything is refused.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn run() -> i32 {
    eprintln!("pyagent-sandbox: there is no isolation on {}", std::env::consts::OS);
    125
}
