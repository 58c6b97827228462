use crate::repo::Repo;

/// The findings of a TypeScript file; nothing unused in it is expected.
fn actions(path: &str, text: &str, options: &str) -> Vec<String> {
    Repo::new(&[
        (path, text),
        ("x.ts", "export class A {}\nexport const b = 1;\nexport default 1;\n"),
        ("tsconfig.json", options),
    ])
    .actions(path)
}

fn survives(path: &str, text: &str) {
    assert_eq!(actions(path, text, "{}"), Vec::<String>::new(), "{text}");
}

#[test]
fn every_way_to_use_a_name_counts() {
    for text in [
        "import { A } from './x';\nexport { A };\n",
        "import { A } from './x';\nexport { A as B };\n",
        "import { A } from './x';\nexport default A;\n",
        "import { A } from './x';\nexport = A;\n",
        "import { A } from './x';\nexport type { A };\n",
        "import { A } from './x';\nexport type T = typeof A;\n",
        "import { A } from './x';\nexport type T = A[];\n",
        "import * as x from './x';\nexport type T = x.A;\n",
        "import { A } from './x';\nexport const o = { A };\n",
        "import { A } from './x';\nexport class B extends A {}\n",
        "import { A } from './x';\nexport class B implements A {}\n",
        "import { A } from './x';\nexport interface B extends A {}\n",
        "import { A } from './x';\nexport function f(this: A, a?: A): a is A { return true; }\n",
        "import { b } from './x';\nexport const s = `${b}`;\n",
        "import { b } from './x';\nexport interface I { [b]: string }\n",
        "import { b } from './x';\nlabel: for (const c of [b]) continue label;\nexport {};\n",
        "import { A } from './x';\ndeclare global { interface Window { a: A } }\nexport {};\n",
        "import { A } from './x';\ndeclare module 'y' { export const a: A; }\n",
        "import * as x from './x';\nimport B = x.A;\nexport { B };\n",
        "import x = require('./x');\nexport const a = x.b;\n",
        "export import x = require('./x');\n",
        "import { b } from './x';\nexport function f() { { const c = () => b; return c; } }\n",
    ] {
        survives("a.ts", text);
    }
}

#[test]
fn bare_imports_and_references_are_never_touched() {
    survives(
        "a.ts",
        "/// <reference types=\"node\" />\nimport './x';\nimport 'missing';\nimport {} from './x';\nexport {};\n",
    );
    survives("a.d.ts", "import './x';\ndeclare module './x' { interface A { c: string } }\n");
}

#[test]
fn names_in_documentation_count_where_the_compiler_looks_them_up() {
    for tag in ["{@link A}", "{@link A.b}", "{@linkcode A}", "@see A", "@throws {A}"] {
        survives("a.ts", &format!("import {{ A }} from './x';\n/** {tag} */\nexport const c = 1;\n"));
    }
    for tag in ["A", "`A`", "{@code A}", "@param A"] {
        let text = format!("import {{ A }} from './x';\n/** {tag} */\nexport const c = 1;\n");
        assert_eq!(actions("a.ts", &text, "{}"), ["A remove"], "{tag}");
    }
    for tag in ["@type {A}", "@param {{ b: { c: string }, a: A }} x", "@typedef {A} B", "@returns {Promise<A>}"] {
        survives("a.js", &format!("import {{ A }} from './x';\n/** {tag} */\nexport const c = 1;\n"));
    }
}

