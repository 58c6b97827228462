use rustc_hash::{FxHashMap, FxHashSet};

use crate::discover::Tree;
use crate::python::name::first_segment;
use crate::python::record::{Guard, Place};
use crate::python::repository::Repository;
use crate::scope::Scope;
use crate::{Change, ChangeGroup, DependencyAction, DependencyFinding, DependencyKind, Language, Location, Report};

use super::commands::{command_words, script_imports};
use super::declaration::{Declaration, Group, normalise};
use super::distributions::Distributions;
use super::implied::implied;
use super::project::Project;
use super::usage::{Use, uses};

/// Modules that only exist inside of other programs.
const HOSTED: [&str; 16] = [
    "bpy", "clr", "gdb", "gi", "gimpfu", "hou", "idaapi", "idc", "java", "js", "lldb", "machine", "maya", "pyodide",
    "sublime", "vim",
];

/// Places shown with a finding.
const SHOWN_USES: usize = 5;

/// Adds the findings about dependencies and the edits of manifests.
pub(in crate::python) fn report_dependencies(
    tree: &Tree,
    scope: &Scope,
    repository: &Repository,
    projects: &[Project],
    report: &mut Report,
) {
    if projects.iter().all(|project| !project.is_project) {
        return;
    }
    let all = uses(repository);
    let mut dotted = dotted_words(repository);
    dotted.extend(script_imports(tree));
    let judge = Judge {
        repository,
        projects,
        distributions: Distributions::read(&tree.root),
        commands: command_words(tree),
        uses: &all,
        dotted,
    };
    let mut found = Vec::new();
    for project in projects {
        judge.declared(project, &mut found);
        judge.unlisted(project, &mut found);
    }
    found.retain(|(finding, _)| scope.includes(&finding.location.path));
    report.dependency_changes.extend(changes(tree, &found));
    report.dependencies.extend(found.into_iter().map(|(finding, _)| finding));
}

type Found = (DependencyFinding, Option<Declaration>);

/// First parts of dotted strings, and words listed in settings: `INSTALLED_APPS`, `extensions`, `pytest_plugins`.
fn dotted_words(repository: &Repository) -> FxHashSet<String> {
    let mut words = FxHashSet::default();
    for file in 0..repository.count() {
        let record = repository.record(file);
        let firsts = record.dotted.iter().filter(|text| !text.starts_with('.'));
        words.extend(firsts.map(|text| text.split(['.', ':']).next().unwrap_or(text).to_string()));
        words.extend(record.listed.iter().cloned());
    }
    words
}

/// Names of the repository's own packages: a plugin of one of them needs no import.
fn own_packages(repository: &Repository) -> FxHashSet<String> {
    let paths = (0..repository.count()).map(|file| repository.path(file));
    let folders = paths.filter_map(|path| path.strip_suffix("/__init__.py"));
    folders.filter_map(|folder| folder.rsplit('/').next()).map(normalise).collect()
}

