//! What manifests declare, against what files use.

use pyagent_code::{Check, Index, Report, Request};

use crate::repo::{Repo, apply};

fn report(repo: &Repo) -> Report {
    Index::new().analyze(&Request { checks: vec![Check::Dependencies], ..repo.request() }).unwrap()
}

/// `kind name` of each finding.
fn findings(files: &[(&str, &str)]) -> Vec<String> {
    let report = report(&Repo::new(files));
    let kind =
        |one: &pyagent_code::DependencyFinding| serde_json::to_value(one.kind).unwrap().as_str().unwrap().to_string();
    report.dependencies.iter().map(|one| format!("{} {}", kind(one), one.name)).collect()
}

/// A manifest after all of its removals, each of which is tried alone too.
fn without_unused(path: &str, files: &[(&str, &str)]) -> String {
    let repo = Repo::new(files);
    let report = report(&repo);
    let change = report.dependency_changes.iter().find(|change| change.path == path).unwrap();
    let text = repo.read(path);
    if path.ends_with(".toml") {
        for subset in 0..(1_u32 << change.groups.len()) {
            let chosen: Vec<_> =
                (0..).zip(&change.groups).filter(|(at, _)| subset & (1 << at) != 0).map(|one| one.1).collect();
            repo.write(path, apply(&text, &chosen).as_bytes());
            assert_eq!(self::report(&repo).skipped, []);
        }
    }
    apply(&text, &change.groups.iter().collect::<Vec<_>>())
}

const CODE: (&str, &str) = ("app/__init__.py", "import requests\nprint(requests)\n");
const NOTHING: [&str; 0] = [];

#[test]
fn unused_unlisted_and_duplicate_declarations_are_found() {
    let manifest = "[project]\nname = 'app'\ndependencies = ['requests', 'click>=8', 'requests']\n";
    let code = ("app/__init__.py", "import requests\nimport yaml\nprint(requests, yaml)\n");
    assert_eq!(
        findings(&[("pyproject.toml", manifest), code]),
        ["unlisted pyyaml", "unused click", "duplicate requests"]
    );
}

#[test]
fn names_of_distributions_are_mapped_to_modules() {
    let manifest = "[project]\nname = 'app'\ndependencies = ['PyYAML', 'beautifulsoup4', 'scikit_learn', 'protobuf', 'Some.Unheard-Of']\n";
    let code = "import yaml, bs4, sklearn\nfrom google.protobuf import message\nprint(yaml, bs4, sklearn, message)\n";
    assert_eq!(findings(&[("pyproject.toml", manifest), ("app/__init__.py", code)]), ["unknown Some.Unheard-Of"]);
}

#[test]
fn installed_metadata_overrules_the_table() {
    let files = [
        ("pyproject.toml", "[project]\nname = 'app'\ndependencies = ['odd-dist', 'other-dist']\n"),
        (
            ".venv/lib/python3.12/site-packages/odd_dist-1.0.dist-info/RECORD",
            "strange/__init__.py,,\nodd_dist-1.0.dist-info/METADATA,,\n",
        ),
        (".venv/lib/python3.12/site-packages/other_dist-1.0.dist-info/RECORD", "other/__init__.py,,\n"),
        ("app/__init__.py", "import strange\nprint(strange)\n"),
    ];
    assert_eq!(findings(&files), ["unused other-dist"]);
}

#[test]
fn a_dependency_of_unused_imports_only_is_told_apart() {
    let manifest = "[project]\nname = 'app'\ndependencies = ['requests']\n";
    assert_eq!(
        findings(&[("pyproject.toml", manifest), ("app/a.py", "import requests\n")]),
        ["only-unused-imports requests"]
    );
}

#[test]
fn a_dependency_in_the_wrong_group_is_misplaced() {
    let manifest = "[project]\nname = 'app'\ndependencies = ['responses']\n[dependency-groups]\ndev = ['requests']\n";
    let test = ("tests/test_a.py", "import responses\nprint(responses)\n");
    let report = report(&Repo::new(&[("pyproject.toml", manifest), CODE, test]));
    let found: Vec<_> =
        report.dependencies.iter().map(|one| format!("{} -> {}", one.name, one.to.clone().unwrap())).collect();
    assert_eq!(found, ["responses -> dependency-groups.dev", "requests -> project.dependencies"]);
}

