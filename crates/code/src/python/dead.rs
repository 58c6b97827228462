use rustc_hash::FxHashSet;

use crate::discover::Tree;
use crate::graph::Edge;
use crate::scope::Scope;
use crate::{DeadExport, DeadFile, Language, Location, Report};

use super::dependency::{Project, is_development_file};
use super::modules::{is_init, join, parent};
use super::record::{DefinitionKind, mention};
use super::repository::Repository;
use super::uses::Uses;

/// Modules that frameworks find by their name.
const FOUND_BY_NAME: [&str; 30] = [
    "__init__",
    "__main__",
    "admin",
    "app",
    "apps",
    "asgi",
    "celery",
    "cli",
    "commands",
    "conf",
    "config",
    "conftest",
    "context_processors",
    "forms",
    "main",
    "manage",
    "middleware",
    "models",
    "plugin",
    "plugins",
    "receivers",
    "serializers",
    "settings",
    "setup",
    "signals",
    "tasks",
    "tests",
    "urls",
    "views",
    "wsgi",
];

/// Folders whose modules are loaded by name or by listing the folder.
const FOUND_BY_FOLDER: [&str; 8] =
    ["commands", "migrations", "versions", "templatetags", "plugins", "extensions", "locale", "settings"];

/// Adds modules that nothing loads and definitions that nothing names. Only reported: what is run from outside, loaded
/// by name or offered to others cannot be told for certain.
pub(super) fn report_dead(
    tree: &Tree,
    scope: &Scope,
    repository: &Repository,
    edges: &[Edge],
    uses: &Uses,
    projects: &[Project],
    report: &mut Report,
) {
    let reached = reached(repository, edges, uses);
    let mut written = None;
    for file in 0..repository.count() {
        let path = repository.path(file);
        if !reached.contains(&file) && scope.includes(path) {
            // Whoever installs the project may import a public module, and documents then name it.
            let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
            if is_offered(path, projects) && written.get_or_insert_with(|| written_words(tree)).contains(&mention(stem))
            {
                continue;
            }
            report.dead_files.push(DeadFile { language: Language::Python, path: path.to_string() });
        }
    }
    report_definitions(tree, scope, repository, &reached, projects, report);
}

/// Everything that the entry points load, entry points included.
fn reached(repository: &Repository, edges: &[Edge], uses: &Uses) -> FxHashSet<u32> {
    let mut out: Vec<Vec<u32>> = vec![Vec::new(); repository.count() as usize];
    for edge in edges {
        out[edge.from as usize].push(edge.to);
    }
    let listed = listed_folders(repository);
    let mut reached = FxHashSet::default();
    let mut stack: Vec<u32> =
        (0..repository.count()).filter(|&file| is_entry(repository, uses, file, &listed)).collect();
    while let Some(file) = stack.pop() {
        if reached.insert(file) {
            stack.extend(&out[file as usize]);
        }
    }
    reached
}

/// Folders whose package looks at its own content.
fn listed_folders(repository: &Repository) -> FxHashSet<String> {
    let lists =
        ["iter_modules", "walk_packages", "import_module", "__import__", "__path__", "listdir", "iterdir", "glob"]
            .map(mention);
    (0..repository.count())
        .filter(|&file| is_init(repository.path(file)))
        .filter(|&file| lists.iter().any(|hash| repository.record(file).mentions.binary_search(hash).is_ok()))
        .map(|file| parent(repository.path(file)).to_string())
        .collect()
}

fn is_entry(repository: &Repository, uses: &Uses, file: u32, listed: &FxHashSet<String>) -> bool {
    let path = repository.path(file);
    let record = repository.record(file);
    let folder = parent(path);
    let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    let in_package = ["__init__.py", "__init__.pyi"].iter().any(|init| repository.modules.has(&join(folder, init)));
    let has_no_code = record.definitions.is_empty() && record.effects.is_empty() && record.imports.is_empty();
    !in_package
        || record.is_script
        || record.generated
        || record.broken.is_some()
        || has_no_code
        || path.ends_with(".pyi")
        || FOUND_BY_NAME.contains(&stem)
        || folder.split('/').any(|part| FOUND_BY_FOLDER.contains(&part))
        || listed.contains(folder)
        || is_development_file(path)
        || uses.is_module_spelled(repository, file)
        || uses.is_file_named(path)
}

fn report_definitions(
    tree: &Tree,
    scope: &Scope,
    repository: &Repository,
    reached: &FxHashSet<u32>,
    projects: &[Project],
    report: &mut Report,
) {
    let mut mentioned: FxHashSet<u64> = FxHashSet::default();
    for file in 0..repository.count() {
        mentioned.extend(&repository.record(file).mentions);
        mentioned.extend(repository.record(file).exports.iter().map(|name| mention(name)));
    }
    let mut found = Vec::new();
    for file in (0..repository.count()).filter(|file| reached.contains(file)) {
        let path = repository.path(file);
        let record = repository.record(file);
        let skip = record.generated
            || is_init(path)
            || path.ends_with(".pyi")
            || is_development_file(path)
            || !scope.includes(path);
        if skip {
            continue;
        }
        let is_offered = is_offered(path, projects);
        for definition in &record.definitions {
            let is_private = definition.name.starts_with('_');
            let is_dead = definition.kind != DefinitionKind::Value
                && definition.decorators.is_empty()
                && !definition.name.ends_with("__")
                && (is_private || !is_offered)
                && !mentioned.contains(&mention(&definition.name));
            if is_dead {
                let location = Location { path: path.to_string(), line: definition.line, column: definition.column };
                found.push(DeadExport { language: Language::Python, location, name: definition.name.clone() });
            }
        }
    }
    if !found.is_empty() {
        let words = written_words(tree);
        found.retain(|one| !words.contains(&mention(&one.name)));
    }
    report.dead_exports.extend(found);
}

/// Whether a module belongs to a project that others install, and is no private part of it.
fn is_offered(path: &str, projects: &[Project]) -> bool {
    let is_private = path.split('/').any(|part| part.starts_with('_') && !part.starts_with("__"));
    !is_private
        && projects.iter().any(|project| {
            project.is_distributed() && (project.folder.is_empty() || path.starts_with(&format!("{}/", project.folder)))
        })
}

/// Words of settings, templates and documents, where code may be named.
fn written_words(tree: &Tree) -> FxHashSet<u64> {
    let ends = [
        ".toml", ".cfg", ".ini", ".yaml", ".yml", ".json", ".html", ".txt", ".rst", ".md", ".jinja", ".j2", ".sh",
        ".ipynb", ".xml",
    ];
    let mut words = FxHashSet::default();
    for file in
        tree.files.iter().filter(|file| file.size < 2_000_000 && ends.iter().any(|end| file.path.ends_with(end)))
    {
        let Ok(text) = tree.text(file) else {
            continue;
        };
        words.extend(
            text.split(|c: char| c != '_' && !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(mention),
        );
    }
    words
}