fn changes(tree: &Tree, found: &[Found]) -> Vec<Change> {
    let mut groups: FxHashMap<&str, Vec<ChangeGroup>> = FxHashMap::default();
    for (finding, declaration) in found {
        let Some(removal) = declaration.as_ref().and_then(|one| one.removal.clone()) else {
            continue;
        };
        if finding.action == DependencyAction::Remove {
            let section = finding.section.as_deref().unwrap_or_default();
            let title = format!("remove the dependency \"{}\" from {section}", finding.name);
            groups.entry(&finding.location.path).or_default().push(ChangeGroup { title, edits: vec![removal] });
        }
    }
    let mut changes: Vec<Change> = Vec::new();
    for (path, mut groups) in groups {
        groups.sort_by_key(|group| group.edits.first().map_or(0, |edit| edit.start));
        let Some(bytes) = tree.get(path).and_then(|file| tree.bytes(file).ok()) else {
            continue;
        };
        let hash = blake3::hash(&bytes).to_hex().to_string();
        changes.push(Change { path: path.to_string(), hash, groups });
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

struct Judge<'a> {
    repository: &'a Repository,
    projects: &'a [Project],
    distributions: Distributions,
    commands: FxHashSet<String>,
    uses: &'a [Use],
    dotted: FxHashSet<String>,
}

impl Judge<'_> {
    fn uses_below<'s>(&'s self, folder: &'s str) -> impl Iterator<Item = &'s Use> {
        self.uses.iter().filter(move |one| is_below(&one.location.path, folder))
    }

    /// The imports of what a distribution installs. `None` when neither metadata, table nor imports tell its modules.
    fn uses_of<'s>(&'s self, project: &'s Project, normal: &str) -> Option<Vec<&'s Use>> {
        if let Some(modules) = self.distributions.modules(normal) {
            return Some(
                self.uses_below(&project.folder)
                    .filter(|one| modules.iter().any(|module| provides(module, &one.module)))
                    .collect(),
            );
        }
        let guesses = guesses(normal);
        let found: Vec<&Use> = self
            .uses_below(&project.folder)
            .filter(|one| guesses.iter().any(|guess| first_segment(&one.module).eq_ignore_ascii_case(guess)))
            .collect();
        (!found.is_empty()).then_some(found)
    }

    fn declared(&self, project: &Project, found: &mut Vec<Found>) {
        let mut known: FxHashSet<String> = project.declarations.iter().map(|one| one.normal.clone()).collect();
        let mut imported = FxHashSet::default();
        for one in self.uses_below(&project.folder) {
            imported.insert(first_segment(&one.module).to_string());
            known.insert(normalise(first_segment(&one.module)));
        }
        known.extend(project.tools.iter().cloned());
        known.extend(project.name.iter().cloned());
        known.extend(own_packages(self.repository));
        self.duplicates(project, found);
        for declaration in &project.declarations {
            let is_self = project.name.as_ref() == Some(&declaration.normal) || self.is_sibling(&declaration.normal);
            if declaration.group == Group::Build || is_self {
                continue;
            }
            let uses = self.uses_of(project, &declaration.normal);
            match uses.as_deref() {
                Some([]) | None => {
                    if self.implied(project, declaration, &known, &imported).is_none() {
                        found.extend(self.without_use(declaration, uses.is_some()));
                    }
                }
                Some(uses) => found.extend(self.with_uses(project, declaration, uses)),
            }
        }
    }

    /// A project of the same repository, which may be needed without an import.
    fn is_sibling(&self, normal: &str) -> bool {
        self.projects.iter().any(|project| project.name.as_deref() == Some(normal))
    }

    fn implied(
        &self,
        project: &Project,
        declaration: &Declaration,
        known: &FxHashSet<String>,
        imported: &FxHashSet<String>,
    ) -> Option<String> {
        let normal = declaration.normal.as_str();
        if let Some(reason) = implied(normal, known, imported) {
            return Some(reason);
        }
        if project.tools.contains(normal) || project.words.contains(normal) {
            return Some("a tool setting of the manifest names it".into());
        }
        let tool = self.distributions.is_tool(normal);
        if tool && (declaration.group == Group::Development || self.commands.contains(normal)) {
            return Some("it is a tool that is run by hand or by a script".into());
        }
        let modules = self.distributions.modules(normal).map_or_else(|| guesses(normal), <[String]>::to_vec);
        if modules.iter().any(|module| self.dotted.contains(first_segment(module)) && !module.contains('.')) {
            return Some("a string names one of its modules".into());
        }
        if let Some(reason) = self.asked_for(project, declaration) {
            return Some(reason);
        }
        let unknown = self.distributions.modules(normal).is_none();
        (unknown && self.commands.contains(normal)).then(|| "a script or a setting names it".into())
    }

    /// Why a package is declared that another one uses where it is there: `anyio` beside `httpcore`.
    fn asked_for(&self, project: &Project, declaration: &Declaration) -> Option<String> {
        let declared = project.declarations.iter().filter(|one| one.group == Group::Production);
        declared.filter(|_| declaration.group == Group::Production).find_map(|one| {
            let extra = self.distributions.extra_with(&one.normal, &declaration.normal)?;
            Some(format!("{} uses it for its extra `{extra}`", one.name))
        })
    }

    fn finding(
        &self,
        declaration: &Declaration,
        kind: DependencyKind,
        action: DependencyAction,
        reason: String,
        uses: &[&Use],
    ) -> DependencyFinding {
        DependencyFinding {
            language: Language::Python,
            location: Location { path: declaration.path.clone(), line: declaration.line, column: declaration.column },
            name: declaration.name.clone(),
            kind,
            section: Some(declaration.section.clone()),
            to: None,
            action,
            reason,
            uses: shown(uses),
        }
    }

    fn without_use(&self, declaration: &Declaration, is_known: bool) -> Option<Found> {
        if !is_known {
            // `flask-something` may install a module of the package that its name begins with.
            let first = declaration.normal.split('-').next().unwrap_or_default();
            let is_part = self.uses.iter().any(|one| first_segment(&one.module) == first);
            if declaration.group == Group::Development || is_part {
                return None;
            }
            let reason =
                "which modules it installs is not known here, and no module of its name is imported".to_string();
            let finding = self.finding(declaration, DependencyKind::Unknown, DependencyAction::Report, reason, &[]);
            return Some((finding, None));
        }
        let action = removal_action(declaration);
        let reason = "no file imports it, and no setting, script or plugin names it".to_string();
        let finding = self.finding(declaration, DependencyKind::Unused, action, reason, &[]);
        Some((finding, Some(declaration.clone())))
    }

    fn with_uses(&self, project: &Project, declaration: &Declaration, uses: &[&Use]) -> Option<Found> {
        if uses.iter().all(|one| one.is_unused) {
            let reason = "only imports that are unused themselves import it".to_string();
            let kind = DependencyKind::OnlyUnusedImports;
            return Some((self.finding(declaration, kind, DependencyAction::Report, reason, uses), None));
        }
        let elsewhere = |groups: &[Group]| {
            project.declarations.iter().any(|one| one.normal == declaration.normal && groups.contains(&one.group))
        };
        let needed: Vec<&Use> = uses.iter().copied().filter(|one| is_production(one)).collect();
        if declaration.group == Group::Development
            && !needed.is_empty()
            && !elsewhere(&[Group::Production, Group::Optional])
        {
            let first_of_group = project.declarations.iter().find(|one| one.normal == declaration.normal);
            if first_of_group.is_some_and(|one| {
                one.path == declaration.path && one.line == declaration.line && one.section == declaration.section
            }) {
                let reason = "code outside of tests imports it, and only a development group declares it".to_string();
                let mut finding =
                    self.finding(declaration, DependencyKind::Misplaced, DependencyAction::Report, reason, &needed);
                finding.to = Some(production_section(project));
                return Some((finding, None));
            }
            return None;
        }
        if self.is_for_development(project, declaration, uses) {
            let reason = "only tests and scripts of the project import it".to_string();
            let mut finding =
                self.finding(declaration, DependencyKind::Misplaced, DependencyAction::Report, reason, uses);
            finding.to = Some(development_section(project));
            return Some((finding, None));
        }
        None
    }

    /// A production dependency that only development needs. Of a library that others install this is only said when the
    /// metadata of its environment shows that nothing else it declares asks for the package.
    fn is_for_development(&self, project: &Project, declaration: &Declaration, uses: &[&Use]) -> bool {
        // Beside another manifest a requirements file lists an environment.
        let is_environment = project.main.as_ref().is_some_and(|main| !is_list(main)) && is_list(&declaration.path);
        let is_certain = !project.is_distributed() || self.distributions.is_installed(&declaration.normal);
        declaration.group == Group::Production
            && uses.iter().all(|one| one.in_development)
            && self.has_production_code(project)
            && !is_environment
            && is_certain
            && self.asked_for(project, declaration).is_none()
    }

    fn has_production_code(&self, project: &Project) -> bool {
        (0..self.repository.count()).any(|file| {
            let path = self.repository.path(file);
            is_below(path, &project.folder) && !super::usage::is_development_file(path)
        })
    }

    fn duplicates(&self, project: &Project, found: &mut Vec<Found>) {
        let mut seen: FxHashMap<(&str, &str, &str), &Declaration> = FxHashMap::default();
        for declaration in &project.declarations {
            let key = (declaration.path.as_str(), declaration.section.as_str(), declaration.normal.as_str());
            if let Some(first) = seen.get(&key) {
                // The same package for different platforms is one requirement in several lines.
                if first.text.contains(';') || declaration.text.contains(';') {
                    continue;
                }
                let same = normalise(&first.text) == normalise(&declaration.text);
                let action = if same { removal_action(declaration) } else { DependencyAction::Report };
                let reason = format!("{} declares it on line {} already", first.section, first.line);
                let finding = self.finding(declaration, DependencyKind::Duplicate, action, reason, &[]);
                found.push((finding, Some(declaration.clone())));
                continue;
            }
            seen.insert(key, declaration);
            let production = project.declarations.iter().find(|one| {
                one.group == Group::Production
                    && one.normal == declaration.normal
                    && one.path == declaration.path
                    && one.section != declaration.section
            });
            let has_marker = |one: &&Declaration| one.text.contains(';') || declaration.text.contains(';');
            let production = production.filter(|one| !has_marker(one));
            if let Some(production) = production.filter(|_| declaration.group == Group::Development) {
                let reason = format!("{} declares it on line {} already", production.section, production.line);
                let finding =
                    self.finding(declaration, DependencyKind::Duplicate, DependencyAction::Report, reason, &[]);
                found.push((finding, None));
            }
        }
    }

    fn unlisted(&self, project: &Project, found: &mut Vec<Found>) {
        let Some(main) = project.main.as_ref().filter(|_| project.is_project && !project.is_dynamic) else {
            return;
        };
        let lists: Vec<&Project> = self.projects.iter().filter(|one| is_below(&project.folder, &one.folder)).collect();
        let has_development =
            lists.iter().any(|one| one.declarations.iter().any(|one| one.group == Group::Development));
        let mut missing: FxHashMap<String, Vec<&Use>> = FxHashMap::default();
        for one in self
            .uses_below(&project.folder)
            .filter(|one| self.owner(&one.location.path) == Some(project.folder.as_str()))
        {
            // An import inside a function is how optional packages are asked for.
            let skipped = one.guard != Guard::Always
                || one.place == Place::Function
                || one.in_main
                || one.in_sample
                || (one.in_script && project.is_distributed())
                || one.has_own_requirements
                || one.location.path.ends_with("setup.py")
                || (one.in_development && !has_development);
            let first = first_segment(&one.module);
            if skipped || HOSTED.contains(&first) || project.name.as_deref() == Some(&normalise(first)) {
                continue;
            }
            let declared =
                lists.iter().any(|list| list.declarations.iter().any(|declaration| self.may_provide(declaration, one)));
            let provider = self.distributions.provider(&one.module).or_else(|| self.distributions.provider(first));
            // Tests put folders on the path and import what is not there on purpose.
            if one.in_development && provider.is_none() {
                continue;
            }
            let name = provider.map_or_else(|| first.to_string(), str::to_string);
            let is_from_tool = one.in_development && (self.commands.contains(&name) || self.comes_along(&name, &lists));
            if !declared && !is_from_tool {
                missing.entry(name).or_default().push(one);
            }
        }
        for (name, uses) in missing {
            let only_development = uses.iter().all(|one| one.in_development);
            let who = if only_development { "tests or scripts import" } else { "production code imports" };
            let finding = DependencyFinding {
                language: Language::Python,
                location: Location { path: main.clone(), line: 1, column: 1 },
                name: name.clone(),
                kind: DependencyKind::Unlisted,
                section: None,
                to: Some(if only_development { development_section(project) } else { production_section(project) }),
                action: DependencyAction::Report,
                reason: format!(
                    "{who} `{}`, and no manifest declares what installs it",
                    first_segment(&uses[0].module)
                ),
                uses: shown(&uses),
            };
            found.push((finding, None));
        }
    }

    /// Whether a declared package brings another one, which tests may then use.
    fn comes_along(&self, name: &str, lists: &[&Project]) -> bool {
        let mut declared = lists.iter().flat_map(|list| &list.declarations);
        let of_types = matches!(name, "typing-extensions" | "mypy-extensions");
        declared.any(|one| (of_types && one.normal == "mypy") || self.distributions.brings(&one.normal, name))
    }

    fn owner(&self, path: &str) -> Option<&str> {
        let owners = self.projects.iter().filter(|project| is_below(path, &project.folder));
        owners.map(|project| project.folder.as_str()).max_by_key(|folder| folder.len())
    }

    /// Whether a declared distribution installs the module, as far as is known; of one that nothing is known about a
    /// similar name is enough.
    fn may_provide(&self, declaration: &Declaration, one: &Use) -> bool {
        if let Some(modules) = self.distributions.modules(&declaration.normal) {
            return modules.iter().any(|module| provides(module, &one.module));
        }
        let module = normalise(first_segment(&one.module));
        let normal = &declaration.normal;
        guesses(normal).iter().any(|guess| normalise(guess) == module)
            || normal.contains(&module)
            || module.contains(normal.as_str())
    }
}

