use rustc_hash::FxHashSet;

use super::json::{Node, Value};
use super::package::Package;
use super::role::{Role, role};
use super::script;
use super::view::View;
use crate::javascript::project::{Project, Target};
use crate::javascript::record::Form;

const ENDINGS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

/// Packages that put what a program imports into its own files, or run it from a development server: what they bundle
/// may be a development dependency.
const BUNDLERS: [&str; 60] = [
    "rollup",
    "vite",
    "webpack",
    "webpack-cli",
    "esbuild",
    "tsup",
    "tsdown",
    "unbuild",
    "microbundle",
    "parcel",
    "parcel-bundler",
    "@vercel/ncc",
    "rolldown",
    "bunup",
    "pkgroll",
    "@rslib/core",
    "@rsbuild/core",
    "@rspack/core",
    "@rspack/cli",
    "ng-packagr",
    "browserify",
    "snowpack",
    "@parcel/core",
    "bunchee",
    "tsdx",
    "dts-cli",
    "next",
    "nuxt",
    "nuxt3",
    "gatsby",
    "react-scripts",
    "@angular/cli",
    "@vue/cli-service",
    "@sveltejs/kit",
    "astro",
    "@docusaurus/core",
    "vitepress",
    "vuepress",
    "electron-vite",
    "electron-builder",
    "@electron-forge/cli",
    "expo",
    "react-native",
    "metro",
    "@remix-run/dev",
    "@react-router/dev",
    "vinxi",
    "@tanstack/start",
    "preact-cli",
    "poi",
    "father",
    "umi",
    "dumi",
    "@umijs/max",
    "@stencil/core",
    "ember-cli",
    "wxt",
    "plasmo",
    "@crxjs/vite-plugin",
    "@bazel/esbuild",
];

/// Commands that compile file by file and leave imports as they are.
const COMPILERS: [&str; 6] = ["tsc", "babel", "swc", "tsgo", "vue-tsc", "theiaext"];

/// Starts of the names of files that configure a bundler.
const BUNDLER_FILES: [&str; 9] =
    ["vite.", "rollup.", "webpack.", "esbuild.", "tsup.", "tsdown.", "rolldown.", "rspack.", "build.config."];

/// Whether what the package imports may end up inside its own files: it uses a bundler itself, or a package above it
/// does and its own scripts do not say otherwise.
pub(super) fn is_bundled(view: &View<'_>, at: usize) -> bool {
    let package = &view.packages.list[at];
    let is_bundler =
        |name: &str| BUNDLERS.contains(&name) || name.starts_with("rollup-plugin-") || name.starts_with("@rollup/");
    let declares = |at: usize| view.packages.list[at].declared.iter().any(|declared| is_bundler(&declared.name));
    let scripts = package.json.get("scripts").map(Node::entries).unwrap_or_default();
    let words: FxHashSet<&str> =
        scripts.iter().filter_map(|entry| entry.value.text()).flat_map(script::words).collect();
    let runs = words.iter().any(|word| is_bundler(word))
        || words.contains("ncc")
        || words.contains("compile") && words.contains("deno");
    let has_config = || {
        let starts =
            |inside: &str| !inside.contains('/') && BUNDLER_FILES.iter().any(|start| inside.starts_with(start));
        let owned = view.project.tree.files.iter().zip(&view.file_owners).filter(|(_, owner)| **owner == Some(at));
        owned.into_iter().any(|(file, _)| starts(package.strip(&file.path)))
    };
    let compiles = COMPILERS.iter().any(|compiler| words.contains(compiler));
    runs || declares(at) || has_config() || !compiles && view.packages.chain(at).any(declares)
}

/// The modules of a package that run in production.
pub(super) struct Production {
    pub(super) modules: FxHashSet<usize>,
    /// Those of them that the package's entry points lead to; the others only look like it.
    pub(super) entered: FxHashSet<usize>,
}

/// What the entry points load, directly or through each other. Where `exports` does not close a package, the modules
/// beside those can be imported too; where no entry point leads into the tree, whatever looks like production code.
pub(super) fn modules(view: &View<'_>, at: usize) -> Production {
    let (project, package) = (view.project, &view.packages.list[at]);
    let is_own = |index: &usize| view.module_owners.get(*index).copied().flatten() == Some(at);
    let own: Vec<usize> = (0..project.modules.len()).filter(is_own).collect();
    let mut stack: Vec<usize> = Vec::new();
    for entry in entries(package) {
        match entry.split_once('*') {
            Some((start, end)) => stack.extend(matching(view, package, &own, start, end)),
            None => stack.extend(find(project, package, &entry)),
        }
    }
    let mut entered = FxHashSet::default();
    while let Some(index) = stack.pop() {
        if !entered.insert(index) {
            continue;
        }
        let Some(module) = project.modules.get(index) else { continue };
        for (record, resolved) in module.record.imports.iter().zip(&module.uses) {
            if let Target::Module(target) = resolved.target
                && loads(record.form)
                && !resolved.is_erased
            {
                stack.push(target as usize);
            }
        }
    }
    entered.retain(is_own);
    let folder = |index: usize| {
        let inside = project.modules.get(index).map(|module| package.strip(&module.path)).unwrap_or_default();
        inside.split_once('/').map_or("", |(first, _)| first)
    };
    let folders: FxHashSet<&str> =
        entered.iter().map(|index| folder(*index)).filter(|first| !first.is_empty()).collect();
    let is_open = package.json.get("exports").is_none();
    let is_beside = |index: usize| entered.is_empty() || is_open && folders.contains(folder(index));
    let beside = own.into_iter().filter(|index| is_beside(*index) && looks_shipped(view, package, *index));
    Production { modules: beside.chain(entered.iter().copied()).collect(), entered }
}

