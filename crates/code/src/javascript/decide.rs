use crate::fixture::{IN_FIXTURE, is_fixture};
use crate::javascript::config::Answer;
use crate::javascript::edits::{Blocked, Page, edit, is_named};
use crate::javascript::merge;
use crate::javascript::parse::is_declaration;
use crate::javascript::project::{Module, Project, Target};
use crate::javascript::proof;
use crate::javascript::purity::{Effectiveness, Purity};
use crate::javascript::record::{Binding, Form, ImportRecord, Span};
use crate::javascript::types;
use crate::{Change, ChangeGroup, ImportAction, ImportFinding, ImportKind, Language, Location, TextEdit};

/// What is said about the imports of one file.
#[derive(Default)]
pub(crate) struct Decision {
    pub(crate) findings: Vec<ImportFinding>,
    pub(crate) change: Option<Change>,
}

/// The parts that decisions need.
pub(crate) struct Judge<'p, 't> {
    pub(crate) project: &'p Project<'t>,
    pub(crate) effects: Effectiveness<'p, 't>,
    pub(crate) remove_unknown: bool,
}

/// One statement with unused names, and what is to be done.
struct Case<'m> {
    at: usize,
    import: &'m ImportRecord,
    gone: Vec<bool>,
    verdict: Verdict,
}

#[derive(Clone, Debug)]
struct Verdict {
    action: ImportAction,
    reason: String,
}

impl Verdict {
    fn leave(reason: impl Into<String>) -> Self {
        Self { action: ImportAction::Leave, reason: reason.into() }
    }

    fn remove(reason: impl Into<String>) -> Self {
        Self { action: ImportAction::Remove, reason: reason.into() }
    }
}

impl Judge<'_, '_> {
    /// Findings and edits of one file. Files that are generated, foreign or broken have none.
    pub(crate) fn decide(&self, module: &Module) -> Decision {
        let is_left = module.is_generated || module.is_foreign;
        if is_left || module.record.syntax_error.is_some() {
            return Decision::default();
        }
        let unused: Vec<usize> = (0..module.record.imports.len()).filter(|at| has_unused(module, *at)).collect();
        if let Some(reason) = why_untouchable(module) {
            return Decision { findings: left(module, &unused, reason), change: None };
        }
        let marks = types::candidates(self.project, module);
        let pairs = merge::candidates(module);
        if unused.is_empty() && marks.is_empty() && pairs.is_empty() {
            return Decision::default();
        }
        let Some(text) = self.text_of(module) else {
            return Decision::default();
        };
        let mut page = Page { text: &text, comments: &module.record.comments, removed: Vec::new() };
        let mut cases: Vec<Case> = unused.into_iter().filter_map(|at| self.case(module, &page, at)).collect();
        page.removed = cases
            .iter()
            .filter(|case| is_whole_removal(case))
            .filter_map(|case| page.whole_lines(case.import.span))
            .collect();
        let mut out = Decision::default();
        let mut groups = Vec::new();
        let last = stays_module(module, &cases);
        for case in &mut cases {
            self.settle(module, &page, case, last == Some(case.at), &mut groups);
            out.findings.extend(findings(module, case));
        }
        let busy: Vec<usize> = cases.iter().map(|case| case.at).collect();
        merge::merge(module, &page, &pairs, &busy, &mut out.findings, &mut groups);
        types::mark(self, module, &page, &marks, &busy, &mut out.findings, &mut groups);
        groups.sort_by_key(|group: &ChangeGroup| group.edits.first().map(|edit| edit.start));
        if !groups.is_empty() && !proof::holds(module, &text, &groups) {
            let unproven = "the edited file would not be what it was apart from this";
            out.findings.iter_mut().for_each(|finding| {
                finding.action = ImportAction::Leave;
                finding.reason = unproven.to_string();
            });
        } else if !groups.is_empty() {
            let hash = blake3::Hash::from_bytes(module.hash).to_hex().to_string();
            out.change = Some(Change { path: module.path.clone(), hash, groups });
        }
        out
    }

    /// The text, when it is still what was parsed.
    fn text_of(&self, module: &Module) -> Option<String> {
        let file = self.project.tree.get(&module.path)?;
        let bytes = self.project.tree.bytes(file).ok()?;
        let same = blake3::hash(&bytes).as_bytes() == &module.hash;
        String::from_utf8(bytes).ok().filter(|_| same)
    }

