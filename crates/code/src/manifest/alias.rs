use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::config::{self, Source};
use super::json::{self, Node};
use super::name::package_of;
use super::usage::Usage;
use super::view::{Key, View};
use crate::discover::TreeFile;

/// The undeclared names that a configuration mentions in a string or as a key, that an import map maps, or that a
/// declaration file declares as a module, with the package whose file does so: an import of such a name need not come
/// from a package.
pub(super) fn declared(view: &View<'_>, usage: &Usage) -> FxHashSet<Key> {
    let wanted: FxHashSet<&str> = usage.undeclared.keys().map(|(_, name)| name.as_str()).collect();
    if wanted.is_empty() {
        return FxHashSet::default();
    }
    let tree = view.project.tree;
    let read = |(file, owner): (&TreeFile, &Option<usize>)| {
        let owner = (*owner)?;
        let inside = view.packages.list[owner].strip(&file.path);
        if is_import_map(inside) {
            let names = import_map(&tree.text(file).ok()?).into_iter().filter(|name| wanted.contains(name.as_str()));
            return Some(names.map(|name| (owner, name)).collect());
        }
        let is_ambient = inside.ends_with(".d.ts");
        let source = config::source(file, inside).filter(|source| *source != Source::Commands);
        if !is_ambient && source.is_none() {
            return None;
        }
        let text = tree.text(file).ok()?;
        let mut words: Vec<&str> = if is_ambient { declarations(&text) } else { Vec::new() };
        match source {
            Some(Source::Code) => words.extend(config::code_words(&text)),
            Some(Source::Data) if inside.contains("config") => words.extend(config::data_words(&text)),
            _ => {}
        }
        let names = words.into_iter().filter_map(package_of).filter(|name| wanted.contains(name));
        Some(names.map(|name| (owner, name.to_string())).collect::<Vec<Key>>())
    };
    tree.files.par_iter().zip(&view.file_owners).filter_map(read).flatten_iter().collect()
}

/// Whether a file maps names to modules as Deno reads them: `deno.json`, `deno.test.jsonc`, `import_map.json`, `jsr.json`.
fn is_import_map(inside: &str) -> bool {
    let name = inside.rsplit('/').next().unwrap_or(inside);
    let is_json = name.ends_with(".json") || name.ends_with(".jsonc");
    let starts = ["deno.", "import_map.", "import-map.", "importmap.", "jsr."];
    is_json && starts.iter().any(|start| name.starts_with(start))
}

/// The packages that `imports` and `scopes` of an import map name.
fn import_map(text: &str) -> Vec<String> {
    let Ok(json) = json::parse_relaxed(text) else { return Vec::new() };
    let scopes = json.get("scopes").map(Node::entries).unwrap_or_default().iter().map(|scope| &scope.value);
    let maps = json.get("imports").into_iter().chain(scopes);
    maps.flat_map(Node::entries).filter_map(|entry| package_of(&entry.key)).map(ToString::to_string).collect()
}

/// The names that `declare module` gives.
fn declarations(text: &str) -> Vec<&str> {
    let parts = text.split("declare module ").skip(1);
    parts.filter_map(|rest| rest.trim_start_matches(['"', '\'']).split(['"', '\'']).next()).collect()
}
