//! What nothing reaches.

use crate::repo::Repo;

#[test]
fn a_module_that_nothing_loads_and_a_function_that_nothing_names_are_reported() {
    let repo = Repo::new(&[
        ("app/__init__.py", ""),
        ("app/__main__.py", "from app.used import run\nrun()\n"),
        ("app/used.py", "def run(): ...\ndef forgotten(): ...\ndef named_in_text(): ...\n"),
        ("app/orphan.py", "import os\ndef f():\n    return os\n"),
        ("README.md", "Call `named_in_text`.\n"),
    ]);
    let report = repo.report();
    assert_eq!(report.dead_files.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["app/orphan.py"]);
    assert_eq!(report.dead_exports.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["forgotten"]);
}

#[test]
fn what_is_run_named_or_offered_is_not_dead() {
    let repo = Repo::new(&[
        (
            "pyproject.toml",
            "[project]\nname='app'\n[project.scripts]\nx='app.cli_tool:main'\n[build-system]\nrequires=['hatchling']\n",
        ),
        ("app/__init__.py", "\"\"\"Doc.\"\"\"\n"),
        ("app/cli_tool.py", "def main(): ...\ndef offered(): ...\n"),
        ("app/tool.py", "def f(): ...\nif __name__ == '__main__':\n    f()\n"),
        ("app/backend.py", "def f(): ...\n"),
        ("app/registry.py", "BACKEND = 'app.backend'\n"),
        ("app/migrations/one.py", "def f(): ...\n"),
        ("scripts/loose.py", "def f(): ...\n"),
        ("README.md", "See `registry`.\n"),
    ]);
    let report = repo.report();
    assert_eq!((report.dead_files, report.dead_exports), (vec![], vec![]));
}