/// The modules that `./dist/*.js` in `exports` stands for.
fn matching(view: &View<'_>, package: &Package, own: &[usize], start: &str, end: &str) -> Vec<usize> {
    let start = start.trim_start_matches("./");
    let source = start.split_once('/').map(|(_, after)| format!("src/{after}"));
    let is_code = end.is_empty() || ENDINGS.iter().any(|ending| end.ends_with(&format!(".{ending}")));
    let fits = |index: &usize| {
        let inside = view.project.modules.get(*index).map(|module| package.strip(&module.path)).unwrap_or_default();
        is_code
            && role(inside) == Role::Production
            && (inside.starts_with(start) || source.as_deref().is_some_and(|source| inside.starts_with(source)))
    };
    own.iter().copied().filter(fits).collect()
}

fn loads(form: Form) -> bool {
    use Form::{Dynamic, Equals, ReExport, Require, SideEffect, Static};
    matches!(form, Static | SideEffect | ReExport | Equals | Dynamic | Require)
}

/// By its place, and not run by a script of package.json.
fn looks_shipped(view: &View<'_>, package: &Package, index: usize) -> bool {
    let inside = view.project.modules.get(index).map(|module| package.strip(&module.path)).unwrap_or_default();
    let scripts = package.json.get("scripts").map(Node::entries).unwrap_or_default();
    let commands = scripts.iter().filter_map(|entry| entry.value.text());
    let is_run = commands.flat_map(script::words).any(|word| word.trim_start_matches("./") == inside);
    role(inside) == Role::Production && !is_run
}

/// Files that the manifest names as what the package is entered by.
fn entries(package: &Package) -> Vec<String> {
    let mut found = Vec::new();
    for key in ["source", "main", "module", "bin", "exports", "browser", "svelte", "react-native", "unpkg", "jsdelivr"]
    {
        let Some(node) = package.json.get(key) else { continue };
        match &node.value {
            Value::String(path) => found.push(path.clone()),
            _ => values(node, &mut found),
        }
    }
    let scripts = package.json.get("scripts");
    for name in ["start", "serve", "start:prod", "postinstall", "install", "preinstall"] {
        let command = scripts.and_then(|scripts| scripts.get(name)).and_then(Node::text).unwrap_or_default();
        found.extend(
            command.split_whitespace().filter(|word| word.contains('.') || word.contains('/')).map(str::to_string),
        );
    }
    for usual in ["index", "src/index", "src/main"] {
        found.push(usual.to_string());
    }
    found
}

/// The strings that are values: the keys of `exports` are what users write, not files.
fn values(node: &Node, found: &mut Vec<String>) {
    match &node.value {
        Value::String(path) => found.push(path.clone()),
        Value::Array(items) => items.iter().for_each(|item| values(item, found)),
        Value::Object(entries) => {
            let code = entries.iter().filter(|entry| entry.key != "types" && entry.key != "typings");
            code.for_each(|entry| values(&entry.value, found));
        }
        Value::Other | Value::Bool(_) => {}
    }
}

/// The module that an entry names, or the source that it is built from.
fn find(project: &Project<'_>, package: &Package, entry: &str) -> Option<usize> {
    let clean = entry.trim_start_matches("./").trim_end_matches('/');
    if clean.is_empty() {
        return None;
    }
    let mut bases = vec![clean.to_string()];
    let mut rest = clean;
    while let Some((_, after)) = rest.split_once('/') {
        bases.extend([format!("src/{after}"), format!("lib/{after}"), after.to_string()]);
        rest = after;
    }
    let at = |path: &str| project.find(&package.inside(path)).map(|at| at as usize);
    bases.iter().find_map(|base| {
        let stem = base
            .rsplit_once('.')
            .filter(|(_, ending)| ENDINGS.contains(ending))
            .map_or(base.as_str(), |(stem, _)| stem);
        let exact = (base == clean).then(|| at(base)).flatten();
        let other = || ENDINGS.iter().find_map(|ending| at(&format!("{stem}.{ending}")));
        let index = || ENDINGS.iter().find_map(|ending| at(&format!("{stem}/index.{ending}")));
        exact.or_else(other).or_else(index)
    })
}
