use crate::repo::Repo;

const VERBATIM: &str = r#"{ "compilerOptions": { "verbatimModuleSyntax": true } }"#;

/// What becomes of `a.ts`, which imports `a` from `./x`, where imports stay in the output.
fn kept(target: &str) -> String {
    let repo = Repo::new(&[
        ("a.ts", "import { a } from './x';\nexport const y = 1;\n"),
        ("x.ts", target),
        ("pure.ts", "export const q = 1;\n"),
        ("loud.ts", "console.log('loud');\n"),
        ("tsconfig.json", VERBATIM),
    ]);
    repo.fixed("a.ts")
}

const REMOVED: &str = "export const y = 1;\n";
const BARE: &str = "import './x';\nexport const y = 1;\n";

#[test]
fn a_target_that_only_declares_lets_the_import_go() {
    for target in [
        "export const a = 1;\n",
        "export function a() { console.log(1); }\n",
        "export class a { b = 1; static c = [1, 2]; d() { return fetch('x'); } }\n",
        "export const a = { b: () => 1, c: [new Map(), new Set(), /x/, Symbol('x')] };\n",
        "export enum a { B, C = 2 }\n",
        "export interface a { b: string }\n",
        "export type a = string;\nexport {};\n",
        "const b = Object.freeze({ c: 1 });\nexport const a = b;\n",
        "export const a = /* @__PURE__ */ make();\nfunction make() { return 1; }\n",
        "import { q } from './pure';\nexport const a = q;\n",
        "export { q as a } from './pure';\n",
        "import type { q } from './loud';\nexport const a = 1;\n",
        "export const a = () => import('./loud');\n",
        "'use strict';\nexport const a = typeof window === 'undefined' ? 1 : 2;\n",
        "import * as me from './a';\nexport const a = () => me;\n",
    ] {
        assert_eq!(kept(target), REMOVED, "{target}");
    }
}

#[test]
fn a_target_that_does_something_keeps_a_bare_import() {
    for target in [
        "export const a = 1;\nconsole.log(a);\n",
        "export const a = start();\nfunction start() { return 1; }\n",
        "globalThis.a = 1;\nexport const a = 1;\n",
        "import './loud';\nexport const a = 1;\n",
        "export * from './loud';\nexport const a = 1;\n",
        "export class a { static { console.log(1); } }\n",
        "export class a { static b = start(); }\nfunction start() {}\n",
        "function d(x: unknown) { return x as never; }\n@d export class a {}\n",
        "export const a = await fetch('x');\n",
        "export const a = window.b.c;\n",
        "for (const b of [1]) { b; }\nexport const a = 1;\n",
        "export namespace a { export const b = start(); }\nfunction start() {}\n",
    ] {
        assert_eq!(kept(target), BARE, "{target}");
    }
}

#[test]
fn quotes_attributes_and_semicolons_survive_in_a_bare_import() {
    let repo = Repo::new(&[
        ("a.mjs", "import { a } from \"./x.mjs\"\nimport d, * as n from './x.mjs' with { type: 'js' };\n"),
        ("x.mjs", "console.log(1);\nexport const a = 1;\nexport default 2;\n"),
    ]);
    assert_eq!(repo.fixed("a.mjs"), "import \"./x.mjs\"\nimport './x.mjs' with { type: 'js' };\n");
}

