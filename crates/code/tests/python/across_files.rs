//! Names that other files take.

use crate::repo::Repo;

const NOTHING: [&str; 0] = [];

#[test]
fn a_name_that_another_file_imports_from_here_is_used() {
    let repo = Repo::new(&[
        ("src/pkg/__init__.py", ""),
        ("src/pkg/a.py", "from json import dumps, loads\n"),
        ("src/pkg/b.py", "from .a import dumps\nprint(dumps)\n"),
        ("src/pkg/c.py", "from pkg import a\nprint(a.loads)\n"),
    ]);
    assert_eq!(repo.report().imports, []);
}

#[test]
fn a_star_import_uses_what_it_leaves_unbound_elsewhere() {
    let repo = Repo::new(&[("a.py", "from json import dumps, loads\n"), ("b.py", "from a import *\nprint(dumps)\n")]);
    assert_eq!(repo.actions("a.py"), ["loads remove"]);
}

#[test]
fn a_package_that_star_imports_a_module_publishes_its_names() {
    let repo = Repo::new(&[("pkg/__init__.py", "from .a import *\n"), ("pkg/a.py", "from json import loads\n")]);
    assert_eq!(repo.actions("pkg/a.py"), ["loads leave"]);
}

#[test]
fn a_string_that_spells_the_name_protects_it() {
    let repo = Repo::new(&[
        ("pkg/__init__.py", ""),
        ("pkg/a.py", "import json\nimport re\n"),
        ("tests/test_a.py", "from unittest import mock\ndef test_it():\n    with mock.patch('pkg.a.json'): ...\n"),
    ]);
    assert_eq!(repo.actions("pkg/a.py"), ["json leave", "re remove"]);
}

#[test]
fn a_module_that_is_passed_around_keeps_all_its_names() {
    let repo = Repo::new(&[("a.py", "import json\n"), ("b.py", "import a\nprint(dir(a))\n")]);
    assert_eq!(repo.actions("a.py"), ["json leave"]);
    let repo = Repo::new(&[("a.py", "import json\nimport re\n"), ("b.py", "import a\nsetattr(a, 'json', None)\n")]);
    assert_eq!(repo.actions("a.py"), ["re remove"]);
}

#[test]
fn a_submodule_that_another_file_reads_unimported_stays_loaded() {
    let files = [
        ("pkg/__init__.py", ""),
        ("pkg/sub.py", "x = 1\n"),
        ("a.py", "from pkg import sub\n"),
        ("b.py", "import a\nimport pkg\nprint(pkg.sub.x)\n"),
    ];
    assert_eq!(Repo::new(&files).actions("a.py"), ["sub leave"]);
    let outside =
        [("a.py", "def f():\n    import importlib.util\n"), ("b.py", "import importlib\nprint(importlib.util)\n")];
    assert_eq!(Repo::new(&outside).actions("a.py"), ["importlib leave"]);
}

#[test]
fn an_imported_fixture_and_imported_tests_act_by_being_there() {
    let repo = Repo::new(&[
        ("tests/helpers.py", "import pytest\n@pytest.fixture(autouse=True)\ndef clean(): ...\nclass TestBase: ...\n"),
        ("tests/test_a.py", "from helpers import clean, TestBase\nimport json\ndef test_x(): ...\n"),
    ]);
    assert_eq!(repo.actions("tests/test_a.py"), ["clean leave", "TestBase leave", "json remove"]);
}

#[test]
fn a_second_run_from_the_cache_says_the_same() {
    let repo = Repo::new(&[("a.py", "import os\nfrom b import x\n"), ("b.py", "x = 1\n")]);
    let cache = tempfile::tempdir().unwrap();
    let request = pyagent_code::Request { cache: Some(cache.path().to_path_buf()), ..repo.request() };
    let first = pyagent_code::Index::new().analyze(&request).unwrap();
    let second = pyagent_code::Index::new().analyze(&request).unwrap();
    assert_eq!((first.totals.cached_files, second.totals.cached_files), (0, 2));
    assert_eq!((&first.imports, &first.import_changes), (&second.imports, &second.import_changes));
    assert_eq!(repo.actions("b.py"), NOTHING);
}

#[test]
fn documents_notebooks_and_cython_import_names_too() {
    let repo = Repo::new(&[
        ("pkg/__init__.py", ""),
        ("pkg/a.py", "from json import dumps, loads\nfrom re import compile\nimport abc\n"),
        ("README.md", "    from pkg.a import dumps\n"),
        ("fast.pyx", "from pkg.a cimport loads\n"),
        ("x.ipynb", "{\"source\": [\"from pkg.a import compile\\n\"]}"),
    ]);
    assert_eq!(repo.actions("pkg/a.py"), ["dumps leave", "loads leave", "compile leave", "abc remove"]);
}

#[test]
fn a_name_that_is_read_of_something_unknown_may_be_read_of_this_module() {
    let repo = Repo::new(&[
        ("impl.py", "def decode(): ...\ndef encode(): ...\n"),
        ("a.py", "from impl import decode\nfrom impl import encode\nfrom json import loads\n"),
        ("b.py", "def f(module):\n    return module.decode(), module.loads()\n"),
    ]);
    assert_eq!(repo.actions("a.py"), ["decode leave", "encode remove", "loads remove"]);
}

#[test]
fn a_facade_that_star_imports_a_module_keeps_what_else_it_takes_from_it() {
    let facade = "from _json import *\nfrom _json import make_scanner\nfrom json import loads\n";
    assert_eq!(Repo::new(&[("a.py", facade)]).actions("a.py"), ["make_scanner leave", "loads remove"]);
}
