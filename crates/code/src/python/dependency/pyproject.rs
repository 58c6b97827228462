use std::ops::Range;

use toml_edit::{Array, Document, Item, TableLike};

use crate::TextEdit;
use crate::python::line::Lines;

use super::declaration::{Declaration, Group, is_development, normalise, requirement_name};

/// What a pyproject.toml says that matters here.
#[derive(Debug, Default)]
pub(super) struct Pyproject {
    pub(super) declarations: Vec<Declaration>,
    /// The project's own distribution.
    pub(super) name: Option<String>,
    /// `black` of `[tool.black]`.
    pub(super) tools: Vec<String>,
    /// `pkg.mod:attr` of entry points and scripts.
    pub(super) entry_points: Vec<String>,
    /// Values of all strings, where commands and plugins are named.
    pub(super) words: Vec<String>,
    pub(super) is_dynamic: bool,
}

struct Reader<'a> {
    path: &'a str,
    text: &'a str,
    lines: Lines,
    found: Pyproject,
}

/// Reads a pyproject.toml.
///
/// # Errors
///
/// What is wrong with the file, when it is no TOML.
pub(super) fn read_pyproject(path: &str, text: &str) -> Result<Pyproject, String> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document = Document::parse(body).map_err(|error| error.to_string())?;
    let mut reader = Reader { path, text, lines: Lines::new(text), found: Pyproject::default() };
    let root = document.as_table();
    reader.project(root);
    if text.len() == body.len() {
        reader.groups(root);
        reader.tools(root);
    }
    let build = root.get("build-system").and_then(|item| item.get("requires")).and_then(Item::as_array);
    reader.array(build, "build-system.requires", Group::Build);
    Ok(reader.found)
}

