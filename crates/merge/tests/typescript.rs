//! Merges of TypeScript and JavaScript that lines alone cannot do, and those that must stay conflicts.

mod support;

use support::{by_syntax, conflicts};

#[test]
fn functions_that_both_sides_add_at_one_place_are_both_kept() {
    let base = "export function a() {\n  return 1;\n}\n";
    let ours = "export function a() {\n  return 1;\n}\n\n// ours\nexport function b() {\n  return 2;\n}\n";
    let theirs = "export function a() {\n  return 1;\n}\n\n/** theirs */\nexport function c() {\n  return 3;\n}\n";
    assert_eq!(
        by_syntax("a.ts", base, ours, theirs),
        "export function a() {\n  return 1;\n}\n\n// ours\nexport function b() {\n  return 2;\n}\n\n/** theirs */\nexport function c() {\n  return 3;\n}\n"
    );
}

#[test]
fn imported_names_on_one_line_are_joined() {
    let merged = by_syntax(
        "a.ts",
        "import { a, b } from './x.ts';\n",
        "import { a, b, c } from './x.ts';\n",
        "import { a0, a, b } from './x.ts';\n",
    );
    assert_eq!(merged, "import { a0, a, b, c } from './x.ts';\n");
}

#[test]
fn names_that_both_sides_append_are_joined_in_order_where_they_were_sorted() {
    let merged = by_syntax(
        "a.ts",
        "import { a, b } from './x.ts';\n",
        "import { a, b, d } from './x.ts';\n",
        "import { a, b, c } from './x.ts';\n",
    );
    assert_eq!(merged, "import { a, b, c, d } from './x.ts';\n");
}

#[test]
fn import_statements_at_one_place_are_both_kept() {
    let merged = by_syntax(
        "a.ts",
        "import a from 'a';\n\na();\n",
        "import a from 'a';\nimport b from 'b';\n\na(b);\n",
        "import a from 'a';\nimport c from 'c';\n\na();\nexport const d = c;\n",
    );
    assert_eq!(merged, "import a from 'a';\nimport b from 'b';\nimport c from 'c';\n\na(b);\nexport const d = c;\n");
}

#[test]
fn a_header_is_not_doubled_when_both_sides_put_something_below_it() {
    let merged = by_syntax(
        "a.js",
        "/* licence */\nimport z from 'z';\nz();\n",
        "/* licence */\nimport a from 'a';\nimport z from 'z';\nz(a);\n",
        "/* licence */\nimport b from 'b';\nimport z from 'z';\nz();\n",
    );
    assert_eq!(merged, "/* licence */\nimport a from 'a';\nimport b from 'b';\nimport z from 'z';\nz(a);\n");
}

#[test]
fn methods_of_a_class_travel_with_their_decorators_and_comments() {
    let base = "class A {\n  a() {}\n}\n";
    let ours = "class A {\n  a() {}\n\n  // b\n  @log()\n  b() {}\n}\n";
    let theirs = "class A {\n  a() {}\n\n  c() {} // c\n}\n";
    assert_eq!(
        by_syntax("a.ts", base, ours, theirs),
        "class A {\n  a() {}\n\n  // b\n  @log()\n  b() {}\n\n  c() {} // c\n}\n"
    );
}

#[test]
fn members_of_interfaces_enums_and_unions_are_joined() {
    assert_eq!(
        by_syntax(
            "a.ts",
            "interface I {\n  a: 1;\n}\n",
            "interface I {\n  a: 1;\n  b: 2;\n}\n",
            "interface I {\n  a: 1;\n  c(): void;\n}\n"
        ),
        "interface I {\n  a: 1;\n  b: 2;\n  c(): void;\n}\n"
    );
    assert_eq!(
        by_syntax("a.ts", "enum E { A = 'a' }\n", "enum E { A = 'a', B = 'b' }\n", "enum E { A = 'a', C = 'c' }\n"),
        "enum E { A = 'a', B = 'b', C = 'c' }\n"
    );
    assert_eq!(
        by_syntax("a.ts", "type T = 'a' | 'b';\n", "type T = 'a' | 'b' | 'c';\n", "type T = 'z' | 'a' | 'b';\n"),
        "type T = 'z' | 'a' | 'b' | 'c';\n"
    );
    assert_eq!(
        by_syntax(
            "a.ts",
            "type T =\n  | 'a'\n  | 'b';\n",
            "type T =\n  | 'a'\n  | 'b'\n  | 'c';\n",
            "type T =\n  | 'a'\n  | 'b'\n  | 'd';\n"
        ),
        "type T =\n  | 'a'\n  | 'b'\n  | 'c'\n  | 'd';\n"
    );
}

#[test]
fn keys_of_an_object_inside_a_call_are_joined() {
    let merged = by_syntax(
        "a.js",
        "module.exports = make({\n  a: 1,\n});\n",
        "module.exports = make({\n  a: 1,\n  b: 2,\n});\n",
        "module.exports = make({\n  a: 1,\n  c: 3,\n});\n",
    );
    assert_eq!(merged, "module.exports = make({\n  a: 1,\n  b: 2,\n  c: 3,\n});\n");
}

