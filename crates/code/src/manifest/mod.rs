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
mod usage;
mod view;
mod workspace;

use crate::change::Change;
use crate::javascript::project::Project;
use crate::report::{BrokenFile, DependencyFinding, Note};

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
    let packages = package::Packages::read(project.tree, &mut result.skipped);
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
    for (at, package) in packages.list.iter().enumerate().filter(|(_, package)| package.is_judged()) {
        let findings = finding::of_package(&view, &usage, &aliases, at);
        result.findings.extend(findings.list);
        let groups = edit::groups(&package.text, &package.json, &findings.wishes);
        if !groups.is_empty() {
            let hash = blake3::hash(package.text.as_bytes()).to_hex().to_string();
            result.changes.push(Change { path: package.path.clone(), hash, groups });
        }
    }
    result.notes.extend(stale_locks(project, &result.changes));
    result.findings.sort_by(|a, b| (&a.location, &a.name, a.kind).cmp(&(&b.location, &b.name, b.kind)));
    result
}

/// A lock file still lists what a manifest no longer declares.
fn stale_locks(project: &Project<'_>, changes: &[Change]) -> Option<Note> {
    let locks = [
        ("package-lock.json", "npm install"),
        ("npm-shrinkwrap.json", "npm install"),
        ("yarn.lock", "yarn install"),
        ("pnpm-lock.yaml", "pnpm install"),
        ("bun.lock", "bun install"),
    ];
    let found = locks.iter().filter(|_| !changes.is_empty()).find(|(lock, _)| project.tree.contains(lock));
    found.map(|(lock, command)| Note {
        message: format!(
            "{lock} still lists what the proposed changes of package.json remove; run `{command}` after applying them"
        ),
    })
}