#[test]
fn tools_plugins_drivers_and_settings_are_uses() {
    let manifest = "[project]\nname = 'app'\ndependencies = ['django', 'psycopg2-binary', 'gunicorn', 'djangorestframework', 'requests']\n\
        [dependency-groups]\ndev = ['pytest', 'pytest-cov', 'ruff', 'mypy', 'types-requests', 'django-stubs']\n[tool.mypy]\nplugins = ['x']\n";
    let settings = ("app/settings.py", "INSTALLED_APPS = ['rest_framework']\n");
    let code = ("app/a.py", "import django, requests\nprint(django, requests)\n");
    assert_eq!(findings(&[("pyproject.toml", manifest), settings, code]), NOTHING);
}

#[test]
fn optional_and_guarded_imports_need_no_declaration() {
    let code = "try:\n    import yaml\nexcept ImportError:\n    yaml = None\ndef f():\n    import rich\n    return rich\nimport requests\nprint(requests)\n";
    let files = [("requirements.txt", "requests\n"), ("app/a.py", code)];
    assert_eq!(findings(&files), NOTHING);
}

#[test]
fn removals_keep_the_format_of_a_manifest() {
    let manifest = "[project]\nname = 'app' # the name\ndependencies = [\n    # network\n    \"requests>=2\",\n    \"click\", # commands\n    \"rich\"\n]\n";
    let after = "[project]\nname = 'app' # the name\ndependencies = [\n    # network\n    \"requests>=2\",\n]\n";
    assert_eq!(without_unused("pyproject.toml", &[("pyproject.toml", manifest), CODE]), after);
    let manifest = "[project]\nname = 'app'\ndependencies = [\"click\", \"requests\", \"rich\"]\n";
    let after = without_unused("pyproject.toml", &[("pyproject.toml", manifest), CODE]);
    assert_eq!(after, "[project]\nname = 'app'\ndependencies = [\"requests\", ]\n");
    let manifest = "[tool.poetry]\nname = 'app'\n[tool.poetry.dependencies]\npython = '^3.9'\nclick = '^8' # cli\nrequests = { version = '2' }\n";
    let after =
        "[tool.poetry]\nname = 'app'\n[tool.poetry.dependencies]\npython = '^3.9'\nrequests = { version = '2' }\n";
    assert_eq!(without_unused("pyproject.toml", &[("pyproject.toml", manifest), CODE]), after);
}

#[test]
fn requirements_files_lose_lines() {
    let text = "# net\r\nrequests==2.0\r\nclick==8.0 ; python_version > '3'\r\n-r other.txt\r\n";
    let files = [("requirements.txt", text), ("other.txt", "rich\n"), CODE];
    assert_eq!(without_unused("requirements.txt", &files), "# net\r\nrequests==2.0\r\n-r other.txt\r\n");
    assert_eq!(findings(&files), ["unused rich", "unused click"]);
}

#[test]
fn setup_files_are_read_where_they_are_literal() {
    let setup = "from setuptools import setup\nREQ = ['requests', 'click']\nsetup(name='app', install_requires=REQ)\n";
    assert_eq!(findings(&[("setup.py", setup), CODE]), ["unused click"]);
    let setup = "[metadata]\nname = app\n[options]\ninstall_requires =\n    requests\n    click\n";
    let files = [("setup.cfg", setup), ("setup.py", "from setuptools import setup\nsetup()\n"), CODE];
    assert_eq!(
        without_unused("setup.cfg", &files),
        "[metadata]\nname = app\n[options]\ninstall_requires =\n    requests\n"
    );
}

#[test]
fn a_broken_manifest_is_named_and_nothing_is_said_about_it() {
    let report = report(&Repo::new(&[("pyproject.toml", "[project\n"), CODE]));
    assert_eq!(report.skipped.iter().map(|one| one.reason.as_str()).collect::<Vec<_>>(), ["malformed-manifest"]);
    assert_eq!(report.dependencies, []);
}

const LIBRARY: &str =
    "[project]\nname = 'app'\ndependencies = ['requests']\n[build-system]\nrequires = ['hatchling']\n";

#[test]
fn a_list_that_installs_the_project_itself_is_for_working_on_it() {
    let list = "-e .[http]\nresponses==1.0\ntwine==6\nyamllint\nmypy\nstrange-thing\n";
    let test = ("tests/test_a.py", "import responses\nprint(responses)\n");
    let files = [("pyproject.toml", LIBRARY), ("requirements.txt", list), CODE, test];
    assert_eq!(findings(&files), NOTHING);
    let list = "responses==1.0\n";
    assert_eq!(findings(&[("pyproject.toml", LIBRARY), ("requirements.txt", list), CODE, test]), NOTHING);
}

