use crate::javascript::decide::{Judge, finding, group};
use crate::javascript::edits::{Page, edit, is_named};
use crate::javascript::project::{Module, Project, Target};
use crate::javascript::purity::Purity;
use crate::javascript::record::{Binding, Form, ImportRecord, Imported};
use crate::{ChangeGroup, ImportAction, ImportFinding, ImportKind};

/// The statements with names that the compiler options want marked `type`.
pub(crate) fn candidates(project: &Project, module: &Module) -> Vec<usize> {
    if !module.options.wants_type_marks && !module.options.wants_type_imports {
        return Vec::new();
    }
    let imports = module.record.imports.iter().enumerate();
    imports.filter(|(at, _)| !marked(project, module, *at).is_empty()).map(|(at, _)| at).collect()
}

/// Which bindings of a statement are to be marked.
fn marked(project: &Project, module: &Module, at: usize) -> Vec<usize> {
    let (Some(import), Some(used)) = (module.record.imports.get(at), module.uses.get(at)) else {
        return Vec::new();
    };
    let is_plain = import.is_statement && import.form == Form::Static && !import.is_type && import.attributes.is_none();
    if !is_plain {
        return Vec::new();
    }
    let Target::Module(target) = used.target else {
        return Vec::new();
    };
    let is_type_use = |binding: &Binding| {
        let uses = binding.uses;
        uses.type_only && !uses.value && !uses.exported && !uses.metadata && !binding.merged && !binding.is_type
    };
    let bindings = import.bindings.iter().enumerate().filter(|(_, binding)| is_type_use(binding));
    if module.options.wants_type_marks {
        // The compiler refuses a type without the mark; a class that is used as a type may stay as it is.
        let types = bindings.filter(|(_, binding)| project.is_type_export(target, &binding.imported) == Some(true));
        return types.map(|(at, _)| at).collect();
    }
    let all: Vec<usize> = bindings.map(|(at, _)| at).collect();
    if all.len() == import.bindings.len() { all } else { Vec::new() }
}

/// Adds a finding and a group for each candidate that nothing else edits.
pub(crate) fn mark(
    judge: &Judge,
    module: &Module,
    page: &Page,
    candidates: &[usize],
    busy: &[usize],
    findings: &mut Vec<ImportFinding>,
    groups: &mut Vec<ChangeGroup>,
) {
    let span_is_free = |groups: &[ChangeGroup], import: &ImportRecord| {
        let edits = groups.iter().flat_map(|group| &group.edits);
        !edits.into_iter().any(|edit| edit.start < import.span.end && edit.end >= import.span.start)
    };
    for at in candidates.iter().filter(|at| !busy.contains(at)) {
        let Some(import) = module.record.imports.get(*at) else {
            continue;
        };
        if page.has_directive(import.span) || !span_is_free(groups, import) {
            continue;
        }
        let names = marked(judge.project, module, *at);
        let whole = names.len() == import.bindings.len();
        let is_pure = matches!(judge.effects.of(module, *at), Purity::Pure(_));
        if let Some(edits) = edits_for(module, import, &names, whole && is_pure) {
            let reason = "the compiler options ask for it, and it is used as a type alone";
            for binding in names.iter().filter_map(|at| import.bindings.get(*at)) {
                findings.push(finding(module, import, binding, ImportKind::TypeOnly, ImportAction::MarkType, reason));
            }
            groups.push(group(format!("mark the types imported from \"{}\"", import.specifier), edits));
        }
    }
}

fn edits_for(
    module: &Module,
    import: &ImportRecord,
    names: &[usize],
    is_statement: bool,
) -> Option<Vec<crate::TextEdit>> {
    let has_head = import.bindings.iter().any(|binding| !is_named(import, binding));
    let has_named = import.bindings.iter().any(|binding| is_named(import, binding));
    let after_import = import.span.start + u32::try_from("import".len()).unwrap_or(0);
    let has_inline = import.bindings.iter().any(|binding| binding.is_type);
    if is_statement && !has_inline && !(has_head && has_named) {
        return Some(vec![edit(after_import, after_import, " type")]);
    }
    if module.options.wants_type_imports && !module.options.wants_type_marks {
        return None;
    }
    let inline = names.iter().map(|at| {
        let binding = import.bindings.get(*at)?;
        let can = is_named(import, binding) && binding.imported != Imported::Namespace;
        can.then(|| edit(binding.span.start, binding.span.start, "type "))
    });
    inline.collect()
}
