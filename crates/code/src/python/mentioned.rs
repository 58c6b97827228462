use rayon::prelude::*;

use crate::discover::{Tree, TreeFile};

/// Files that are no Python source and may import from it: Cython, notebooks, and documents with examples.
const ENDS: [&str; 7] = [".pyx", ".pxd", ".pxi", ".ipynb", ".rst", ".md", ".txt"];

/// `pkg.mod.Name` for every `from pkg.mod import Name` in such files.
pub(super) fn imports_in_text(tree: &Tree) -> Vec<String> {
    let files: Vec<&TreeFile> = tree
        .files
        .iter()
        .filter(|file| ENDS.iter().any(|end| file.path.ends_with(end)) && file.size < 2_000_000)
        .collect();
    let found: Vec<Vec<String>> =
        files.par_iter().map(|file| tree.text(file).map(|text| imports_in(&text)).unwrap_or_default()).collect();
    found.into_iter().flatten().collect()
}

fn imports_in(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let Some((head, names)) = line.split_once(" import ").or_else(|| line.split_once(" cimport ")) else {
            continue;
        };
        let Some((_, module)) = head.rsplit_once("from ") else {
            continue;
        };
        let module = module.trim();
        if module.is_empty() || !module.chars().all(|c| c == '_' || c == '.' || c.is_alphanumeric()) {
            continue;
        }
        for name in names.split(|c: char| c != '_' && !c.is_alphanumeric()).filter(|name| !name.is_empty()) {
            found.push(format!("{module}.{name}"));
        }
    }
    found
}
