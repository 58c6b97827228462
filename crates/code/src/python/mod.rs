//! Python: which imports are unused, what loading a module does, who imports whom, and what the manifests declare.
//!
//! A file is parsed once into a [`record::PythonRecord`], which the cache keeps; everything else works on records. A
//! name that is bound by an import is unused when no scope of its file reads it and no other file takes it from there.
//! It is removed only when that cannot be noticed: everything that the import loads is free of effects, or is loaded
//! already by an earlier import of the same file.

mod bind;
mod call;
mod comment;
mod cycles;
mod dead;
mod dependency;
mod doctest;
mod edit;
mod effect;
mod exports;
mod import_order;
mod imports;
mod line;
mod loading;
mod mentioned;
mod modules;
mod name;
mod pure;
pub(crate) mod record;
mod repository;
mod scan;
mod scope;
mod standard;
mod string;
mod unused;
mod uses;

use std::path::Path;

use crate::cache::{FileCache, Loaded};
use crate::discover::{Tree, TreeFile};
use crate::generated::is_generated;
use crate::scope::Scope;
use crate::{BrokenFile, Check, Report, Request};

pub(crate) use import_order::import_orders;
use record::PythonRecord;
use repository::Repository;
use uses::Uses;

/// The Python part of a report.
pub(crate) fn analyze(tree: &Tree, request: &Request, scope: &Scope, cache: &mut FileCache<PythonRecord>) -> Report {
    let mut report = Report::default();
    if !tree.files.iter().any(|file| is_python(&file.path)) {
        return report;
    }
    let (loaded, broken) = load(tree, request.cache.as_deref(), cache);
    report.skipped.extend(broken);
    for file in &loaded {
        report.totals.python_files += 1;
        report.totals.lines += u64::from(file.record.lines);
        report.totals.cached_files += u32::from(file.cached);
        if let Some((reason, detail)) = &file.record.broken {
            report.skipped.push(BrokenFile { path: file.path.clone(), reason: reason.clone(), detail: detail.clone() });
        }
    }
    let projects = dependency::read_projects(tree, &mut report.skipped, &mut report.notes);
    let folders: Vec<String> = projects.iter().map(|project| project.folder.clone()).collect();
    let repository = Repository::new(loaded, &folders, &[]);
    let entry_points: Vec<String> = projects.iter().flat_map(|project| project.entry_points.iter().cloned()).collect();
    let mut spelled = entry_points;
    spelled.extend(mentioned::imports_in_text(tree));
    let uses = Uses::new(&repository, &spelled);
    let edges = cycles::edges(&repository);
    if request.checks.contains(&Check::Imports) {
        imports::report_imports(tree, request, scope, &repository, &uses, &mut report);
    }
    if request.checks.contains(&Check::Dependencies) {
        dependency::report_dependencies(tree, scope, &repository, &projects, &mut report);
    }
    if request.checks.contains(&Check::Cycles) {
        cycles::report_cycles(&repository, &edges, scope, &mut report);
    }
    if request.checks.contains(&Check::DeadCode) {
        dead::report_dead(tree, scope, &repository, &edges, &uses, &projects, &mut report);
    }
    report.totals.edges = u32::try_from(edges.len()).unwrap_or(u32::MAX);
    report
}

fn load(
    tree: &Tree,
    folder: Option<&Path>,
    cache: &mut FileCache<PythonRecord>,
) -> (Vec<Loaded<PythonRecord>>, Vec<BrokenFile>) {
    let files: Vec<&TreeFile> = tree.files.iter().filter(|file| is_python(&file.path)).collect();
    cache
        .load(tree, &files, folder, |path, text| scan::scan(path, text, is_made(tree, path, text) || is_vendored(path)))
}

fn is_python(path: &str) -> bool {
    path.ends_with(".py") || path.ends_with(".pyi") || path.ends_with(".pyw")
}

/// Whether a program wrote the file. Its mark stands above all code, or not at all.
fn is_made(tree: &Tree, path: &str, text: &str) -> bool {
    let body = text.trim_start_matches('\u{feff}');
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with(['#', '"', '\'']);
    let head = body.lines().find(is_code).map_or(body.len(), |line| line.as_ptr() as usize - body.as_ptr() as usize);
    let has_endless_line = text.lines().any(|line| line.len() > 20_000);
    has_endless_line || is_generated(tree, path, body.get(..head).unwrap_or(body))
}

/// Copies of other people's code keep their imports as they came.
fn is_vendored(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "_vendor" | "_vendored" | "vendored"))
}
