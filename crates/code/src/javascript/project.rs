use std::sync::Arc;

use crate::discover::Tree;
use crate::javascript::config::Answer;
use crate::javascript::parse::is_typescript;
use crate::javascript::record::{Binding, Form, ImportRecord, Imported, ModuleRecord, Origin};

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

/// What the compiler options mean for one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Import statements stay in the output though nothing uses their bindings. Always so in JavaScript.
    pub(crate) keeps_imports: Answer,
    /// `verbatimModuleSyntax`: an import of a type has to say `type`.
    pub(crate) wants_type_marks: bool,
    /// `importsNotUsedAsValues: "error"`: an import that is used for types alone has to be `import type`.
    pub(crate) wants_type_imports: bool,
    pub(crate) emits_metadata: Answer,
    /// Names that JSX uses without naming them: `React`, `h`, `Fragment`.
    pub(crate) jsx_names: Vec<String>,
    /// The options could not be read: nothing in the file is edited.
    pub(crate) is_malformed: bool,
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
    pub(crate) options: Options,
    /// A program writes the file: it takes part in the graph, nothing is reported about it.
    pub(crate) is_generated: bool,
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
    pub(crate) fn get(&self, at: u32) -> Option<&Module> {
        self.modules.get(at as usize)
    }

    /// What an export of a module is in the end, through re-exports: `Some(true)` for a type, `Some(false)` for a
    /// value, `None` when it cannot be known here.
    pub(crate) fn is_type_export(&self, at: u32, name: &Imported) -> Option<bool> {
        self.is_type_export_within(at, name, 0)
    }

    fn is_type_export_within(&self, at: u32, name: &Imported, depth: u32) -> Option<bool> {
        let module = self.get(at).filter(|_| depth < 16)?;
        let wanted = match name {
            Imported::Default => "default",
            Imported::Name(name) => name,
            Imported::Namespace => return Some(false),
        };
        // A type and a value may share a name; the value wins, because the import may mean it.
        let named: Vec<_> = module.record.exports.iter().filter(|export| export.name == wanted).collect();
        let mut answers = named.iter().map(|export| match &export.origin {
            _ if export.is_type => Some(true),
            Origin::Local | Origin::Star { .. } => Some(false),
            Origin::Module { at, imported } => {
                let used = module.uses.get(*at as usize)?;
                let Target::Module(target) = used.target else {
                    return None;
                };
                self.is_type_export_within(target, imported, depth + 1)
            }
        });
        if named.is_empty() {
            let stars = module.record.exports.iter().filter_map(|export| match export.origin {
                Origin::Star { at } => Some(at),
                _ => None,
            });
            let mut through = stars.filter_map(|star| {
                let Target::Module(target) = module.uses.get(star as usize)?.target else {
                    return None;
                };
                self.is_type_export_within(target, name, depth + 1)
            });
            return through.next();
        }
        if answers.all(|answer| answer == Some(true)) { Some(true) } else { Some(false) }
    }

    /// The index of the module at a relative path.
    pub(crate) fn find(&self, path: &str) -> Option<u32> {
        let at = self.modules.binary_search_by(|module| module.path.as_str().cmp(path)).ok()?;
        u32::try_from(at).ok()
    }
}

impl Module {
    /// Whether anything in the file may refer to the binding.
    pub(crate) fn uses_binding(&self, binding: &Binding) -> bool {
        binding.uses.any() || self.record.has_dynamic_scope || self.is_jsx_name(&binding.local)
    }

    pub(crate) fn is_jsx_name(&self, name: &str) -> bool {
        let has_jsx = self.record.jsx.elements || self.record.jsx.fragments;
        has_jsx && self.options.jsx_names.iter().any(|wanted| wanted == name)
    }

    /// Whether a binding reaches the emitted JavaScript, were its import elidable. `is_type` answers for what it names.
    fn is_value_binding(&self, binding: &Binding, is_type: bool) -> bool {
        let metadata = binding.uses.metadata && !is_type && self.options.emits_metadata.may_be();
        let exported = binding.uses.exported && !is_type;
        let value = binding.uses.value || metadata || exported || self.is_jsx_name(&binding.local);
        !binding.is_type && (value || binding.merged)
    }

    /// Whether the compiler leaves out the whole import.
    pub(crate) fn is_erased(&self, project: &Project, import: &ImportRecord, target: &Target) -> bool {
        let names_type = |binding: &Binding| match target {
            Target::Module(at) => project.is_type_export(*at, &binding.imported) == Some(true),
            _ => false,
        };
        let only_types = || !import.bindings.iter().any(|binding| self.is_value_binding(binding, names_type(binding)));
        match import.form {
            _ if import.is_type => true,
            Form::TypeQuery | Form::Jsdoc | Form::ReferenceTypes | Form::ReferencePath | Form::Augmentation => true,
            _ if crate::javascript::parse::is_declaration(&self.path) => true,
            Form::Static | Form::Equals => {
                is_typescript(&self.path) && self.options.keeps_imports != Answer::Yes && only_types()
            }
            _ => false,
        }
    }
}
