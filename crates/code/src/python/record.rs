use serde::{Deserialize, Serialize};

/// Everything the analysis needs to know of one Python file once its syntax tree is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PythonRecord {
    pub(super) lines: u32,
    /// Why the file is left alone: a syntax error or an encoding that is not read here, as (reason, detail).
    pub(super) broken: Option<(String, String)>,
    /// Written by a program: part of the graph, never edited, nothing is reported about it.
    pub(super) generated: bool,
    pub(super) imports: Vec<Import>,
    /// Names of `__all__`, when every form it takes could be read.
    pub(super) exports: Vec<String>,
    /// Whether `__all__` stands in the file at all.
    pub(super) has_exports: bool,
    pub(super) definitions: Vec<Definition>,
    pub(super) effects: Vec<Effect>,
    /// Names that no scope of the file binds. Only kept where a star import may bind them.
    pub(super) unresolved: Vec<String>,
    /// String literals that look like a dotted path (`pkg.mod.Name`, `pkg.mod:app`, `.Name`), without repeats.
    pub(super) dotted: Vec<String>,
    /// Strings of a single word in a settings file, where applications and plugins are named.
    pub(super) listed: Vec<String>,
    /// Modules named in calls that import by name: `importlib.import_module("x")`.
    pub(super) dynamic: Vec<DynamicImport>,
    /// Hashes of every name that is mentioned: loads, attributes, keywords, words of short strings. Sorted.
    pub(super) mentions: Vec<u64>,
    /// Hashes of attributes that are read of something that is no import of the file: `X` of `self.module.X`. Sorted.
    pub(super) attributes: Vec<u64>,
    /// `if __name__ == "__main__"`.
    pub(super) is_script: bool,
    /// A block of inline metadata (PEP 723) declares what the file needs.
    pub(super) has_own_requirements: bool,
}

/// One `import` or `from ... import` statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Import {
    pub(super) start: u32,
    pub(super) line: u32,
    /// `a.b` in `from a.b import c`; `None` for `import a` and for `from . import a`.
    pub(super) module: Option<String>,
    /// Number of leading dots.
    pub(super) level: u32,
    pub(super) is_from: bool,
    pub(super) place: Place,
    pub(super) guard: Guard,
    /// Below `if __name__ == "__main__"`: runs when the file is started, never when it is imported.
    pub(super) in_main: bool,
    pub(super) names: Vec<Binding>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Place {
    Module,
    Class,
    Function,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Guard {
    /// Always runs when the block around it does.
    Always,
    /// Below `if TYPE_CHECKING`: never runs.
    TypeChecking,
    /// Below `try`, a handler, a test or a loop.
    Conditional,
}

/// One name of an import statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Binding {
    pub(super) start: u32,
    pub(super) line: u32,
    pub(super) column: u32,
    /// As written: `a.b`, `name`, `*`.
    pub(super) imported: String,
    /// The name it has in the file.
    pub(super) local: String,
    pub(super) has_alias: bool,
    pub(super) status: Status,
    /// Attribute chains below the name that the file reads or writes: `sub.x` for `pkg.sub.x`.
    pub(super) chains: Vec<String>,
    /// Used as a value of its own, so that any of its attributes may be read elsewhere.
    pub(super) escapes: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Status {
    Used,
    Unused,
    /// Unused, with the reason why it must stay nevertheless.
    Held(String),
    /// The same binding as an earlier import of the scope.
    Repeated,
    /// A comment asks linters to say nothing.
    Suppressed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) kind: DefinitionKind,
    pub(super) line: u32,
    pub(super) column: u32,
    /// Dotted names of the decorators.
    pub(super) decorators: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum DefinitionKind {
    Function,
    Class {
        bases: Vec<String>,
        /// A metaclass, `__init_subclass__`, or a base that is no name: deriving from it runs code.
        hooks: bool,
        /// No `__init__`, `__new__` or `__post_init__`: calling it runs no code of its own.
        plain: bool,
    },
    Value,
}

/// Something that running the module does besides binding names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Effect {
    pub(super) line: u32,
    pub(super) kind: EffectKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum EffectKind {
    /// What it does, for a person.
    Certain(String),
    /// Derives from the class with this dotted name.
    Derives(String),
    /// Calls what has this dotted name.
    Calls(String),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct DynamicImport {
    pub(super) module: String,
    pub(super) line: u32,
}

/// The hash under which a name is kept in `mentions`: the same in every process.
pub(super) fn mention(name: &str) -> u64 {
    use std::hash::Hasher;
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(name.as_bytes());
    hasher.finish()
}