#[test]
fn a_script_without_an_ending_is_read_for_tools_and_modules() {
    let manifest = "[project]\nname = 'app'\ndependencies = ['requests', 'twine', 'rich', 'click']\n";
    let shell = ("scripts/publish", "#!/bin/sh -e\ntwine upload dist/*\n");
    let python = ("bin/show", "#!/usr/bin/env python3\nimport os, rich\nrich.print(os)\n");
    let prose = ("scripts/README", "This uses click.\n");
    assert_eq!(findings(&[("pyproject.toml", manifest), CODE, shell, python, prose]), ["unused click"]);
}

#[test]
fn of_a_library_misplaced_is_said_only_when_that_is_certain() {
    let manifest = LIBRARY.replace("['requests']", "['requests', 'anyio']");
    let test = ("tests/test_a.py", "import anyio\nprint(anyio)\n");
    let files = [("pyproject.toml", manifest.as_str()), CODE, test];
    assert_eq!(findings(&files), NOTHING);
    let site = ".venv/lib/python3.12/site-packages";
    let record = (&*format!("{site}/anyio-4.dist-info/RECORD"), "anyio/__init__.py,,\n");
    let files = [files[0], files[1], files[2], record];
    assert_eq!(findings(&files), ["misplaced anyio"]);
    let other = (&*format!("{site}/requests-2.dist-info/RECORD"), "requests/__init__.py,,\n");
    let metadata = (
        &*format!("{site}/requests-2.dist-info/METADATA"),
        "Name: requests\nRequires-Dist: anyio<5,>=4; extra == 'asyncio'\n\nRequires-Dist: nothing\n",
    );
    assert_eq!(findings(&[files[0], files[1], files[2], files[3], other, metadata]), NOTHING);
    let unused = [files[0], files[1], files[3], other, metadata];
    assert_eq!(findings(&unused), NOTHING);
}

#[test]
fn what_the_tools_of_a_library_import_is_not_missing_from_its_manifest() {
    let tool = ("tools/tables.py", "import wcwidth\nprint(wcwidth)\n");
    let test =
        ("tests/test_a.py", "import yaml\nfrom typing_extensions import assert_type\nprint(yaml, assert_type)\n");
    let manifest = format!("{LIBRARY}[dependency-groups]\ndev = ['pytest', 'mypy']\n");
    let report = report(&Repo::new(&[("pyproject.toml", &manifest), CODE, tool, test]));
    let found: Vec<_> = report.dependencies.iter().map(|one| (one.name.as_str(), one.reason.as_str())).collect();
    assert_eq!(found, [("pyyaml", "tests or scripts import `yaml`, and no manifest declares what installs it")]);
}

#[test]
fn what_only_runs_when_a_file_is_started_is_not_needed_by_who_imports_it() {
    let code = (
        "app/__init__.py",
        "import requests\nprint(requests)\nif __name__ == '__main__':\n    import rich, yaml\n    print(rich, yaml)\n",
    );
    let manifest = format!("{LIBRARY}[dependency-groups]\ndev = ['rich']\n");
    assert_eq!(findings(&[("pyproject.toml", manifest.as_str()), code]), NOTHING);
}

#[test]
fn tests_may_import_what_a_declared_package_brings() {
    let site = ".venv/lib/python3.12/site-packages";
    let test = ("tests/test_a.py", "import sniffio, trio, yaml\nprint(sniffio, trio, yaml)\n");
    let manifest = format!("{LIBRARY}[dependency-groups]\ndev = ['trio']\n");
    let sniffio = (&*format!("{site}/sniffio-1.dist-info/RECORD"), "sniffio/__init__.py,,\n");
    let trio = (&*format!("{site}/trio-1.dist-info/RECORD"), "trio/__init__.py,,\n");
    let metadata = (
        &*format!("{site}/trio-1.dist-info/METADATA"),
        "Name: trio\nRequires-Dist: sniffio>=1.3\nRequires-Dist: PyYAML; extra == \"yaml\"\n",
    );
    let files = [("pyproject.toml", manifest.as_str()), CODE, test, sniffio, trio, metadata];
    assert_eq!(findings(&files), ["unlisted pyyaml"]);
}
