//! The module graph.

use crate::repo::Repo;

/// `kind: members` of each component.
fn components(files: &[(&str, &str)]) -> Vec<String> {
    let report = Repo::new(files).report();
    report.cycles.iter().map(|one| format!("{:?}: {}", one.kind, one.members.join(" "))).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn modules_that_load_each_other_are_a_component_with_a_witness() {
    let files =
        [("a.py", "import b\n"), ("b.py", "from c import x\n"), ("c.py", "from a import y\n"), ("d.py", "import a\n")];
    assert_eq!(components(&files), ["Value: a.py b.py c.py"]);
    let report = Repo::new(&files).report();
    let witness: Vec<_> =
        report.cycles[0].witness.iter().map(|edge| format!("{}>{}:{}", edge.from, edge.to, edge.line)).collect();
    assert_eq!(witness, ["a.py>b.py:1", "b.py>c.py:1", "c.py>a.py:1"]);
    assert_eq!(report.cycles[0].cut.len(), 1);
}

#[test]
fn type_checking_and_deferred_imports_are_kinds_of_their_own() {
    let checked = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n";
    assert_eq!(components(&[("a.py", "import b\n"), ("b.py", checked)]), ["Type: a.py b.py"]);
    assert_eq!(components(&[("a.py", "import b\n"), ("b.py", "def f():\n    import a\n")]), ["Deferred: a.py b.py"]);
}

#[test]
fn a_submodule_is_the_target_and_not_the_package_around_it() {
    let files = [
        ("pkg/__init__.py", "from . import a\n"),
        ("pkg/a.py", "from . import b\n"),
        ("pkg/b.py", "from pkg import c\n"),
        ("pkg/c.py", "x = 1\n"),
    ];
    assert_eq!(components(&files), NOTHING);
    let files = [("pkg/__init__.py", "from . import a\nversion = 1\n"), ("pkg/a.py", "from . import version\n")];
    assert_eq!(components(&files), ["Value: pkg/__init__.py pkg/a.py"]);
}

#[test]
fn a_dotted_import_loads_the_packages_above() {
    let files = [("pkg/__init__.py", "import main\n"), ("pkg/a.py", ""), ("main.py", "import pkg.a\n")];
    assert_eq!(components(&files), ["Value: main.py pkg/__init__.py"]);
}

#[test]
fn source_folders_and_namespace_packages_are_found() {
    let files = [
        ("pyproject.toml", "[project]\nname = 'x'\n"),
        ("src/ns/a.py", "from ns.b import y\n"),
        ("src/ns/b.py", "import ns.a\n"),
    ];
    assert_eq!(components(&files), ["Value: src/ns/a.py src/ns/b.py"]);
}

#[test]
fn what_only_runs_when_a_file_is_started_is_deferred() {
    let started = "if __name__ == \"__main__\":\n    import a\n    a.run()\n";
    assert_eq!(components(&[("a.py", "import b\n"), ("b.py", started)]), ["Deferred: a.py b.py"]);
    let own = "x = 1\nif __name__ == '__main__':\n    from pkg.a import x\n    print(x)\ndef f():\n    import pkg.a\n";
    assert_eq!(components(&[("pkg/__init__.py", ""), ("pkg/a.py", own)]), NOTHING);
    let imported = "if __name__ != '__main__':\n    import a\n";
    assert_eq!(components(&[("a.py", "import b\n"), ("b.py", imported)]), ["Value: a.py b.py"]);
}
