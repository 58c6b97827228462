use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::name::package_of;
use super::package::is_test_data;
use super::usage::Usage;
use super::view::View;
use crate::discover::TreeFile;
use crate::javascript::record::ImportRecord;

/// Text that may name a dependency in quotes, by the ending of the file.
const TEXT: [&str; 32] = [
    "js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "cts", "vue", "svelte", "astro", "mdx", "css", "scss", "sass",
    "less", "styl", "pcss", "postcss", "html", "htm", "pug", "jade", "ejs", "hbs", "njk", "coffee", "liquid", "php",
    "erb", "twig", "marko",
];

/// The end of `@jest-environment jsdom` and `@vitest-environment jsdom` in a comment.
const ENVIRONMENT: &[u8] = b"-environment ";

/// Above this many bytes a file is data.
const LIMIT: u64 = 20 * 1024 * 1024;

/// Looks for the names of dependencies that nothing seems to use in the text of every source file, in quotes or as a
/// path: a plugin loaded by name, a worker, a style sheet, an import in a file that does not parse.
pub(super) fn by_text(view: &View<'_>, usage: &mut Usage) {
    let mut wanted: FxHashSet<&str> = FxHashSet::default();
    for (at, package) in view.packages.list.iter().enumerate() {
        let unused = package.declared.iter().filter(|declared| !usage.is_used(&(at, declared.name.clone())));
        wanted.extend(unused.map(|declared| declared.name.as_str()));
    }
    if wanted.is_empty() {
        return;
    }
    let tree = view.project.tree;
    let listed = tree.files.iter().map(|file| file.path.as_str());
    let skipped = tree.skipped.iter().map(|file| file.path.as_str()).filter(|path| tree.get(path).is_none());
    let paths: Vec<&str> = listed.chain(skipped).filter(|path| is_text(path)).collect();
    let read = |path: &&str| {
        let owner = view.packages.owner(path)?;
        if tree.get(path).is_some_and(|file: &TreeFile| file.size > LIMIT) {
            return None;
        }
        let bytes = std::fs::read(tree.absolute(path)).ok()?;
        let module = view.project.find(path).and_then(|at| view.project.modules.get(at as usize));
        let imports = module.map(|module| module.record.imports.as_slice()).unwrap_or_default();
        let found = mentions(&bytes, imports, &wanted);
        (!found.is_empty()).then_some((owner, found))
    };
    let found: Vec<(usize, Vec<String>)> = paths.par_iter().filter_map(read).collect();
    for (owner, names) in found {
        names.iter().for_each(|name| view.name(usage, owner, name));
    }
}

/// Sources, and data that tests read, where the plugins that a test loads stand.
fn is_text(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_data =
        path.ends_with(".json") && !matches!(name, "package.json" | "package-lock.json" | "npm-shrinkwrap.json");
    if is_data && is_test_data(path) {
        return true;
    }
    path.rsplit_once('.').is_some_and(|(_, ending)| TEXT.contains(&ending))
}

fn mentions(bytes: &[u8], imports: &[ImportRecord], wanted: &FxHashSet<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        let (start, is_quoted) = match byte {
            b'"' | b'\'' | b'`' => (at + 1, true),
            b'~' | b'!' => (at + 1, false),
            b'/' if bytes[..at].ends_with(b"node_modules") => (at + 1, false),
            b'-' if bytes.get(at..at + ENVIRONMENT.len()) == Some(ENVIRONMENT) => (at + ENVIRONMENT.len(), false),
            _ => continue,
        };
        let rest = bytes.get(start..).unwrap_or_default();
        // A quoted `~package/file` of a style sheet is met again at its tilde.
        let length = rest.iter().position(|byte| !is_name(*byte)).unwrap_or(rest.len());
        let after = rest.get(length).copied().unwrap_or_default();
        // `css!./a` and `style!css?modules!./a` are the loader syntax of webpack.
        let is_ended = match byte {
            b'!' => after == b'!' || after == b'?',
            _ => !is_quoted || after == *byte || after == b'!' || after == b'?',
        };
        if length == 0 || length > 214 || !is_ended {
            continue;
        }
        let name = std::str::from_utf8(&rest[..length]).ok().and_then(package_of);
        let Some(name) = name.filter(|name| wanted.contains(name)) else { continue };
        let is_import = imports.iter().any(|import| {
            // A specifier with webpack's loaders names more than one package.
            (import.source.start as usize..import.source.end as usize).contains(&at) && !import.specifier.contains('!')
        });
        if !is_import && !is_comment_or_declaration(bytes, at) {
            found.push(name.to_string());
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"@/_.-".contains(&byte)
}

/// Whether the line of an occurrence is a comment (one that sets the test environment excepted), or declares the types
/// of the module that it names.
fn is_comment_or_declaration(bytes: &[u8], at: usize) -> bool {
    let start = bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = bytes[start..at].trim_ascii_start();
    let is_comment =
        line.starts_with(b"//") || line.starts_with(b"*") || line.starts_with(b"/*") || line.starts_with(b"<!--");
    let sets_environment = bytes.get(at..at + ENVIRONMENT.len()) == Some(ENVIRONMENT);
    is_comment && !sets_environment || line.trim_ascii_end().ends_with(b"declare module")
}
