use crate::{ImportAction, ImportFinding, ImportKind, Language, Location};

use super::loading::{Loading, Noticeable, Reach, external_name};
use super::modules::is_init;
use super::name::last_segment;
use super::record::{Binding, Guard, Import, Place, Status};
use super::repository::{Meaning, Repository};
use super::uses::Uses;

/// Names under which servers and task runners look for an object in a module.
const WELL_KNOWN: [&str; 9] =
    ["app", "application", "celery", "celery_app", "handler", "lambda_handler", "api", "server", "cli"];

/// A finding with what the edit needs to know.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) finding: ImportFinding,
    /// Offset of the name.
    pub(super) name: u32,
}

impl Decision {
    pub(super) fn removes(&self) -> bool {
        self.finding.action == ImportAction::Remove
    }
}

/// Decides about the imports of one file after the other.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    pub(super) repository: &'a Repository,
    pub(super) loading: &'a Loading<'a>,
    pub(super) uses: &'a Uses,
    pub(super) remove_unknown_targets: bool,
}

enum Verdict {
    /// Another file needs the binding: nothing to report.
    Needed,
    Remove(String),
    Leave(String),
}

/// Loads that stay in a file, with the offset from which they have happened.
struct Kept {
    start: u32,
    reach: Reach,
}

impl Judge<'_> {
    pub(super) fn file(&self, file: u32) -> Vec<Decision> {
        let record = self.repository.record(file);
        let mut decisions = Vec::new();
        if record.generated || record.broken.is_some() {
            return decisions;
        }
        let interesting = |one: &Binding| matches!(one.status, Status::Unused | Status::Held(_) | Status::Repeated);
        if !record.imports.iter().any(|import| import.names.iter().any(interesting)) {
            return decisions;
        }
        let mut kept = self.kept(file);
        for (at, import) in record.imports.iter().enumerate() {
            for (index, binding) in import.names.iter().enumerate() {
                let verdict = match &binding.status {
                    Status::Used | Status::Suppressed => continue,
                    Status::Held(reason) if self.is_needed(file, import, binding) => {
                        let _ = reason;
                        continue;
                    }
                    Status::Held(reason) => Verdict::Leave(reason.clone()),
                    Status::Repeated => Verdict::Remove(
                        "an earlier import of the same scope binds the same name to the same thing".into(),
                    ),
                    Status::Unused => self.verdict(file, at, index, &kept),
                };
                let (action, reason) = match verdict {
                    Verdict::Needed => continue,
                    Verdict::Remove(reason) => (ImportAction::Remove, reason),
                    Verdict::Leave(reason) => {
                        self.keep(&mut kept, file, at, index);
                        (ImportAction::Leave, reason)
                    }
                };
                decisions.push(self.decision(file, import, binding, action, reason));
            }
        }
        decisions
    }

    fn decision(
        &self,
        file: u32,
        import: &Import,
        binding: &Binding,
        action: ImportAction,
        reason: String,
    ) -> Decision {
        let repeated = binding.status == Status::Repeated;
        let dots = ".".repeat(import.level as usize);
        let specifier = match &import.module {
            Some(module) => format!("{dots}{module}"),
            None if import.is_from => dots,
            None => binding.imported.clone(),
        };
        let finding = ImportFinding {
            language: Language::Python,
            location: Location {
                path: self.repository.path(file).to_string(),
                line: binding.line,
                column: binding.column,
            },
            specifier,
            name: binding.local.clone(),
            kind: if repeated { ImportKind::Duplicate } else { ImportKind::Unused },
            action,
            reason,
        };
        Decision { finding, name: binding.start }
    }

    /// What the imports that stay load, in the order of the file.
    fn kept(&self, file: u32) -> Vec<Kept> {
        let mut kept = Vec::new();
        for (at, import) in self.repository.record(file).imports.iter().enumerate() {
            for (index, binding) in import.names.iter().enumerate() {
                if matches!(binding.status, Status::Used | Status::Suppressed) {
                    self.keep(&mut kept, file, at, index);
                }
            }
        }
        kept
    }

    fn keep(&self, kept: &mut Vec<Kept>, file: u32, at: usize, index: usize) {
        let import = &self.repository.record(file).imports[at];
        if import.place == Place::Module && import.guard == Guard::Always && !import.in_main {
            let reach = self.loading.reach(&self.loading.loads(file, at, index));
            kept.push(Kept { start: import.start, reach });
        }
    }

    fn verdict(&self, file: u32, at: usize, index: usize, kept: &[Kept]) -> Verdict {
        let import = &self.repository.record(file).imports[at];
        let binding = &import.names[index];
        if self.is_needed(file, import, binding) {
            return Verdict::Needed;
        }
        if let Some(reason) = self.held(file, at, index) {
            return Verdict::Leave(reason);
        }
        if import.guard == Guard::TypeChecking {
            return Verdict::Remove("it is for type checkers only, and no annotation uses it".into());
        }
        self.by_effects(file, at, index, kept)
    }

    /// Whether another file takes the name from this one.
    fn is_needed(&self, file: u32, import: &Import, binding: &Binding) -> bool {
        import.place == Place::Module && self.uses.user(self.repository, file, &binding.local).is_some()
    }

    fn held(&self, file: u32, at: usize, index: usize) -> Option<String> {
        let import = &self.repository.record(file).imports[at];
        if import.place != Place::Module {
            return None;
        }
        let name = &import.names[index].local;
        let path = self.repository.path(file);
        if is_init(path) {
            return Some("a package's `__init__` may re-export it".into());
        }
        if self.uses.is_spelled(self.repository, file, name) {
            return Some("a string of the repository names it through this module".into());
        }
        if let Some(user) = self.uses.whole_user(file) {
            return Some(format!(
                "{} handles this module as a value and may read any of its names",
                self.repository.path(user)
            ));
        }
        if let Some(user) = self.uses.republisher(self.repository, file) {
            return Some(format!("{} publishes all names of this module", self.repository.path(user)));
        }
        let passes_on = |other: &Import| {
            other.is_from
                && (&other.module, other.level) == (&import.module, import.level)
                && other.names.iter().any(|one| one.imported == "*")
        };
        if import.is_from && self.repository.record(file).imports.iter().any(passes_on) {
            return Some("the file passes on all names of that module, so this one may belong to them".into());
        }
        let target = &self.repository.targets(file)[at];
        let is_member = import.is_from && target.is_first_party && target.names.get(index).copied().flatten().is_none();
        if let Some(reader) = self.uses.attribute_reader(file, name).filter(|_| is_member) {
            let reader = self.repository.path(reader);
            return Some(format!("{reader} reads an attribute of this name, perhaps of this module"));
        }
        self.found_by_name(path, file, at, index)
    }

    /// Bindings that a framework finds by their name.
    fn found_by_name(&self, path: &str, file: u32, at: usize, index: usize) -> Option<String> {
        let import = &self.repository.record(file).imports[at];
        let target = &self.repository.targets(file)[at];
        let binding = &import.names[index];
        let file_name = path.rsplit('/').next().unwrap_or(path);
        let protocol =
            ["load_tests", "setUpModule", "tearDownModule", "setup_module", "teardown_module", "pytest_plugins"];
        if protocol.contains(&binding.local.as_str()) {
            return Some("test runners look for this name in a module".into());
        }
        let standard = external_name(import, index).is_some_and(|name| super::standard::is_free_of_effects(&name));
        if standard && !target.is_first_party {
            return None;
        }
        if file_name == "conftest.py" {
            return Some("pytest may find a fixture by this name in conftest.py".into());
        }
        if matches!(file_name, "conf.py" | "wsgi.py" | "asgi.py" | "tasks.py" | "fabfile.py" | "noxfile.py") {
            return Some(format!("a tool reads the names of {file_name}"));
        }
        let is_test = file_name.starts_with("test_") || file_name.ends_with("_test.py") || file_name == "tests.py";
        let local = binding.local.as_str();
        if is_test
            && (local.contains("Test")
                || local.starts_with("test")
                || local.starts_with("setup")
                || local.starts_with("teardown"))
        {
            return Some("a test runner collects tests by their name, imported ones too".into());
        }
        if import.is_from && self.is_fixture(file, local) {
            return Some("a pytest fixture acts by being imported".into());
        }
        if import.is_from && WELL_KNOWN.contains(&local) {
            return Some(format!("servers and runners look for `{local}` in a module"));
        }
        let is_setting = file_name.contains("settings") || file_name.contains("config");
        let is_constant = local.len() > 1 && !local.contains(char::is_lowercase);
        (is_setting && is_constant).then(|| "settings are read by name".into())
    }

    fn is_fixture(&self, file: u32, name: &str) -> bool {
        match self.repository.meaning(file, name) {
            Meaning::Definition(owner, at) => {
                let decorators = &self.repository.record(owner).definitions[at].decorators;
                decorators.iter().any(|one| last_segment(one).ends_with("fixture"))
            }
            _ => false,
        }
    }

    fn by_effects(&self, file: u32, at: usize, index: usize, kept: &[Kept]) -> Verdict {
        let import = &self.repository.record(file).imports[at];
        let target = &self.repository.targets(file)[at];
        let loads = self.loading.loads(file, at, index);
        let outside = if target.is_first_party { None } else { external_name(import, index) };
        let relier = self
            .uses
            .relier(&loads.files)
            .or_else(|| outside.as_deref().and_then(|name| self.uses.outside_relier(name)));
        if let Some(user) = relier {
            let user = self.repository.path(user);
            return Verdict::Leave(format!("{user} reads a submodule that this import loads, without importing it"));
        }
        if self.loading.is_missing(file, at, index) {
            return self.unknown("the module is not in the repository, so what loading it does cannot be known".into());
        }
        let Reach { mut files, mut noticeable } = self.loading.reach(&loads);
        let before = || kept.iter().filter(|kept| kept.start <= import.start);
        // The file itself and the packages around it are there before any of its imports runs.
        let is_there = |one: u32| one == file || self.repository.is_around(one, file);
        files.retain(|one| !is_there(*one) && !before().any(|kept| kept.reach.files.contains(one)));
        noticeable.retain(|one| !matches!(one, Noticeable::File(other) if is_there(*other)));
        if self.loading.has_cycle(&files) {
            return self.unknown("it loads modules that import each other, where the order of loading matters".into());
        }
        if noticeable.is_empty() {
            let what = if outside.is_some() { "the standard library module" } else { "everything it loads" };
            return Verdict::Remove(format!("nothing uses it, and {what} is free of effects"));
        }
        let is_loaded = |one: &&Noticeable| before().any(|kept| kept.reach.noticeable.contains(one));
        let same_module = kept.iter().any(|kept| kept.start == import.start) && import.is_from;
        let mut open: Vec<&Noticeable> = noticeable.iter().filter(|one| !is_loaded(one)).collect();
        open.sort_unstable();
        // From a package outside, a name may be a submodule that only this import loads.
        let may_be_submodule = import.is_from && outside.is_some();
        match open.first() {
            None if !may_be_submodule => {
                let reason = if same_module {
                    "nothing uses it, and its module stays imported"
                } else {
                    "nothing uses it, and what it loads is loaded already"
                };
                Verdict::Remove(reason.into())
            }
            None => self.unknown(format!(
                "`{}` may be a submodule of a package that is not analysed",
                import.names[index].imported
            )),
            Some(Noticeable::External(name)) => {
                self.unknown(format!("what loading `{name}` does cannot be known here"))
            }
            Some(Noticeable::File(other)) => {
                let what = self.loading.own_effect(*other).unwrap_or_default();
                self.unknown(format!("loading it has an effect: {what}"))
            }
        }
    }

    fn unknown(&self, reason: String) -> Verdict {
        if self.remove_unknown_targets {
            return Verdict::Remove(format!("nothing uses it; removed on request although {reason}"));
        }
        Verdict::Leave(reason)
    }
}
