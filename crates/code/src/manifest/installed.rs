use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::json::{self, Node};
use super::name::unscoped;
use super::package::Packages;
use crate::discover::Tree;

/// What the installed copy of a dependency says of itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Installed {
    /// Names of its commands.
    pub(super) binaries: Vec<String>,
    /// Its peers, optional ones included: whoever declares one of them means this package to find it.
    pub(super) peers: Vec<String>,
    /// Type declarations that are in force without being imported.
    pub(super) declares_globals: bool,
}

/// The installed copies of all declared dependencies, by package and name; what is not installed is missing.
pub(super) fn read_all(tree: &Tree, packages: &Packages) -> FxHashMap<(usize, String), Installed> {
    let mut wanted: Vec<(usize, String)> = Vec::new();
    for (at, package) in packages.list.iter().enumerate() {
        wanted.extend(package.declared.iter().map(|declared| (at, declared.name.clone())));
    }
    wanted.sort_unstable();
    wanted.dedup();
    let own: Vec<Option<PathBuf>> = packages.list.iter().map(|package| modules(tree, &package.folder)).collect();
    let above = modules(tree, "");
    let read = |(at, name): (usize, String)| {
        let folders = packages.chain(at).filter_map(|at| own[at].as_deref()).chain(above.as_deref());
        find(folders, &name).map(|found| ((at, name), found))
    };
    wanted.into_par_iter().filter_map(read).collect()
}

/// The `node_modules` of a folder, where it has one.
fn modules(tree: &Tree, folder: &str) -> Option<PathBuf> {
    Some(tree.absolute(folder).join("node_modules")).filter(|modules| modules.is_dir())
}

fn find<'a>(mut folders: impl Iterator<Item = &'a Path>, name: &str) -> Option<Installed> {
    folders.find_map(|folder| {
        let home = folder.join(name);
        let text = std::fs::read_to_string(home.join("package.json")).ok()?;
        let manifest = json::parse(&text).ok()?;
        let declares_globals = name.starts_with("@types/") && has_global_types(&home, &manifest);
        Some(Installed {
            binaries: binaries(name, &manifest),
            peers: keys(&manifest, "peerDependencies"),
            declares_globals,
        })
    })
}

fn keys(manifest: &Node, section: &str) -> Vec<String> {
    manifest.get(section).map(Node::entries).unwrap_or_default().iter().map(|entry| entry.key.clone()).collect()
}

fn binaries(name: &str, manifest: &Node) -> Vec<String> {
    match manifest.get("bin") {
        Some(bin) if bin.text().is_some() => vec![unscoped(name).to_string()],
        Some(bin) => bin.entries().iter().map(|entry| entry.key.clone()).collect(),
        None => Vec::new(),
    }
}

/// A declaration file without imports and exports at the start of a line is a script: everything in it is global.
fn has_global_types(home: &std::path::Path, manifest: &Node) -> bool {
    let entry = ["types", "typings"].iter().find_map(|key| manifest.get(key)?.text()).unwrap_or("index.d.ts");
    let Ok(text) = std::fs::read_to_string(home.join(entry)) else { return false };
    let is_module = text.lines().any(|line| {
        ["import ", "export ", "export=", "import{", "export{", "export*"].iter().any(|word| line.starts_with(word))
    });
    !is_module || text.contains("declare global")
}