#[test]
fn decorators_with_metadata_use_the_types_they_see() {
    let text = "import { A } from './x';\nimport { inject } from './y';\n@inject\nexport class B { constructor(a: A) {} @inject c: A; }\n";
    let files = |options: &str| {
        Repo::new(&[
            ("a.ts", text),
            ("x.ts", "import './a';\nexport class A {}\n"),
            ("y.ts", "export const inject: any = 1;\n"),
            ("tsconfig.json", options),
        ])
    };
    let cycles = |options: &str| {
        files(options).report().cycles.iter().map(|cycle| format!("{:?}", cycle.kind)).collect::<Vec<_>>()
    };
    assert_eq!(
        cycles(r#"{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }"#),
        ["Value"]
    );
    assert_eq!(cycles(r#"{ "compilerOptions": { "experimentalDecorators": true } }"#), ["Type"]);
}

#[test]
fn metadata_is_what_the_compiler_writes_and_no_more() {
    let kind = |member: &str| {
        let text =
            format!("import {{ A }} from './x';\nimport {{ d }} from './y';\n@d\nexport class B {{ {member} }}\n");
        let options = r#"{ "compilerOptions": { "experimentalDecorators": true, "emitDecoratorMetadata": true } }"#;
        let x = "import './a';\nexport class A {}\n";
        let repo = Repo::new(&[
            ("a.ts", &text),
            ("x.ts", x),
            ("y.ts", "export const d: any = 1;\n"),
            ("tsconfig.json", options),
        ]);
        repo.report().cycles.iter().map(|cycle| format!("{:?}", cycle.kind)).collect::<Vec<_>>().join(" ")
    };
    for member in [
        "@d a: A;",
        "constructor(private a: A) {}",
        "constructor(a: A | undefined) {}",
        "@d m(a: A) {}",
        "m(@d a: A) {}",
        "@d m(): A { return 1 as never; }",
        "@d m(...a: A[]) {}",
    ] {
        assert_eq!(kind(member), "Value", "{member}");
    }
    for member in [
        "a: A;",
        "@d a: Set<A>;",
        "@d a: A | string;",
        "m(a: A) {}",
        "@d m() { let a: A; }",
        "@d a: A[];",
        "@d a: typeof A;",
    ] {
        assert_eq!(kind(member), "Type", "{member}");
    }
}

#[test]
fn directives_hold_a_statement_in_place() {
    for text in [
        "// @ts-expect-error\nimport { A } from './x';\nexport {};\n",
        "// @ts-ignore\nimport { A } from './x';\nexport {};\n",
        "// eslint-disable-next-line no-unused-vars\nimport { A } from './x';\nexport {};\n",
        "import { A } from './x'; // eslint-disable-line\nexport {};\n",
        "// biome-ignore lint/correctness/noUnusedImports: kept\nimport { A } from './x';\nexport {};\n",
        "/* prettier-ignore */\nimport { A } from './x';\nexport {};\n",
        "// @ts-ignore\nimport { A, b } from './x';\nb;\n",
    ] {
        assert_eq!(actions("a.ts", text, "{}"), ["A leave"], "{text}");
    }
    assert_eq!(
        actions("a.ts", "/* eslint-disable no-console */\nimport { A } from './x';\nexport {};\n", "{}"),
        ["A remove"]
    );
    assert_eq!(actions("a.ts", "// @ts-nocheck\nimport { A } from './x';\nexport {};\n", "{}"), ["A remove"]);
}

#[test]
fn a_name_that_is_declared_again_is_left() {
    assert_eq!(actions("a.ts", "import { A } from './x';\ninterface A { c: string }\nexport {};\n", "{}"), ["A leave"]);
}

#[test]
fn eval_and_with_may_use_any_name() {
    survives("a.js", "import { b } from './x';\nexport const c = (code) => eval(code);\n");
    survives("b.cjs", "const { b } = require('./x');\nwith (globalThis) { c; }\n");
}

#[test]
fn a_shadowed_name_is_not_a_use() {
    assert_eq!(
        actions("a.ts", "import { A, b } from './x';\nexport function f<A>(b: A) { return b; }\n", "{}"),
        ["A remove", "b remove"]
    );
}

#[test]
fn an_unused_import_equals_goes_where_the_compiler_drops_it() {
    let repo = Repo::new(&[
        ("a.cts", "import x = require('./x');\nexport const c = 1;\n"),
        ("x.cts", "console.log(1);\n"),
        ("tsconfig.json", "{}"),
    ]);
    assert_eq!(repo.fixed("a.cts"), "export const c = 1;\n");
}

#[test]
fn generated_and_foreign_files_take_part_without_being_edited() {
    let unused = "import { b } from './x';\nexport {};\n";
    let generated = format!("// @generated by a tool\n{unused}");
    let repo = Repo::new(&[
        ("x.ts", "export const b = 1;\n"),
        ("a.generated.ts", unused),
        ("b.ts", &generated),
        ("c.ts", &format!("// Code generated by x. DO NOT EDIT.\n{unused}")),
        ("d/e.ts", unused),
        (".gitattributes", "d/** linguist-generated\n"),
        ("vendor/f.ts", unused),
        ("ignored/g.ts", unused),
        (".gitignore", "ignored/\n"),
        ("h.vue", "<template><p/></template>\n<script setup lang=\"ts\">\nimport { b } from './x'\n</script>\n"),
        ("i.min.js", unused),
    ]);
    let report = repo.report();
    assert_eq!(report.imports, []);
    assert_eq!(report.notes.iter().map(|note| note.message.as_str()).filter(|note| note.starts_with("Vue")).count(), 1);
}

#[test]
fn test_data_is_reported_and_never_edited() {
    let text =
        "import { A } from './x';\nimport { b } from './x';\nimport { c } from './x';\nexport const d = b + c;\n";
    for folder in ["fixtures", "__fixtures__/deep", "testdata", "test-data", "__snapshots__"] {
        let path = format!("test/{folder}/a.ts");
        let repo = Repo::new(&[(&path, text), ("a.ts", text), ("package.json", r#"{"main": "a.ts"}"#)]);
        assert_eq!(repo.actions(&path), ["A leave"], "{folder}");
        let report = repo.report();
        assert_eq!(report.import_changes.iter().map(|change| change.path.as_str()).collect::<Vec<_>>(), ["a.ts"]);
        assert_eq!(report.dead_files, []);
    }
}
