use crate::repo::Repo;

/// The actions for an unused import of a module with effects.
fn action(options: &str, extra: &[(&str, &str)]) -> String {
    let mut files = vec![
        ("a.ts", "import { a } from './x';\nexport const y = 1;\n"),
        ("x.ts", "console.log(1);\nexport const a = 1;\n"),
        ("tsconfig.json", options),
    ];
    files.extend(extra);
    Repo::new(&files).actions("a.ts").join(", ")
}

#[test]
fn the_compiler_elides_unless_it_is_told_otherwise() {
    assert_eq!(action("{}", &[]), "a remove");
    for option in ["verbatimModuleSyntax", "preserveValueImports"] {
        assert_eq!(
            action(&format!("{{ \"compilerOptions\": {{ \"{option}\": true }} }}"), &[]),
            "a keep-effect",
            "{option}"
        );
    }
    assert_eq!(action(r#"{ "compilerOptions": { "importsNotUsedAsValues": "preserve" } }"#, &[]), "a keep-effect");
    assert_eq!(action(r#"{ "compilerOptions": { "isolatedModules": true } }"#, &[]), "a remove");
}

#[test]
fn options_are_inherited_overridden_and_commented() {
    let base = ("base.json", r#"{ "compilerOptions": { "verbatimModuleSyntax": true } }"#);
    assert_eq!(action("{ /* c */ \"extends\": \"./base\", }", &[base]), "a keep-effect");
    assert_eq!(
        action(r#"{ "extends": ["./base.json"], "compilerOptions": { "verbatimModuleSyntax": false } }"#, &[base]),
        "a remove"
    );
    let package = ("node_modules/@c/base/tsconfig.json", r#"{ "compilerOptions": { "verbatimModuleSyntax": true } }"#);
    assert_eq!(action(r#"{ "extends": "@c/base/tsconfig.json" }"#, &[package]), "a keep-effect");
}

#[test]
fn where_options_cannot_be_known_only_what_is_right_in_any_case_is_done() {
    assert_eq!(action(r#"{ "extends": "@not/installed" }"#, &[]), "a leave");
    assert_eq!(action(r#"{ "compilerOptions": { "erasableSyntaxOnly": true } }"#, &[]), "a leave");
    let other = ("tsconfig.node.json", r#"{ "compilerOptions": { "verbatimModuleSyntax": true } }"#);
    assert_eq!(action("{}", &[other]), "a leave");
    let pure = ("x.ts", "export const a = 1;\n");
    assert_eq!(action(r#"{ "extends": "@not/installed" }"#, &[pure]), "a remove");
}

#[test]
fn a_base_configuration_does_not_speak_against_those_built_on_it() {
    let base = ("tsconfig.base.json", "{}");
    let own = r#"{ "extends": "./tsconfig.base.json", "compilerOptions": { "verbatimModuleSyntax": true } }"#;
    assert_eq!(action(own, &[base]), "a keep-effect");
}

#[test]
fn a_malformed_configuration_is_named_and_nothing_below_it_is_edited() {
    let repo = Repo::new(&[
        ("p/a.ts", "import { a } from './x';\nexport {};\n"),
        ("p/x.ts", "export const a = 1;\n"),
        ("p/tsconfig.json", "{ nope"),
        ("q/b.ts", "import { a } from '../p/x';\nexport {};\n"),
    ]);
    let report = repo.report();
    assert_eq!(
        report.skipped.iter().map(|file| (file.path.as_str(), file.reason.as_str())).collect::<Vec<_>>(),
        [("p/tsconfig.json", "malformed-manifest")]
    );
    assert_eq!(repo.actions("p/a.ts"), ["a leave"]);
    assert_eq!(report.imports[0].reason, "its tsconfig.json cannot be read");
    assert_eq!(repo.actions("q/b.ts"), ["a remove"]);
    assert_eq!(report.import_changes.iter().map(|change| change.path.as_str()).collect::<Vec<_>>(), ["q/b.ts"]);
}

#[test]
fn project_references_and_includes_decide_which_options_hold() {
    let repo = Repo::new(&[
        (
            "tsconfig.json",
            r#"{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./tools" }] }"#,
        ),
        ("tsconfig.app.json", r#"{ "include": ["src"], "compilerOptions": { "verbatimModuleSyntax": true } }"#),
        ("tools/tsconfig.json", r#"{ "include": ["**/*.ts"] }"#),
        ("src/x.ts", "console.log(1);\nexport const a = 1;\n"),
        ("src/a.ts", "import { a } from './x';\nexport {};\n"),
        ("tools/b.ts", "import { a } from '../src/x';\nexport {};\n"),
    ]);
    assert_eq!(repo.actions("src/a.ts"), ["a keep-effect"]);
    assert_eq!(repo.actions("tools/b.ts"), ["a remove"]);
}

#[test]
fn babel_may_be_told_to_keep_imports() {
    assert_eq!(
        action(
            "{}",
            &[(
                "babel.config.js",
                "module.exports = { presets: [['@babel/preset-typescript', { onlyRemoveTypeImports: true }]] };\n"
            )]
        ),
        "a leave"
    );
}

#[test]
fn an_unused_import_of_types_goes_under_every_option() {
    let repo = Repo::new(&[
        ("a.ts", "import type { a } from 'missing';\nimport type d from './x';\nexport const y = 1;\n"),
        ("tsconfig.json", r#"{ "compilerOptions": { "verbatimModuleSyntax": true } }"#),
    ]);
    assert_eq!(repo.fixed("a.ts"), "export const y = 1;\n");
}

#[test]
fn types_are_marked_where_the_compiler_asks_for_it() {
    let types = "export interface A { b: string }\nexport type B = string;\nexport class C {}\nexport const d = 1;\n";
    let verbatim = r#"{ "compilerOptions": { "verbatimModuleSyntax": true } }"#;
    let text = "import { A, B } from './x';\nimport { A as E, d } from './x2';\nimport { C } from './x3';\nexport const f = (a: A, b: B, e: E, c: C) => d;\n";
    let repo =
        Repo::new(&[("a.ts", text), ("x.ts", types), ("x2.ts", types), ("x3.ts", types), ("tsconfig.json", verbatim)]);
    assert_eq!(
        repo.fixed("a.ts"),
        "import type { A, B } from './x';\nimport { type A as E, d } from './x2';\nimport { C } from './x3';\nexport const f = (a: A, b: B, e: E, c: C) => d;\n"
    );
    let lax =
        Repo::new(&[("a.ts", text), ("x.ts", types), ("x2.ts", types), ("x3.ts", types), ("tsconfig.json", "{}")]);
    assert_eq!(lax.actions("a.ts"), Vec::<String>::new());
}

#[test]
fn a_target_with_effects_stays_evaluated_when_its_types_are_marked() {
    let repo = Repo::new(&[
        ("a.ts", "import { A } from './x';\nexport const f = (a: A) => a;\n"),
        ("x.ts", "export interface A { b: string }\nconsole.log(1);\n"),
        ("tsconfig.json", r#"{ "compilerOptions": { "verbatimModuleSyntax": true } }"#),
    ]);
    assert_eq!(repo.fixed("a.ts"), "import { type A } from './x';\nexport const f = (a: A) => a;\n");
}
