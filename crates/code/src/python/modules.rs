use rustc_hash::{FxHashMap, FxHashSet};

use super::name::first_segment;
use super::record::{Import, Place};
use super::repository::Repository;

/// Where a dotted name leads inside the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    File(u32),
    /// A folder without `__init__.py` that holds Python files.
    Folder(String),
}

/// The module names of a repository: which file an import means, seen from the file it stands in.
#[derive(Debug, Default)]
pub(super) struct Modules {
    ids: FxHashMap<String, u32>,
    folders: FxHashSet<String>,
    /// Folders from which absolute imports are looked up, the likeliest first.
    roots: Vec<String>,
}

/// One import statement, resolved.
#[derive(Clone, Debug, Default)]
pub(super) struct Target {
    /// The module that the statement names, when it is a file of the repository.
    pub(super) module: Option<u32>,
    /// Packages around it, outermost first, that are loaded before it.
    pub(super) parents: Vec<u32>,
    /// For each name of a `from` import: the submodule it loads. For `import a, b`: the module of each.
    pub(super) names: Vec<Option<u32>>,
    /// For `import a.b`: the packages above each.
    pub(super) name_parents: Vec<Vec<u32>>,
    /// The statement leads into the repository, though perhaps not to a file that is there.
    pub(super) is_first_party: bool,
}

/// Folders whose packages are samples, not code that other files import by name.
const SAMPLE_FOLDERS: [&str; 12] = [
    "test",
    "tests",
    "testing",
    "fixtures",
    "examples",
    "example",
    "docs",
    "doc",
    "testdata",
    "data",
    "samples",
    "benchmarks",
];

impl Modules {
    /// `paths` in the order of their ids; `projects` are the folders with a manifest; `declared` are folders that
    /// manifests name as roots of packages.
    pub(super) fn new(paths: &[&str], projects: &[String], declared: &[String]) -> Self {
        let mut this = Self::default();
        for (id, path) in paths.iter().enumerate() {
            this.ids.insert((*path).to_string(), u32::try_from(id).unwrap_or(u32::MAX));
            let mut folder = parent(path);
            while this.folders.insert(folder.to_string()) && !folder.is_empty() {
                folder = parent(folder);
            }
        }
        let mut roots: Vec<String> = declared.to_vec();
        for project in projects.iter().map(String::as_str).chain([""]) {
            roots.push(join(project, "src"));
            roots.push(project.to_string());
        }
        let mut found: Vec<String> = paths
            .iter()
            .filter(|path| is_init(path))
            .map(|path| this.base(path))
            .filter(|base| !base.split('/').any(|part| SAMPLE_FOLDERS.contains(&part)))
            .collect();
        found.sort_by_key(|base| (base.matches('/').count(), base.clone()));
        roots.extend(found);
        let mut seen = FxHashSet::default();
        roots.retain(|root| this.folders.contains(root) && seen.insert(root.clone()));
        this.roots = roots;
        this
    }

    /// The folder that Python puts on its path for a file: the first one upwards that is no package.
    pub(super) fn base(&self, path: &str) -> String {
        let mut folder = parent(path);
        while !folder.is_empty() && self.is_package(folder) {
            folder = parent(folder);
        }
        folder.to_string()
    }

    /// Whether a file of this path is known.
    pub(super) fn has(&self, path: &str) -> bool {
        self.ids.contains_key(path)
    }

    fn is_package(&self, folder: &str) -> bool {
        ["__init__.py", "__init__.pyi"].iter().any(|name| self.ids.contains_key(&join(folder, name)))
    }

