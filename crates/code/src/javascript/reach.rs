use globset::GlobBuilder;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::fixture::is_fixture;
use crate::javascript::entries::Entries;
use crate::javascript::files;
use crate::javascript::packages::Packages;
use crate::javascript::parse::is_declaration;
use crate::javascript::project::{Module, Project, Target};
use crate::javascript::record::{Binding, Form, ImportRecord, Imported, Origin};
use crate::scope::Scope;
use crate::{DeadExport, DeadFile, Language, Location, Note, Report};

/// With more than this share of a package unreached, its entry points are not what they seem.
const PLAUSIBLE_SHARE: (usize, usize) = (1, 2);

/// Reports the files and exports that nothing reaches.
pub(crate) fn dead_code(project: &Project, packages: &Packages, entries: &Entries, scope: &Scope, report: &mut Report) {
    let started = started(project, packages);
    let reached = reached(project, &started, &entries.modules);
    let unclear = unclear(project, packages, entries, &reached, report);
    let used = used_names(project, &started, &reached, &entries.modules);
    for (at, module) in (0..).zip(&project.modules) {
        let owner = packages.of(&module.path).map(|package| package.folder.as_str());
        let is_clear = owner.is_some_and(|folder| !unclear.contains(folder));
        if !is_clear || !is_reportable(module) || !scope.includes(&module.path) {
            continue;
        }
        if !reached.contains(&at) {
            report.dead_files.push(DeadFile { language: Language::Javascript, path: module.path.clone() });
        } else if !entries.modules.contains(&at) {
            report.dead_exports.extend(dead_exports(module, used.get(&at)));
        }
    }
}

fn is_reportable(module: &Module) -> bool {
    let is_left = module.is_generated || module.is_foreign || is_declaration(&module.path) || is_fixture(&module.path);
    !is_left && module.record.syntax_error.is_none()
}

/// The modules that each module names by path in a string, taken from its own folder, its package's or the root.
fn started(project: &Project, packages: &Packages) -> FxHashMap<u32, Vec<u32>> {
    let mut started: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (at, module) in (0..).zip(&project.modules) {
        for path in &module.record.paths {
            let package = packages.of(&module.path).map_or("", |package| package.folder.as_str());
            let found = [files::folder(&module.path), package, ""].into_iter().filter_map(|folder| {
                let joined = files::join(folder, path);
                project.find(&joined).or_else(|| project.find(&files::lookup(project.tree, &joined)?))
            });
            started.entry(at).or_default().extend(found);
        }
    }
    started
}

fn reached(project: &Project, started: &FxHashMap<u32, Vec<u32>>, entries: &FxHashSet<u32>) -> FxHashSet<u32> {
    let mut reached = entries.clone();
    let mut open: Vec<u32> = entries.iter().copied().collect();
    while let Some(at) = open.pop() {
        let Some(module) = project.get(at) else { continue };
        let mut next = twins(project, module);
        next.extend(started.get(&at).into_iter().flatten());
        for (import, used) in module.record.imports.iter().zip(&module.uses) {
            match &used.target {
                Target::Module(target) => next.push(*target),
                _ if import.specifier.contains('*') => next.extend(matching(project, module, &import.specifier)),
                _ => {}
            }
        }
        open.extend(next.into_iter().filter(|target| reached.insert(*target)));
    }
    reached
}

/// A declaration beside its JavaScript: who reaches one has the other.
fn twins(project: &Project, module: &Module) -> Vec<u32> {
    let stem = files::without_extension(&module.path);
    let extensions: &[&str] =
        if is_declaration(&module.path) { &[".js", ".mjs", ".cjs", ".jsx"] } else { &[".d.ts", ".d.mts", ".d.cts"] };
    extensions.iter().filter_map(|extension| project.find(&format!("{stem}{extension}"))).collect()
}

/// The modules that a pattern (`import.meta.glob`, a template in `import()`) may name.
fn matching(project: &Project, module: &Module, pattern: &str) -> Vec<u32> {
    let base = files::join(files::folder(&module.path), pattern.trim_start_matches('/'));
    let Ok(glob) = GlobBuilder::new(&base).literal_separator(false).build() else { return Vec::new() };
    let matcher = glob.compile_matcher();
    let fits = |path: &str| matcher.is_match(path) || matcher.is_match(files::without_extension(path));
    (0..).zip(&project.modules).filter(|(_, module)| fits(&module.path)).map(|(at, _)| at).collect()
}

/// The folders of packages about which nothing is said, with a note for each.
fn unclear<'p>(
    project: &Project,
    packages: &'p Packages,
    entries: &'p Entries,
    reached: &FxHashSet<u32>,
    report: &mut Report,
) -> FxHashSet<&'p str> {
    let mut counts: FxHashMap<&str, (usize, usize)> = FxHashMap::default();
    for (at, module) in (0..).zip(&project.modules).filter(|(_, module)| is_reportable(module)) {
        let Some(package) = packages.of(&module.path) else { continue };
        let count = counts.entry(package.folder.as_str()).or_default();
        count.0 += 1;
        count.1 += usize::from(!reached.contains(&at));
    }
    let mut unclear: FxHashSet<&str> = FxHashSet::default();
    let (mut unknown, mut partly) = (Vec::new(), Vec::new());
    for (folder, (all, dead)) in counts {
        if entries.unclear.iter().any(|other| other == folder) {
            unclear.insert(folder);
            unknown.push(shown(folder));
        } else if dead > 5 && dead * PLAUSIBLE_SHARE.1 > all * PLAUSIBLE_SHARE.0 {
            unclear.insert(folder);
            partly.push(shown(folder));
        }
    }
    report.notes.extend(note("no entry point is known", unknown));
    report.notes.extend(note("the known entry points reach less than half of the modules", partly));
    if packages.list.is_empty() && project.modules.iter().any(is_reportable) {
        let message = "without a package.json no entry point is known: files and exports are not judged".to_string();
        report.notes.push(Note { message });
    }
    unclear
}

