use rayon::prelude::*;

use crate::cache::Loaded;
use crate::discover::Tree;
use crate::javascript::config::{Answer, Config, Configs};
use crate::javascript::files;
use crate::javascript::parse::is_typescript;
use crate::javascript::project::{Module, Options, Project, ResolvedUse, Target};
use crate::javascript::record::{Form, ModuleRecord};
use crate::javascript::resolve::{Linker, Place};

/// Resolves every import of every module. `components` are the single-file components, which are never edited.
pub(crate) fn link<'t>(
    tree: &'t Tree,
    configs: &Configs,
    linker: &Linker,
    loaded: Vec<Loaded<ModuleRecord>>,
    components: Vec<Loaded<ModuleRecord>>,
) -> Project<'t> {
    let mut files: Vec<(Loaded<ModuleRecord>, bool)> = loaded.into_iter().map(|one| (one, false)).collect();
    files.extend(components.into_iter().map(|one| (one, true)));
    files.sort_by(|a, b| a.0.path.cmp(&b.0.path));
    let owners: Vec<Vec<&Config>> = files.par_iter().map(|(one, _)| configs.of(tree, &one.path)).collect();
    let pairs = files.into_iter().zip(&owners);
    let modules = pairs.map(|((one, is_foreign), owners)| unlinked(tree, configs, owners, one, is_foreign)).collect();
    let mut project = Project { tree, modules };
    let pairs = project.modules.par_iter().zip(&owners);
    let uses: Vec<Vec<ResolvedUse>> =
        pairs.map(|(module, owners)| resolve_all(&project, owners, linker, module)).collect();
    for (module, uses) in project.modules.iter_mut().zip(uses) {
        module.uses = uses;
    }
    let erased: Vec<Vec<bool>> = project.modules.par_iter().map(|module| erased_of(&project, module)).collect();
    for (module, erased) in project.modules.iter_mut().zip(erased) {
        for (used, is_erased) in module.uses.iter_mut().zip(erased) {
            used.is_erased = is_erased;
        }
    }
    project
}

fn unlinked(tree: &Tree, configs: &Configs, owners: &[&Config], one: Loaded<ModuleRecord>, is_foreign: bool) -> Module {
    let options = options(owners, configs, &one.path, &one.record);
    let is_generated = one.record.is_generated || tree.is_marked_generated(&one.path);
    Module { path: one.path, hash: one.hash, record: one.record, uses: Vec::new(), options, is_generated, is_foreign }
}

fn erased_of(project: &Project, module: &Module) -> Vec<bool> {
    let pairs = module.record.imports.iter().zip(&module.uses);
    pairs.map(|(import, used)| module.is_erased(project, import, &used.target)).collect()
}

fn options(owners: &[&Config], configs: &Configs, path: &str, record: &ModuleRecord) -> Options {
    let keeps = match agreed(owners, Config::keeps_imports) {
        _ if !is_typescript(path) => Answer::Yes,
        Answer::No if configs.babel_keeps_imports => Answer::Unknown,
        answer => answer,
    };
    Options {
        keeps_imports: keeps,
        wants_type_marks: owners.first().is_some_and(|config| config.wants_type_marks()),
        wants_type_imports: owners.first().is_some_and(|config| config.text("importsNotUsedAsValues") == Some("error")),
        emits_metadata: agreed(owners, Config::emits_metadata),
        jsx_names: jsx_names(owners, record),
        is_malformed: configs.is_malformed(path),
    }
}

/// What all configurations of a file say; where they differ it is unknown. No configuration means the defaults.
fn agreed(owners: &[&Config], answer: fn(&Config) -> Answer) -> Answer {
    let mut answers = owners.iter().map(|config| answer(config));
    let first = answers.next().unwrap_or(Answer::No);
    if answers.all(|other| other == first) { first } else { Answer::Unknown }
}

/// The names that JSX compiles to. None with the automatic runtime.
fn jsx_names(owners: &[&Config], record: &ModuleRecord) -> Vec<String> {
    let jsx = &record.jsx;
    let is_automatic = match jsx.runtime.as_deref() {
        Some(runtime) => runtime == "automatic",
        None => {
            jsx.import_source.is_some()
                || (!owners.is_empty() && owners.iter().all(|config| config.has_automatic_jsx()))
        }
    };
    if is_automatic && jsx.factory.is_none() {
        return Vec::new();
    }
    let root = |name: &str| name.split('.').next().unwrap_or(name).to_string();
    let mut names: Vec<String> = jsx.factory.iter().chain(&jsx.fragment_factory).map(|name| root(name)).collect();
    for option in ["jsxFactory", "jsxFragmentFactory", "reactNamespace"] {
        names.extend(owners.iter().filter_map(|config| config.factory(option)).map(ToString::to_string));
    }
    let has_factory = jsx.factory.is_some() || owners.iter().any(|config| config.factory("jsxFactory").is_some());
    let needs_react = !has_factory || (jsx.fragments && jsx.fragment_factory.is_none());
    if needs_react {
        names.push("React".to_string());
    }
    names
}

fn resolve_all(project: &Project, owners: &[&Config], linker: &Linker, module: &Module) -> Vec<ResolvedUse> {
    let imports = module.record.imports.iter();
    imports
        .map(|import| {
            let target = match import.form {
                Form::ReferencePath => {
                    target(project, linker.resolve(&module.path, &relative(&import.specifier), owners))
                }
                Form::Mention if import.specifier.contains('*') => Target::Unresolved,
                _ => target(project, linker.resolve(&module.path, &import.specifier, owners)),
            };
            let is_repository = matches!(target, Target::Module(_) | Target::Asset(_));
            let is_alias = is_repository && owners.iter().any(|config| config.maps(&import.specifier));
            let package = files::package_name(&import.specifier).filter(|_| target != Target::Builtin && !is_alias);
            let is_unused =
                !import.bindings.is_empty() && !import.bindings.iter().any(|binding| module.uses_binding(binding));
            ResolvedUse { target, package: package.map(ToString::to_string), is_erased: false, is_unused }
        })
        .collect()
}

fn relative(path: &str) -> String {
    if path.starts_with('.') { path.to_string() } else { format!("./{path}") }
}

fn target(project: &Project, place: Place) -> Target {
    match place {
        Place::Inside(path) => project.find(&path).map_or(Target::Asset(path), Target::Module),
        Place::Outside(path) => Target::Outside(path),
        Place::Builtin => Target::Builtin,
        Place::Nowhere => Target::Unresolved,
    }
}
