use rustc_hash::FxHashMap;

use crate::discover::Tree;
use crate::fixture::{IN_FIXTURE, is_fixture};
use crate::scope::Scope;
use crate::{Change, ImportAction, Report, Request};

use super::edit::{Removals, removal_edits};
use super::loading::Loading;
use super::repository::Repository;
use super::unused::{Decision, Judge};
use super::uses::Uses;

/// Adds the findings about imports and their edits.
pub(super) fn report_imports(
    tree: &Tree,
    request: &Request,
    scope: &Scope,
    repository: &Repository,
    uses: &Uses,
    report: &mut Report,
) {
    let loading = Loading::new(repository);
    let judge = Judge { repository, loading: &loading, uses, remove_unknown_targets: request.remove_unknown_targets };
    for file in 0..repository.count() {
        if !scope.includes(repository.path(file)) {
            continue;
        }
        let mut decisions = judge.file(file);
        if is_fixture(repository.path(file)) {
            decisions.iter_mut().for_each(|decision| leave(decision, IN_FIXTURE));
        }
        if decisions.iter().any(Decision::removes) {
            let change = change(tree, repository, file, &mut decisions);
            report.import_changes.extend(change);
        }
        report.imports.extend(decisions.into_iter().map(|decision| decision.finding));
    }
}

/// The edits of one file. What cannot be edited turns into a finding that says why.
fn change(tree: &Tree, repository: &Repository, file: u32, decisions: &mut [Decision]) -> Option<Change> {
    let loaded = &repository.files[file as usize];
    let text = tree.get(&loaded.path).and_then(|file| tree.text(file).ok());
    let text = text.filter(|text| blake3::hash(text.as_bytes()).as_bytes() == &loaded.hash);
    let removals: Removals = decisions
        .iter()
        .filter(|decision| decision.removes())
        .map(|decision| (decision.name, title(decision)))
        .collect();
    let (groups, refused) = match text {
        Some(text) => {
            let edits = removal_edits(&text, &removals);
            (edits.groups, edits.refused)
        }
        None => (
            Vec::new(),
            removals.keys().map(|&at| (at, "the file changed while it was read")).collect::<FxHashMap<_, _>>(),
        ),
    };
    for decision in decisions.iter_mut().filter(|decision| decision.removes()) {
        if let Some(reason) = refused.get(&decision.name) {
            leave(decision, reason);
        }
    }
    let hash = blake3::Hash::from_bytes(loaded.hash).to_hex().to_string();
    (!groups.is_empty()).then(|| Change { path: loaded.path.clone(), hash, groups })
}

fn leave(decision: &mut Decision, reason: &str) {
    decision.finding.action = ImportAction::Leave;
    decision.finding.reason = reason.to_string();
}

fn title(decision: &Decision) -> String {
    let finding = &decision.finding;
    let kind = if finding.kind == crate::ImportKind::Duplicate { "repeated" } else { "unused" };
    if finding.specifier == finding.name {
        format!("remove {kind} import of \"{}\"", finding.name)
    } else {
        format!("remove {kind} import of \"{}\" from \"{}\"", finding.name, finding.specifier)
    }
}
