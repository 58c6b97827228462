use std::path::Path;
use std::sync::Arc;

use oxc_allocator::Allocator;
use oxc_ast::ast::{
    ExportAllDeclaration, ExportFromDeclaration, ImportDeclaration, ImportDeclarationSpecifier, Program,
    Statement as Node, StringLiteral, WithClause,
};
use oxc_span::GetSpan;
use rustc_hash::FxHashMap;

use crate::cache::FileCache;
use crate::discover::Tree;
use crate::import_order::{Binding, Item, Load, OrderVerdict, Outline, SortedFile, Statement, compare, reaches_cycle};
use crate::javascript::analyze::load;
use crate::javascript::config::{Answer, Configs};
use crate::javascript::edges::edges;
use crate::javascript::foreign::is_foreign_path;
use crate::javascript::lines::Lines;
use crate::javascript::link::link;
use crate::javascript::packages::Packages;
use crate::javascript::parse::{is_declaration, is_module_path, parse, program};
use crate::javascript::project::{Module, Project, ResolvedUse, Target};
use crate::javascript::purity::{Effectiveness, Purity};
use crate::javascript::record::{Form, ImportRecord, ModuleRecord};
use crate::javascript::resolve::Linker;

/// The verdicts about the JavaScript and TypeScript files among `files`, by path.
pub(crate) fn import_orders<'f>(
    tree: &Tree,
    folder: Option<&Path>,
    cache: &mut FileCache<ModuleRecord>,
    files: &'f [SortedFile],
) -> FxHashMap<&'f str, OrderVerdict> {
    if !files.iter().any(|file| is_module_path(&file.path)) {
        return FxHashMap::default();
    }
    let (loaded, _) = load(tree, folder, cache);
    let configs = Configs::read(tree);
    let packages = Packages::read(tree);
    let linker = Linker::new(tree, &configs, &packages);
    let (components, modules) = loaded.into_iter().partition(|one| is_foreign_path(&one.path));
    let project = link(tree, &configs, &linker, modules, components);
    let judge = Judge {
        project: &project,
        effects: Effectiveness::new(&project, &linker),
        cyclic: reaches_cycle(project.modules.len(), &edges(&project)),
    };
    let ours = files.iter().filter(|file| is_module_path(&file.path));
    ours.map(|file| (file.path.as_str(), judge.verdict(file))).collect()
}

struct Judge<'p, 't> {
    project: &'p Project<'t>,
    effects: Effectiveness<'p, 't>,
    /// For each module whether loading it enters a cycle.
    cyclic: Vec<bool>,
}

impl Judge<'_, '_> {
    fn verdict(&self, file: &SortedFile) -> OrderVerdict {
        let Some(now) = self.project.find(&file.path).and_then(|at| self.project.get(at)) else {
            return OrderVerdict::refused("the file is not one that is analysed");
        };
        if blake3::hash(file.before.as_bytes()).as_bytes() != &now.hash || now.options.is_malformed {
            return OrderVerdict::refused("the file changed meanwhile, or its compiler options cannot be read");
        }
        let next = sorted(self.project, now, file);
        let arena = Allocator::default();
        match (self.outline(&arena, now, now, &file.before), self.outline(&arena, now, &next, &file.after)) {
            (Some(before), Some(after)) => compare(&before, &after),
            _ => OrderVerdict::refused("the result does not parse"),
        }
    }

    /// `text` is that of `module`; what its imports lead to is known of `now`.
    fn outline<'t>(&self, arena: &'t Allocator, now: &Module, module: &Module, text: &'t str) -> Option<Outline<'t>> {
        let program = program(arena, &now.path, text, &Lines::new(text)).ok()?;
        let mut items: Vec<Item> = program.directives.iter().map(|one| code(one.span)).collect();
        items.extend(program.hashbang.iter().map(|one| code(one.span)));
        items.sort_by_key(|item| if let Item::Code(start, _) = item { *start } else { 0 });
        items.extend(program.body.iter().map(|node| match movable(node, text) {
            Some(mut statement) => {
                statement.loads = self.loads(now, module, &statement);
                Item::Import(statement)
            }
            None => code(node.span()),
        }));
        Some(Outline { text, items, comments: comments(program) })
    }

    fn loads(&self, now: &Module, module: &Module, statement: &Statement) -> Vec<Load> {
        let pairs = module.record.imports.iter().zip(&module.uses);
        let found = pairs.into_iter().find(|(import, _)| import.span.start as usize == statement.start);
        let is_certain = module.options.keeps_imports == Answer::No || is_declaration(&module.path);
        if found.is_some_and(|(import, used)| import.is_type || (used.is_erased && is_certain)) {
            return Vec::new();
        }
        vec![Load { name: statement.module.clone(), may_act: self.may_act(now, &statement.module) }]
    }

    fn may_act(&self, now: &Module, specifier: &str) -> bool {
        let Some(at) = now.record.imports.iter().position(|import| is_static(import, specifier)) else {
            return true;
        };
        let enters_cycle = match now.uses.get(at).map(|used| &used.target) {
            Some(Target::Module(target)) => self.cyclic.get(*target as usize) != Some(&false),
            _ => false,
        };
        enters_cycle || !matches!(self.effects.of(now, at), Purity::Pure(_))
    }
}