    fn case<'m>(&self, module: &'m Module, page: &Page, at: usize) -> Option<Case<'m>> {
        let import = module.record.imports.get(at)?;
        let gone: Vec<bool> = import.bindings.iter().map(|binding| is_removable(module, binding)).collect();
        let verdict = self.verdict(module, page, at, import, &gone);
        Some(Case { at, import, gone, verdict })
    }

    fn verdict(&self, module: &Module, page: &Page, at: usize, import: &ImportRecord, gone: &[bool]) -> Verdict {
        let merged = import.bindings.iter().any(|binding| binding.merged && !module.uses_binding(binding));
        let whole = gone.iter().all(|gone| *gone);
        if import.is_fragile {
            return Verdict::leave("the statements around it would be read differently without it");
        }
        if page.has_directive(import.span) {
            return Verdict::leave("a directive for a tool is attached to it");
        }
        if merged {
            return Verdict::leave("the name is declared again in this file");
        }
        if !whole && import.form != Form::Require {
            return Verdict::remove("the statement stays for its other names");
        }
        if let Some(reason) = whole_is_erased(module, import) {
            return Verdict::remove(reason);
        }
        if whole && is_loaded_before(module, at, import) {
            return Verdict::remove("an earlier statement loads the same module");
        }
        let target = module.uses.get(at).map(|used| &used.target);
        match self.effects.of(module, at) {
            Purity::Pure(reason) => Verdict::remove(reason),
            Purity::Acts(_) if !whole && self.has_plain_exports(target) => {
                Verdict::remove("the statement stays for its other names")
            }
            Purity::Acts(_) if !whole => {
                Verdict::leave("taking a name out of it may leave a getter of the module unread")
            }
            // A bare import would evaluate what the compiler may leave out today.
            Purity::Acts(reason) if whole && module.options.keeps_imports == Answer::Unknown => {
                Verdict::leave(format!("{reason}, and whether the compiler keeps the import is not known"))
            }
            Purity::Acts(reason) if whole => Verdict { action: ImportAction::KeepEffect, reason },
            Purity::Unknown(reason) if self.remove_unknown => Verdict::remove(format!("asked for, although {reason}")),
            Purity::Acts(reason) | Purity::Unknown(reason) => Verdict::leave(reason),
        }
    }

    /// Whether reading one export less makes no difference: the module's exports are plain values.
    fn has_plain_exports(&self, target: Option<&Target>) -> bool {
        let Some(Target::Module(at)) = target else { return false };
        let module = self.project.get(*at);
        module.is_some_and(|module| {
            !module.is_foreign && !is_declaration(&module.path) && !module.record.has_lazy_exports
        })
    }

    /// Turns the verdict into edits, or into a reason to leave the statement.
    fn settle(&self, module: &Module, page: &Page, case: &mut Case, is_last: bool, groups: &mut Vec<ChangeGroup>) {
        let whole = case.gone.iter().all(|gone| *gone);
        let edits = match case.verdict.action {
            ImportAction::Remove if whole && is_last => page.remove_statement(case.import.span).map(|_| {
                let closed = case.import.span.text(page.text).ends_with(';');
                vec![edit(
                    case.import.span.start,
                    case.import.span.end,
                    if closed { "export {};" } else { "export {}" },
                )]
            }),
            ImportAction::Remove if whole => page.remove_statement(case.import.span).map(|edit| vec![edit]),
            ImportAction::Remove => page.remove_bindings(case.import, &case.gone),
            ImportAction::KeepEffect => page.keep_effect(case.import),
            _ => return,
        };
        match edits {
            Ok(edits) => groups.push(group(title(module, case), edits)),
            Err(reason) => case.verdict = Verdict::leave(reason),
        }
    }
}

pub(crate) fn group(title: String, mut edits: Vec<TextEdit>) -> ChangeGroup {
    edits.sort_by_key(|edit| edit.start);
    ChangeGroup { title, edits }
}

/// Why no statement of a file is edited, when that is so.
fn why_untouchable(module: &Module) -> Option<&'static str> {
    if module.options.is_malformed {
        return Some("its tsconfig.json cannot be read");
    }
    is_fixture(&module.path).then_some(IN_FIXTURE)
}

/// The unused names of a file that is not edited.
fn left(module: &Module, unused: &[usize], reason: &str) -> Vec<ImportFinding> {
    let imports = unused.iter().filter_map(|at| module.record.imports.get(*at));
    let names = imports.flat_map(|import| import.bindings.iter().map(move |binding| (import, binding)));
    names
        .filter(|(_, binding)| !module.uses_binding(binding))
        .map(|(import, binding)| finding(module, import, binding, ImportKind::Unused, ImportAction::Leave, reason))
        .collect()
}

