use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::name::first_segment;
use super::pure::{is_pure_base, is_pure_builtin, is_pure_builtin_base, is_pure_call};
use super::record::{DefinitionKind, EffectKind, Guard, Import, Place, mention};
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
    /// For each file what it loads while it is loaded itself: files, and modules from outside that may be noticed.
    imports: Vec<(Vec<u32>, Vec<String>)>,
    /// Some file asks classes for their subclasses, so that making one may be noticed.
    looks_for_subclasses: bool,
    own: RefCell<FxHashMap<u32, Option<String>>>,
    reached: RefCell<FxHashMap<u32, Rc<Reach>>>,
}

/// Everything that comes with one module.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    pub(super) files: FxHashSet<u32>,
    pub(super) noticeable: FxHashSet<Noticeable>,
}

/// The modules that one name of a statement loads, and where else they may come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Loads {
    pub(super) files: Vec<u32>,
    pub(super) external: Option<String>,
}

impl<'a> Loading<'a> {
    pub(super) fn new(repository: &'a Repository) -> Self {
        let hash = mention("__subclasses__");
        let mut this = Self {
            repository,
            imports: Vec::new(),
            looks_for_subclasses: repository.files.iter().any(|file| file.record.mentions.binary_search(&hash).is_ok()),
            own: RefCell::default(),
            reached: RefCell::default(),
        };
        this.imports = (0..repository.count()).map(|file| this.imports_of(file)).collect();
        this
    }

    fn imports_of(&self, file: u32) -> (Vec<u32>, Vec<String>) {
        let (mut files, mut outside) = (Vec::new(), Vec::new());
        for (at, import) in self.repository.record(file).imports.iter().enumerate() {
            if import.place == Place::Function || import.guard == Guard::TypeChecking || import.in_main {
                continue;
            }
            for name in 0..import.names.len() {
                let loads = self.loads(file, at, name);
                files.extend(loads.files);
                let external = loads.external.filter(|name| !is_known_free(name));
                outside.extend(external.map(|name| first_segment(&name).to_string()));
            }
        }
        files.sort_unstable();
        files.dedup();
        (files, outside)
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

    /// Everything that loading these modules brings about.
    pub(super) fn reach(&self, loads: &Loads) -> Reach {
        let mut found = Reach::default();
        for &file in &loads.files {
            let reach = self.reach_of(file);
            found.files.extend(&reach.files);
            found.noticeable.extend(reach.noticeable.iter().cloned());
        }
        if let Some(external) = loads.external.as_deref().filter(|name| !is_known_free(name)) {
            found.noticeable.insert(Noticeable::External(external.to_string()));
        }
        found
    }

    /// Everything that comes with one file: itself and what it imports while it loads.
    fn reach_of(&self, start: u32) -> Rc<Reach> {
        if let Some(known) = self.reached.borrow().get(&start) {
            return Rc::clone(known);
        }
        let mut found = Reach::default();
        let mut stack = vec![start];
        while let Some(file) = stack.pop() {
            if !found.files.insert(file) {
                continue;
            }
            if self.own_effect(file).is_some() {
                found.noticeable.insert(Noticeable::File(file));
            }
            let (files, outside) = &self.imports[file as usize];
            stack.extend(files);
            found.noticeable.extend(outside.iter().cloned().map(Noticeable::External));
        }
        let found = Rc::new(found);
        self.reached.borrow_mut().insert(start, Rc::clone(&found));
        found
    }

    /// Whether some of these files load each other: then it matters which of them is loaded first.
    pub(super) fn has_cycle(&self, files: &FxHashSet<u32>) -> bool {
        let mut waiting: FxHashMap<u32, usize> = files.iter().map(|&file| (file, 0)).collect();
        let targets = |file: u32| self.imports[file as usize].0.iter().copied().filter(move |&to| to != file);
        for to in files.iter().flat_map(|&file| targets(file)) {
            if let Some(count) = waiting.get_mut(&to) {
                *count += 1;
            }
        }
        let mut free: Vec<u32> = waiting.iter().filter(|(_, count)| **count == 0).map(|(&file, _)| file).collect();
        let mut done = 0;
        while let Some(file) = free.pop() {
            done += 1;
            for to in targets(file) {
                if let Some(count) = waiting.get_mut(&to) {
                    *count -= 1;
                    if *count == 0 {
                        free.push(to);
                    }
                }
            }
        }
        done < files.len()
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
                    !self.looks_for_subclasses
                        && !hooks
                        && bases.iter().all(|base| self.is_pure_base(owner, base, depth))
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
