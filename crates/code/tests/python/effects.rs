//! When the target of an import decides.

use crate::repo::Repo;

/// What happens to `from target import x` where `target.py` has this text.
fn with_target(target: &str) -> String {
    let repo = Repo::new(&[("target.py", target), ("a.py", "from target import x\n")]);
    let report = repo.report();
    let finding = report.imports.iter().find(|one| one.location.path == "a.py").unwrap();
    format!("{:?}: {}", finding.action, finding.reason)
}

fn assert_free(target: &str) {
    let found = with_target(target);
    assert!(found.starts_with("Remove"), "{target}\n{found}");
}

fn assert_effect(target: &str, reason: &str) {
    let found = with_target(target);
    assert!(found.starts_with("Leave") && found.contains(reason), "{target}\n{found}");
}

#[test]
fn modules_that_only_define_are_free_of_effects() {
    assert_free("x = 1\n");
    assert_free(
        "\"\"\"Doc.\"\"\"\nfrom __future__ import annotations\nimport re\nx = re.compile('a')\n__all__ = ['x']\n",
    );
    assert_free("import logging\nx = logging.getLogger(__name__)\n");
    assert_free(
        "from dataclasses import dataclass, field\n@dataclass(frozen=True)\nclass x:\n    a: int = field(default=1)\n",
    );
    assert_free("from enum import Enum\nclass x(Enum):\n    A = 1\n");
    assert_free("from functools import lru_cache\n@lru_cache(maxsize=None)\ndef x(): ...\n");
    assert_free(
        "from abc import ABC, abstractmethod\nclass x(ABC):\n    @property\n    @abstractmethod\n    def y(self): ...\n",
    );
    assert_free("class E(Exception):\n    pass\nclass x(E): ...\n");
    assert_free("from typing import NamedTuple, TypeVar\nT = TypeVar('T')\nclass x(NamedTuple):\n    a: int\n");
    assert_free("def x(): ...\nif __name__ == '__main__':\n    x()\n");
    assert_free("try:\n    import json\nexcept ImportError:\n    json = None\nx = {}\nx['a'] = 1\n");
    assert_free("class S: ...\nx = S()\n");
}

#[test]
fn modules_that_do_something_have_effects() {
    assert_effect("x = 1\nprint(x)\n", "target.py:2 calls print");
    assert_effect("import os\nos.environ['A'] = 'b'\nx = 1\n", "changes something");
    assert_effect("import sys\nsys.path.insert(0, 'a')\nx = 1\n", "sys.path.insert");
    assert_effect("from web import app\n@app.route('/')\ndef x(): ...\n", "app.route");
    assert_effect("class Meta(type): ...\nclass x(metaclass=Meta): ...\n", "metaclass");
    assert_effect("class B:\n    def __init_subclass__(cls): ...\nclass x(B): ...\n", "derives from B");
    assert_effect("import os\nx = os.environ['NEEDED']\n", "environment");
    assert_effect("x = 1\nraise RuntimeError\n", "raise");
}

#[test]
fn effects_behind_the_target_count() {
    let repo = Repo::new(&[
        ("c.py", "print('loaded')\ny = 1\n"),
        ("b.py", "from c import y\nx = y\n"),
        ("a.py", "from b import x\n"),
        ("d.py", "import b\nfrom b import x\nprint(b)\n"),
    ]);
    assert_eq!(repo.actions("a.py"), ["x leave"]);
    // Here the module is loaded by the line above anyway.
    assert_eq!(repo.actions("d.py"), ["x remove"]);
}

#[test]
fn a_package_around_the_file_is_loaded_already() {
    let repo = Repo::new(&[
        ("pkg/__init__.py", "print('loaded')\nversion = '1'\n"),
        ("pkg/a.py", "from pkg import version\nfrom . import version as v\n"),
        ("b.py", "from pkg import version\n"),
    ]);
    assert_eq!(repo.actions("pkg/a.py"), ["version remove", "v remove"]);
    assert_eq!(repo.actions("b.py"), ["version leave"]);
}

#[test]
fn what_cannot_be_known_stays_unless_asked_for() {
    let repo = Repo::new(&[("a.py", "import requests\nfrom .gone import x\nimport this\nimport readline\n")]);
    let all = ["requests leave", "x leave", "this leave", "readline leave"];
    assert_eq!(repo.actions("a.py"), all);
    let request = pyagent_code::Request { remove_unknown_targets: true, ..repo.request() };
    let report = pyagent_code::Index::new().analyze(&request).unwrap();
    assert!(report.imports.iter().all(|one| one.action == pyagent_code::ImportAction::Remove), "{:?}", report.imports);
}

#[test]
fn a_name_that_may_be_a_submodule_of_a_package_outside_stays() {
    let repo = Repo::new(&[("a.py", "from PIL import Image, ImageFilter\nprint(Image)\n")]);
    assert_eq!(repo.actions("a.py"), ["ImageFilter leave"]);
}

#[test]
fn what_is_imported_when_a_file_is_started_loads_nothing_for_others() {
    assert_free("x = 1\nif __name__ == '__main__':\n    import requests\n    requests.get(x)\n");
    assert_effect("x = 1\nif __name__ != '__main__':\n    print(x)\n", "calls print");
}

#[test]
fn an_import_of_the_started_file_is_no_earlier_import_of_the_module() {
    let text = "if __name__ == '__main__':\n    import os\n    import sys\n    print(os)\nimport os\nprint(os)\n";
    let repo = Repo::new(&[("a.py", text)]);
    let found: Vec<_> = repo.report().imports.iter().map(|one| (one.name.clone(), one.action)).collect();
    assert_eq!(found, [("sys".to_string(), pyagent_code::ImportAction::Remove)]);
}

#[test]
fn modules_that_import_each_other_are_loaded_in_the_same_order() {
    let repo = Repo::new(&[
        ("b.py", "x = 1\nfrom c import y\n"),
        ("c.py", "import b\ny = b.x\n"),
        ("a.py", "from b import x\nfrom c import y\nprint(y)\n"),
        ("d.py", "from c import y\nfrom b import x\nprint(y)\n"),
    ]);
    assert_eq!(repo.actions("a.py"), ["x leave"]);
    // Here both are loaded by the line above.
    assert_eq!(repo.actions("d.py"), ["x remove"]);
}

#[test]
fn where_subclasses_are_looked_for_making_one_is_an_effect() {
    let base = ("base.py", "class Base: ...\n");
    let plugin = ("plugin.py", "from base import Base\nclass Plugin(Base): ...\n");
    let quiet = Repo::new(&[base, plugin, ("a.py", "import plugin\n")]);
    assert_eq!(quiet.actions("a.py"), ["plugin remove"]);
    let asking = ("b.py", "from base import Base\nprint(Base.__subclasses__())\n");
    assert_eq!(Repo::new(&[base, plugin, asking, ("a.py", "import plugin\n")]).actions("a.py"), ["plugin leave"]);
}
