//! What the machine offers.

use serde::Serialize;

/// What a sandbox could consist of here. Found out by trying, where that costs little.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Support {
    /// The name of the system: `linux`, `macos`, `windows`.
    pub system: &'static str,
    /// Whether user namespaces can be made, with a mount and a process namespace in them.
    pub namespaces: bool,
    /// Version of the Landlock interface; 0: none.
    pub landlock: i64,
    /// Whether system calls can be filtered on this processor.
    pub seccomp: bool,
}

/// Looks.
#[cfg(target_os = "linux")]
#[must_use]
pub fn support() -> Support {
    use crate::{seccomp, sys};
    Support {
        system: "linux",
        namespaces: sys::can_make_namespaces(),
        landlock: sys::landlock_version(),
        seccomp: seccomp::filters(seccomp::Sockets::Internet).is_ok(),
    }
}

/// Nothing: there are no layers for this system.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn support() -> Support {
    Support { system: std::env::consts::OS, namespaces: false, landlock: 0, seccomp: false }
}