fn is_static(import: &ImportRecord, specifier: &str) -> bool {
    matches!(import.form, Form::Static | Form::SideEffect | Form::ReExport) && import.specifier == specifier
}

/// The module with the sorted text. What a specifier leads to does not depend on where it stands.
fn sorted(project: &Project, now: &Module, file: &SortedFile) -> Module {
    let record = Arc::new(parse(&file.path, &file.after));
    let mut next = Module { record: Arc::clone(&record), uses: Vec::new(), ..now.clone() };
    let used = |import: &ImportRecord| {
        let known = now.record.imports.iter().position(|one| is_static(one, &import.specifier));
        let target = known.and_then(|at| now.uses.get(at)).map_or(Target::Unresolved, |used| used.target.clone());
        let is_erased = next.is_erased(project, import, &target);
        ResolvedUse { target, package: None, is_erased, is_unused: false }
    };
    let uses = record.imports.iter().map(used).collect();
    next.uses = uses;
    next
}

fn code(span: oxc_span::Span) -> Item {
    Item::Code(span.start as usize, span.end as usize)
}

fn comments(program: &Program) -> Vec<(usize, usize)> {
    program.comments.iter().map(|comment| (comment.span.start as usize, comment.span.end as usize)).collect()
}

/// The statement, when it is one that sorting may move.
fn movable(node: &Node, text: &str) -> Option<Statement> {
    match node {
        Node::ImportDeclaration(import) => Some(import_statement(import, text)),
        Node::ExportFromDeclaration(export) => Some(export_from(export, text)),
        Node::ExportAllDeclaration(export) => Some(export_all(export, text)),
        _ => None,
    }
}

fn statement(span: oxc_span::Span, source: &StringLiteral, bindings: Vec<Binding>) -> Statement {
    let (start, end) = (span.start as usize, span.end as usize);
    Statement { start, end, module: source.value.to_string(), bindings, loads: Vec::new() }
}

/// `what` is everything about the binding but the module.
fn binding(span: oxc_span::Span, local: Option<&str>, what: &str, origin: &str) -> Binding {
    let text = format!("{what} from {origin}");
    let (start, end) = (span.start as usize, span.end as usize);
    Binding { start, end, local: local.map(ToString::to_string), value: text.clone(), text }
}

fn origin(source: &StringLiteral, with: Option<&WithClause>, text: &str) -> String {
    let attributes =
        with.map_or("", |clause| text.get(clause.span.start as usize..clause.span.end as usize).unwrap_or_default());
    format!("{:?} {attributes}", source.value.as_str())
}

fn import_statement(import: &ImportDeclaration, text: &str) -> Statement {
    let phase = import.phase.map_or_else(String::new, |phase| format!("{phase:?} "));
    let origin = origin(&import.source, import.with_clause.as_deref(), text);
    let whole = import.import_kind.is_type();
    let specifiers = import.specifiers.iter().flatten();
    let mut bindings: Vec<Binding> = specifiers
        .map(|one| {
            let local = one.local().name.as_str();
            let (name, is_type) = match one {
                ImportDeclarationSpecifier::ImportSpecifier(named) => {
                    (format!("{{{}}}", named.imported.name()), named.import_kind.is_type())
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => ("{default}".into(), false),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => ("*".into(), false),
            };
            let mark = if whole || is_type { "type " } else { "" };
            binding(one.span(), Some(local), &format!("import {phase}{mark}{name} as {local}"), &origin)
        })
        .collect();
    if bindings.is_empty() {
        let mark = if whole { "type " } else { "" };
        bindings.push(binding(import.source.span, None, &format!("import {phase}{mark}"), &origin));
    }
    statement(import.span, &import.source, bindings)
}

fn export_from(export: &ExportFromDeclaration, text: &str) -> Statement {
    let origin = origin(&export.source, export.with_clause.as_deref(), text);
    let whole = export.export_kind.is_type();
    let mut bindings: Vec<Binding> = export
        .specifiers
        .iter()
        .map(|one| {
            let mark = if whole || one.export_kind.is_type() { "type " } else { "" };
            let what = format!("export {mark}{} as {}", one.local.name(), one.exported.name());
            binding(one.span, None, &what, &origin)
        })
        .collect();
    if bindings.is_empty() {
        bindings.push(binding(export.source.span, None, "export", &origin));
    }
    statement(export.span, &export.source, bindings)
}

fn export_all(export: &ExportAllDeclaration, text: &str) -> Statement {
    let origin = origin(&export.source, export.with_clause.as_deref(), text);
    let mark = if export.export_kind.is_type() { "type " } else { "" };
    let name = export.exported.as_ref().map_or_else(String::new, |name| format!(" as {}", name.name()));
    let what = format!("export {mark}*{name}");
    statement(export.span, &export.source, vec![binding(export.source.span, None, &what, &origin)])
}
