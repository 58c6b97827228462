use std::path::Path;

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Alias, Stmt, StmtImport, StmtImportFrom};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use crate::cache::FileCache;
use crate::discover::Tree;
use crate::import_order::{Binding, Item, Load, OrderVerdict, Outline, SortedFile, Statement, compare, reaches_cycle};

use super::cycles::edges;
use super::loading::{Loading, Loads};
use super::name::first_segment;
use super::record::{Place, PythonRecord};
use super::repository::Repository;
use super::{dependency, is_python, load};

/// The verdicts about the Python files among `files`, by path.
pub(crate) fn import_orders<'f>(
    tree: &Tree,
    folder: Option<&Path>,
    cache: &mut FileCache<PythonRecord>,
    files: &'f [SortedFile],
) -> FxHashMap<&'f str, OrderVerdict> {
    if !files.iter().any(|file| is_python(&file.path)) {
        return FxHashMap::default();
    }
    let (loaded, _) = load(tree, folder, cache);
    let projects = dependency::read_projects(tree, &mut Vec::new(), &mut Vec::new());
    let folders: Vec<String> = projects.into_iter().map(|project| project.folder).collect();
    let repository = Repository::new(loaded, &folders, &[]);
    let judge = Judge {
        repository: &repository,
        loading: Loading::new(&repository),
        cyclic: reaches_cycle(repository.files.len(), &edges(&repository)),
    };
    let ours = files.iter().filter(|file| is_python(&file.path));
    ours.map(|file| (file.path.as_str(), judge.verdict(file))).collect()
}

struct Judge<'a> {
    repository: &'a Repository,
    loading: Loading<'a>,
    /// For each file whether loading it enters a cycle.
    cyclic: Vec<bool>,
}

impl Judge<'_> {
    fn verdict(&self, file: &SortedFile) -> OrderVerdict {
        let Some(at) = (0..self.repository.count()).find(|at| self.repository.path(*at) == file.path) else {
            return OrderVerdict::refused("the file is not one that is analysed");
        };
        let hash = self.repository.files.get(at as usize).map(|file| file.hash);
        if hash.as_ref() != Some(blake3::hash(file.before.as_bytes()).as_bytes()) {
            return OrderVerdict::refused("the file changed meanwhile");
        }
        let effects = self.effects(at);
        match (outline(&file.before, &effects), outline(&file.after, &effects)) {
            (Some(before), Some(after)) => compare(&before, &after),
            _ => OrderVerdict::refused("the result does not parse"),
        }
    }

    /// For everything that the module's own imports load whether loading it may be noticed.
    fn effects(&self, file: u32) -> FxHashMap<String, bool> {
        let mut found = FxHashMap::default();
        for (at, import) in self.repository.record(file).imports.iter().enumerate() {
            if import.place != Place::Module {
                continue;
            }
            let target = &self.repository.targets(file)[at];
            for (index, name) in import.names.iter().enumerate() {
                let loads = self.loading.loads(file, at, index);
                let is_missing = self.loading.is_missing(file, at, index);
                let mut may_act = is_missing || self.may_act(&loads);
                if import.is_from {
                    let module = dotted(import.level, import.module.as_deref());
                    let member = target.names.get(index).copied().flatten();
                    let without = loads.files.iter().copied().filter(|loaded| Some(*loaded) != member).collect();
                    let of_module = self.may_act(&Loads { files: without, external: loads.external.clone() });
                    let is_future = module == "__future__";
                    found.insert(module.clone(), is_future || is_missing && target.module.is_none() || of_module);
                    // An attribute of a module of the repository is there once the module is.
                    may_act &= member.is_some() || !target.is_first_party || is_missing;
                    may_act |= name.imported == "*" || is_future;
                    found.insert(member_name(&module, &name.imported), may_act);
                } else {
                    found.insert(name.imported.clone(), may_act);
                }
            }
        }
        found
    }

    fn may_act(&self, loads: &Loads) -> bool {
        let enters_cycle = |file: &u32| self.cyclic.get(*file as usize) != Some(&false);
        !self.loading.reach(loads).noticeable.is_empty() || loads.files.iter().any(enters_cycle)
    }
}

fn dotted(level: u32, module: Option<&str>) -> String {
    format!("{}{}", ".".repeat(level as usize), module.unwrap_or_default())
}

fn member_name(module: &str, name: &str) -> String {
    if module.ends_with('.') { format!("{module}{name}") } else { format!("{module}.{name}") }
}

fn outline<'t>(text: &'t str, effects: &FxHashMap<String, bool>) -> Option<Outline<'t>> {
    let parsed = ruff_python_parser::parse_module(text).ok()?;
    let offsets = |range: ruff_text_size::TextRange| (range.start().to_usize(), range.end().to_usize());
    let comments = parsed.tokens().iter().filter(|token| token.kind() == TokenKind::Comment);
    let comments = comments.map(|token| offsets(token.range())).collect();
    let statements = parsed.syntax().body.iter();
    let items = statements.map(|statement| match statement {
        Stmt::Import(import) => Item::Import(plain(import, effects)),
        Stmt::ImportFrom(import) => Item::Import(from(import, effects)),
        other => {
            let (start, end) = offsets(other.range());
            Item::Code(start, end)
        }
    });
    Some(Outline { text, items: items.collect(), comments })
}

fn loads(names: impl Iterator<Item = String>, effects: &FxHashMap<String, bool>) -> Vec<Load> {
    names.map(|name| Load { may_act: effects.get(&name) != Some(&false), name }).collect()
}

fn plain(import: &StmtImport, effects: &FxHashMap<String, bool>) -> Statement {
    let bindings = import.names.iter().map(|alias| {
        let name = alias.name.as_str();
        let first = first_segment(name);
        // `import a.b` and `import a.c` both bind the package `a`.
        match &alias.asname {
            Some(local) => binding(alias, local.as_str(), name.to_string(), format!("import {name} as {local}")),
            None => binding(alias, first, first.to_string(), format!("import {name}")),
        }
    });
    Statement {
        start: import.range().start().to_usize(),
        end: import.range().end().to_usize(),
        module: import.names.first().map_or_else(String::new, |alias| alias.name.to_string()),
        bindings: bindings.collect(),
        loads: loads(import.names.iter().map(|alias| alias.name.to_string()), effects),
    }
}

fn from(import: &StmtImportFrom, effects: &FxHashMap<String, bool>) -> Statement {
    let module = dotted(import.level, import.module.as_ref().map(|name| name.as_str()));
    let bindings = import.names.iter().map(|alias| {
        let name = alias.name.as_str();
        let local = alias.asname.as_ref().map_or(name, |local| local.as_str());
        let mark = alias.asname.as_ref().map_or_else(String::new, |local| format!(" as {local}"));
        binding(alias, local, member_name(&module, name), format!("from {module} import {name}{mark}"))
    });
    let members = import.names.iter().map(|alias| member_name(&module, alias.name.as_str()));
    Statement {
        start: import.range().start().to_usize(),
        end: import.range().end().to_usize(),
        bindings: bindings.collect(),
        loads: loads(std::iter::once(module.clone()).chain(members), effects),
        module,
    }
}

fn binding(alias: &Alias, local: &str, value: String, text: String) -> Binding {
    let (start, end) = (alias.range().start().to_usize(), alias.range().end().to_usize());
    Binding { start, end, local: Some(local.to_string()), value, text }
}