impl Reader<'_> {
    fn project(&mut self, root: &dyn TableLike) {
        let Some(project) = root.get("project").and_then(Item::as_table_like) else {
            return;
        };
        self.found.name = project.get("name").and_then(Item::as_str).map(normalise);
        let dynamic = project.get("dynamic").and_then(Item::as_array);
        self.found.is_dynamic = dynamic.is_some_and(|list| list.iter().any(|one| one.as_str() == Some("dependencies")));
        self.array(project.get("dependencies").and_then(Item::as_array), "project.dependencies", Group::Production);
        for (extra, list) in tables(project.get("optional-dependencies")) {
            let group = if is_development(extra) { Group::Development } else { Group::Optional };
            self.array(list.as_array(), &format!("project.optional-dependencies.{extra}"), group);
        }
        for section in ["scripts", "gui-scripts"] {
            self.entries(project.get(section));
        }
        for (_, group) in tables(project.get("entry-points")) {
            self.entries(Some(group));
        }
    }

    fn entries(&mut self, item: Option<&Item>) {
        let values = tables(item).into_iter().filter_map(|(_, value)| value.as_str());
        let cleaned = values.map(|value| value.split('[').next().unwrap_or(value).replace(' ', ""));
        self.found.entry_points.extend(cleaned);
    }

    fn groups(&mut self, root: &dyn TableLike) {
        for (group, list) in tables(root.get("dependency-groups")) {
            self.array(list.as_array(), &format!("dependency-groups.{group}"), Group::Development);
        }
    }

    fn tools(&mut self, root: &dyn TableLike) {
        for (tool, item) in tables(root.get("tool")) {
            self.found.tools.push(normalise(tool));
            collect_strings(item, false, &mut self.found.words);
        }
        let tool = |path: &[&str]| path.iter().try_fold(root.get("tool")?, |item, key| item.get(*key));
        self.array(
            tool(&["uv", "dev-dependencies"]).and_then(Item::as_array),
            "tool.uv.dev-dependencies",
            Group::Development,
        );
        for (group, list) in tables(tool(&["pdm", "dev-dependencies"])) {
            self.array(list.as_array(), &format!("tool.pdm.dev-dependencies.{group}"), Group::Development);
        }
        for (name, environment) in tables(tool(&["hatch", "envs"])) {
            for key in ["dependencies", "extra-dependencies"] {
                let list = environment.get(key).and_then(Item::as_array);
                self.array(list, &format!("tool.hatch.envs.{name}.{key}"), Group::Development);
            }
        }
        let Some(poetry) = tool(&["poetry"]) else {
            return;
        };
        if self.found.name.is_none() {
            self.found.name = poetry.get("name").and_then(Item::as_str).map(normalise);
        }
        self.poetry_table(poetry.get("dependencies"), "tool.poetry.dependencies", Group::Production);
        self.poetry_table(poetry.get("dev-dependencies"), "tool.poetry.dev-dependencies", Group::Development);
        for (group, table) in tables(poetry.get("group")) {
            let kind = if group == "main" { Group::Production } else { Group::Development };
            self.poetry_table(table.get("dependencies"), &format!("tool.poetry.group.{group}.dependencies"), kind);
        }
        self.entries(poetry.get("scripts"));
        for (_, group) in tables(poetry.get("plugins")) {
            self.entries(Some(group));
        }
    }

    fn poetry_table(&mut self, item: Option<&Item>, section: &str, group: Group) {
        let Some(table) = item.and_then(Item::as_table_like) else {
            return;
        };
        let entries: Vec<_> = table
            .iter()
            .map(|(name, value)| {
                let key = table.key(name).and_then(toml_edit::Key::span);
                let optional = value.get("optional").and_then(Item::as_bool).unwrap_or(false);
                let span = if value.is_table() { None } else { value.span() };
                (name.to_string(), key, span, optional)
            })
            .collect();
        for (name, key, value, optional) in entries {
            if name == "python" {
                continue;
            }
            let at = key.as_ref().map_or(0, |span| span.start);
            let removal = key.zip(value).and_then(|(key, value)| self.line_removal(key.start, value.end));
            let text = name.clone();
            let group = if optional && group == Group::Production { Group::Optional } else { group };
            self.push(&name, text, at, section, group, removal);
        }
    }

    fn push(&mut self, name: &str, text: String, at: usize, section: &str, group: Group, removal: Option<TextEdit>) {
        let (line, column) = self.lines.position(self.text, offset(at));
        self.found.declarations.push(Declaration {
            name: name.to_string(),
            normal: normalise(name),
            text,
            path: self.path.to_string(),
            line,
            column,
            section: section.to_string(),
            group,
            removal,
        });
    }

    /// Requirements as strings in an array.
    fn array(&mut self, list: Option<&Array>, section: &str, group: Group) {
        let Some(list) = list else {
            return;
        };
        let spans: Vec<Option<Range<usize>>> = list.iter().map(toml_edit::Value::span).collect();
        for (at, value) in list.iter().enumerate() {
            let Some(text) = value.as_str() else {
                continue;
            };
            let Some(name) = requirement_name(text) else {
                continue;
            };
            let next = spans.get(at + 1).cloned().flatten().map(|span| span.start);
            let removal = spans[at].clone().and_then(|span| self.element_removal(span, next));
            let start = spans[at].as_ref().map_or(0, |span| span.start);
            self.push(name, text.to_string(), start, section, group, removal);
        }
    }

    /// A whole line, when nothing else is on it.
    fn line_removal(&self, start: usize, end: usize) -> Option<TextEdit> {
        let line = self.lines.start(offset(start));
        let next = self.lines.next(offset(end), self.text);
        let rest = self.text.get(end..next as usize)?.trim();
        let alone = self.lines.is_own_line(self.text, start) && (rest.is_empty() || rest.starts_with('#'));
        alone.then(|| TextEdit { start: line, end: next, text: String::new() })
    }

    /// An element with its comma: its own line where it has one, else the text up to the next element. TOML allows a
    /// comma after the last element, so every subset of such removals leaves an array.
    fn element_removal(&self, span: Range<usize>, next: Option<usize>) -> Option<TextEdit> {
        let after = self.text.get(span.end..)?;
        let comma = after.find([',', '#', '\n', ']']).filter(|&at| after.as_bytes().get(at) == Some(&b','));
        let end = comma.map_or(span.end, |at| span.end + at + 1);
        if let Some(edit) = self.line_removal(span.start, end) {
            return Some(edit);
        }
        let gap = self.text.get(end..)?;
        let until = next.unwrap_or(usize::MAX).min(end + (gap.len() - gap.trim_start_matches([' ', '\t']).len()));
        Some(TextEdit { start: offset(span.start), end: offset(until), text: String::new() })
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn tables(item: Option<&Item>) -> Vec<(&str, &Item)> {
    item.and_then(Item::as_table_like).map(|table| table.iter().collect()).unwrap_or_default()
}

/// Keys of tool settings whose strings name plugins and commands.
const NAMING_KEYS: [&str; 10] = [
    "addopts",
    "commands",
    "cmd",
    "extensions",
    "load-plugins",
    "plugins",
    "required_plugins",
    "scripts",
    "tasks",
    "run",
];

fn collect_strings(item: &Item, names: bool, words: &mut Vec<String>) {
    if let Item::Value(value) = item {
        if names {
            collect_values(value, words);
        }
        return;
    }
    for (key, inner) in tables(Some(item)) {
        collect_strings(inner, names || NAMING_KEYS.contains(&key), words);
    }
}

fn collect_values(value: &toml_edit::Value, words: &mut Vec<String>) {
    match value {
        toml_edit::Value::String(text) => words.push(text.value().clone()),
        toml_edit::Value::Array(list) => list.iter().for_each(|one| collect_values(one, words)),
        toml_edit::Value::InlineTable(table) => table.iter().for_each(|(_, one)| collect_values(one, words)),
        _ => {}
    }
}