fn removal_action(declaration: &Declaration) -> DependencyAction {
    if declaration.removal.is_some() { DependencyAction::Remove } else { DependencyAction::Report }
}

fn shown(uses: &[&Use]) -> Vec<Location> {
    let mut places: Vec<Location> = uses.iter().map(|one| one.location.clone()).collect();
    places.sort();
    places.dedup();
    places.truncate(SHOWN_USES);
    places
}

/// Imported whenever the code that others use is loaded or called.
fn is_production(one: &Use) -> bool {
    let is_loaded = one.guard == Guard::Always && one.place != Place::Function && !one.in_main;
    !one.in_development && is_loaded && !one.is_unused
}

fn is_list(path: &str) -> bool {
    path.ends_with(".txt") || path.ends_with(".in")
}

fn provides(module: &str, imported: &str) -> bool {
    imported == module || imported.strip_prefix(module).is_some_and(|rest| rest.starts_with('.'))
}

/// Module names that a distribution of this name is likely to install.
fn guesses(normal: &str) -> Vec<String> {
    if normal.starts_with("types-") || normal.ends_with("-stubs") {
        return Vec::new();
    }
    let mut names = vec![normal];
    names.extend(normal.strip_prefix("python-"));
    names.extend(normal.strip_suffix("-python"));
    names.extend(normal.strip_prefix("py"));
    names.extend(normal.strip_suffix("-py"));
    names.extend(normal.strip_prefix("django-"));
    names.iter().map(|name| name.replace('-', "_")).collect()
}

fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn production_section(project: &Project) -> String {
    section(project, Group::Production, "project.dependencies")
}

fn development_section(project: &Project) -> String {
    section(project, Group::Development, "dependency-groups.dev")
}

fn section(project: &Project, group: Group, default: &str) -> String {
    let found = project.declarations.iter().find(|one| one.group == group);
    found.map_or_else(|| default.to_string(), |one| one.section.clone())
}
