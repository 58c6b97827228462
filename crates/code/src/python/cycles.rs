use rustc_hash::FxHashSet;

use crate::graph::{Edge, components};
use crate::scope::Scope;
use crate::{EdgeKind, Language, Report};

use super::modules::is_init;
use super::record::{Guard, Import, Place};
use super::repository::Repository;

/// Adds the components of the module graph that touch `scope`, and counts the edges.
pub(super) fn report_cycles(repository: &Repository, edges: &[Edge], scope: &Scope, report: &mut Report) {
    let nodes: Vec<String> = repository.files.iter().map(|file| file.path.clone()).collect();
    let found = components(Language::Python, &nodes, edges);
    report.cycles.extend(found.into_iter().filter(|one| one.members.iter().any(|member| scope.includes(member))));
}

/// The edges of the module graph: to the module that a statement names, to the submodules it takes from it, and to the
/// packages above it unless they are around the importing file, because those are loaded before the file is anyway.
pub(super) fn edges(repository: &Repository) -> Vec<Edge> {
    let mut edges = Vec::new();
    for file in 0..repository.count() {
        let mut seen = FxHashSet::default();
        for (at, import) in repository.record(file).imports.iter().enumerate() {
            let kind = kind(import);
            for (to, specifier) in statement_targets(repository, file, at) {
                if seen.insert((to, kind, import.line)) {
                    edges.push(Edge { from: file, to, kind, line: import.line, specifier });
                }
            }
        }
    }
    edges
}

fn kind(import: &Import) -> EdgeKind {
    match (import.guard, import.place) {
        (Guard::TypeChecking, _) => EdgeKind::Type,
        (_, Place::Function) => EdgeKind::Deferred,
        _ if import.in_main => EdgeKind::Deferred,
        _ => EdgeKind::Value,
    }
}

fn statement_targets(repository: &Repository, file: u32, at: usize) -> Vec<(u32, String)> {
    let import = &repository.record(file).imports[at];
    let target = &repository.targets(file)[at];
    let dots = ".".repeat(import.level as usize);
    let base = format!("{dots}{}", import.module.as_deref().unwrap_or_default());
    let mut found = Vec::new();
    let outside = |package: &u32| !repository.is_around(*package, file);
    if !import.is_from {
        for (index, name) in import.names.iter().enumerate() {
            let parents = target.name_parents.get(index).into_iter().flatten();
            let module = target.names.get(index).copied().flatten();
            for to in parents.copied().filter(outside).chain(module) {
                found.push((to, name.imported.clone()));
            }
        }
    } else {
        for to in target.parents.iter().copied().filter(outside) {
            found.push((to, base.clone()));
        }
        for (index, name) in import.names.iter().enumerate() {
            if let Some(to) = target.names.get(index).copied().flatten() {
                let separator = if base.ends_with('.') { "" } else { "." };
                found.push((to, format!("{base}{separator}{}", name.imported)));
            }
        }
        // A package that is around the file and only passes a submodule on is loaded already.
        let takes_member = target.names.iter().any(Option::is_none);
        if let Some(module) = target.module.filter(|to| takes_member || outside(to)) {
            found.push((module, base));
        }
    }
    // A module is there by the time its functions run, and a file that is started is not the module of its name.
    let may_be_itself = !is_init(repository.path(file)) && kind(import) == EdgeKind::Value;
    found.retain(|(to, _)| *to != file || may_be_itself);
    found
}
