use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::cache::{FileCache, Loaded};
use crate::discover::{Tree, TreeFile, broken};
use crate::javascript::config::Configs;
use crate::javascript::decide::Judge;
use crate::javascript::entries::entries;
use crate::javascript::foreign::{component_kind, is_foreign_path, parse_foreign};
use crate::javascript::link::link;
use crate::javascript::packages::Packages;
use crate::javascript::parse::{is_module_path, parse};
use crate::javascript::project::Project;
use crate::javascript::purity::Effectiveness;
use crate::javascript::reach::dead_code;
use crate::javascript::record::ModuleRecord;
use crate::javascript::resolve::Linker;
use crate::scope::Scope;
use crate::{BrokenFile, Check, Note, Report, Request};

/// Reads the JavaScript and TypeScript of the tree, asks `with` about the linked project, and gives the
/// report of both.
pub(crate) fn analyze<F>(
    tree: &Tree,
    request: &Request,
    scope: &Scope,
    cache: &mut FileCache<ModuleRecord>,
    with: F,
) -> Report
where
    F: FnOnce(&Project) -> Report + Send,
{
    let mut report = Report::default();
    let (loaded, skipped) = load(tree, request.cache.as_deref(), cache);
    report.skipped.extend(skipped);
    count(&loaded, &mut report);
    let configs = Configs::read(tree);
    report.skipped.extend(configs.broken.iter().cloned());
    let packages = Packages::read(tree);
    let linker = Linker::new(tree, &configs, &packages);
    let (components, modules) = loaded.into_iter().partition(|one| is_foreign_path(&one.path));
    let project = link(tree, &configs, &linker, modules, components);
    let own = || {
        let mut part = Report::default();
        if request.checks.contains(&Check::Imports) {
            imports(&project, &linker, request, scope, &mut part);
        }
        if request.checks.contains(&Check::DeadCode) {
            let entries = entries(&project, &configs, &packages);
            dead_code(&project, &packages, &entries, scope, &mut part);
        }
        part
    };
    let (mine, theirs) = rayon::join(own, || with(&project));
    report.merge(mine);
    report.merge(theirs);
    report
}

/// The records of all files that this language reads, and the files that cannot be read.
pub(super) fn load(
    tree: &Tree,
    folder: Option<&Path>,
    cache: &mut FileCache<ModuleRecord>,
) -> (Vec<Loaded<ModuleRecord>>, Vec<BrokenFile>) {
    let is_ours = |file: &&TreeFile| is_module_path(&file.path) || is_foreign_path(&file.path);
    let files: Vec<&TreeFile> = tree.files.iter().filter(is_ours).collect();
    cache.load(tree, &files, folder, parse_any)
}

fn parse_any(path: &str, text: &str) -> ModuleRecord {
    if is_foreign_path(path) { parse_foreign(path, text) } else { parse(path, text) }
}

fn count(loaded: &[Loaded<ModuleRecord>], report: &mut Report) {
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    for one in loaded {
        report.totals.lines += u64::from(one.record.lines);
        report.totals.cached_files += u32::from(one.cached);
        if let Some(kind) = component_kind(&one.path) {
            *kinds.entry(kind).or_default() += 1;
        }
        if is_module_path(&one.path) {
            report.totals.javascript_files += 1;
        }
        if let Some(error) = &one.record.syntax_error {
            report.skipped.push(broken(&one.path, "syntax-error", error.clone()));
        }
    }
    for (kind, files) in kinds {
        let noun = if files == 1 { "file" } else { "files" };
        report.notes.push(Note {
            message: format!("{kind} files are left alone ({files} {noun}); what they import counts as used"),
        });
    }
}

fn imports(project: &Project, linker: &Linker, request: &Request, scope: &Scope, report: &mut Report) {
    let judge =
        Judge { project, effects: Effectiveness::new(project, linker), remove_unknown: request.remove_unknown_targets };
    let wanted: Vec<_> = project.modules.par_iter().filter(|module| scope.includes(&module.path)).collect();
    let decisions: Vec<_> = wanted.into_par_iter().map(|module| judge.decide(module)).collect();
    for decision in decisions {
        report.imports.extend(decision.findings);
        report.import_changes.extend(decision.change);
    }
}
