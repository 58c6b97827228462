//! The dependencies of package.json: which are unused, missing, misplaced or declared twice, and the edits that mend
//! what is certain.
//!
//! A declared dependency counts as used when any import, script, hook, workflow, configuration file, peer requirement
//! or quoted name in the sources speaks for it: a false "used" costs disk space, a false "unused" breaks a build. What
//! only imports that nothing refers to keep alive is said apart. Edits keep the file's formatting, and any subset of
//! their groups leaves valid JSON.

mod alias;
mod config;
mod edit;
mod finding;
mod installed;
mod json;
mod mention;
mod name;
mod named;
mod package;
mod presence;
mod production;
mod role;
mod script;
#[cfg(test)]
mod tests;
mod tool;
mod tool_tables;
mod usage;
mod view;
mod workspace;

use crate::change::Change;
use crate::discover::Tree;
use crate::javascript::project::Project;
use crate::report::{BrokenFile, DependencyFinding, Note};
use package::Packages;

/// What was found in the package.json files of a tree.
#[derive(Debug, Default)]
pub(crate) struct Manifests {
    pub(crate) findings: Vec<DependencyFinding>,
    pub(crate) changes: Vec<Change>,
    /// Manifests that do not parse.
    pub(crate) skipped: Vec<BrokenFile>,
    pub(crate) notes: Vec<Note>,
}

/// Judges every package.json of the tree outside test data.
pub(crate) fn manifests(project: &Project<'_>) -> Manifests {
    let mut result = Manifests::default();
    let packages = Packages::read(project.tree, &mut result.skipped);
    if packages.list.is_empty() {
        return result;
    }
    let installed = installed::read_all(project.tree, &packages);
    let view = view::View::new(project, &packages, &installed);
    let mut usage = usage::Usage::default();
    usage::imports(&view, &mut usage);
    named::by_tools(&view, &mut usage);
    presence::by_companions(&view, &mut usage);
    mention::by_text(&view, &mut usage);
    presence::by_companions(&view, &mut usage);
    let aliases = alias::declared(&view, &usage);
    let mut changed = Vec::new();
    for (at, package) in packages.list.iter().enumerate().filter(|(_, package)| package.is_judged()) {
        let findings = finding::of_package(&view, &usage, &aliases, at);
        result.findings.extend(findings.list);
        let groups = edit::groups(&package.text, &package.json, &findings.wishes);
        if !groups.is_empty() {
            let hash = blake3::hash(package.text.as_bytes()).to_hex().to_string();
            changed.push(at);
            result.changes.push(Change { path: package.path.clone(), hash, groups });
        }
    }
    result.notes.extend(stale_locks(project.tree, &packages, &changed));
    result.findings.sort_by(|a, b| (&a.location, &a.name, a.kind).cmp(&(&b.location, &b.name, b.kind)));
    result
}

/// The lock files that still list what a manifest will no longer declare.
fn stale_locks(tree: &Tree, packages: &Packages, changed: &[usize]) -> Vec<Note> {
    let mut found: Vec<(String, &str)> = changed.iter().filter_map(|at| lock_of(tree, packages, *at)).collect();
    found.sort_unstable();
    found.dedup();
    let notes = found.into_iter().map(|(lock, command)| {
        let folder = lock.rsplit_once('/').map(|(folder, _)| format!(" in {folder}")).unwrap_or_default();
        format!("{lock} still lists what package.json no longer needs; after --apply-deps run `{command}`{folder}")
    });
    notes.map(|message| Note { message }).collect()
}

/// The lock file that holds for a package, and the command that writes it: its own, or that of its workspace.
fn lock_of(tree: &Tree, packages: &Packages, at: usize) -> Option<(String, &'static str)> {
    const LOCKS: [(&str, &str); 6] = [
        ("package-lock.json", "npm install"),
        ("npm-shrinkwrap.json", "npm install"),
        ("yarn.lock", "yarn install"),
        ("pnpm-lock.yaml", "pnpm install"),
        ("bun.lock", "bun install"),
        ("bun.lockb", "bun install"),
    ];
    let mut is_home = true;
    for at in packages.chain(at) {
        let package = &packages.list[at];
        if is_home {
            let manager = package.json.get("packageManager").and_then(json::Node::text).unwrap_or_default();
            let wanted = manager.split('@').next().unwrap_or_default();
            let held = LOCKS.iter().filter(|(lock, _)| tree.contains(&package.inside(lock)));
            // A repository may carry the lock of a second manager that nobody keeps.
            let best = held.min_by_key(|(_, command)| command.split(' ').next() != Some(wanted));
            if let Some((lock, command)) = best {
                return Some((package.inside(lock), command));
            }
        }
        is_home = is_home && package.is_member;
    }
    None
}
