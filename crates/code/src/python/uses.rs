use rustc_hash::{FxHashMap, FxHashSet};

use super::loading::external_name;
use super::record::{Binding, Status, mention};
use super::repository::Repository;

/// What files read of each other beyond their own names.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// (module, name) that another file imports or reads, with that file.
    members: FxHashMap<(u32, String), u32>,
    /// Modules that a file handles as a value or loads by name, so that any of their names may be read.
    whole: FxHashMap<u32, u32>,
    /// Submodules that a file reads as an attribute of their package without importing them.
    relied_on: FxHashMap<u32, u32>,
    /// The same for modules from outside, by dotted name.
    relied_on_outside: FxHashMap<String, u32>,
    /// For each module the files that star-import it.
    stars: FxHashMap<u32, Vec<u32>>,
    /// Attributes read of things that may be any module, with a file that reads them.
    attributes: FxHashMap<u64, u32>,
    /// Dotted strings of the whole repository.
    strings: FxHashSet<String>,
    /// `strings` with each of their beginnings.
    spelled_modules: FxHashSet<String>,
}

impl Uses {
    /// `strings` are dotted paths found outside of Python files: entry points of manifests.
    pub(super) fn new(repository: &Repository, strings: &[String]) -> Self {
        let mut this = Self::default();
        this.strings.extend(strings.iter().cloned());
        for file in 0..repository.count() {
            this.read_file(repository, file);
        }
        for text in &this.strings {
            let ends = text.match_indices(['.', ':']).map(|(at, _)| at).chain([text.len()]);
            this.spelled_modules.extend(ends.filter_map(|end| text.get(..end)).map(str::to_string));
        }
        this
    }

    /// Another file that imports `name` from `module` or reads it there, through star imports too.
    pub(super) fn user(&self, repository: &Repository, module: u32, name: &str) -> Option<u32> {
        let mut seen = FxHashSet::default();
        let mut queue = vec![module];
        while let Some(at) = queue.pop() {
            if !seen.insert(at) {
                continue;
            }
            if let Some(user) = self.members.get(&(at, name.to_string())).filter(|&&user| user != module) {
                return Some(*user);
            }
            if name.starts_with('_') {
                continue;
            }
            // `__all__` limits what a star import takes, and what it lists is used anyway.
            let limited = repository.record(at).has_exports;
            for &star in self.stars.get(&at).into_iter().flatten().filter(|_| !limited) {
                if reads_unbound(repository, star, name) {
                    return Some(star);
                }
                queue.push(star);
            }
        }
        None
    }

    /// A package that makes the name public by star-importing the module.
    pub(super) fn republisher(&self, repository: &Repository, module: u32) -> Option<u32> {
        let stars = self.stars.get(&module).filter(|_| !repository.record(module).has_exports)?;
        stars.iter().copied().find(|&star| super::modules::is_init(repository.path(star)))
    }

    /// A file that may read any name of the module.
    pub(super) fn whole_user(&self, module: u32) -> Option<u32> {
        self.whole.get(&module).copied().filter(|&user| user != module)
    }

    /// A file that needs somebody else to have loaded one of these modules.
    pub(super) fn relier(&self, files: &[u32]) -> Option<u32> {
        files.iter().find_map(|file| self.relied_on.get(file).copied())
    }

    pub(super) fn outside_relier(&self, dotted: &str) -> Option<u32> {
        prefixes(dotted).find_map(|prefix| self.relied_on_outside.get(prefix).copied())
    }

    /// Whether a string of the repository spells the name as `pkg.mod.Name` or `pkg.mod:Name`, or as `.Name` behind
    /// something computed in a call that replaces attributes.
    pub(super) fn is_spelled(&self, repository: &Repository, module: u32, name: &str) -> bool {
        if self.strings.contains(&format!(".{name}")) {
            return true;
        }
        repository.modules.dotted_names(repository.path(module)).iter().any(|dotted| {
            let has = |path: &str| {
                self.strings.contains(&format!("{dotted}.{path}")) || self.strings.contains(&format!("{dotted}:{path}"))
            };
            has(name)
        })
    }

    /// Another file that reads an attribute of this name of something that may be any module.
    pub(super) fn attribute_reader(&self, module: u32, name: &str) -> Option<u32> {
        self.attributes.get(&mention(name)).copied().filter(|&reader| reader != module)
    }

    /// Whether a string names the module itself, or something in it.
    pub(super) fn is_module_spelled(&self, repository: &Repository, module: u32) -> bool {
        let names = repository.modules.dotted_names(repository.path(module));
        names.iter().any(|dotted| self.spelled_modules.contains(dotted))
    }

    /// Whether a string ends in the name of the file: `worker.py`.
    pub(super) fn is_file_named(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.strings.contains(name)
    }

