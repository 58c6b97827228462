use pyagent_code::EdgeKind;

use crate::repo::Repo;

fn cycles(files: &[(&str, &str)]) -> Vec<(EdgeKind, Vec<String>)> {
    Repo::new(files).report().cycles.into_iter().map(|cycle| (cycle.kind, cycle.members)).collect()
}

fn two(a: &str, b: &str, options: &str) -> Vec<EdgeKind> {
    cycles(&[("a.ts", a), ("b.ts", b), ("tsconfig.json", options)]).into_iter().map(|(kind, _)| kind).collect()
}

#[test]
fn edges_are_values_types_or_deferred() {
    let back = "import { a } from './a';\nexport const b = () => a;\n";
    assert_eq!(two("import { b } from './b';\nexport const a = () => b;\n", back, "{}"), [EdgeKind::Value]);
    assert_eq!(two("export { b } from './b';\nexport const a = 1;\n", back, "{}"), [EdgeKind::Value]);
    assert_eq!(two("import './b';\nexport const a = 1;\n", back, "{}"), [EdgeKind::Value]);
    assert_eq!(two("import type { b } from './b';\nexport type a = typeof b;\n", back, "{}"), [EdgeKind::Type]);
    assert_eq!(two("import { b } from './b';\nexport type a = typeof b;\n", back, "{}"), [EdgeKind::Type]);
    assert_eq!(two("export type a = import('./b').b;\n", back, "{}"), [EdgeKind::Type]);
    assert_eq!(two("export const a = () => import('./b');\n", back, "{}"), [EdgeKind::Deferred]);
    assert_eq!(
        two(
            "import { b } from './b';\nexport const a = 1;\n",
            back,
            r#"{"compilerOptions":{"verbatimModuleSyntax":true}}"#
        ),
        [EdgeKind::Value]
    );
    assert_eq!(two("import { b } from './b';\nexport const a = 1;\n", back, "{}"), [EdgeKind::Type]);
}

#[test]
fn a_type_that_is_exported_again_is_no_value() {
    let types = "import { f } from './a';\nexport interface T { x: typeof f }\n";
    assert_eq!(two("import { T } from './b';\nexport { T };\nexport const f = 1;\n", types, "{}"), [EdgeKind::Type]);
}

#[test]
fn specifiers_resolve_as_the_compiler_resolves_them() {
    let found = cycles(&[
        (
            "tsconfig.json",
            r#"{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/*"], "one": ["src/one.ts"] } } }"#,
        ),
        (
            "package.json",
            r##"{ "name": "me", "imports": { "#in/*": "./src/*.ts" }, "exports": { "./x": "./src/two.ts" } }"##,
        ),
        ("src/one.ts", "import '@/folder';\nexport const a = 1;\n"),
        ("src/folder/index.tsx", "import '../two.js';\n"),
        ("src/two.ts", "import '#in/three';\n"),
        ("src/three.ts", "import 'src/four';\n"),
        ("src/four.ts", "import 'one';\nimport 'me/x';\n"),
    ]);
    let members = ["src/folder/index.tsx", "src/four.ts", "src/one.ts", "src/three.ts", "src/two.ts"];
    assert_eq!(found, [(EdgeKind::Value, members.map(ToString::to_string).to_vec())]);
}

#[test]
fn workspaces_meet_in_their_sources() {
    let found = cycles(&[
        ("packages/a/package.json", r#"{ "name": "a", "main": "dist/index.js", "types": "dist/index.d.ts" }"#),
        ("packages/a/src/index.ts", "import { b } from 'b/sub';\nexport const a = () => b;\n"),
        ("packages/b/package.json", r#"{ "name": "b", "exports": { "./*": { "import": "./lib/*.js" } } }"#),
        ("packages/b/src/sub.ts", "import { a } from 'a';\nexport const b = () => a;\n"),
    ]);
    assert_eq!(
        found,
        [(EdgeKind::Value, vec!["packages/a/src/index.ts".to_string(), "packages/b/src/sub.ts".to_string()])]
    );
}

#[test]
fn commonjs_counts_at_the_top_and_is_deferred_in_functions() {
    let back = ("b.js", "const a = require('./a');\nmodule.exports = () => a;\n");
    let kinds = |a: &str| cycles(&[("a.js", a), back]).into_iter().map(|(kind, _)| kind).collect::<Vec<_>>();
    assert_eq!(kinds("const b = require('./b');\nmodule.exports = () => b;\n"), [EdgeKind::Value]);
    assert_eq!(kinds("module.exports = () => require('./b');\n"), [EdgeKind::Deferred]);
}
