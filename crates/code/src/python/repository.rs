use rayon::prelude::*;

use crate::cache::Loaded;

use super::modules::{Modules, Target, is_init, parent};
use super::record::{DefinitionKind, Place, PythonRecord};

/// All Python files with their records and resolved imports.
#[derive(Debug)]
pub(super) struct Repository {
    pub(super) files: Vec<Loaded<PythonRecord>>,
    pub(super) modules: Modules,
    /// For each file, for each import statement.
    pub(super) targets: Vec<Vec<Target>>,
}

/// What a dotted name of a file stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A module of the repository.
    Module(u32),
    /// A definition of a file, by its place in the list.
    Definition(u32, usize),
    /// A dotted name outside of the repository.
    External(String),
    /// A name that nothing binds: a builtin, or nothing.
    Free(String),
    Unknown,
}

impl Repository {
    pub(super) fn new(files: Vec<Loaded<PythonRecord>>, projects: &[String], declared: &[String]) -> Self {
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let modules = Modules::new(&paths, projects, declared);
        let mut this = Self { files, modules, targets: Vec::new() };
        this.targets = (0..this.count())
            .into_par_iter()
            .map(|id| this.record(id).imports.iter().map(|import| this.modules.resolve(&this, id, import)).collect())
            .collect();
        this
    }

    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.files.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn path(&self, id: u32) -> &str {
        &self.files[id as usize].path
    }

    pub(super) fn record(&self, id: u32) -> &PythonRecord {
        &self.files[id as usize].record
    }

    pub(super) fn targets(&self, id: u32) -> &[Target] {
        &self.targets[id as usize]
    }

    /// Whether `package` is an `__init__` of a package around `file`: it is loaded before the file is.
    pub(super) fn is_around(&self, package: u32, file: u32) -> bool {
        let path = self.path(package);
        is_init(path) && package != file && self.path(file).starts_with(&format!("{}/", parent(path)))
    }

    /// The module of the repository that a binding holds, if it holds one.
    pub(super) fn bound_module(&self, file: u32, statement: usize, name: usize) -> Option<u32> {
        let import = &self.record(file).imports[statement];
        let target = &self.targets(file)[statement];
        if import.is_from {
            return target.names.get(name).copied().flatten();
        }
        let binding = import.names.get(name)?;
        if binding.has_alias || !binding.imported.contains('.') {
            return target.names.get(name).copied().flatten();
        }
        target.name_parents.get(name)?.first().copied()
    }

    /// The submodule or the module-valued import that `name` is in a module.
    pub(super) fn member_module(&self, module: u32, name: &str) -> Option<u32> {
        let folder = self.modules.folder(self.path(module));
        if let Some(id) = folder.and_then(|folder| self.modules.submodule(self, folder, Some(module), name)) {
            return Some(id);
        }
        self.find_import(module, name).and_then(|(statement, at)| self.bound_module(module, statement, at))
    }

    /// The import of a module's own scope that binds `name`.
    pub(super) fn find_import(&self, file: u32, name: &str) -> Option<(usize, usize)> {
        let imports = self.record(file).imports.iter().enumerate();
        imports.filter(|(_, import)| import.place == Place::Module).find_map(|(statement, import)| {
            let at = import.names.iter().position(|one| one.local == name && one.imported != "*");
            at.map(|at| (statement, at))
        })
    }

    /// What a dotted name means in the module scope of a file.
    pub(super) fn meaning(&self, file: u32, dotted: &str) -> Meaning {
        self.meaning_within(file, dotted, 8)
    }

    fn meaning_within(&self, file: u32, dotted: &str, depth: u32) -> Meaning {
        let Some(depth) = depth.checked_sub(1) else {
            return Meaning::Unknown;
        };
        let (first, rest) = dotted.split_once('.').map_or((dotted, None), |(first, rest)| (first, Some(rest)));
        let record = self.record(file);
        if let Some(at) = record.definitions.iter().position(|one| one.name == first) {
            let is_value = record.definitions[at].kind == DefinitionKind::Value;
            return if rest.is_none() && !is_value { Meaning::Definition(file, at) } else { Meaning::Unknown };
        }
        let Some((statement, at)) = self.find_import(file, first) else {
            let has_star = record.imports.iter().any(|import| import.names.iter().any(|one| one.imported == "*"));
            return if has_star { Meaning::Unknown } else { Meaning::Free(dotted.to_string()) };
        };
        if let Some(module) = self.bound_module(file, statement, at) {
            return self.member(module, rest, depth);
        }
        let import = &record.imports[statement];
        let target = &self.targets(file)[statement];
        let binding = &import.names[at];
        if let (true, Some(module)) = (import.is_from, target.module) {
            let path = rest.map_or_else(|| binding.imported.clone(), |rest| format!("{}.{rest}", binding.imported));
            return self.meaning_within(module, &path, depth);
        }
        if target.is_first_party {
            return Meaning::Unknown;
        }
        let mut full = match (&import.module, binding.has_alias || import.is_from) {
            (Some(module), _) => format!("{module}.{}", binding.imported),
            (None, true) => binding.imported.clone(),
            (None, false) => first.to_string(),
        };
        if let Some(rest) = rest {
            full.push('.');
            full.push_str(rest);
        }
        Meaning::External(full)
    }

    fn member(&self, module: u32, rest: Option<&str>, depth: u32) -> Meaning {
        let Some(rest) = rest else {
            return Meaning::Module(module);
        };
        let (first, after) = rest.split_once('.').map_or((rest, None), |(first, after)| (first, Some(after)));
        match self.member_module(module, first) {
            Some(inner) => self.member(inner, after, depth),
            None => self.meaning_within(module, rest, depth),
        }
    }
}
