use std::sync::Arc;

use crate::discover::Tree;
use crate::javascript::record::ModuleRecord;

/// Where an import leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Another module of the repository: its index in [`Project::modules`].
    Module(u32),
    /// A file of the repository that is not JavaScript or TypeScript: JSON, CSS, an image, a Vue component.
    Asset(String),
    /// A file outside the repository's own code: `node_modules`, an ignored build output. Absolute path.
    Outside(std::path::PathBuf),
    /// A module that the runtime brings: `node:fs`, `bun:test`.
    Builtin,
    /// Not found: a package that is not installed, or a wrong path.
    Unresolved,
}

/// What became of `ModuleRecord::imports[i]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResolvedUse {
    pub(crate) target: Target,
    /// The package of a bare specifier as it is written, `@scope/name` or `name`; `None` for relative paths, builtins,
    /// `#imports` and what a tsconfig path alias maps into the repository.
    pub(crate) package: Option<String>,
    /// Nothing of it reaches the emitted JavaScript: `import type`, or all its bindings elided by the compiler.
    pub(crate) is_erased: bool,
    /// It has bindings, and nothing refers to any of them.
    pub(crate) is_unused: bool,
}

/// One JavaScript or TypeScript file, parsed and resolved.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    /// BLAKE3 of the bytes.
    pub(crate) hash: [u8; 32],
    pub(crate) record: Arc<ModuleRecord>,
    /// One for each of `record.imports`, in the same order.
    pub(crate) uses: Vec<ResolvedUse>,
    /// A single-file component (`.vue`, `.svelte`, `.astro`) or an HTML page: its imports count, it is never edited.
    pub(crate) is_foreign: bool,
}

/// The JavaScript and TypeScript of a repository.
#[derive(Debug)]
pub(crate) struct Project<'a> {
    pub(crate) tree: &'a Tree,
    /// Ascending by path. Files that do not parse stand here too, with an empty record.
    pub(crate) modules: Vec<Module>,
}

impl Project<'_> {
    /// The index of the module at a relative path.
    pub(crate) fn find(&self, path: &str) -> Option<u32> {
        let at = self.modules.binary_search_by(|module| module.path.as_str().cmp(path)).ok()?;
        u32::try_from(at).ok()
    }
}
