use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::name::{is_package_name, package_of, types_of};
use super::role::{Role, role};
use super::view::{Key, View};
use crate::javascript::project::{Module, ResolvedUse, Target};
use crate::javascript::record::{Form, ImportRecord};
use crate::report::Location;

/// One import of a dependency.
#[derive(Clone, Debug)]
pub(super) struct ImportUse {
    pub(super) location: Location,
    /// Index in [`Project::modules`].
    pub(super) module: usize,
    pub(super) role: Role,
    pub(super) form: Form,
    pub(super) is_erased: bool,
    /// Has bindings, and nothing refers to them.
    pub(super) is_unused: bool,
    pub(super) is_conditional: bool,
}

impl ImportUse {
    /// Needed when the program runs.
    pub(super) fn is_value(&self) -> bool {
        let is_evaluated = !matches!(
            self.form,
            Form::Mention
                | Form::TypeQuery
                | Form::Jsdoc
                | Form::ReferenceTypes
                | Form::ReferencePath
                | Form::Augmentation
        );
        is_evaluated && !self.is_erased && !self.is_unused
    }
}

/// Who uses what.
#[derive(Debug, Default)]
pub(super) struct Usage {
    /// By the package that declares it.
    pub(super) imports: FxHashMap<Key, Vec<ImportUse>>,
    /// By the package that should declare it.
    pub(super) undeclared: BTreeMap<Key, Vec<ImportUse>>,
    /// Used by something other than an import of code: a script, a configuration, another dependency.
    pub(super) named: FxHashSet<Key>,
}

impl Usage {
    /// Whether anything but unused imports needs it.
    pub(super) fn is_used(&self, key: &Key) -> bool {
        self.named.contains(key) || self.imports.get(key).is_some_and(|uses| uses.iter().any(|use_| !use_.is_unused))
    }

    pub(super) fn imports_of(&self, key: &Key) -> &[ImportUse] {
        self.imports.get(key).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The uses by import of every module.
pub(super) fn imports(view: &View<'_>, usage: &mut Usage) {
    for (index, module) in view.project.modules.iter().enumerate() {
        let Some(owner) = view.module_owners[index] else { continue };
        let role = role(view.packages.list[owner].strip(&module.path));
        let place = Place { index, module, owner, role };
        for (record, resolved) in module.record.imports.iter().zip(&module.uses) {
            import(view, usage, &place, record, resolved);
        }
        if module.record.jsx.elements || module.record.jsx.fragments {
            for runtime in ["react", "preact", "solid-js", "@types/react"] {
                view.name(usage, owner, runtime);
            }
            if let Some(source) = &module.record.jsx.import_source {
                view.name(usage, owner, source);
            }
        }
    }
}

struct Place<'a> {
    index: usize,
    module: &'a Module,
    owner: usize,
    role: Role,
}

fn import(view: &View<'_>, usage: &mut Usage, place: &Place<'_>, record: &ImportRecord, resolved: &ResolvedUse) {
    if resolved.target == Target::Builtin {
        for types in ["@types/node", "@types/bun", "bun-types"] {
            view.name(usage, place.owner, types);
        }
    }
    let Some(name) = package_name(view, place.owner, record, resolved) else { return };
    let found = ImportUse {
        location: Location {
            path: place.module.path.clone(),
            line: record.position.line,
            column: record.position.column,
        },
        module: place.index,
        role: place.role,
        form: record.form,
        is_erased: resolved.is_erased || record.is_type,
        is_unused: resolved.is_unused,
        is_conditional: record.is_conditional,
    };
    let types = types_of(name);
    let typed = view.declaring(place.owner, &types);
    for at in &typed {
        let erased = ImportUse { is_erased: true, ..found.clone() };
        usage.imports.entry((*at, types.clone())).or_default().push(erased);
    }
    let declaring = view.declaring(place.owner, name);
    for at in &declaring {
        usage.imports.entry((*at, name.to_string())).or_default().push(found.clone());
    }
    let is_type_form = matches!(record.form, Form::TypeQuery | Form::ReferenceTypes);
    let is_satisfied = !typed.is_empty() && (found.is_erased || is_type_form);
    if declaring.is_empty() && !is_satisfied {
        usage.undeclared.entry((place.owner, name.to_string())).or_default().push(found);
    }
}

/// The package that an import names. Path aliases of the compiler often spell the names of a workspace's own packages;
/// those are uses of the packages all the same.
fn package_name<'r>(
    view: &View<'r>,
    owner: usize,
    record: &'r ImportRecord,
    resolved: &'r ResolvedUse,
) -> Option<&'r str> {
    if let Some(name) = resolved.package.as_deref().filter(|name| is_package_name(name)) {
        return Some(name);
    }
    let owned_by = match resolved.target {
        Target::Module(target) => view.module_owners.get(target as usize).copied().flatten(),
        Target::Asset(_) => None,
        _ => return None,
    };
    let named = package_of(&record.specifier)
        .filter(|name| view.names.contains(name) || !view.declaring(owner, name).is_empty());
    // Other aliases, and paths that leave the package, use a package only where it is declared.
    let crossed = || {
        let name = view.packages.list[owned_by.filter(|at| *at != owner)?].name.as_deref()?;
        (!view.declaring(owner, name).is_empty()).then_some(name)
    };
    named.or_else(crossed)
}
