//! Merges of Python that lines alone cannot do, and those that must stay conflicts.

mod support;

use support::{by_syntax, conflicts};

#[test]
fn methods_and_functions_at_one_place_are_both_kept() {
    let base = "class A:\n    def a(self):\n        pass\n\n\ndef z():\n    pass\n";
    let ours = "class A:\n    def a(self):\n        pass\n\n    @property\n    def b(self):\n        return 1\n\n\ndef z():\n    pass\n";
    let theirs = "class A:\n    def a(self):\n        pass\n\n    # c\n    def c(self):\n        return 2\n\n\ndef z():\n    pass\n";
    assert_eq!(
        by_syntax("a.py", base, ours, theirs),
        "class A:\n    def a(self):\n        pass\n\n    @property\n    def b(self):\n        return 1\n\n    # c\n    def c(self):\n        return 2\n\n\ndef z():\n    pass\n"
    );
}

#[test]
fn imports_and_imported_names_are_joined() {
    assert_eq!(
        by_syntax("a.py", "import os\n\nos\n", "import os\nimport re\n\nos\n", "import os\nimport sys\n\nos\n"),
        "import os\nimport re\nimport sys\n\nos\n"
    );
    assert_eq!(
        by_syntax("a.py", "from x import a, c\n", "from x import a, b, c\n", "from x import a, c, d\n"),
        "from x import a, b, c, d\n"
    );
    assert_eq!(
        by_syntax(
            "a.py",
            "from x import (\n    a,\n)\n",
            "from x import (\n    a,\n    b,\n)\n",
            "from x import (\n    a,\n    c,\n)\n"
        ),
        "from x import (\n    a,\n    b,\n    c,\n)\n"
    );
}

#[test]
fn exported_names_entries_and_keyword_arguments_are_joined() {
    assert_eq!(
        by_syntax("a.py", "__all__ = ['a']\n", "__all__ = ['a', 'b']\n", "__all__ = ['a', 'c']\n"),
        "__all__ = ['a', 'b', 'c']\n"
    );
    assert_eq!(
        by_syntax("a.py", "D = {'a': 1}\n", "D = {'a': 2}\n", "D = {'a': 1, 'b': 1}\n"),
        "D = {'a': 2, 'b': 1}\n"
    );
    assert_eq!(
        by_syntax(
            "setup.py",
            "setup(\n    name='x',\n)\n",
            "setup(\n    name='x',\n    a=1,\n)\n",
            "setup(\n    name='x',\n    b=2,\n)\n"
        ),
        "setup(\n    name='x',\n    a=1,\n    b=2,\n)\n"
    );
}

#[test]
fn what_has_an_order_stays_a_conflict() {
    assert_eq!(conflicts("a.py", "a()\n", "a()\nb()\n", "a()\nc()\n").len(), 1);
    assert_eq!(
        conflicts(
            "a.py",
            "class A:\n    x = 1\n",
            "class A:\n    x = 1\n    y = 2\n",
            "class A:\n    x = 1\n    z = 3\n"
        )
        .len(),
        1
    );
    assert_eq!(
        conflicts("a.py", "import a\n", "from __future__ import b\nimport a\n", "import c\nimport a\n").len(),
        1
    );
    assert_eq!(conflicts("a.py", "L = [1]\n", "L = [1, 2]\n", "L = [1, 3]\n").len(), 1);
}

#[test]
fn two_definitions_of_one_name_stay_a_conflict() {
    assert_eq!(
        conflicts("a.py", "x = 1\n", "x = 1\ndef f():\n    return 1\n", "x = 1\ndef f():\n    return 2\n").len(),
        1
    );
    assert_eq!(conflicts("a.py", "x = 1\n", "x = 1\nfrom a import f\n", "x = 1\nfrom b import f\n").len(), 1);
}

#[test]
fn a_block_that_one_side_indented_anew_is_not_touched_by_halves() {
    let base = "class A:\n    def a(self):\n        pass\n";
    let ours = "class A:\n  def a(self):\n    pass\n\n  def b(self):\n    pass\n";
    let theirs = "class A:\n    def a(self):\n        pass\n\n    def c(self):\n        pass\n";
    assert!(!conflicts("a.py", base, ours, theirs).is_empty());
}
