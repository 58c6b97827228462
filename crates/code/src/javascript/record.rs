use serde::{Deserialize, Serialize};

/// Byte offsets in the file, byte order mark included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    pub(crate) fn text(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// Line from 1, column from 1 in UTF-16 units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Position {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// How a module names another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Form {
    /// `import a, {b} from "x"`
    Static,
    /// `import "x"`
    SideEffect,
    /// `export … from "x"`
    ReExport,
    /// `import a = require("x")`
    Equals,
    /// `import("x")`
    Dynamic,
    /// `require("x")`
    Require,
    /// `require.resolve("x")`, `import.meta.resolve("x")`, `new URL("x", import.meta.url)`, `jest.mock("x")`
    Mention,
    /// `import("x")` in a type
    TypeQuery,
    /// `import("x")` in a JSDoc type, or `@import`
    Jsdoc,
    /// `/// <reference types="x" />`
    ReferenceTypes,
    /// `/// <reference path="x" />`
    ReferencePath,
    /// `declare module "x"` in a module
    Augmentation,
}

/// What a binding refers to in its module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Imported {
    Default,
    Namespace,
    Name(String),
}

/// How the file uses a binding. Nothing set means that nothing refers to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Uses {
    /// Where a value is needed at run time, `export {x}` of an imported name included.
    pub(crate) value: bool,
    /// In a type, in `typeof x` of a type, in an `export type`.
    pub(crate) type_only: bool,
    /// In a type position whose metadata `emitDecoratorMetadata` emits as a value.
    pub(crate) metadata: bool,
    /// In a documentation comment: `{@link x}`, `@type {x}`.
    pub(crate) doc: bool,
    /// In `export {x}`: a type or a value, as the target decides.
    pub(crate) exported: bool,
}

impl Uses {
    pub(crate) fn any(self) -> bool {
        self.value || self.type_only || self.metadata || self.doc || self.exported
    }
}

/// One name that an import statement brings into the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Binding {
    pub(crate) local: String,
    pub(crate) imported: Imported,
    /// The whole specifier: `type a as b`, `* as ns`, `d`.
    pub(crate) span: Span,
    pub(crate) position: Position,
    /// Marked with an inline `type`.
    pub(crate) is_type: bool,
    pub(crate) uses: Uses,
    /// Declared a second time in the file (declaration merging): left alone.
    pub(crate) merged: bool,
    /// For a namespace (or a whole `require`): the members that are read, or `None` when any might be.
    pub(crate) members: Option<Vec<String>>,
}

/// One place where the file names another module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportRecord {
    pub(crate) specifier: String,
    pub(crate) form: Form,
    /// Of the statement for static forms and for a top-level `const x = require("x")`; else of the expression.
    pub(crate) span: Span,
    pub(crate) position: Position,
    /// Of the specifier's string literal, quotes included.
    pub(crate) source: Span,
    /// `import type`, `export type`.
    pub(crate) is_type: bool,
    /// `import defer`, `import source`, or import attributes: left out of merging.
    pub(crate) attributes: Option<String>,
    /// Inside a function, so that it is evaluated later or never.
    pub(crate) in_function: bool,
    /// Inside `try`, `if` or another place that may not be reached.
    pub(crate) is_conditional: bool,
    /// A statement at the top level of the file that the edits know how to change.
    pub(crate) is_statement: bool,
    /// Without it the statements around it would parse differently, so it is not taken away.
    pub(crate) is_fragile: bool,
    /// `export import a = require("x")`.
    pub(crate) is_exported: bool,
    /// The braces of the named specifiers, both included.
    pub(crate) braces: Option<Span>,
    pub(crate) bindings: Vec<Binding>,
}

/// Where an exported name comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    /// Declared here.
    Local,
    /// The name (`Imported`) of the module of `imports[at]`.
    Module { at: u32, imported: Imported },
    /// `export * from`: all names of the module of `imports[at]`.
    Star { at: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ExportRecord {
    /// `default` for the default export; empty for a star.
    pub(crate) name: String,
    pub(crate) origin: Origin,
    pub(crate) position: Position,
    /// A type, an interface or an `export type`: gone at run time.
    pub(crate) is_type: bool,
    /// The declaration is used in this file too.
    pub(crate) is_used_here: bool,
}

/// What evaluating the module does, apart from evaluating what it imports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Effects {
    None,
    /// The first statement that does something.
    Some {
        line: u32,
    },
}

/// The JSX settings that a file carries in comments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Jsx {
    pub(crate) elements: bool,
    pub(crate) fragments: bool,
    /// `@jsx h`
    pub(crate) factory: Option<String>,
    /// `@jsxFrag Fragment`
    pub(crate) fragment_factory: Option<String>,
    /// `@jsxRuntime automatic`
    pub(crate) runtime: Option<String>,
    /// `@jsxImportSource preact`
    pub(crate) import_source: Option<String>,
}

/// Everything that the analysis remembers of one file. It depends on the file's name and bytes alone, never on options
/// or on other files, so it can be kept by content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ModuleRecord {
    /// Why the file does not parse, with the position. Everything else is empty then.
    pub(crate) syntax_error: Option<String>,
    pub(crate) lines: u32,
    pub(crate) is_generated: bool,
    /// Has `import`, `export` or `import.meta` at the top level.
    pub(crate) is_module: bool,
    /// Has an `export` statement of its own, `export {}` included.
    pub(crate) has_export_syntax: bool,
    /// Uses `eval` or `with`, so that any binding may be used.
    pub(crate) has_dynamic_scope: bool,
    /// `declare global` or `declare module "x"`.
    pub(crate) is_augmentation: bool,
    pub(crate) jsx: Jsx,
    pub(crate) imports: Vec<ImportRecord>,
    pub(crate) exports: Vec<ExportRecord>,
    /// `module.exports = …`, `exports.a = …`.
    pub(crate) has_commonjs_exports: bool,
    /// Something in the file may make reading an export run code: a getter, `defineProperty`, a proxy, or exports that
    /// another call made.
    pub(crate) has_lazy_exports: bool,
    pub(crate) effects: Effects,
    /// Comments inside or beside import statements.
    pub(crate) comments: Vec<Span>,
    /// Every string literal, for the configuration files that `holds_strings` names; else empty.
    pub(crate) strings: Vec<String>,
    /// String literals that may be the path of a module which something starts: a worker, a child process, a server.
    pub(crate) paths: Vec<String>,
}

/// Files whose string literals may name packages: configuration written as code.
pub(crate) fn holds_strings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let is_config =
        name.contains(".config.") || name.contains(".conf.") || name.contains("rc.") || name.contains(".setup.");
    let is_known =
        matches!(stem, "gulpfile" | "Gruntfile" | "Jakefile" | "webpack" | "rollup" | "karma" | "esbuild" | "vite");
    is_config
        || is_known
        || path.contains(".storybook/")
        || path.split('/').any(|part| part == "config" || part == "scripts")
}
