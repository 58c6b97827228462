use std::sync::Arc;

use crate::ChangeGroup;
use crate::javascript::parse::parse;
use crate::javascript::project::Module;
use crate::javascript::record::{Imported, ModuleRecord};

/// Whether a file with all groups applied still parses, uses the same names of the same modules, and exports the same.
/// The edits are made to keep this; a mistake in them must not reach a file.
pub(crate) fn holds(module: &Module, text: &str, groups: &[ChangeGroup]) -> bool {
    let Some(edited) = apply(text, groups) else { return false };
    let record = parse(&module.path, &edited);
    let by_name = [".mjs", ".mts"].iter().any(|extension| module.path.ends_with(extension));
    let stays_module = by_name || record.is_module == module.record.is_module;
    if record.syntax_error.is_some() || !stays_module {
        return false;
    }
    let after = Module { record: Arc::new(record), ..module.clone() };
    used(module) == used(&after) && exported(&module.record) == exported(&after.record)
}

/// `None` when edits overlap or leave the text.
fn apply(text: &str, groups: &[ChangeGroup]) -> Option<String> {
    let mut edits: Vec<_> = groups.iter().flat_map(|group| &group.edits).collect();
    edits.sort_by_key(|edit| (edit.start, edit.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.start as usize)?);
        out.push_str(&edit.text);
        at = edit.end as usize;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

fn used(module: &Module) -> Vec<(&str, &str, String)> {
    let imports = module.record.imports.iter().filter(|import| import.is_statement);
    let pairs = imports.flat_map(|import| import.bindings.iter().map(move |binding| (import, binding)));
    let mut used: Vec<_> = pairs
        .filter(|(_, binding)| module.uses_binding(binding))
        .map(|(import, binding)| (import.specifier.as_str(), binding.local.as_str(), spelled(&binding.imported)))
        .collect();
    used.sort();
    used
}

fn spelled(imported: &Imported) -> String {
    match imported {
        Imported::Default => "default".to_string(),
        Imported::Namespace => "*".to_string(),
        Imported::Name(name) => format!("{name} "),
    }
}

fn exported(record: &ModuleRecord) -> Vec<&str> {
    record.exports.iter().map(|export| export.name.as_str()).collect()
}