#[test]
fn elements_of_one_line_are_changed_by_both_sides() {
    assert_eq!(by_syntax("a.js", "f([1, 2, 3]);\n", "f([10, 2, 3]);\n", "f([1, 2, 30]);\n"), "f([10, 2, 30]);\n");
}

#[test]
fn one_name_with_two_meanings_stays_a_conflict() {
    let left = conflicts(
        "a.ts",
        "const z = 1;\n",
        "const z = 1;\nexport function a() {\n  return 1;\n}\n",
        "const z = 1;\nexport function a() {\n  return 2;\n}\n",
    );
    assert_eq!(left.len(), 1);
    let left = conflicts(
        "a.ts",
        "const z = 1;\n",
        "const z = 1;\nimport { a } from 'x';\n",
        "const z = 1;\nimport { a } from 'y';\n",
    );
    assert_eq!(left.len(), 1);
}

#[test]
fn statements_at_one_place_stay_a_conflict() {
    assert_eq!(conflicts("a.js", "f();\n", "f();\ng();\n", "f();\nh();\n").len(), 1);
    assert_eq!(
        conflicts(
            "a.js",
            "function f() {\n  a();\n}\n",
            "function f() {\n  a();\n  b();\n}\n",
            "function f() {\n  a();\n  c();\n}\n"
        )
        .len(),
        1
    );
    assert_eq!(conflicts("a.js", "f([1]);\n", "f([1, 2]);\n", "f([1, 3]);\n").len(), 1);
    assert_eq!(conflicts("a.ts", "enum E { A }\n", "enum E { A, B }\n", "enum E { A, C }\n").len(), 1);
    assert_eq!(conflicts("a.ts", "import 'a';\n", "import 'a';\nimport 'b';\n", "import 'a';\nimport 'c';\n").len(), 1);
    assert_eq!(conflicts("a.js", "f({ a: 1 });\n", "f({ a: 1, ...b });\n", "f({ a: 1, c: 2 });\n").len(), 1);
}

#[test]
fn what_one_side_took_out_and_the_other_changed_stays_a_conflict() {
    let base = "function a() {\n  return 1;\n}\n\nfunction b() {}\n";
    let left = conflicts("a.js", base, "function b() {}\n", "function a() {\n  return 2;\n}\n\nfunction b() {}\n");
    assert_eq!(left.len(), 1);
}

#[test]
fn only_what_is_undecided_is_left_in_conflict() {
    let base = "import a from 'a';\n\nexport function f() {\n  return 1;\n}\n";
    let ours = "import a from 'a';\nimport b from 'b';\n\nexport function f() {\n  return 2;\n}\n";
    let theirs = "import a from 'a';\nimport c from 'c';\n\nexport function f() {\n  return 3;\n}\n";
    let left = conflicts("a.ts", base, ours, theirs);
    assert_eq!(left, [("  return 1;\n".into(), "  return 2;\n".into(), "  return 3;\n".into())]);
}

#[test]
fn overloads_stay_together() {
    let base = "export function f(a: string): void {}\n";
    let ours = "export function f(a: string): void;\nexport function f(a: number): void;\nexport function f(a: any): void {}\n";
    let theirs = "export function g(): void {}\nexport function f(a: string): void {}\n";
    assert_eq!(
        by_syntax("a.ts", base, ours, theirs),
        "export function g(): void {}\nexport function f(a: string): void;\nexport function f(a: number): void;\nexport function f(a: any): void {}\n"
    );
}

#[test]
fn casts_and_elements_are_read_in_their_own_languages() {
    let cast = |rest: &str| format!("const a = <string>b;\nimport x from 'x';\n{rest}");
    assert!(by_syntax("a.ts", &cast(""), &cast("import y from 'y';\n"), &cast("import z from 'z';\n")).contains("'z'"));
    let element = |rest: &str| format!("const a = <b>c</b>;\nimport x from 'x';\n{rest}");
    for path in ["a.tsx", "a.js"] {
        assert!(
            by_syntax(path, &element(""), &element("import y from 'y';\n"), &element("import z from 'z';\n"))
                .contains("'z'")
        );
    }
}

#[test]
fn a_file_that_does_not_parse_keeps_its_conflict() {
    assert_eq!(
        conflicts("a.ts", "import {;\n", "import {;\nimport b from 'b';\n", "import {;\nimport c from 'c';\n").len(),
        1
    );
}

#[test]
fn what_one_side_removed_and_the_other_renamed_stays_a_conflict() {
    let base = "import a from 'a';\n\nfunction one(x: number) {\n  return x + 1;\n}\n";
    let renamed = "import a from 'a';\nimport b from 'b';\n\nfunction two(x: number) {\n  return x + 1;\n}\n";
    let removed = "import a from 'a';\nimport c from 'c';\n";
    assert!(!conflicts("a.ts", base, renamed, removed).is_empty());
}

#[test]
fn a_statement_that_one_side_removed_and_the_other_changed_stays_a_conflict() {
    let base = "import a from 'a';\n\na.run(1);\n";
    let changed = "import a from 'a';\nimport b from 'b';\n\na.run(1) && b;\n";
    let removed = "import a from 'a';\nimport c from 'c';\n\n";
    assert!(!conflicts("a.ts", base, changed, removed).is_empty());
}
