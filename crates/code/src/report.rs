use serde::Serialize;

use crate::change::Change;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// JavaScript and TypeScript in all their file types.
    Javascript,
    Python,
}

/// A place in a file. Lines and columns start at 1; columns count UTF-16 units as editors do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Location {
    pub path: String,
    pub line: u32,
    pub column: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportKind {
    /// Nothing in the file refers to the binding.
    Unused,
    /// A second import statement of the same module that can be merged into the first.
    Duplicate,
    /// Used only as a type where the compiler options ask for `import type`.
    TypeOnly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportAction {
    /// The binding goes, and its statement with it when nothing is left.
    Remove,
    /// The statement becomes `import "x"`, because evaluating the target has effects.
    KeepEffect,
    /// Merged into an earlier statement.
    Merge,
    /// Marked `type`.
    MarkType,
    /// Left as it is; `reason` says why.
    Leave,
}

/// One import binding (or statement) that something should be said about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportFinding {
    pub language: Language,
    #[serde(flatten)]
    pub location: Location,
    /// The module as written: `./a`, `node:fs`, `os.path`.
    pub specifier: String,
    /// The name bound in this file.
    pub name: String,
    pub kind: ImportKind,
    pub action: ImportAction,
    /// One sentence: why this action is right, or why nothing is done.
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DependencyKind {
    /// Declared and never used.
    Unused,
    /// Declared; every use is an import that is itself unused.
    OnlyUnusedImports,
    /// Imported and not declared.
    Unlisted,
    /// A development dependency that production code needs, or the other way round.
    Misplaced,
    /// Declared more than once.
    Duplicate,
    /// A Python distribution whose import names are not known here.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DependencyAction {
    /// The manifest change removes the declaration.
    Remove,
    /// The manifest change moves it to `to`.
    Move,
    /// Reported; a person decides.
    Report,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DependencyFinding {
    pub language: Language,
    /// The manifest and the line of the declaration; for an unlisted one the manifest that should declare it.
    #[serde(flatten)]
    pub location: Location,
    pub name: String,
    pub kind: DependencyKind,
    /// The section it stands in: `dependencies`, `devDependencies`, `project.dependencies`, `requirements.txt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// Where it belongs, for a misplaced one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    pub action: DependencyAction,
    /// One sentence.
    pub reason: String,
    /// Up to five places that use it.
    pub uses: Vec<Location>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EdgeKind {
    /// Evaluated when the importing module is loaded.
    Value,
    /// Erased by the compiler, or under `TYPE_CHECKING`.
    Type,
    /// `import()`, a `require` or an import inside a function: evaluated later.
    Deferred,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CycleEdge {
    pub from: String,
    pub to: String,
    pub kind: EdgeKind,
    /// Line of the import in `from`.
    pub line: u32,
    pub specifier: String,
}

/// A strongly connected component with more than one module, or one module that imports itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    pub language: Language,
    /// `value`: connected by value edges alone. `type`: only when type edges count too. `deferred`: only when deferred
    /// edges count too. A module may stand in one component of each kind.
    pub kind: EdgeKind,
    /// Sorted paths: exact membership.
    pub members: Vec<String>,
    /// A shortest cycle: each edge starts where the one before ends.
    pub witness: Vec<CycleEdge>,
    /// Imports whose removal leaves no cycle in this component.
    pub cut: Vec<CycleEdge>,
    /// Whether `cut` is a smallest such set; otherwise no import in it can be spared.
    pub cut_is_minimum: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadFile {
    pub language: Language,
    pub path: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadExport {
    pub language: Language,
    #[serde(flatten)]
    pub location: Location,
    pub name: String,
}

/// A file that was left alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BrokenFile {
    pub path: String,
    /// `syntax-error`, `invalid-utf8`, `unreadable`, `too-large`, `symlink-loop`, `malformed-manifest`, `unsupported`.
    pub reason: String,
    /// What was found, with the position when there is one.
    pub detail: String,
}

/// Something a person should know that is not a finding: `Vue files are left alone (12 files)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Note {
    pub message: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    pub javascript_files: u32,
    pub python_files: u32,
    pub lines: u64,
    /// Files whose parse came from the cache.
    pub cached_files: u32,
    /// Resolved edges between files of the repository.
    pub edges: u32,
}

/// Everything the analysis found. All lists are sorted, so equal trees give equal reports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub totals: Totals,
    pub imports: Vec<ImportFinding>,
    /// Edits of the import findings.
    pub import_changes: Vec<Change>,
    pub dependencies: Vec<DependencyFinding>,
    /// Edits of manifests, to be applied only when asked for.
    pub dependency_changes: Vec<Change>,
    pub cycles: Vec<Component>,
    pub dead_files: Vec<DeadFile>,
    pub dead_exports: Vec<DeadExport>,
    pub skipped: Vec<BrokenFile>,
    pub notes: Vec<Note>,
}

impl Report {
    /// Adds what one language found.
    pub(crate) fn merge(&mut self, part: Self) {
        self.totals.javascript_files += part.totals.javascript_files;
        self.totals.python_files += part.totals.python_files;
        self.totals.lines += part.totals.lines;
        self.totals.cached_files += part.totals.cached_files;
        self.totals.edges += part.totals.edges;
        self.imports.extend(part.imports);
        self.import_changes.extend(part.import_changes);
        self.dependencies.extend(part.dependencies);
        self.dependency_changes.extend(part.dependency_changes);
        self.cycles.extend(part.cycles);
        self.dead_files.extend(part.dead_files);
        self.dead_exports.extend(part.dead_exports);
        self.skipped.extend(part.skipped);
        self.notes.extend(part.notes);
    }

    /// Puts all lists in their order; the same file skipped by two parts is named once.
    pub(crate) fn sort(&mut self) {
        self.imports.sort_by(|a, b| (&a.location, &a.name, a.kind).cmp(&(&b.location, &b.name, b.kind)));
        self.import_changes.sort_by(|a, b| a.path.cmp(&b.path));
        self.dependencies.sort_by(|a, b| (&a.location, &a.name, a.kind).cmp(&(&b.location, &b.name, b.kind)));
        self.dependency_changes.sort_by(|a, b| a.path.cmp(&b.path));
        self.cycles.sort_by(|a, b| (a.language, a.kind, &a.members).cmp(&(b.language, b.kind, &b.members)));
        self.dead_files.sort_by(|a, b| a.path.cmp(&b.path));
        self.dead_exports.sort_by(|a, b| (&a.location, &a.name).cmp(&(&b.location, &b.name)));
        self.skipped.sort_by(|a, b| (&a.path, &a.reason).cmp(&(&b.path, &b.reason)));
        self.skipped.dedup_by(|a, b| a.path == b.path && a.reason == b.reason);
        self.notes.sort_by(|a, b| a.message.cmp(&b.message));
        self.notes.dedup();
    }
}