    fn read_file(&mut self, repository: &Repository, file: u32) {
        let record = repository.record(file);
        self.strings.extend(record.dotted.iter().cloned());
        for &attribute in &record.attributes {
            self.attributes.entry(attribute).or_insert(file);
        }
        for dynamic in &record.dynamic {
            if let Some(super::modules::Spot::File(id)) =
                repository.modules.absolute(repository.path(file), &dynamic.module).and_then(|mut found| found.pop())
            {
                self.whole.entry(id).or_insert(file);
            }
        }
        let own = own_modules(repository, file);
        for (at, import) in record.imports.iter().enumerate() {
            let target = &repository.targets(file)[at];
            for (index, binding) in import.names.iter().enumerate() {
                if let Some(module) = target.module.filter(|&module| import.is_from && module != file) {
                    if binding.imported == "*" {
                        self.stars.entry(module).or_default().push(file);
                    } else {
                        self.members.entry((module, binding.imported.clone())).or_insert(file);
                    }
                }
                match repository.bound_module(file, at, index) {
                    Some(module) => self.read_binding(repository, file, module, binding, &own),
                    None if !target.is_first_party => {
                        self.read_outside(file, external_path(import, index), binding, &own)
                    }
                    None => {}
                }
            }
        }
    }

    fn read_binding(&mut self, repository: &Repository, file: u32, module: u32, binding: &Binding, own: &Own) {
        if binding.escapes {
            self.whole.entry(module).or_insert(file);
        }
        for chain in &binding.chains {
            let mut at = module;
            for name in chain.split('.') {
                self.members.entry((at, name.to_string())).or_insert(file);
                let folder = repository.modules.folder(repository.path(at));
                let sub = folder.and_then(|folder| repository.modules.submodule(repository, folder, Some(at), name));
                if let Some(sub) = sub.filter(|sub| !own.files.contains(sub) && !loads(repository, at, *sub)) {
                    self.relied_on.entry(sub).or_insert(file);
                }
                match repository.member_module(at, name) {
                    Some(next) => at = next,
                    None => break,
                }
            }
        }
    }

    fn read_outside(&mut self, file: u32, path: Option<String>, binding: &Binding, own: &Own) {
        let Some(path) = path else {
            return;
        };
        for chain in &binding.chains {
            let full = format!("{path}.{chain}");
            for prefix in prefixes(&full).filter(|prefix| prefix.len() > path.len()) {
                // `os` itself puts `os.path` in place.
                if !own.outside.contains(prefix) && prefix != "os.path" {
                    self.relied_on_outside.entry(prefix.to_string()).or_insert(file);
                }
            }
        }
    }
}

/// The modules that a file certainly imports itself.
struct Own {
    files: FxHashSet<u32>,
    outside: FxHashSet<String>,
}

fn own_modules(repository: &Repository, file: u32) -> Own {
    let mut own = Own { files: FxHashSet::default(), outside: FxHashSet::default() };
    for (at, import) in repository.record(file).imports.iter().enumerate() {
        let target = &repository.targets(file)[at];
        for (index, binding) in import.names.iter().enumerate() {
            if matches!(binding.status, Status::Unused) {
                continue;
            }
            own.files.extend(target.module);
            own.files.extend(&target.parents);
            own.files.extend(target.names.get(index).copied().flatten());
            own.files.extend(target.name_parents.get(index).into_iter().flatten());
            for path in [external_name(import, index), external_path(import, index)].into_iter().flatten() {
                own.outside.extend(prefixes(&path).map(str::to_string));
            }
        }
    }
    own
}

/// Whether a module loads another by an import that is certainly there.
fn loads(repository: &Repository, module: u32, other: u32) -> bool {
    own_modules(repository, module).files.contains(&other)
}

/// The dotted path of what a binding holds, when it comes from outside of the repository.
fn external_path(import: &super::record::Import, name: usize) -> Option<String> {
    let binding = import.names.get(name)?;
    match (&import.module, import.is_from) {
        (Some(module), true) => Some(format!("{module}.{}", binding.imported)),
        (None, true) => None,
        (_, false) if binding.has_alias => Some(binding.imported.clone()),
        (_, false) => Some(binding.local.clone()),
    }
}

fn reads_unbound(repository: &Repository, file: u32, name: &str) -> bool {
    let record = repository.record(file);
    record.unresolved.binary_search_by(|one| one.as_str().cmp(name)).is_ok()
        || record.exports.iter().any(|one| one == name)
}

/// `a`, `a.b` and `a.b.c` of `a.b.c`.
pub(super) fn prefixes(dotted: &str) -> impl Iterator<Item = &str> {
    dotted.match_indices('.').map(|(at, _)| at).chain([dotted.len()]).filter_map(|end| dotted.get(..end))
}
