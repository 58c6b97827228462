//! Limits of single processes (setrlimit(2)).

use std::io;

use crate::spec::Limits;
use crate::sys;

/// Sets them for this process and all that it starts. Never above what we have ourselves.
pub(crate) fn set(limits: &Limits) -> io::Result<()> {
    lower(libc::RLIMIT_CORE, 0)?;
    for (resource, value) in [
        (libc::RLIMIT_NPROC, limits.processes),
        (libc::RLIMIT_FSIZE, limits.file_bytes),
        (libc::RLIMIT_NOFILE, limits.open_files),
        (libc::RLIMIT_CPU, limits.cpu_seconds),
        // Not the address space: engines reserve far more of it than they use.
        (libc::RLIMIT_DATA, limits.memory_bytes.saturating_mul(4)),
    ] {
        if value != 0 {
            lower(resource, value)?;
        }
    }
    Ok(())
}

fn lower(resource: libc::__rlimit_resource_t, value: u64) -> io::Result<()> {
    sys::set_limit(resource, value.min(sys::limit_of(resource)?))
}

/// What is limited, for a person.
pub(crate) fn told(limits: &Limits) -> String {
    let parts = [
        ("processes", limits.processes),
        ("bytes per file", limits.file_bytes),
        ("open files", limits.open_files),
        ("processor seconds", limits.cpu_seconds),
    ];
    let told: Vec<_> =
        parts.iter().filter(|(_, value)| *value != 0).map(|(name, value)| format!("{value} {name}")).collect();
    if told.is_empty() { "no core files".into() } else { told.join(", ") }
}
