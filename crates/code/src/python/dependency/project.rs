use rustc_hash::FxHashSet;

use crate::discover::{Tree, TreeFile, broken};
use crate::python::modules::{join, parent};
use crate::{BrokenFile, Note};

use super::declaration::{Declaration, Group, is_development, normalise};
use super::pyproject::read_pyproject;
use super::requirements::{is_requirements, read_requirements};
use super::setup::{Setup, read_setup_cfg, read_setup_py};

/// A folder with manifests and what they say together.
#[derive(Debug, Default)]
pub(in crate::python) struct Project {
    pub(in crate::python) folder: String,
    pub(super) declarations: Vec<Declaration>,
    pub(super) name: Option<String>,
    /// Tools with a section in a manifest.
    pub(super) tools: FxHashSet<String>,
    pub(in crate::python) entry_points: Vec<String>,
    /// Normalised words of tool settings.
    pub(super) words: FxHashSet<String>,
    /// A list of requirements is computed, so what is declared is not known in full.
    pub(super) is_dynamic: bool,
    /// Where an undeclared package should be declared.
    pub(super) main: Option<String>,
    /// A manifest that holds requirements, or could, was found.
    pub(super) is_project: bool,
    setup_py: bool,
}

impl Project {
    /// Whether others install it: something builds it.
    pub(in crate::python) fn is_distributed(&self) -> bool {
        self.setup_py || self.declarations.iter().any(|one| one.group == Group::Build)
    }
}

/// Reads every manifest of the tree. Broken ones are named.
pub(in crate::python) fn read_projects(
    tree: &Tree,
    skipped: &mut Vec<BrokenFile>,
    notes: &mut Vec<Note>,
) -> Vec<Project> {
    let manifests = ["pyproject.toml", "setup.cfg", "setup.py"];
    let name = |file: &TreeFile| file.path.rsplit('/').next().unwrap_or_default().to_string();
    let mut projects: Vec<Project> = Vec::new();
    for file in tree.files.iter().filter(|file| manifests.contains(&name(file).as_str())) {
        let folder = parent(&file.path).to_string();
        if !projects.iter().any(|project| project.folder == folder) {
            projects.push(Project { folder: folder.clone(), ..Project::default() });
        }
        let Some(project) = projects.iter_mut().find(|project| project.folder == folder) else {
            continue;
        };
        match tree.text(file) {
            Ok(text) => read_manifest(project, &file.path, &text, skipped),
            Err(one) => skipped.push(one),
        }
    }
    projects.retain(|project| project.is_project || project.folder.is_empty());
    read_requirement_files(tree, &mut projects, skipped);
    for project in &projects {
        if project.is_dynamic {
            let place = if project.folder.is_empty() { "the root" } else { &project.folder };
            let message =
                format!("the dependencies of the Python project in {place} are computed and were not all read");
            notes.push(Note { message });
        }
    }
    projects
}

fn read_manifest(project: &mut Project, path: &str, text: &str, skipped: &mut Vec<BrokenFile>) {
    if path.ends_with(".toml") {
        match read_pyproject(path, text) {
            Ok(found) => {
                project.is_project |= found.name.is_some() || !found.declarations.is_empty();
                project.is_dynamic |= found.is_dynamic;
                if found.name.is_some() && !found.is_dynamic {
                    project.main = Some(path.to_string());
                }
                project.name = found.name.or_else(|| project.name.take());
                project.tools.extend(found.tools);
                project.entry_points.extend(found.entry_points);
                project.words.extend(found.words.iter().flat_map(|words| words_of(words)));
                project.declarations.extend(found.declarations);
            }
            Err(error) => skipped.push(broken(path, "malformed-manifest", first_line(&error))),
        }
        return;
    }
    let is_script = path.ends_with(".py");
    let found: Setup = if is_script { read_setup_py(path, text) } else { read_setup_cfg(path, text) };
    let declares = found.declarations.iter().any(|one| one.group == Group::Production);
    project.is_project |= is_script || found.name.is_some() || !found.declarations.is_empty();
    // What pyproject.toml leaves open as dynamic is said here.
    project.is_dynamic = if declares { found.is_dynamic } else { project.is_dynamic | found.is_dynamic };
    project.setup_py |= is_script;
    if project.main.is_none() && (declares || is_script) {
        project.main = Some(path.to_string());
    }
    project.name = project.name.take().or(found.name);
    project.tools.extend(found.tools);
    project.entry_points.extend(found.entry_points);
    project.declarations.extend(found.declarations);
}

fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .filter(|word| word.len() > 1)
        .map(normalise)
}

fn first_line(error: &str) -> String {
    error.lines().next().unwrap_or_default().to_string()
}

fn read_requirement_files(tree: &Tree, projects: &mut Vec<Project>, skipped: &mut Vec<BrokenFile>) {
    let mut included = FxHashSet::default();
    let mut files: Vec<&TreeFile> =
        tree.files.iter().filter(|file| is_requirements(&file.path) && !is_sample(&file.path)).collect();
    let mut at = 0;
    while let Some(file) = files.get(at).copied() {
        at += 1;
        if !included.insert(file.path.clone()) {
            continue;
        }
        // The source of a compiled list stands beside it.
        let has_source = file.path.strip_suffix(".txt").is_some_and(|stem| tree.contains(&format!("{stem}.in")));
        let text = match tree.text(file) {
            Ok(text) => text,
            Err(one) => {
                skipped.push(one);
                continue;
            }
        };
        let mut found = read_requirements(&file.path, &text);
        for include in &found.includes {
            if let Some(other) = tree.get(&join(parent(&file.path), include)) {
                files.push(other);
            }
        }
        if has_source || found.is_lock {
            continue;
        }
        let project = owner(projects, &file.path);
        // What stands beside the project itself is for working on it, when the project says on its own what it needs.
        let is_complete = project.main.is_some() && !project.is_dynamic;
        if found.installs_project && is_complete {
            found.declarations.iter_mut().for_each(|one| one.group = Group::Development);
        }
        project.is_project = true;
        let is_main =
            !found.declarations.is_empty() && found.declarations.iter().all(|one| one.group == Group::Production);
        // A computed list is usually read from here.
        project.is_dynamic &= !is_main;
        if is_main && project.main.is_none() {
            project.main = Some(file.path.clone());
        }
        project.declarations.extend(found.declarations);
    }
}

/// The project that a requirements file belongs to: that of its folder. Files of folders for tests, documents and tools
/// belong to the project around them.
fn owner<'p>(projects: &'p mut Vec<Project>, path: &str) -> &'p mut Project {
    let mut home = parent(path);
    while matches!(home.rsplit('/').next(), Some("requirements" | "reqs"))
        || home.rsplit('/').next().is_some_and(is_development)
    {
        home = parent(home);
    }
    let at = projects.iter().position(|project| project.folder == home).unwrap_or_else(|| {
        projects.push(Project { folder: home.to_string(), ..Project::default() });
        projects.len() - 1
    });
    &mut projects[at]
}

/// Requirements that stand in samples and templates declare nothing of this repository.
fn is_sample(path: &str) -> bool {
    path.split('/').any(|part| {
        matches!(part, "fixtures" | "templates" | "template" | "testdata" | "test_data")
            || part.ends_with("_template")
            || part.ends_with("_templates")
    })
}
