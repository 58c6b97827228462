use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use crate::TextEdit;
use crate::python::line::Lines;
use crate::python::name::{dotted, last_segment};

use super::declaration::{Declaration, Group, is_development, normalise, requirement_name};

/// What setup.cfg or setup.py declare.
#[derive(Debug, Default)]
pub(super) struct Setup {
    pub(super) declarations: Vec<Declaration>,
    pub(super) name: Option<String>,
    pub(super) entry_points: Vec<String>,
    /// Section names of setup.cfg.
    pub(super) tools: Vec<String>,
    /// Some list of requirements is computed.
    pub(super) is_dynamic: bool,
}

struct Writer<'a> {
    path: &'a str,
    text: &'a str,
    lines: Lines,
    found: Setup,
}

impl Writer<'_> {
    fn push(&mut self, requirement: &str, at: u32, section: &str, group: Group, removal: Option<TextEdit>) {
        let Some(name) = requirement_name(requirement) else {
            return;
        };
        let (line, column) = self.lines.position(self.text, at);
        self.found.declarations.push(Declaration {
            name: name.to_string(),
            normal: normalise(name),
            text: requirement.trim().to_string(),
            path: self.path.to_string(),
            line,
            column,
            section: section.to_string(),
            group,
            removal,
        });
    }
}

fn extra_group(extra: &str) -> Group {
    if is_development(extra) { Group::Development } else { Group::Optional }
}

/// Reads the requirements of a setup.cfg.
pub(super) fn read_setup_cfg(path: &str, text: &str) -> Setup {
    let mut writer = Writer { path, text, lines: Lines::new(text), found: Setup::default() };
    let mut section = String::new();
    let mut key = String::new();
    let mut at = 0;
    while at < text.len() {
        let next = writer.lines.next(u32::try_from(at).unwrap_or(u32::MAX), text) as usize;
        let line = text.get(at..next).unwrap_or_default();
        let body = line.trim();
        let indented = line.starts_with([' ', '\t']);
        let start = u32::try_from(at + line.len() - line.trim_start().len()).unwrap_or(u32::MAX);
        if body.starts_with('[') && body.ends_with(']') {
            section = body.trim_matches(['[', ']']).to_string();
            writer.found.tools.push(normalise(section.split(':').next().unwrap_or_default()));
            key.clear();
        } else if body.is_empty() || body.starts_with(['#', ';']) {
            // A comment or an empty line ends nothing.
        } else if indented && !key.is_empty() {
            let edit = TextEdit {
                start: u32::try_from(at).unwrap_or(u32::MAX),
                end: u32::try_from(next).unwrap_or(u32::MAX),
                text: String::new(),
            };
            setup_cfg_value(&mut writer, &section, &key, body, start, Some(edit));
        } else if let Some((name, value)) = body.split_once(['=', ':']) {
            key = name.trim().to_string();
            for part in value.split(';').filter(|_| !value.contains("; ")).chain(value.contains("; ").then_some(value))
            {
                setup_cfg_value(&mut writer, &section, &key, part.trim(), start, None);
            }
        }
        at = next;
    }
    writer.found
}

fn setup_cfg_value(writer: &mut Writer<'_>, section: &str, key: &str, value: &str, at: u32, removal: Option<TextEdit>) {
    match (section, key) {
        ("metadata", "name") => writer.found.name = Some(normalise(value)),
        ("options", "install_requires") => {
            writer.push(value, at, "options.install_requires", Group::Production, removal)
        }
        ("options", "tests_require") => writer.push(value, at, "options.tests_require", Group::Development, removal),
        ("options", "setup_requires") => writer.push(value, at, "options.setup_requires", Group::Build, removal),
        ("options.extras_require", extra) => {
            writer.push(value, at, &format!("options.extras_require.{extra}"), extra_group(extra), removal);
        }
        ("options.entry_points", _) => {
            let target = value.split_once('=').map_or(value, |(_, target)| target);
            writer.found.entry_points.push(target.split('[').next().unwrap_or(target).replace(' ', ""));
        }
        _ => {}
    }
}