fn has_unused(module: &Module, at: usize) -> bool {
    let Some(import) = module.record.imports.get(at) else {
        return false;
    };
    import.is_statement && import.bindings.iter().any(|binding| !module.uses_binding(binding))
}

/// Whether a statement above evaluates the same module and stays: for its effect alone or for a value that is used.
fn is_loaded_before(module: &Module, at: usize, import: &ImportRecord) -> bool {
    let is_alike = |other: &ImportRecord| match import.form {
        Form::Static => matches!(other.form, Form::Static | Form::SideEffect),
        Form::Require => other.form == Form::Require && other.is_statement,
        _ => false,
    };
    let stays = |other: &ImportRecord| {
        other.bindings.is_empty() || other.bindings.iter().any(|binding| !binding.is_type && binding.uses.value)
    };
    module.record.imports.iter().zip(&module.uses).take(at).any(|(other, used)| {
        other.specifier == import.specifier
            && other.span.start < import.span.start
            && other.attributes.is_none()
            && import.attributes.is_none()
            && !other.is_type
            && !used.is_erased
            && !other.in_function
            && !other.is_conditional
            && is_alike(other)
            && stays(other)
    })
}

fn is_removable(module: &Module, binding: &Binding) -> bool {
    !module.uses_binding(binding) && !binding.merged
}

/// Why evaluating the target does not matter, when it does not.
fn whole_is_erased(module: &Module, import: &ImportRecord) -> Option<Blocked> {
    if import.is_type {
        return Some("an import of types is not in the output");
    }
    if is_declaration(&module.path) {
        return Some("a declaration file has no output");
    }
    let elided = matches!(import.form, Form::Static | Form::Equals) && module.options.keeps_imports == Answer::No;
    elided.then_some("the TypeScript compiler leaves it out already")
}

fn is_whole_removal(case: &Case) -> bool {
    case.verdict.action == ImportAction::Remove && case.gone.iter().all(|gone| *gone)
}

/// The statement that has to become `export {}`, because without it the file would be a script.
fn stays_module(module: &Module, cases: &[Case]) -> Option<usize> {
    let by_name = [".mjs", ".mts"].iter().any(|extension| module.path.ends_with(extension));
    if module.record.has_export_syntax || !module.record.is_module || by_name {
        return None;
    }
    let is_syntax = |import: &ImportRecord| {
        matches!(import.form, Form::Static | Form::SideEffect | Form::Equals) && import.is_statement
    };
    let statements = module.record.imports.iter().enumerate().filter(|(_, import)| is_syntax(import));
    let all_go = statements.clone().all(|(at, _)| cases.iter().any(|case| case.at == at && is_whole_removal(case)));
    if all_go { statements.map(|(at, _)| at).next_back() } else { None }
}

fn title(module: &Module, case: &Case) -> String {
    let names: Vec<&str> = gone_bindings(module, case).map(|binding| binding.local.as_str()).collect();
    let what = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
    match case.verdict.action {
        ImportAction::KeepEffect => format!("keep only the effect of importing \"{}\"", case.import.specifier),
        _ => format!("remove unused import of {what} from \"{}\"", case.import.specifier),
    }
}

fn gone_bindings<'c>(module: &'c Module, case: &'c Case) -> impl Iterator<Item = &'c Binding> {
    case.import.bindings.iter().filter(|binding| !module.uses_binding(binding))
}

fn findings<'c>(module: &'c Module, case: &'c Case) -> impl Iterator<Item = ImportFinding> + 'c {
    gone_bindings(module, case).map(|binding| {
        finding(module, case.import, binding, ImportKind::Unused, case.verdict.action, &case.verdict.reason)
    })
}

/// A finding about one name.
pub(crate) fn finding(
    module: &Module,
    import: &ImportRecord,
    binding: &Binding,
    kind: ImportKind,
    action: ImportAction,
    reason: &str,
) -> ImportFinding {
    ImportFinding {
        language: Language::Javascript,
        location: Location { path: module.path.clone(), line: binding.position.line, column: binding.position.column },
        specifier: import.specifier.clone(),
        name: binding.local.clone(),
        kind,
        action,
        reason: reason.to_string(),
    }
}

/// Where the named bindings of a statement start.
pub(crate) fn named_bindings(import: &ImportRecord) -> impl Iterator<Item = &Binding> {
    import.bindings.iter().filter(|binding| is_named(import, binding))
}

/// The text of a span.
pub(crate) fn slice<'t>(page: &Page<'t>, span: Span) -> &'t str {
    span.text(page.text)
}
