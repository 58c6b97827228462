use std::path::Path;

use rustc_hash::FxHashMap;
use serde_json::Value;

use crate::discover::Tree;
use crate::javascript::config::{Configs, parse_json};
use crate::javascript::files;

/// Folders that build tools write and that `src` is the source of.
const OUTPUT_FOLDERS: [&str; 12] =
    ["dist", "build", "lib", "out", "esm", "cjs", "es", "types", "output", "compiled", "module", "commonjs"];

/// A `package.json` of the repository.
#[derive(Debug)]
pub(crate) struct Package {
    /// Relative folder, empty for the root.
    pub(crate) folder: String,
    pub(crate) json: Value,
}

impl Package {
    pub(crate) fn name(&self) -> Option<&str> {
        self.json.get("name").and_then(Value::as_str)
    }

    fn inside(&self, path: &str) -> String {
        files::join(&self.folder, path)
    }
}

/// All packages of the repository.
#[derive(Debug)]
pub(crate) struct Packages {
    pub(crate) list: Vec<Package>,
    by_name: FxHashMap<String, usize>,
}

impl Packages {
    /// Reads every `package.json`. One that does not parse is the manifest room's to report.
    pub(crate) fn read(tree: &Tree) -> Self {
        let mut list = Vec::new();
        let mut by_name = FxHashMap::default();
        for file in tree.files.iter().filter(|file| files::name(&file.path) == "package.json") {
            let Ok(text) = std::fs::read_to_string(tree.absolute(&file.path)) else {
                continue;
            };
            let Ok(json @ Value::Object(_)) = parse_json(&text) else {
                continue;
            };
            let package = Package { folder: files::folder(&file.path).to_string(), json };
            if let Some(name) = package.name() {
                by_name.entry(name.to_string()).or_insert(list.len());
            }
            list.push(package);
        }
        Self { list, by_name }
    }

    /// The innermost package that a file belongs to.
    pub(crate) fn of(&self, path: &str) -> Option<&Package> {
        let owns = |package: &&Package| package.folder.is_empty() || files::is_below(path, &package.folder);
        self.list.iter().filter(owns).max_by_key(|package| package.folder.len())
    }

    /// The source file in the repository that a bare specifier names, when a package of the repository has that name.
    pub(crate) fn resolve(&self, tree: &Tree, configs: &Configs, specifier: &str) -> Option<String> {
        let name = files::package_name(specifier)?;
        let package = self.list.get(*self.by_name.get(name)?)?;
        let subpath = specifier.get(name.len()..).unwrap_or_default().trim_start_matches('/');
        let targets = targets(&package.json, subpath);
        let found = targets.iter().find_map(|target| source_of(tree, configs, package, target));
        found.or_else(|| {
            let bases = if subpath.is_empty() { vec!["src/index", "index", "src/main"] } else { vec![subpath] };
            let direct = bases.into_iter().find_map(|base| files::lookup(tree, &package.inside(base)));
            direct.or_else(|| files::lookup(tree, &package.inside(&format!("src/{subpath}"))))
        })
    }

    /// The source file that `#name` of a package's `imports` names.
    pub(crate) fn import(&self, tree: &Tree, configs: &Configs, package: &Package, specifier: &str) -> Option<String> {
        let Some(Value::Object(imports)) = package.json.get("imports") else {
            return None;
        };
        let mut found = Vec::new();
        let fitting = imports.iter().filter_map(|(pattern, value)| {
            let star = match pattern.split_once('*') {
                Some((head, tail)) => specifier.strip_prefix(head)?.strip_suffix(tail)?,
                None => (pattern == specifier).then_some("")?,
            };
            Some((pattern.len(), star, value))
        });
        let (_, star, value) = fitting.max_by_key(|(length, _, _)| *length)?;
        leaves(value, &mut found);
        found.iter().find_map(|target| source_of(tree, configs, package, &target.replace('*', star)))
    }
}

