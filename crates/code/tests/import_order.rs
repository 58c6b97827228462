//! What counts as sorting imports, and what is more than that.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;

use pyagent_code::{Index, OrderRequest, OrderVerdict, SortedFile};

/// The verdict about `path`, whose text would become `after`; `files` is the repository as it is.
fn verdict(files: &[(&str, &str)], path: &str, after: &str) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let before = files.iter().find(|(name, _)| *name == path).unwrap().1.to_string();
    let file = SortedFile { path: path.into(), before, after: after.into() };
    let request = OrderRequest { root: folder.path().into(), cache: None, files: vec![file] };
    match Index::new().import_orders(&request).unwrap().remove(0) {
        OrderVerdict::Kept => Ok(()),
        OrderVerdict::Refused { reason } => Err(reason),
    }
}

const QUIET: [(&str, &str); 3] = [
    ("a.ts", "export const a = 1;\nexport const z = 2;\nexport interface T {}\n"),
    ("b.ts", "export const b = 1;\nexport default b;\n"),
    ("loud.ts", "console.log('loud');\nexport const loud = 1;\n"),
];

fn script(before: &str, after: &str) -> Result<(), String> {
    let mut files = QUIET.to_vec();
    files.push(("main.ts", before));
    verdict(&files, "main.ts", after)
}

const PACKAGE: [(&str, &str); 5] = [
    ("pkg/__init__.py", ""),
    ("pkg/a.py", "A = 1\n"),
    ("pkg/b.py", "B = 1\n"),
    ("pkg/loud.py", "print('loud')\nLOUD = 1\n"),
    ("pyproject.toml", "[project]\nname = 'pkg'\nversion = '1'\n"),
];

fn module(before: &str, after: &str) -> Result<(), String> {
    let mut files = PACKAGE.to_vec();
    files.push(("pkg/main.py", before));
    verdict(&files, "pkg/main.py", after)
}

fn assert_refused(verdict: Result<(), String>, word: &str) {
    let reason = verdict.expect_err("it was accepted");
    assert!(reason.contains(word), "{reason}");
}

#[test]
fn imports_of_quiet_modules_may_change_places_and_names_inside_the_braces_too() {
    let before = "import b from './b';\nimport { z, a } from './a';\nimport fs from 'node:fs';\n\nfs.x(a, b, z);\n";
    let after = "import fs from 'node:fs';\n\nimport { a, z } from './a';\nimport b from './b';\nfs.x(a, b, z);\n";
    assert_eq!(script(before, after), Ok(()));
}

#[test]
fn statements_of_one_module_may_be_merged() {
    let before =
        "import { z } from './a';\nimport { b } from './b';\nimport { a } from './a';\nconsole.log(a, b, z);\n";
    let after = "import { a, z } from './a';\nimport { b } from './b';\nconsole.log(a, b, z);\n";
    assert_eq!(script(before, after), Ok(()));
}

#[test]
fn exports_from_other_modules_are_sorted_like_imports() {
    let before = "export { b } from './b';\nexport { z, a } from './a';\n";
    assert_eq!(script(before, "export { a, z } from './a';\nexport { b } from './b';\n"), Ok(()));
    assert_refused(script(before, "export { a, z } from './a';\nexport { b as c } from './b';\n"), "what is imported");
}

#[test]
fn nothing_moves_across_a_module_that_acts() {
    let before = "import { loud } from './loud';\nimport { a } from './a';\nconsole.log(a, loud);\n";
    let after = "import { a } from './a';\nimport { loud } from './loud';\nconsole.log(a, loud);\n";
    assert_refused(script(before, after), "\"./a\" would move across \"./loud\", which may have effects");
}

#[test]
fn nothing_moves_across_a_module_that_cannot_be_known() {
    let before = "import x from 'unknown';\nimport './style.css';\nimport { a } from './a';\nconsole.log(a, x);\n";
    let across = "import './style.css';\nimport x from 'unknown';\nimport { a } from './a';\nconsole.log(a, x);\n";
    assert_refused(script(before, across), "which may have effects");
}

#[test]
fn imports_of_types_move_freely_where_the_compiler_leaves_them_out() {
    let before = "import { loud } from './loud';\nimport type { T } from './a';\nexport const x: T = loud;\n";
    let after = "import type { T } from './a';\nimport { loud } from './loud';\nexport const x: T = loud;\n";
    assert_eq!(script(before, after), Ok(()));
    let untyped = "import { T } from './a';\nimport { loud } from './loud';\nexport const x: T = loud;\n";
    assert_refused(script(before, untyped), "what is imported");
}

#[test]
fn who_enters_a_cycle_first_is_not_changed() {
    let files = [
        ("x.ts", "import { Y } from './y';\nexport class X {}\nexport const y = () => Y;\n"),
        ("y.ts", "import { X } from './x';\nexport class Y extends X {}\n"),
        ("main.ts", "import { X } from './x';\nimport { Y } from './y';\nexport const all = [X, Y];\n"),
    ];
    let after = "import { Y } from './y';\nimport { X } from './x';\nexport const all = [X, Y];\n";
    assert_refused(verdict(&files, "main.ts", after), "would move across");
}