#[test]
fn builtins_json_and_promising_packages_let_the_import_go() {
    let repo = Repo::new(&[
        (
            "a.mjs",
            "import fs from 'node:fs';\nimport { join } from 'path';\nimport data from './d.json';\nimport { q } from 'quiet';\nimport css from 'quiet/a.css';\n",
        ),
        ("d.json", "{}"),
        ("node_modules/quiet/package.json", r#"{ "name": "quiet", "main": "i.js", "sideEffects": ["*.css"] }"#),
        ("node_modules/quiet/i.js", "console.log(1);"),
        ("node_modules/quiet/a.css", ""),
    ]);
    assert_eq!(repo.fixed("a.mjs"), "import css from 'quiet/a.css';\n");
    assert_eq!(repo.actions("a.mjs"), ["fs remove", "join remove", "data remove", "q remove", "css leave"]);
}

#[test]
fn a_package_without_a_promise_is_read() {
    let repo = Repo::new(&[
        ("a.mjs", "import { b } from 'pure';\nimport { c } from 'loud';\nimport { d } from 'missing';\n"),
        (
            "node_modules/pure/package.json",
            r#"{ "name": "pure", "exports": { "import": "./i.mjs", "require": "./i.cjs" } }"#,
        ),
        ("node_modules/pure/i.mjs", "export { b } from './deep.mjs';\n"),
        ("node_modules/pure/deep.mjs", "export const b = 1;\n"),
        ("node_modules/pure/i.cjs", "exports.b = 1;\n"),
        ("node_modules/loud/package.json", r#"{ "name": "loud", "main": "i.js" }"#),
        ("node_modules/loud/i.js", "process.on('exit', () => {});\n"),
    ]);
    assert_eq!(repo.actions("a.mjs"), ["b remove", "c keep-effect", "d leave"]);
    assert_eq!(repo.fixed("a.mjs"), "import 'loud';\nimport { d } from 'missing';\n");
}

#[test]
fn an_unknown_target_goes_only_when_asked_for() {
    let repo = Repo::new(&[("a.mjs", "import { d } from 'missing';\nimport s from './s.css';\n"), ("s.css", "")]);
    assert_eq!(repo.actions("a.mjs"), ["d leave", "s leave"]);
    let request = pyagent_code::Request { remove_unknown_targets: true, ..repo.request() };
    let report = pyagent_code::Index::new().analyze(&request).unwrap();
    assert!(report.imports.iter().all(|finding| finding.action == pyagent_code::ImportAction::Remove));
}

#[test]
fn a_statement_that_stays_for_other_names_needs_no_proof() {
    let repo = Repo::new(&[("a.mjs", "import { a, b } from 'missing';\nb();\n")]);
    assert_eq!(repo.fixed("a.mjs"), "import { b } from 'missing';\nb();\n");
}

#[test]
fn a_package_of_the_workspace_is_read_from_its_source() {
    let repo = Repo::new(&[
        ("package.json", r#"{ "workspaces": ["packages/*"] }"#),
        (
            "packages/a/package.json",
            r#"{ "name": "@s/a", "exports": { ".": { "types": "./dist/index.d.ts", "import": "./dist/index.js" } } }"#,
        ),
        ("packages/a/src/index.ts", "export const a = 1;\n"),
        ("packages/b/src/b.mjs", "import { a } from '@s/a';\n"),
        (".gitignore", "dist\n"),
    ]);
    assert_eq!(repo.fixed("packages/b/src/b.mjs"), "");
}

#[test]
fn what_an_earlier_statement_loads_needs_no_bare_import() {
    let fixed = |text: &str, path: &str| {
        let files = [
            (path, text),
            ("loud.ts", "export const a = 1;\nexport const b = 2;\nexport type T = 1;\nconsole.log(a);\n"),
            ("tsconfig.json", VERBATIM),
        ];
        Repo::new(&files).fixed(path)
    };
    let again = "import { b } from './loud';\n";
    for first in ["import { a } from './loud';\n", "import './loud';\n"] {
        let rest = if first.contains('{') { "export const y = a;\n" } else { "export const y = 1;\n" };
        assert_eq!(fixed(&format!("{first}{again}{rest}"), "a.ts"), format!("{first}{rest}"));
    }
    // Types alone do not keep the first statement, and a later statement would change the order.
    let types = "import { type T } from './loud';\nexport const y: T = 1;\n";
    assert!(
        fixed(&format!("import type {{ T }} from './loud';\n{again}export const y: T = 1;\n"), "a.ts")
            .contains("import './loud';")
    );
    assert!(fixed(&format!("{again}{types}"), "a.ts").contains("import './loud';"));
    let twice = "const { a } = require('./loud');\nconst { b } = require('./loud');\nmodule.exports = a;\n";
    assert_eq!(fixed(twice, "a.js"), "const { a } = require('./loud');\nmodule.exports = a;\n");
}