/// What `exports` (or the main fields) say about a subpath.
fn targets(json: &Value, subpath: &str) -> Vec<String> {
    let mut out = Vec::new();
    match json.get("exports") {
        Some(exports) => export_targets(exports, subpath, &mut out),
        None if subpath.is_empty() => {
            let fields = ["types", "typings", "module", "main", "browser"];
            out.extend(fields.iter().filter_map(|field| json.get(*field)?.as_str()).map(ToString::to_string));
        }
        None => out.push(subpath.to_string()),
    }
    out
}

fn export_targets(exports: &Value, subpath: &str, out: &mut Vec<String>) {
    let key = if subpath.is_empty() { ".".to_string() } else { format!("./{subpath}") };
    let Value::Object(map) = exports else {
        if subpath.is_empty() {
            leaves(exports, out);
        }
        return;
    };
    if !map.keys().any(|key| key.starts_with('.')) {
        if subpath.is_empty() {
            leaves(exports, out);
        }
        return;
    }
    if let Some(value) = map.get(&key) {
        return leaves(value, out);
    }
    let best = map.iter().filter_map(|(pattern, value)| {
        let (head, tail) = pattern.split_once('*')?;
        let star = key.strip_prefix(head)?.strip_suffix(tail)?;
        Some((head.len(), star, value))
    });
    if let Some((_, star, value)) = best.max_by_key(|(length, _, _)| *length) {
        let from = out.len();
        leaves(value, out);
        out.iter_mut().skip(from).for_each(|target| *target = target.replace('*', star));
    }
}

/// Every string in a tree of conditions.
pub(crate) fn leaves(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|value| leaves(value, out)),
        Value::Object(map) => map.values().for_each(|value| leaves(value, out)),
        _ => {}
    }
}

/// The source of a file that a manifest names: the file itself, or what it is built from.
pub(crate) fn source_of(tree: &Tree, configs: &Configs, package: &Package, target: &str) -> Option<String> {
    let target = target.trim_start_matches("./").trim_end_matches('/');
    let path = package.inside(target);
    if tree.contains(&path) {
        return Some(path);
    }
    let stem = files::without_extension(&path);
    let by_config =
        configs.all().filter(|config| tree.relative(&config.folder).is_some_and(|folder| folder == package.folder));
    let mapped = by_config.filter_map(|config| {
        let out = ["outDir", "declarationDir"].iter().filter_map(|name| config.folder_option(name));
        let root = config.folder_option("rootDir");
        let inside = out
            .into_iter()
            .find_map(|out| Path::new(&tree.root).join(stem).strip_prefix(out).ok().map(Path::to_path_buf))?;
        let roots = root.into_iter().chain([config.folder.join("src"), config.folder.clone()]);
        roots.into_iter().find_map(|root| files::lookup(tree, &tree.relative(&root.join(&inside))?))
    });
    let found = mapped.into_iter().next().or_else(|| by_name(tree, package, target));
    // A package that is published from its output folder names files as they stand there.
    found
        .or_else(|| files::lookup(tree, &path))
        .or_else(|| files::lookup(tree, &package.inside(&format!("src/{target}"))))
}

/// `dist/esm/a.js` is built from `src/a.ts`, or from `a.ts`.
fn by_name(tree: &Tree, package: &Package, target: &str) -> Option<String> {
    let stem = files::without_extension(target);
    let mut parts: Vec<&str> = stem.split('/').collect();
    if !parts.first().is_some_and(|first| OUTPUT_FOLDERS.contains(first) || first.starts_with("dist")) {
        return None;
    }
    while parts.first().is_some_and(|first| OUTPUT_FOLDERS.contains(first) || first.starts_with("dist")) {
        parts.remove(0);
        let inner = parts.join("/");
        let tries = [format!("src/{inner}"), inner.clone(), format!("lib/{inner}"), format!("source/{inner}")];
        let inner_src = inner.strip_prefix("src/").map(|inner| format!("src/{inner}"));
        let found = tries.into_iter().chain(inner_src).find_map(|base| files::lookup(tree, &package.inside(&base)));
        if found.is_some() {
            return found;
        }
    }
    None
}
