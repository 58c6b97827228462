use rustc_hash::FxHashSet;

use crate::discover::Tree;

use super::declaration::normalise;

/// Names in the files that call tools, normalised: CI, task runners, containers, hooks, scripts without an ending.
pub(super) fn command_words(tree: &Tree) -> FxHashSet<String> {
    let mut words = FxHashSet::default();
    for file in tree.files.iter().filter(|file| file.size < 1_000_000) {
        let is_bare = may_be_script(&file.path);
        if !is_bare && !calls_tools(&file.path) {
            continue;
        }
        let Ok(text) = tree.text(file) else {
            continue;
        };
        if is_bare && !text.starts_with("#!") {
            continue;
        }
        for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))) {
            if word.len() > 1 && word.len() < 60 {
                words.insert(normalise(word));
            }
        }
    }
    words
}

/// A file without an ending in a folder where commands stand.
fn may_be_script(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    !name.contains('.') && matches!(folder.rsplit('/').next(), Some("scripts" | "script" | "bin" | "tools" | "ci"))
}

/// Modules that Python scripts without an ending import. They are no modules, so nothing else reads them.
pub(super) fn script_imports(tree: &Tree) -> FxHashSet<String> {
    let mut modules = FxHashSet::default();
    for file in tree.files.iter().filter(|file| file.size < 1_000_000 && may_be_script(&file.path)) {
        let text = tree.text(file).unwrap_or_default();
        let first = text.lines().next().unwrap_or_default();
        if !first.starts_with("#!") || !first.contains("python") {
            continue;
        }
        for line in text.lines().map(str::trim_start) {
            let Some(rest) = line.strip_prefix("import ").or_else(|| line.strip_prefix("from ")) else {
                continue;
            };
            let names = if line.starts_with("from ") {
                rest.split_whitespace().take(1).collect()
            } else {
                rest.split(',').collect::<Vec<_>>()
            };
            modules
                .extend(names.iter().map(|name| first_word(name)).filter(|name| !name.is_empty()).map(str::to_string));
        }
    }
    modules
}

fn first_word(name: &str) -> &str {
    let name = name.trim_start();
    name.split(|c: char| c != '_' && !c.is_alphanumeric()).next().unwrap_or(name)
}

fn calls_tools(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    let named = [
        "tox.ini",
        "noxfile.py",
        "makefile",
        "justfile",
        "procfile",
        "taskfile.yml",
        "taskfile.yaml",
        "pytest.ini",
        "mypy.ini",
        ".flake8",
        ".coveragerc",
        ".pylintrc",
        "tasks.py",
        "fabfile.py",
        "dodo.py",
        ".readthedocs.yml",
        ".readthedocs.yaml",
        ".pre-commit-config.yaml",
        ".gitlab-ci.yml",
        ".travis.yml",
        "appveyor.yml",
        ".appveyor.yml",
        "azure-pipelines.yml",
        "mkdocs.yml",
        "mkdocs.yaml",
        "setup.cfg",
        "ruff.toml",
        ".ruff.toml",
        "conf.py",
        "jenkinsfile",
        "app.yaml",
        "fly.toml",
        "netlify.toml",
        "package.json",
    ];
    named.contains(&lower.as_str())
        || lower.starts_with("dockerfile")
        || lower.ends_with(".dockerfile")
        || lower.starts_with("docker-compose")
        || lower.starts_with("compose.")
        || [".sh", ".bat", ".ps1", ".mk", ".service"].iter().any(|end| lower.ends_with(end))
        || path.starts_with(".github/")
        || path.starts_with(".circleci/")
}
