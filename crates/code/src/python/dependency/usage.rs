use crate::Location;
use crate::python::loading::external_name;
use crate::python::name::first_segment;
use crate::python::record::{Guard, Place, Status};
use crate::python::repository::Repository;
use crate::python::standard::is_standard;

/// One import of a module from outside the repository.
#[derive(Clone, Debug)]
pub(super) struct Use {
    /// `a.b` of `import a.b`; `a.b.c` of `from a.b import c`.
    pub(super) module: String,
    pub(super) location: Location,
    /// Stands in a test, an example or a script of the project, not in what others use.
    pub(super) in_development: bool,
    /// Samples and documentation, which may use what is declared nowhere.
    pub(super) in_sample: bool,
    /// What people of the project run by hand: tools, tasks, automation.
    pub(super) in_script: bool,
    pub(super) guard: Guard,
    pub(super) place: Place,
    /// Below `if __name__ == "__main__"`.
    pub(super) in_main: bool,
    pub(super) is_unused: bool,
    /// The file declares its own requirements (PEP 723).
    pub(super) has_own_requirements: bool,
}

const DEVELOPMENT_FOLDERS: [&str; 22] = [
    "test",
    "tests",
    "testing",
    "docs",
    "doc",
    "examples",
    "example",
    "benchmarks",
    "benchmark",
    "bench",
    "scripts",
    "tools",
    "ci",
    ".github",
    "tasks",
    "samples",
    "sample",
    "notebooks",
    "dev",
    "utils_dev",
    "integration_tests",
    "e2e",
];
const SAMPLE_FOLDERS: [&str; 11] = [
    "docs",
    "doc",
    "examples",
    "example",
    "benchmarks",
    "benchmark",
    "bench",
    "samples",
    "sample",
    "notebooks",
    "fixtures",
];

const SCRIPT_FOLDERS: [&str; 7] = ["scripts", "tools", "ci", ".github", "tasks", "dev", "utils_dev"];

/// All imports of modules from outside.
pub(super) fn uses(repository: &Repository) -> Vec<Use> {
    let mut found = Vec::new();
    for file in 0..repository.count() {
        let path = repository.path(file);
        let record = repository.record(file);
        let in_development = is_development_file(path);
        let in_sample = path.split('/').any(|part| SAMPLE_FOLDERS.contains(&part));
        let in_script = path.split('/').any(|part| SCRIPT_FOLDERS.contains(&part));
        for (at, import) in record.imports.iter().enumerate() {
            let target = &repository.targets(file)[at];
            for (index, binding) in import.names.iter().enumerate() {
                let inside = target.is_first_party || target.names.get(index).copied().flatten().is_some();
                let Some(module) = external_name(import, index).filter(|_| !inside) else {
                    continue;
                };
                let first = first_segment(&module);
                if is_standard(first) || repository.modules.knows(path, first) {
                    continue;
                }
                let module = if import.is_from { format!("{module}.{}", binding.imported) } else { module };
                found.push(Use {
                    module,
                    location: Location { path: path.to_string(), line: binding.line, column: binding.column },
                    in_development,
                    in_sample,
                    in_script,
                    guard: import.guard,
                    place: import.place,
                    in_main: import.in_main,
                    is_unused: binding.status == Status::Unused,
                    has_own_requirements: record.has_own_requirements,
                });
            }
        }
        for dynamic in &record.dynamic {
            if !is_standard(first_segment(&dynamic.module))
                && !repository.modules.knows(path, first_segment(&dynamic.module))
            {
                found.push(Use {
                    module: dynamic.module.clone(),
                    location: Location { path: path.to_string(), line: dynamic.line, column: 1 },
                    in_development,
                    in_sample,
                    in_script,
                    guard: Guard::Conditional,
                    place: Place::Function,
                    in_main: false,
                    is_unused: false,
                    has_own_requirements: record.has_own_requirements,
                });
            }
        }
    }
    found
}

pub(in crate::python) fn is_development_file(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let named = matches!(
        name,
        "conftest.py" | "setup.py" | "noxfile.py" | "tasks.py" | "fabfile.py" | "dodo.py" | "conf.py" | "tests.py"
    ) || name.starts_with("test_")
        || name.ends_with("_test.py");
    named || folder.split('/').any(|part| DEVELOPMENT_FOLDERS.contains(&part))
}
