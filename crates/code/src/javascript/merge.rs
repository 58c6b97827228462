use crate::javascript::config::Answer;
use crate::javascript::decide::{finding, group, named_bindings, slice};
use crate::javascript::edits::{Page, edit, is_named};
use crate::javascript::parse::is_declaration;
use crate::javascript::project::Module;
use crate::javascript::record::{Binding, Form, ImportRecord, Imported, Position, Span, Uses};
use crate::{ChangeGroup, ImportAction, ImportFinding, ImportKind, TextEdit};

/// Sets of statements that import the same module in the same way: the first, and those that can go into it.
pub(crate) fn candidates(module: &Module) -> Vec<Vec<usize>> {
    let imports = module.record.imports.iter().enumerate();
    let statements: Vec<(usize, &ImportRecord)> = imports.filter(|(_, import)| is_plain(import)).collect();
    let mut sets: Vec<Vec<usize>> = Vec::new();
    for (at, import) in &statements {
        let same = |set: &&mut Vec<usize>| {
            let first = set.first().and_then(|first| module.record.imports.get(*first));
            first.is_some_and(|first| first.specifier == import.specifier && first.is_type == import.is_type)
        };
        match sets.iter_mut().find(same) {
            Some(set) => set.push(*at),
            None => sets.push(vec![*at]),
        }
    }
    sets.retain(|set| set.len() > 1);
    sets
}

fn is_plain(import: &ImportRecord) -> bool {
    let form = matches!(import.form, Form::Static | Form::SideEffect);
    form && import.is_statement && import.attributes.is_none() && !import.is_fragile
}

/// Merges the later statements of each set into the earliest that can take them, one group for each set.
pub(crate) fn merge(
    module: &Module,
    page: &Page,
    sets: &[Vec<usize>],
    busy: &[usize],
    findings: &mut Vec<ImportFinding>,
    groups: &mut Vec<ChangeGroup>,
) {
    for set in sets {
        let members: Vec<&ImportRecord> = set.iter().filter_map(|at| module.record.imports.get(*at)).collect();
        let is_free =
            !set.iter().any(|at| busy.contains(at)) && !members.iter().any(|import| is_commented(page, import));
        if !is_free {
            continue;
        }
        let Some(merged) = merge_set(module, page, &members) else {
            continue;
        };
        for import in merged.gone {
            let whole = statement_binding(import);
            let bindings =
                if import.bindings.is_empty() { std::slice::from_ref(&whole) } else { import.bindings.as_slice() };
            let reason = "an earlier statement imports the same module";
            let found = bindings
                .iter()
                .map(|binding| finding(module, import, binding, ImportKind::Duplicate, ImportAction::Merge, reason));
            findings.extend(found);
        }
        let specifier = members.first().map(|import| import.specifier.as_str()).unwrap_or_default();
        groups.push(group(format!("merge the imports from \"{specifier}\""), merged.edits));
    }
}

struct Merged<'m> {
    gone: Vec<&'m ImportRecord>,
    edits: Vec<TextEdit>,
}

fn is_commented(page: &Page, import: &ImportRecord) -> bool {
    let alone = page.whole_lines(import.span);
    let has_comment = page.has_comment(import.span.start, import.span.end);
    alone.is_none_or(|lines| has_comment || page.has_comment(lines.start, lines.end)) || page.has_directive(import.span)
}

/// A stand-in for a statement that binds nothing.
fn statement_binding(import: &ImportRecord) -> Binding {
    let position: Position = import.position;
    Binding {
        local: String::new(),
        imported: Imported::Namespace,
        span: import.span,
        position,
        is_type: false,
        uses: Uses::default(),
        merged: false,
        members: None,
    }
}

fn merge_set<'m>(module: &Module, page: &Page, members: &[&'m ImportRecord]) -> Option<Merged<'m>> {
    let mut gone: Vec<&ImportRecord> = Vec::new();
    let mut edits = Vec::new();
    for (at, import) in members.iter().enumerate().filter(|(_, import)| import.bindings.is_empty()) {
        let earlier = members.get(..at).unwrap_or_default();
        if import.form == Form::SideEffect && earlier.iter().any(|earlier| is_evaluated(module, earlier)) {
            gone.push(import);
        }
    }
    if let Some(taker) = members.iter().position(|import| takes(import)) {
        let keeper = *members.get(taker)?;
        let mut intake = Intake { keeper, names: Vec::new(), default: None };
        for import in members.iter().skip(taker + 1).filter(|import| !import.bindings.is_empty()) {
            if keeps_order(module, keeper, import) && intake.take(page, import) {
                gone.push(import);
            }
        }
        edits.extend(intake.default.map(|name| default_edit(keeper, name)));
        edits.extend(named_edit(page, keeper, &intake.names));
    }
    if gone.is_empty() {
        return None;
    }
    for import in &gone {
        edits.push(page.remove_statement(import.span).ok()?);
    }
    Some(Merged { gone, edits })
}

