//! The face of `crates/sandbox`: what the machine offers. Running is the helper's, a program of its own.

use napi_derive::napi;

/// What a sandbox could consist of here.
#[napi(object)]
pub struct SandboxSupport {
    pub system: String,
    pub namespaces: bool,
    pub landlock: i64,
    pub seccomp: bool,
}

/// Finds it out.
#[napi]
pub fn sandbox_support() -> SandboxSupport {
    let found = pyagent_sandbox::support();
    SandboxSupport {
        system: found.system.to_owned(),
        namespaces: found.namespaces,
        landlock: found.landlock,
        seccomp: found.seccomp,
    }
}
