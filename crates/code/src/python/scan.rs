use ruff_python_parser::{Mode, ParseOptions};
use ruff_text_size::TextRange;
use rustc_hash::FxHashSet;

use super::bind::{Binder, FoundImport, FoundName};
use super::comment::Comments;
use super::effect::{is_main_test, module_effects};
use super::line::Lines;
use super::record::{
    Binding, Definition, DefinitionKind, DynamicImport, Effect, Guard, Import, Place, PythonRecord, Status,
};
use super::scope::{MODULE, Resolved, Touch};

/// Reads one file. A file that does not parse gives a record that says so and nothing else.
pub(super) fn scan(path: &str, text: &str, generated: bool) -> PythonRecord {
    let lines = Lines::new(text);
    let mut record = PythonRecord { lines: lines.count(), generated, ..PythonRecord::default() };
    if let Some(encoding) = foreign_encoding(text) {
        record.broken = Some(("unsupported".into(), format!("the file declares the encoding {encoding}")));
        return record;
    }
    let options = ParseOptions::from(Mode::Module);
    let parsed = match ruff_python_parser::parse(text, options).map(ruff_python_parser::Parsed::try_into_module) {
        Ok(Some(parsed)) => parsed,
        Ok(None) => return record,
        Err(error) => {
            let (line, column) = lines.position(text, error.location.start().to_u32());
            record.broken = Some(("syntax-error".into(), format!("{line}:{column}: {}", error.error)));
            return record;
        }
    };
    let body = &parsed.syntax().body;
    let comments = Comments::read(text, parsed.tokens(), &lines);
    let binder = Binder::walk(body);
    let scan = Scan { text, lines: &lines, comments: &comments, binder: &binder, resolved: binder.scopes.resolve() };
    scan.fill(&mut record);
    record.has_own_requirements = comments.has_script_block;
    if lists_plugins(path) {
        record.listed = binder.listed.iter().cloned().collect();
        record.listed.sort_unstable();
    }
    record.effects = module_effects(body)
        .into_iter()
        .map(|(kind, range)| Effect { line: lines.line(range.start().to_u32()), kind })
        .collect();
    record.is_script = body.iter().any(|one| one.as_if_stmt().is_some_and(|test| is_main_test(&test.test)));
    record
}

/// Files in which frameworks expect lists of modules.
fn lists_plugins(path: &str) -> bool {
    let parts = ["settings", "conf", "celery", "noxfile", "plugins"];
    let name = path.rsplit('/').next().unwrap_or(path);
    parts.iter().any(|part| name.contains(part)) || path.contains("settings/")
}

/// The encoding of PEP 263's declaration, when the bytes are not what the parser took them for.
fn foreign_encoding(text: &str) -> Option<String> {
    for line in text.lines().take(2) {
        let line = line.trim_start_matches('\u{feff}').trim_start();
        let Some(comment) = line.strip_prefix('#') else {
            if line.is_empty() {
                continue;
            }
            return None;
        };
        let Some(at) = comment.find("coding:").or_else(|| comment.find("coding=")) else {
            continue;
        };
        let name = comment.get(at + 7..).unwrap_or_default().trim_start();
        let name: String = name.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
        let plain = name.to_ascii_lowercase().replace('_', "-");
        let is_utf8 = plain.is_empty() || plain.starts_with("utf-8") || plain == "utf8";
        let is_ascii_superset =
            ["ascii", "us-ascii", "latin", "iso-8859", "cp125"].iter().any(|one| plain.starts_with(one));
        let is_read_right = is_utf8 || (is_ascii_superset && text.is_ascii());
        return (!is_read_right).then_some(name);
    }
    None
}

struct Scan<'a> {
    text: &'a str,
    lines: &'a Lines,
    comments: &'a Comments,
    binder: &'a Binder,
    resolved: Resolved<'a>,
}