fn shown(folder: &str) -> String {
    if folder.is_empty() { "the root package".to_string() } else { folder.to_string() }
}

/// One note for all packages with the same trouble.
fn note(what: &str, mut folders: Vec<String>) -> Option<Note> {
    folders.sort();
    let named = folders.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    let more = folders.len().saturating_sub(5);
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    let message = format!("{what} in {named}{rest}: files and exports there are not judged");
    (!folders.is_empty()).then_some(Note { message })
}

/// The names of a module that something uses.
#[derive(Debug, Default)]
struct Names {
    all: bool,
    names: FxHashSet<String>,
}

struct Demand<'p, 't> {
    project: &'p Project<'t>,
    used: FxHashMap<u32, Names>,
    /// Modules with a name (or all names, `None`) to follow through re-exports.
    open: Vec<(u32, Option<String>)>,
}

fn used_names(
    project: &Project,
    started: &FxHashMap<u32, Vec<u32>>,
    reached: &FxHashSet<u32>,
    entries: &FxHashSet<u32>,
) -> FxHashMap<u32, Names> {
    let mut demand = Demand { project, used: FxHashMap::default(), open: Vec::new() };
    for at in entries {
        demand.ask(*at, None);
    }
    for at in reached {
        started.get(at).into_iter().flatten().for_each(|target| demand.ask(*target, None));
        let Some(module) = project.get(*at) else { continue };
        for (import, used) in module.record.imports.iter().zip(&module.uses) {
            if let Target::Module(target) = used.target {
                demand.import(module, import, target);
            } else if import.specifier.contains('*') {
                matching(project, module, &import.specifier).into_iter().for_each(|target| demand.ask(target, None));
            }
        }
    }
    demand.follow();
    demand.used
}

impl Demand<'_, '_> {
    fn ask(&mut self, at: u32, name: Option<&str>) {
        let names = self.used.entry(at).or_default();
        let is_new = match name {
            None => !std::mem::replace(&mut names.all, true),
            Some(name) => !names.all && names.names.insert(name.to_string()),
        };
        if is_new {
            self.open.push((at, name.map(ToString::to_string)));
        }
    }

    fn import(&mut self, module: &Module, import: &ImportRecord, target: u32) {
        match import.form {
            Form::SideEffect | Form::ReExport | Form::ReferencePath | Form::Augmentation => {}
            Form::Static | Form::Require | Form::Equals if !import.bindings.is_empty() => {
                for binding in import.bindings.iter().filter(|binding| counts(module, binding)) {
                    self.binding(binding, target);
                }
            }
            Form::Static => {}
            _ => self.ask(target, None),
        }
    }

    fn binding(&mut self, binding: &Binding, target: u32) {
        match (&binding.imported, &binding.members) {
            (Imported::Namespace, Some(members)) => members.iter().for_each(|name| self.ask(target, Some(name))),
            (imported, _) => self.imported(imported, target),
        }
    }

    fn imported(&mut self, imported: &Imported, target: u32) {
        match imported {
            Imported::Default => self.ask(target, Some("default")),
            Imported::Name(name) => self.ask(target, Some(name)),
            Imported::Namespace => self.ask(target, None),
        }
    }

    fn follow(&mut self) {
        while let Some((at, name)) = self.open.pop() {
            let Some(module) = self.project.get(at) else { continue };
            let named = module.record.exports.iter().any(|export| Some(&export.name) == name.as_ref());
            for export in &module.record.exports {
                let target = |at: u32| match module.uses.get(at as usize)?.target {
                    Target::Module(target) => Some(target),
                    _ => None,
                };
                match &export.origin {
                    Origin::Module { at, imported } if name.as_ref().is_none_or(|name| *name == export.name) => {
                        if let Some(target) = target(*at) {
                            self.imported(imported, target);
                        }
                    }
                    Origin::Star { at } if !named => {
                        if let Some(target) = target(*at) {
                            self.ask(target, name.as_deref());
                        }
                    }
                    _ => {}
                }
            }
        }
    }
}

/// A binding that is only exported again is asked for through that export.
fn counts(module: &Module, binding: &Binding) -> bool {
    let uses = binding.uses;
    uses.value
        || uses.type_only
        || uses.metadata
        || uses.doc
        || binding.merged
        || module.record.has_dynamic_scope
        || module.is_jsx_name(&binding.local)
}

fn dead_exports(module: &Module, used: Option<&Names>) -> Vec<DeadExport> {
    let is_used = |name: &str| used.is_some_and(|used| used.all || used.names.contains(name));
    let exports = module.record.exports.iter().filter(|export| {
        let is_judged = !export.name.is_empty() && export.name != "export=";
        // A type that the file's own signatures need may have to be exported for them.
        is_judged && !is_used(&export.name) && !(export.is_type && export.is_used_here)
    });
    exports
        .map(|export| DeadExport {
            language: Language::Javascript,
            location: Location {
                path: module.path.clone(),
                line: export.position.line,
                column: export.position.column,
            },
            name: export.name.clone(),
        })
        .collect()
}