/// Reads what a setup.py says in literals.
pub(super) fn read_setup_py(path: &str, text: &str) -> Setup {
    let mut writer = Writer { path, text, lines: Lines::new(text), found: Setup::default() };
    let Ok(parsed) = ruff_python_parser::parse_module(text) else {
        return writer.found;
    };
    let body = &parsed.syntax().body;
    let mut values: FxHashMap<&str, &Expr> = FxHashMap::default();
    for statement in body {
        if let Stmt::Assign(assign) = statement
            && let [Expr::Name(name)] = assign.targets.as_slice()
        {
            values.insert(name.id.as_str(), &assign.value);
        }
    }
    let mut calls = Vec::new();
    find_setup(body, &mut calls);
    for call in calls {
        for keyword in &call.arguments.keywords {
            let value = match &keyword.value {
                Expr::Name(name) => values.get(name.id.as_str()).copied().unwrap_or(&keyword.value),
                other => other,
            };
            setup_keyword(&mut writer, keyword.arg.as_deref().unwrap_or_default(), value, &values);
        }
    }
    writer.found
}

fn find_setup<'a>(body: &'a [Stmt], found: &mut Vec<&'a ruff_python_ast::ExprCall>) {
    for statement in body {
        match statement {
            Stmt::Expr(one) => {
                if let Expr::Call(call) = &*one.value
                    && dotted(&call.func).is_some_and(|name| last_segment(&name) == "setup")
                {
                    found.push(call);
                }
            }
            Stmt::If(one) => find_setup(&one.body, found),
            Stmt::FunctionDef(one) => find_setup(&one.body, found),
            Stmt::Try(one) => find_setup(&one.body, found),
            _ => {}
        }
    }
}

fn setup_keyword(writer: &mut Writer<'_>, keyword: &str, value: &Expr, values: &FxHashMap<&str, &Expr>) {
    match keyword {
        "name" => {
            if let Expr::StringLiteral(name) = value {
                writer.found.name = Some(normalise(name.value.to_str()));
            }
        }
        "install_requires" => list(writer, value, "install_requires", Group::Production),
        "tests_require" => list(writer, value, "tests_require", Group::Development),
        "setup_requires" => list(writer, value, "setup_requires", Group::Build),
        "extras_require" => {
            let Expr::Dict(dict) = value else {
                writer.found.is_dynamic = true;
                return;
            };
            for item in &dict.items {
                let Some(Expr::StringLiteral(extra)) = &item.key else {
                    continue;
                };
                let extra = extra.value.to_str();
                let inner = match &item.value {
                    Expr::Name(name) => values.get(name.id.as_str()).copied().unwrap_or(&item.value),
                    other => other,
                };
                list(writer, inner, &format!("extras_require.{extra}"), extra_group(extra));
            }
        }
        "entry_points" => strings(value, &mut |text, _| {
            let target = text.split_once('=').map_or(text, |(_, target)| target);
            writer.found.entry_points.push(target.split('[').next().unwrap_or(target).replace(' ', ""));
        }),
        _ => {}
    }
}

fn list(writer: &mut Writer<'_>, value: &Expr, section: &str, group: Group) {
    if !matches!(value, Expr::List(_) | Expr::Tuple(_) | Expr::StringLiteral(_)) {
        writer.found.is_dynamic = true;
    }
    strings(value, &mut |text, at| writer.push(text, at, section, group, None));
}

fn strings(value: &Expr, take: &mut dyn FnMut(&str, u32)) {
    match value {
        Expr::StringLiteral(text) => {
            for line in text.value.to_str().lines() {
                take(line, text.start().to_u32());
            }
        }
        Expr::List(list) => list.elts.iter().for_each(|element| strings(element, take)),
        Expr::Tuple(list) => list.elts.iter().for_each(|element| strings(element, take)),
        Expr::Dict(dict) => dict.items.iter().for_each(|item| strings(&item.value, take)),
        Expr::BinOp(sum) => {
            strings(&sum.left, take);
            strings(&sum.right, take);
        }
        _ => {}
    }
}
