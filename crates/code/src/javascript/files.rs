use crate::discover::Tree;

/// The last part of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The folder of a path, empty for the root.
pub(crate) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

/// `a/b` and `../c` give `a/c`. Empty when it leaves the root.
pub(crate) fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return String::new();
                }
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// `@scope/name` of `@scope/name/sub`; `None` for what cannot be a package.
pub(crate) fn package_name(specifier: &str) -> Option<&str> {
    if specifier.is_empty() || specifier.starts_with(['.', '/', '#', '~']) || specifier.contains([':', '\\', ' ']) {
        return None;
    }
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(parts - 1).map_or(specifier.len(), |(at, _)| at);
    specifier.get(..end).filter(|name| !name.starts_with('@') || name.contains('/'))
}

/// `a/b` of `a/b.d.ts` and `a/b.js`.
pub(crate) fn without_extension(path: &str) -> &str {
    for extension in [".d.ts", ".d.mts", ".d.cts", ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"] {
        if let Some(stem) = path.strip_suffix(extension) {
            return stem;
        }
    }
    path
}

/// Finds the file that the TypeScript compiler would take for a path, in the listing of the tree.
pub(crate) fn lookup(tree: &Tree, path: &str) -> Option<String> {
    as_file(tree, path).or_else(|| index_of(tree, path))
}

fn as_file(tree: &Tree, path: &str) -> Option<String> {
    let substituted: Option<(&str, &[&str])> = match path.rsplit_once('.') {
        Some((stem, "js")) => Some((stem, &[".ts", ".tsx", ".d.ts", ".js", ".jsx"])),
        Some((stem, "jsx")) => Some((stem, &[".tsx", ".ts", ".d.ts", ".jsx", ".js"])),
        Some((stem, "mjs")) => Some((stem, &[".mts", ".d.mts", ".mjs"])),
        Some((stem, "cjs")) => Some((stem, &[".cts", ".d.cts", ".cjs"])),
        _ => None,
    };
    let by_extension = substituted.and_then(|(stem, extensions)| first(tree, stem, extensions));
    by_extension.or_else(|| tree.contains(path).then(|| path.to_string())).or_else(|| {
        first(
            tree,
            path,
            &[".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs", ".json", ".vue", ".svelte"],
        )
    })
}

fn index_of(tree: &Tree, folder: &str) -> Option<String> {
    let base = if folder.is_empty() { "index".to_string() } else { format!("{folder}/index") };
    first(tree, &base, &[".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs", ".json"])
}

fn first(tree: &Tree, stem: &str, extensions: &[&str]) -> Option<String> {
    extensions.iter().map(|extension| format!("{stem}{extension}")).find(|path| tree.contains(path))
}