impl Scan<'_> {
    fn fill(&self, record: &mut PythonRecord) {
        let binder = self.binder;
        record.has_exports = binder.exports.found;
        record.exports.clone_from(&binder.exports.names);
        record.definitions = self.definitions();
        record.mentions = binder.mentions.iter().copied().collect();
        record.mentions.sort_unstable();
        let imported: FxHashSet<&str> =
            binder.imports.iter().flat_map(|import| &import.names).map(|name| name.local.as_str()).collect();
        let free = binder.attributes.iter();
        let free = free.filter(|(root, _)| root.as_ref().is_none_or(|root| !imported.contains(root.as_str())));
        let free: FxHashSet<u64> = free.flat_map(|(_, names)| names).copied().collect();
        record.attributes = free.into_iter().collect();
        record.attributes.sort_unstable();
        record.dotted = binder.dotted.iter().cloned().collect();
        record.dotted.sort_unstable();
        record.dynamic = binder
            .dynamic
            .iter()
            .map(|(module, range)| DynamicImport {
                module: module.clone(),
                line: self.lines.line(range.start().to_u32()),
            })
            .collect();
        let has_star = binder.imports.iter().any(|import| import.names.iter().any(|name| name.imported == "*"));
        if has_star {
            record.unresolved = self.resolved.unresolved.iter().map(ToString::to_string).collect();
            record.unresolved.sort_unstable();
        }
        for (at, import) in binder.imports.iter().enumerate() {
            record.imports.push(self.import(at, import));
        }
    }

    /// Functions, classes and assigned names of the module.
    fn definitions(&self) -> Vec<Definition> {
        let mut all: Vec<Definition> = Vec::new();
        for (definition, range) in &self.binder.definitions {
            let (line, column) = self.lines.position(self.text, range.start().to_u32());
            all.push(Definition { line, column, ..definition.clone() });
        }
        let imported = |name: &str| {
            self.binder
                .imports
                .iter()
                .any(|import| import.scope == MODULE && import.names.iter().any(|one| one.local.as_str() == name))
        };
        let mut values: Vec<&str> = self
            .binder
            .bindings
            .keys()
            .filter(|(name, scope)| {
                *scope == MODULE && !all.iter().any(|one| one.name == name.as_str()) && !imported(name)
            })
            .map(|(name, _)| name.as_str())
            .collect();
        values.sort_unstable();
        let values = values.into_iter().map(|name| Definition {
            name: name.to_string(),
            kind: DefinitionKind::Value,
            line: 0,
            column: 0,
            decorators: Vec::new(),
        });
        let values: Vec<Definition> = values.collect();
        all.extend(values);
        all
    }

    fn import(&self, at: usize, import: &FoundImport) -> Import {
        let start = import.range.start().to_u32();
        Import {
            start,
            line: self.lines.line(start),
            module: import.module.clone(),
            level: import.level,
            is_from: import.is_from,
            place: import.place,
            guard: import.guard,
            in_main: import.in_main,
            names: import.names.iter().map(|name| self.binding(at, import, name)).collect(),
        }
    }

    fn binding(&self, at: usize, import: &FoundImport, name: &FoundName) -> Binding {
        let start = name.range.start().to_u32();
        let (line, column) = self.lines.position(self.text, start);
        let touches = self.resolved.touches(&name.local, import.scope);
        let mut chains: Vec<String> = touches
            .iter()
            .filter_map(|touch| match touch {
                Touch::Chain(chain) => Some(chain.clone()),
                Touch::Value => None,
            })
            .collect();
        chains.sort_unstable();
        chains.dedup();
        Binding {
            start,
            line,
            column,
            imported: name.imported.clone(),
            local: name.local.to_string(),
            has_alias: name.has_alias,
            status: self.status(at, import, name),
            chains,
            escapes: touches.iter().any(|touch| **touch == Touch::Value),
        }
    }

    fn status(&self, at: usize, import: &FoundImport, name: &FoundName) -> Status {
        let local = name.local.as_str();
        let is_module = import.scope == MODULE;
        let never =
            name.imported == "*" || import.module.as_deref() == Some("__future__") || import.place == Place::Class;
        // `__version__` and its like are read by tools and by whoever imports the module.
        let is_metadata = is_module && local.starts_with("__") && local.ends_with("__");
        let re_exported = is_metadata || name.has_alias && name.imported == local;
        if never || re_exported || self.binder.scopes.is_foreign(import.scope, &name.local) {
            return Status::Used;
        }
        if !self.resolved.touches(&name.local, import.scope).is_empty() {
            return self.repeated(at, import, name);
        }
        let listed = is_module && self.binder.exports.names.iter().any(|one| one == local);
        if listed || self.binder.loose.contains(local) || self.comments.type_names.contains(local) {
            return Status::Used;
        }
        if self.is_suppressed(import.range, name.range) {
            return Status::Suppressed;
        }
        match self.held(import, name) {
            Some(reason) => Status::Held(reason),
            None => Status::Unused,
        }
    }

    fn repeated(&self, at: usize, import: &FoundImport, name: &FoundName) -> Status {
        let same = |other: &FoundImport, one: &FoundName| {
            other.scope == import.scope
                && other.is_from == import.is_from
                && other.level == import.level
                && other.module == import.module
                && other.guard == Guard::Always
                // A part that runs on its own may name again what it needs.
                && other.in_main == import.in_main
                && one.imported == name.imported
                && one.local == name.local
        };
        // A dotted `import a.b` also loads `a.b`, and two of them are equal only when the whole path is.
        let all = self.binder.imports.iter().flat_map(|other| other.names.iter().map(move |one| (other, one)));
        let count = all.filter(|(other, one)| same(other, one)).count();
        let earlier = self.binder.imports.iter().take(at + 1).any(|other| {
            other.barrier_allows(import)
                && other.names.iter().any(|one| one.range.start() < name.range.start() && same(other, one))
        });
        let bindings = self.binder.bindings.get(&(name.local.clone(), import.scope)).copied().unwrap_or(0);
        let is_only_binding = usize::try_from(bindings).is_ok_and(|bindings| bindings == count);
        let exempt = self.is_suppressed(import.range, name.range) || self.held(import, name).is_some();
        if earlier && is_only_binding && import.guard == Guard::Always && !exempt {
            Status::Repeated
        } else {
            Status::Used
        }
    }

    fn held(&self, import: &FoundImport, name: &FoundName) -> Option<String> {
        if import.guard == Guard::Conditional {
            return Some("the import is conditional, so whether it succeeds may matter".into());
        }
        if let Some(reader) = self.binder.namespace_readers.get(&import.scope) {
            return Some(format!("the file reads all of its names with {reader}"));
        }
        if import.scope == MODULE && self.binder.exports.opaque {
            return Some("`__all__` is computed, so the name may be exported".into());
        }
        if name.local.as_str() == "_" {
            return Some("it is bound to `_`, so it is meant for its effect".into());
        }
        let first = self.lines.line(name.range.start().to_u32());
        let statement = self.lines.line(import.range.start().to_u32());
        let last = self.lines.line(import.range.end().to_u32());
        let directive = [first, statement, last].iter().find_map(|line| self.comments.directive_lines.get(line));
        directive.map(|comment| format!("the directive `{comment}` stands on the line"))
    }

    /// A comment on the line of the name covers the name; one on the first or last line of the statement covers all.
    fn is_suppressed(&self, statement: TextRange, name: TextRange) -> bool {
        let line = |offset: ruff_text_size::TextSize| self.lines.line(offset.to_u32());
        let places = [line(statement.start()), line(statement.end()), line(name.start())];
        self.comments.suppress_all || places.iter().any(|line| self.comments.suppressed_lines.contains(line))
    }
}

impl FoundImport {
    /// Whether nothing between this import and a later one can change what a module holds. A whole module stays the
    /// same object, so for it nothing matters.
    fn barrier_allows(&self, later: &FoundImport) -> bool {
        !later.is_from || self.barrier == later.barrier
    }
}