#[test]
fn what_is_more_than_sorting_is_refused() {
    let before = "import { b } from './b';\nimport { a } from './a';\nconsole.log(a,b);\n";
    let sorted = "import { a } from './a';\nimport { b } from './b';\n";
    assert_eq!(script(before, &format!("{sorted}\n\nconsole.log(a,b);\n")), Ok(()));
    assert_refused(script(before, &format!("{sorted}console.log(a, b);\n")), "more than the order");
    assert_refused(script(before, &format!("{sorted}console.log(a,b);")), "more than the order");
    assert_refused(script(before, "import { b } from './b';\nconsole.log(a,b);\n"), "what is imported");
    assert_refused(script(before, "import {\n"), "does not parse");
    assert_refused(script(before, &format!("{sorted}console.log(a,b);\n").replace('\n', "\r\n")), "line endings");
}

#[test]
fn an_import_does_not_move_across_other_code() {
    let before = "import { b } from './b';\nconsole.log(b);\nimport { a } from './a';\nconsole.log(a);\n";
    let after = "import { a } from './a';\nimport { b } from './b';\nconsole.log(b);\nconsole.log(a);\n";
    assert_refused(script(before, after), "more than the order");
}

#[test]
fn comments_stay_with_their_imports_and_the_header_at_the_top() {
    let import = |name: &str| format!("import {{ {name} }} from './{name}';\n");
    let (a, b, rest) = (import("a"), import("b"), "console.log(a, b);\n");
    let header = "// Licence\n\n";
    let before = format!("{header}{b}// about a\n{a}{rest}");
    assert_eq!(script(&before, &format!("{header}// about a\n{a}{b}{rest}")), Ok(()));
    assert_refused(script(&before, &format!("{header}{a}// about a\n{b}{rest}")), "another import");
    assert_refused(script(&before, &format!("{header}{a}{b}{rest}")), "a comment would be lost");
    assert_refused(script(&before, &format!("// about a\n{a}{header}{b}{rest}")), "at the top of the file");
    let ignored = format!("// @ts-ignore\n{b}{a}{rest}");
    assert_refused(script(&ignored, &format!("// @ts-ignore\n{a}{b}{rest}")), "another import");
    let whole = "// biome-ignore-all lint: all of it\n";
    assert_eq!(script(&format!("{whole}{b}{a}{rest}"), &format!("{whole}\n{a}{b}{rest}")), Ok(()));
}

#[test]
fn directives_and_the_line_of_the_interpreter_stay_first() {
    let before = "#!/usr/bin/env node\n'use client';\nimport { b } from './b';\nimport { a } from './a';\nb(a);\n";
    let after = "#!/usr/bin/env node\n'use client';\nimport { a } from './a';\nimport { b } from './b';\nb(a);\n";
    assert_eq!(script(before, after), Ok(()));
    assert_refused(script(before, &after.replace("'use client';\n", "")), "more than the order");
}

#[test]
fn python_imports_of_quiet_modules_may_change_places() {
    let before = "\"\"\"Doc.\"\"\"\nfrom pkg.b import B\nimport sys, os\nfrom pkg.a import A\n\nprint(A, B, os, sys)\n";
    let after = "\"\"\"Doc.\"\"\"\n\nimport os\nimport sys\n\nfrom pkg.a import A\nfrom pkg.b import B\n\nprint(A, B, os, sys)\n";
    assert_eq!(module(before, after), Ok(()));
}

#[test]
fn python_imports_do_not_move_across_what_may_act() {
    let across = |name: &str| {
        let before = format!("{name}\nfrom pkg.a import A\nprint(A)\n");
        module(&before, &format!("from pkg.a import A\n{name}\nprint(A)\n"))
    };
    assert_refused(across("from pkg.loud import LOUD"), "\"pkg.a\" would move across \"pkg.loud\"");
    assert_refused(across("import requests"), "\"pkg.a\" would move across \"requests\"");
    assert_refused(across("from pkg.nowhere import x"), "would move across");
    assert_eq!(across("from json import loads"), Ok(()));
}

#[test]
fn a_python_name_that_two_imports_bind_stays_that_of_the_later_one() {
    let before = "from pkg.b import B as X\nfrom pkg.a import A as X\nprint(X)\n";
    let after = "from pkg.a import A as X\nfrom pkg.b import B as X\nprint(X)\n";
    assert_refused(module(before, after), "the name \"X\"");
    let packages = "import os.path\nimport os\nprint(os)\n";
    assert_eq!(module(packages, "import os\nimport os.path\nprint(os)\n"), Ok(()));
}

#[test]
fn python_comments_and_code_are_compared_too() {
    let before = "import sys  # noqa: F401\nimport os\n\nprint(os)\n";
    assert_eq!(module(before, "import os\nimport sys  # noqa: F401\n\nprint(os)\n"), Ok(()));
    assert_refused(module(before, "import os  # noqa: F401\nimport sys\n\nprint(os)\n"), "another import");
    assert_refused(module(before, "import os\nimport sys  # noqa: F401\n\nprint( os)\n"), "more than the order");
    assert_refused(
        module("import os\nimport sys\n", "from __future__ import annotations\nimport os\nimport sys\n"),
        "what is imported",
    );
}

#[test]
fn a_file_that_is_not_there_as_said_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.ts"), "export {};\n").unwrap();
    let file = |path: &str| SortedFile { path: path.into(), before: "x;\n".into(), after: "x;\n".into() };
    let files = vec![file("a.ts"), file("b.ts"), file("c.txt")];
    let request = OrderRequest { root: folder.path().into(), cache: None, files };
    let verdicts = Index::new().import_orders(&request).unwrap();
    assert!(verdicts.iter().all(|verdict| matches!(verdict, OrderVerdict::Refused { .. })), "{verdicts:?}");
    assert_eq!(verdicts.len(), 3);
}
