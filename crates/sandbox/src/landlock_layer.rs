//! Landlock: what the kernel itself lets a process do with files, whatever is mounted.

use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreated, RulesetCreatedAttr, RulesetStatus, Scope,
};

use crate::sys;

/// What may be done where.
pub(crate) struct Rules {
    /// Reading and executing.
    pub(crate) read: Vec<PathBuf>,
    /// Everything.
    pub(crate) write: Vec<PathBuf>,
    /// Refuse TCP too: where there is no network namespace.
    pub(crate) no_network: bool,
}

/// The newest interface whose rights are asked for; an older kernel enforces what it knows.
const NEWEST: ABI = ABI::V7;

/// The rules in the kernel, not yet in force.
pub(crate) fn prepare(rules: &Rules) -> Result<RulesetCreated, landlock::RulesetError> {
    let all = AccessFs::from_all(NEWEST);
    let mut ruleset = Ruleset::default().set_compatibility(CompatLevel::BestEffort).handle_access(all)?;
    if rules.no_network {
        ruleset = ruleset.handle_access(AccessNet::BindTcp | AccessNet::ConnectTcp)?;
    }
    let mut created = ruleset.scope(Scope::AbstractUnixSocket | Scope::Signal)?.create()?;
    for path in &rules.read {
        created = allow(created, path, AccessFs::from_read(NEWEST))?;
    }
    for path in &rules.write {
        created = allow(created, path, all)?;
    }
    Ok(created)
}

fn allow(
    created: RulesetCreated,
    path: &Path,
    rights: BitFlags<AccessFs>,
) -> Result<RulesetCreated, landlock::RulesetError> {
    // What is not there cannot be opened either.
    let Ok(place) = PathFd::new(path) else { return Ok(created) };
    let rights = if path.is_dir() { rights } else { rights & AccessFs::from_file(NEWEST) };
    created.add_rule(PathBeneath::new(place, rights))
}

/// Puts the rules in force for this process and all that it starts; what the kernel made of them.
pub(crate) fn restrict(created: RulesetCreated) -> Result<String, String> {
    let status = created.restrict_self().map_err(|error| error.to_string())?;
    match status.ruleset {
        RulesetStatus::NotEnforced => Err("the kernel does not have it, or it is switched off".into()),
        RulesetStatus::FullyEnforced => Ok(format!("interface {}", sys::landlock_version())),
        RulesetStatus::PartiallyEnforced => Ok(format!("interface {}, in part", sys::landlock_version())),
    }
}
