use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::name::first_segment;
use super::pure::{is_pure_base, is_pure_builtin, is_pure_builtin_base, is_pure_call};
use super::record::{DefinitionKind, EffectKind, Guard, Import, Place};
use super::repository::{Meaning, Repository};
use super::standard::{is_free_of_effects, is_standard};

/// Something whose loading may be noticed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Noticeable {
    /// A file of the repository with effects of its own.
    File(u32),
    /// A module from outside, by its top-level name.
    External(String),
}

/// What loading modules does, over the whole repository.
#[derive(Debug)]
pub(super) struct Loading<'a> {
    repository: &'a Repository,
    own: RefCell<FxHashMap<u32, Option<String>>>,
    reached: RefCell<FxHashMap<u32, FxHashSet<Noticeable>>>,
}

/// The modules that one name of a statement loads, and where else they may come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Loads {
    pub(super) files: Vec<u32>,
    pub(super) external: Option<String>,
}

impl<'a> Loading<'a> {
    pub(super) fn new(repository: &'a Repository) -> Self {
        Self { repository, own: RefCell::default(), reached: RefCell::default() }
    }

    /// What the statement loads for the name at `name`, whole dotted path included.
    pub(super) fn loads(&self, file: u32, statement: usize, name: usize) -> Loads {
        let import = &self.repository.record(file).imports[statement];
        let target = &self.repository.targets(file)[statement];
        let mut loads = Loads::default();
        if import.is_from {
            loads.files.extend(&target.parents);
            loads.files.extend(target.module);
            loads.files.extend(target.names.get(name).copied().flatten());
        } else {
            loads.files.extend(target.name_parents.get(name).into_iter().flatten());
            loads.files.extend(target.names.get(name).copied().flatten());
        }
        if !target.is_first_party {
            loads.external = external_name(import, name);
        }
        loads.files.retain(|&package| package != file && !self.repository.is_around(package, file));
        loads
    }

    /// Whether the target of a first-party import is a file that is not there (generated, or compiled).
    pub(super) fn is_missing(&self, file: u32, statement: usize, name: usize) -> bool {
        let import = &self.repository.record(file).imports[statement];
        let target = &self.repository.targets(file)[statement];
        if !target.is_first_party {
            return false;
        }
        if import.is_from {
            let folder_only = target.module.is_none();
            return folder_only && target.names.get(name).copied().flatten().is_none();
        }
        target.names.get(name).copied().flatten().is_none()
    }

    /// Everything noticeable that loading these modules brings about.
    pub(super) fn noticeable(&self, loads: &Loads) -> FxHashSet<Noticeable> {
        let mut found = FxHashSet::default();
        for &file in &loads.files {
            found.extend(self.reach(file));
        }
        if let Some(external) = loads.external.as_deref().filter(|name| !is_known_free(name)) {
            found.insert(Noticeable::External(external.to_string()));
        }
        found
    }

    /// Everything noticeable from loading one file: itself and what it imports while it loads.
    fn reach(&self, start: u32) -> FxHashSet<Noticeable> {
        if let Some(known) = self.reached.borrow().get(&start) {
            return known.clone();
        }
        let mut seen = FxHashSet::default();
        let mut found = FxHashSet::default();
        let mut stack = vec![start];
        while let Some(file) = stack.pop() {
            if !seen.insert(file) {
                continue;
            }
            if self.own_effect(file).is_some() {
                found.insert(Noticeable::File(file));
            }
            for (at, import) in self.repository.record(file).imports.iter().enumerate() {
                if import.place == Place::Function || import.guard == Guard::TypeChecking || import.in_main {
                    continue;
                }
                for name in 0..import.names.len() {
                    let loads = self.loads(file, at, name);
                    stack.extend(loads.files);
                    if let Some(external) = loads.external.filter(|name| !is_known_free(name)) {
                        found.insert(Noticeable::External(first_segment(&external).to_string()));
                    }
                }
            }
        }
        self.reached.borrow_mut().insert(start, found.clone());
        found
    }

    /// What a file does besides binding names when it is loaded, for a person.
    pub(super) fn own_effect(&self, file: u32) -> Option<String> {
        if let Some(known) = self.own.borrow().get(&file) {
            return known.clone();
        }
        let record = self.repository.record(file);
        let found = match &record.broken {
            Some((_, detail)) => Some(format!("it cannot be read ({detail})")),
            None => record.effects.iter().find_map(|effect| {
                let what = self.effect(file, &effect.kind)?;
                Some(format!("{}:{} {what}", self.repository.path(file), effect.line))
            }),
        };
        self.own.borrow_mut().insert(file, found.clone());
        found
    }

    fn effect(&self, file: u32, kind: &EffectKind) -> Option<String> {
        match kind {
            EffectKind::Certain(what) => Some(what.clone()),
            EffectKind::Derives(base) => {
                (!self.is_pure_base(file, base, 16)).then(|| format!("derives from {base}, which may run code"))
            }
            EffectKind::Calls(name) => (!self.is_pure_call(file, name)).then(|| format!("calls {name}")),
        }
    }

    fn is_pure_base(&self, file: u32, name: &str, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        match self.repository.meaning(file, name) {
            Meaning::Definition(owner, at) => match &self.repository.record(owner).definitions[at].kind {
                DefinitionKind::Class { bases, hooks, .. } => {
                    !hooks && bases.iter().all(|base| self.is_pure_base(owner, base, depth))
                }
                _ => false,
            },
            Meaning::External(full) => is_pure_base(&full),
            Meaning::Free(name) => is_pure_builtin_base(&name),
            Meaning::Module(_) | Meaning::Unknown => false,
        }
    }

    fn is_pure_call(&self, file: u32, name: &str) -> bool {
        if name.starts_with("()") {
            return is_pure_call(name);
        }
        match self.repository.meaning(file, name) {
            Meaning::Definition(owner, at) => self.is_plain_class(owner, at, 16),
            Meaning::External(full) => is_pure_call(&full),
            Meaning::Free(name) => is_pure_builtin(&name),
            Meaning::Module(_) | Meaning::Unknown => false,
        }
    }

    /// A class whose instances are made without code of its own.
    fn is_plain_class(&self, file: u32, at: usize, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let definition = &self.repository.record(file).definitions[at];
        let DefinitionKind::Class { bases, hooks, plain } = &definition.kind else {
            return false;
        };
        let known = |base: &String| match self.repository.meaning(file, base) {
            Meaning::Definition(owner, at) => self.is_plain_class(owner, at, depth),
            Meaning::External(full) => is_pure_base(&full),
            Meaning::Free(name) => is_pure_builtin_base(&name),
            Meaning::Module(_) | Meaning::Unknown => false,
        };
        *plain && !hooks && bases.iter().all(known)
    }
}

/// The dotted name of a module from outside that a statement loads; for a `from` import the module it names.
pub(super) fn external_name(import: &Import, name: usize) -> Option<String> {
    if import.is_from {
        return import.module.clone().filter(|_| import.level == 0);
    }
    import.names.get(name).map(|name| name.imported.clone())
}

fn is_known_free(dotted: &str) -> bool {
    let first = first_segment(dotted);
    if is_standard(first) { is_free_of_effects(dotted) } else { first == "typing_extensions" }
}
