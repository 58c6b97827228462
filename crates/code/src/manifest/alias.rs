use super::config::{self, Source};
use super::usage::View;

/// Whether a configuration of the package (or of one above it) mentions a name in a string or as a key, or a declaration
/// file declares a module of that name: then an import of it need not come from a package.
pub(super) fn is_declared(view: &View<'_>, at: usize, name: &str) -> bool {
    let tree = view.project.tree;
    let reach: Vec<usize> = view.packages.chain(at).collect();
    tree.files.iter().any(|file| {
        let Some(owner) = view.packages.owner(&file.path).filter(|owner| reach.contains(owner)) else { return false };
        let inside = super::production::inside(&view.packages.list[owner], &file.path);
        let is_ambient = inside.ends_with(".d.ts");
        let source = config::source(file, inside).filter(|source| *source != Source::Commands);
        if !is_ambient && source.is_none() {
            return false;
        }
        let Ok(text) = tree.text(file) else { return false };
        if is_ambient && declares(&text, name) {
            return true;
        }
        match source {
            Some(Source::Code) => config::code_words(&text).into_iter().any(|word| is_named(word, name)),
            Some(Source::Data) if inside.contains("config") => {
                config::data_words(&text).any(|word| is_named(word, name))
            }
            _ => false,
        }
    })
}

fn declares(text: &str, name: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find("declare module ") {
        rest = rest.get(at + 15..).unwrap_or_default();
        let declared = rest.trim_start_matches(['"', '\'']);
        if declared.strip_prefix(name).is_some_and(|after| after.starts_with(['"', '\'', '/'])) {
            return true;
        }
    }
    false
}

fn is_named(word: &str, name: &str) -> bool {
    word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('/'))
}