/// What the first statement takes from the later ones.
struct Intake<'m, 't> {
    keeper: &'m ImportRecord,
    names: Vec<&'t str>,
    default: Option<&'t str>,
}

impl<'t> Intake<'_, 't> {
    fn take(&mut self, page: &Page<'t>, import: &ImportRecord) -> bool {
        let has_default = self.keeper.bindings.iter().any(|binding| !is_named(self.keeper, binding));
        let head: Vec<&Binding> = import.bindings.iter().filter(|binding| !is_named(import, binding)).collect();
        let can_take_head = match head.as_slice() {
            [] => true,
            [one] => one.imported == Imported::Default && !has_default && self.default.is_none() && !import.is_type,
            _ => false,
        };
        // `import type a, {b}` is not valid.
        let mixes = self.keeper.is_type && has_default;
        if !can_take_head || mixes {
            return false;
        }
        self.default = head.first().map(|binding| slice(page, binding.span)).or(self.default);
        self.names.extend(named_bindings(import).map(|binding| slice(page, binding.span)));
        true
    }
}

/// A statement that others can go into: named bindings, a default, or both.
fn takes(import: &ImportRecord) -> bool {
    let is_namespace = |binding: &Binding| !is_named(import, binding) && binding.imported == Imported::Namespace;
    import.form == Form::Static && !import.bindings.is_empty() && !import.bindings.iter().any(is_namespace)
}

/// Whether the statement stays in the output, so that a bare import of the same module adds nothing.
fn is_evaluated(module: &Module, import: &ImportRecord) -> bool {
    let is_kept = import.form == Form::SideEffect || module.options.keeps_imports == Answer::Yes;
    let has_value = import.bindings.iter().any(|binding| binding.uses.value && !binding.is_type);
    !import.is_type && !is_declaration(&module.path) && (is_kept || has_value)
}

/// A statement that the compiler leaves out does not evaluate the module: names that do must not move up into it past
/// another module.
fn keeps_order(module: &Module, keeper: &ImportRecord, import: &ImportRecord) -> bool {
    let between = |other: &ImportRecord| {
        let is_hoisted = matches!(other.form, Form::Static | Form::SideEffect | Form::ReExport | Form::Equals);
        is_hoisted
            && other.specifier != keeper.specifier
            && keeper.span.end <= other.span.start
            && other.span.end <= import.span.start
    };
    keeper.is_type || is_evaluated(module, keeper) || !module.record.imports.iter().any(between)
}

fn default_edit(keeper: &ImportRecord, name: &str) -> TextEdit {
    let at = keeper.braces.map_or(keeper.source.start, |braces| braces.start);
    edit(at, at, &format!("{name}, "))
}

/// Adds names before the closing brace, in the way the list is written.
fn named_edit(page: &Page, keeper: &ImportRecord, names: &[&str]) -> Option<TextEdit> {
    if names.is_empty() {
        return None;
    }
    let Some(braces) = keeper.braces else {
        let default = keeper.bindings.first()?;
        return Some(edit(default.span.end, default.span.end, &format!(", {{ {} }}", names.join(", "))));
    };
    let Some(last) = named_bindings(keeper).last() else {
        return Some(edit(braces.start, braces.end, &format!("{{ {} }}", names.join(", "))));
    };
    let before = slice(page, Span { start: braces.start, end: last.span.start });
    let indent = before.rsplit_once('\n').map(|(_, indent)| indent).filter(|indent| indent.trim().is_empty());
    let end = if before.contains("\r\n") { "\r\n" } else { "\n" };
    let separator = indent.map_or(", ".to_string(), |indent| format!(",{end}{indent}"));
    let added: String = names.iter().map(|name| format!("{separator}{name}")).collect();
    // The list's own last comma, where there is one, ends up after the last of the new names.
    Some(edit(last.span.end, last.span.end, &added))
}