    /// The dotted names under which a file may be known: seen from its own base, and from each root above it.
    pub(super) fn dotted_names(&self, path: &str) -> Vec<String> {
        let mut names = vec![dotted_below(path, &self.base(path))];
        for root in &self.roots {
            if root.is_empty() || path.starts_with(&format!("{root}/")) {
                names.push(dotted_below(path, root));
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    fn at(&self, path: &str) -> Option<Spot> {
        for candidate in
            [join(path, "__init__.py"), format!("{path}.py"), format!("{path}.pyi"), join(path, "__init__.pyi")]
        {
            if let Some(id) = self.ids.get(&candidate) {
                return Some(Spot::File(*id));
            }
        }
        self.folders.contains(path).then(|| Spot::Folder(path.to_string()))
    }

    /// What stands at `dotted` below a folder, with what stands at each of its prefixes.
    fn below(&self, folder: &str, dotted: &str) -> Option<Vec<Spot>> {
        let mut path = folder.to_string();
        let mut found = Vec::new();
        for part in dotted.split('.') {
            path = join(&path, part);
            found.push(self.at(&path)?);
        }
        Some(found)
    }

    /// An absolute dotted name seen from `importer`.
    pub(super) fn absolute(&self, importer: &str, dotted: &str) -> Option<Vec<Spot>> {
        let base = self.base(importer);
        // `test` is a package of the standard library that nobody imports, and a folder that many repositories have.
        let is_standard = first_segment(dotted) != "test" && super::standard::is_standard(first_segment(dotted));
        if let Some(found) = self.below(&base, dotted).filter(|found| ends_in_file(found)) {
            return Some(found);
        }
        if is_standard {
            return None;
        }
        let mut folder = None;
        for root in &self.roots {
            match self.below(root, dotted) {
                Some(found) if ends_in_file(&found) => return Some(found),
                Some(found) => folder = folder.or(Some(found)),
                None => {}
            }
        }
        folder
    }

    /// Whether the first part of a dotted name is a package or module of the repository.
    fn owns(&self, importer: &str, dotted: &str) -> bool {
        let first = first_segment(dotted);
        self.absolute(importer, first).is_some_and(|found| ends_in_file(&found))
    }

    /// Whether the repository has anything of this top-level name, be it only a folder.
    pub(super) fn knows(&self, importer: &str, first: &str) -> bool {
        self.absolute(importer, first).is_some()
    }

    fn module(&self, importer: &str, import: &Import, dotted: Option<&str>) -> Option<Vec<Spot>> {
        if import.level == 0 {
            return self.absolute(importer, dotted?);
        }
        let mut folder = parent(importer);
        for _ in 1..import.level {
            if folder.is_empty() {
                return None;
            }
            folder = parent(folder);
        }
        let start = if folder.is_empty() { Spot::Folder(String::new()) } else { self.at(folder)? };
        let mut found = vec![start];
        if let Some(dotted) = dotted {
            found.extend(self.below(folder, dotted)?);
        }
        Some(found)
    }

    /// Resolves a statement of the file `importer`.
    pub(super) fn resolve(&self, repository: &Repository, importer: u32, import: &Import) -> Target {
        let path = repository.path(importer);
        let mut target = Target { is_first_party: import.level > 0, ..Target::default() };
        if !import.is_from {
            for name in &import.names {
                let found = self.absolute(path, &name.imported);
                let (module, parents) = split(found);
                target.is_first_party |= module.is_some() || self.owns(path, &name.imported);
                target.names.push(module);
                target.name_parents.push(parents);
            }
            return target;
        }
        let found = self.module(path, import, import.module.as_deref());
        target.is_first_party |= import.module.as_deref().is_some_and(|dotted| self.owns(path, dotted));
        let Some(found) = found else {
            target.names = vec![None; import.names.len()];
            return target;
        };
        let folder = match found.last() {
            Some(Spot::File(id)) => repository.path(*id).strip_suffix("/__init__.py").map(str::to_string),
            Some(Spot::Folder(folder)) => Some(folder.clone()),
            None => None,
        };
        let (module, parents) = split(Some(found));
        target.module = module;
        target.parents = parents;
        for name in &import.names {
            let sub = folder.as_ref().and_then(|folder| self.submodule(repository, folder, module, &name.imported));
            target.is_first_party |= sub.is_some();
            target.names.push(sub);
        }
        target.is_first_party |= target.module.is_some();
        target
    }

    /// The module `name` of a package, unless the package gives that name to something else.
    pub(super) fn submodule(
        &self,
        repository: &Repository,
        folder: &str,
        package: Option<u32>,
        name: &str,
    ) -> Option<u32> {
        let Some(Spot::File(id)) = self.at(&join(folder, name)) else {
            return None;
        };
        let record = package.map(|package| repository.record(package));
        let defines = record.is_some_and(|record| record.definitions.iter().any(|one| one.name == name));
        let imports = record.is_some_and(|record| {
            record.imports.iter().any(|import| {
                let other = import.is_from && import.place == Place::Module && import.module.is_some();
                other && import.names.iter().any(|one| one.local == name)
            })
        });
        (!defines && !imports).then_some(id)
    }

    /// The folder of a package by the path of its `__init__.py`.
    pub(super) fn folder<'a>(&self, path: &'a str) -> Option<&'a str> {
        is_init(path).then(|| parent(path))
    }
}

fn split(found: Option<Vec<Spot>>) -> (Option<u32>, Vec<u32>) {
    let mut found = found.unwrap_or_default();
    let last = found.pop();
    let parents = found
        .into_iter()
        .filter_map(|place| match place {
            Spot::File(id) => Some(id),
            Spot::Folder(_) => None,
        })
        .collect();
    match last {
        Some(Spot::File(id)) => (Some(id), parents),
        _ => (None, parents),
    }
}

fn ends_in_file(found: &[Spot]) -> bool {
    matches!(found.last(), Some(Spot::File(_)))
}

fn dotted_below(path: &str, root: &str) -> String {
    let inside = if root.is_empty() { path } else { path.get(root.len() + 1..).unwrap_or(path) };
    let stem = inside.rsplit_once('.').map_or(inside, |(stem, _)| stem);
    let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
    stem.replace('/', ".")
}

pub(super) fn is_init(path: &str) -> bool {
    path.ends_with("/__init__.py") || path.ends_with("/__init__.pyi")
}

/// The folder of a path; the root is the empty string.
pub(super) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

pub(super) fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") }
}
