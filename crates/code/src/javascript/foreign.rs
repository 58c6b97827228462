use crate::javascript::parse::parse;
use crate::javascript::record::{Form, ModuleRecord};

/// Single-file components and pages: their scripts import modules, but the file is another language's.
pub(crate) fn is_foreign_path(path: &str) -> bool {
    [".vue", ".svelte", ".astro", ".html", ".htm", ".mdx"].iter().any(|extension| path.ends_with(extension))
}

/// The name of the language for a person, and whether the file is a component that a note should count.
pub(crate) fn component_kind(path: &str) -> Option<&'static str> {
    let kinds = [(".vue", "Vue"), (".svelte", "Svelte"), (".astro", "Astro")];
    kinds.iter().find(|(extension, _)| path.ends_with(extension)).map(|(_, kind)| *kind)
}

/// A record with the imports of the scripts in the file. The markup may use any binding, so all count as used.
pub(crate) fn parse_foreign(path: &str, text: &str) -> ModuleRecord {
    let mut scripts = String::new();
    if path.ends_with(".mdx") {
        scripts.push_str(&lines_with_imports(text));
    }
    if path.ends_with(".astro") && text.starts_with("---") {
        let front = text.get(3..).and_then(|rest| rest.split_once("\n---")).map(|(front, _)| front);
        scripts.push_str(front.unwrap_or_default());
        scripts.push('\n');
    }
    let sources = script_parts(text, &mut scripts);
    for source in sources {
        scripts.push_str(&format!("import {source:?};\n"));
    }
    let mut record = parse(&format!("{path}.ts"), &scripts);
    if record.syntax_error.is_some() {
        record = parse(&format!("{path}.ts"), &lines_with_imports(&scripts));
    }
    for import in &mut record.imports {
        import.is_statement = false;
        for binding in &mut import.bindings {
            binding.uses.value = true;
            binding.members = None;
        }
        if import.form == Form::Static && import.bindings.is_empty() {
            import.form = Form::SideEffect;
        }
    }
    record.syntax_error = None;
    record.exports.clear();
    record.lines = u32::try_from(text.lines().count()).unwrap_or(u32::MAX);
    record
}

/// Appends the bodies of `<script>` elements to `out`; gives the `src` of those that have one.
fn script_parts(text: &str, out: &mut String) -> Vec<String> {
    let mut sources = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("<script") {
        let after = rest.get(at + "<script".len()..).unwrap_or_default();
        let Some(end) = after.find('>') else { break };
        let tag = after.get(..end).unwrap_or_default();
        let body_on = after.get(end + 1..).unwrap_or_default();
        sources.extend(source_attribute(tag));
        let body =
            if tag.ends_with('/') { Some("") } else { body_on.find("</script").and_then(|close| body_on.get(..close)) };
        let body = body.unwrap_or_default();
        out.push_str(body);
        out.push('\n');
        rest = body_on.get(body.len()..).unwrap_or_default();
    }
    sources
}

fn source_attribute(tag: &str) -> Option<String> {
    let at = tag.find("src=")? + "src=".len();
    let quote = tag.get(at..)?.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let value = tag.get(at + 1..)?.split(quote).next()?;
    let is_local = !value.contains("://") && !value.starts_with("//") && !value.is_empty();
    is_local.then(|| {
        if value.starts_with('.') { value.to_string() } else { format!("./{}", value.trim_start_matches('/')) }
    })
}

fn lines_with_imports(text: &str) -> String {
    let wanted = text.lines().filter(|line| {
        let line = line.trim_start();
        (line.starts_with("import ") || line.starts_with("export ")) && line.contains(['"', '\''])
    });
    wanted.collect::<Vec<_>>().join("\n")
}
