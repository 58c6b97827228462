use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::report::{DependencyAction, DependencyFinding, DependencyKind, Report};
use crate::{Check, Index, Request};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A folder with files, deleted when the test ends.
struct Tree(PathBuf);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("pyagent-manifest-{}-{number}", std::process::id()));
        let tree = Self(root);
        fs::create_dir_all(&tree.0).unwrap();
        files.iter().for_each(|(path, text)| tree.write(path, text));
        tree
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.0.join(path);
        fs::create_dir_all(file.parent().unwrap_or(Path::new("/"))).unwrap();
        fs::write(file, text).unwrap();
    }

    fn report(&self) -> Report {
        let request = Request {
            root: self.0.canonicalize().unwrap(),
            checks: vec![Check::Dependencies],
            only: Vec::new(),
            remove_unknown_targets: false,
            cache: None,
        };
        Index::new().analyze(&request).unwrap()
    }

    /// What is said, as `kind name in section -> to: action`.
    fn findings(&self) -> Vec<String> {
        self.report().dependencies.iter().map(line).collect()
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn line(finding: &DependencyFinding) -> String {
    let kind = match finding.kind {
        DependencyKind::Unused => "unused",
        DependencyKind::OnlyUnusedImports => "only-unused-imports",
        DependencyKind::Unlisted => "unlisted",
        DependencyKind::Misplaced => "misplaced",
        DependencyKind::Duplicate => "duplicate",
        DependencyKind::Unknown => "unknown",
    };
    let action = match finding.action {
        DependencyAction::Remove => "remove",
        DependencyAction::Move => "move",
        DependencyAction::Report => "report",
    };
    let folder = finding.location.path.trim_end_matches("package.json");
    let section = finding.section.as_deref().unwrap_or("nothing");
    let to = finding.to.as_deref().map(|to| format!(" -> {to}")).unwrap_or_default();
    format!("{folder}{kind} {} in {section}{to}: {action}", finding.name)
}

/// Findings of a package with the given manifest and files.
fn found(manifest: &str, files: &[(&str, &str)]) -> Vec<String> {
    let mut all = vec![("package.json", manifest)];
    all.extend_from_slice(files);
    Tree::new(&all).findings()
}

const NONE: [&str; 0] = [];

#[test]
fn a_dependency_that_nothing_names_is_unused_and_removed() {
    let manifest = "{\n  \"name\": \"x\",\n  \"dependencies\": {\n    \"left-pad\": \"^1.0.0\",\n    \"used\": \"^1.0.0\"\n  }\n}\n";
    let tree =
        Tree::new(&[("package.json", manifest), ("src/index.ts", "import { a } from 'used';\nconsole.log(a);\n")]);
    let report = tree.report();
    assert_eq!(report.dependencies.iter().map(line).collect::<Vec<_>>(), ["unused left-pad in dependencies: remove"]);
    assert_eq!(report.dependencies[0].location.line, 4);
    let group = &report.dependency_changes[0].groups[0];
    let edit = &group.edits[0];
    let mut changed = manifest.to_string();
    changed.replace_range(edit.start as usize..edit.end as usize, &edit.text);
    assert_eq!(changed, manifest.replace("    \"left-pad\": \"^1.0.0\",\n", ""));
    assert_eq!(report.dependency_changes[0].hash, blake3::hash(manifest.as_bytes()).to_hex().to_string());
}

#[test]
fn every_form_of_import_is_a_use() {
    let files = [
        (
            "src/a.ts",
            "import a from 'a';\nexport * from 'b';\nimport 'c';\nimport d = require('d');\nconsole.log(a, d);\n",
        ),
        (
            "src/b.js",
            "const e = require('e');\nconst f = import('f/sub');\nrequire.resolve('g');\nmodule.exports = [e, f];\n",
        ),
        ("src/c.ts", "import type { T } from 'h';\nexport type U = T | import('i').J;\n"),
        ("src/d.ts", "/// <reference types=\"j\" />\nexport {};\n"),
        ("src/e.ts", "export { default } from '@scope/k/deep';\n"),
    ];
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "@scope/k"];
    let entries: Vec<String> = names.iter().map(|name| format!("\"{name}\": \"1\"")).collect();
    let manifest = format!("{{\"name\": \"x\", \"private\": true, \"dependencies\": {{{}}}}}", entries.join(", "));
    assert_eq!(found(&manifest, &files), NONE);
}

#[test]
fn what_only_unused_imports_name_is_told_apart() {
    let manifest = r#"{"name": "x", "dependencies": {"dead": "1", "live": "1"}}"#;
    let files = [("src/index.ts", "import { x } from 'dead';\nimport { y } from 'live';\nconsole.log(y);\n")];
    assert_eq!(found(manifest, &files), ["only-unused-imports dead in dependencies: report"]);
}

#[test]
fn an_import_without_a_declaration_is_unlisted_where_it_is_needed() {
    let manifest = r#"{"name": "x", "dependencies": {"here": "1"}}"#;
    let files = [
        (
            "src/index.ts",
            "import 'here';\nimport a from 'missing/deep';\nimport fs from 'node:fs';\nimport p from 'path';\nimport './b';\nimport self from 'x';\nconsole.log(a, fs, p, self);\n",
        ),
        ("src/b.ts", "export {};\n"),
        ("src/a.test.ts", "import t from 'only-test';\nt();\n"),
    ];
    let expected = [
        "unlisted missing in nothing -> dependencies: report",
        "unlisted only-test in nothing -> devDependencies: report",
    ];
    assert_eq!(found(manifest, &files), expected);
}

#[test]
fn what_is_no_package_is_not_unlisted() {
    let manifest = r##"{"name": "x", "imports": {"#int/*": "./src/*.js"}, "dependencies": {}}"##;
    let files = [
        ("tsconfig.json", r#"{"compilerOptions": {"baseUrl": ".", "paths": {"@app/*": ["src/*"]}}}"#),
        (
            "src/index.ts",
            "import a from '@app/b';\nimport '#int/b';\nimport v from 'virtual:pwa';\nimport w from '!raw-loader!./c';\nimport h from 'https://esm.sh/x';\nimport s from '$lib/x';\nimport t from '@/b';\nimport u from '~/b';\nimport vs from 'vscode';\nimport sh from 'shimmed';\nimport c from 'cloudflare:workers';\nimport b from 'bun:test';\nconsole.log(a, v, w, h, s, t, u, vs, sh, c, b);\n",
        ),
        ("src/b.ts", "export default 1;\n"),
        ("src/shim.d.ts", "declare module 'shimmed';\n"),
    ];
    assert_eq!(found(manifest, &files), NONE);
}

#[test]
fn an_optional_require_and_test_data_are_not_unlisted() {
    let manifest = r#"{"name": "x", "dependencies": {}}"#;
    let files = [
        ("index.js", "let fast;\ntry { fast = require('fast-native'); } catch {}\nmodule.exports = fast;\n"),
        ("test/fixtures/a/index.js", "require('not-there');\n"),
        ("examples/a.js", "require('example-only');\n"),
    ];
    assert_eq!(found(manifest, &files), NONE);
}

#[test]
fn types_satisfy_an_import_of_types_alone() {
    let manifest = r#"{"name": "x", "devDependencies": {"@types/estree": "1", "@types/gone": "1", "@types/value": "1", "typescript": "5"}}"#;
    let files = [
        ("tsconfig.json", r#"{"compilerOptions": {"types": []}}"#),
        (
            "src/index.ts",
            "import type { Node } from 'estree';\nimport { v } from 'value';\nexport const n = (x: Node) => v(x);\n",
        ),
    ];
    let expected =
        ["unlisted value in nothing -> dependencies: report", "unused @types/gone in devDependencies: remove"];
    assert_eq!(found(manifest, &files), expected);
}

#[test]
fn scripts_hooks_and_workflows_use_the_packages_of_their_commands() {
    let manifest = r#"{"name": "x", "private": true, "scripts": {
        "build": "cross-env NODE_ENV=production tsc -p . && rimraf dist", "test": "c8 mocha -r ts-node/register",
        "all": "concurrently \"npm:watch-*\" \"wait-on http://x\""
      }, "devDependencies": {"cross-env": "1", "typescript": "1", "rimraf": "1", "c8": "1", "mocha": "1", "ts-node": "1",
        "concurrently": "1", "wait-on": "1", "hooked": "1", "in-ci": "1", "made": "1", "unused-tool": "1"}}"#;
    let files = [
        ("index.js", "module.exports = 1;\n"),
        (".husky/pre-commit", "#!/bin/sh\nnpx hooked\n"),
        (".github/workflows/ci.yml", "jobs:\n  unused-tool:\n    steps:\n      - run: pnpm exec in-ci --flag\n"),
        ("Makefile", "all:\n\t./node_modules/.bin/made src\n"),
    ];
    assert_eq!(found(manifest, &files), ["unused unused-tool in devDependencies: remove"]);
}

#[test]
fn the_commands_of_an_installed_package_are_its_own_word() {
    let manifest =
        r#"{"name": "x", "scripts": {"go": "oddly-named --now"}, "devDependencies": {"tool": "1", "other": "1"}}"#;
    let files = [
        ("index.js", "module.exports = 1;\n"),
        (
            "node_modules/tool/package.json",
            r#"{"name": "tool", "bin": {"oddly-named": "cli.js"}, "peerDependencies": {"peer": "1"}}"#,
        ),
    ];
    assert_eq!(found(manifest, &files), ["unused other in devDependencies: remove"]);
}

#[test]
fn configuration_files_use_the_plugins_that_they_name() {
    let manifest = r#"{"name": "x", "private": true, "prettier": "@me/prettier-config", "jest": {"testEnvironment": "jsdom", "preset": "ts-jest"},
      "devDependencies": {"eslint": "1", "eslint-plugin-react": "1", "@scope/eslint-plugin": "1", "eslint-config-airbnb": "1",
        "eslint-plugin-unused": "1", "@babel/preset-env": "1", "babel-plugin-lodash": "1", "@babel/core": "1", "prettier": "1",
        "@me/prettier-config": "1", "jest": "1", "jest-environment-jsdom": "1", "ts-jest": "1", "autoprefixer": "1",
        "postcss": "1", "@commitlint/cli": "1", "@commitlint/config-conventional": "1", "husky": "1", "lint-staged": "1",
        "@vitest/coverage-v8": "1", "vitest": "1", "stylelint": "1", "stylelint-config-standard": "1"}}"#;
    let files = [
        ("index.js", "module.exports = 1;\n"),
        (".eslintrc.json", r#"{"extends": ["airbnb/hooks", "plugin:react/recommended"], "plugins": ["@scope"]}"#),
        ("babel.config.js", "module.exports = { presets: [['@babel/env', {}]], plugins: ['lodash'] };\n"),
        ("postcss.config.js", "module.exports = { plugins: { autoprefixer: {} } };\n"),
        ("commitlint.config.js", "module.exports = { extends: ['@commitlint/config-conventional'] };\n"),
        (".husky/pre-commit", "npx lint-staged\n"),
        ("vitest.config.ts", "export default { test: { coverage: { provider: 'v8' } } };\n"),
        (".stylelintrc", "extends: stylelint-config-standard\n"),
    ];
    assert_eq!(found(manifest, &files), ["unused eslint-plugin-unused in devDependencies: remove"]);
}

#[test]
fn the_compiler_options_use_types_helpers_bases_and_the_jsx_runtime() {
    let manifest = r#"{"name": "x", "private": true, "dependencies": {"react": "1", "tslib": "1"},
      "devDependencies": {"@tsconfig/node20": "1", "@types/node": "1", "@types/react": "1", "typescript": "1", "@types/jest": "1"}}"#;
    let files = [
        (
            "tsconfig.json",
            "{\n  // base\n  \"extends\": \"@tsconfig/node20/tsconfig.json\",\n  \"compilerOptions\": { \"importHelpers\": true, \"jsx\": \"react-jsx\", \"types\": [\"jest\"], },\n}\n",
        ),
        ("src/a.tsx", "import fs from 'node:fs';\nexport const A = () => <div>{fs.sep}</div>;\n"),
    ];
    assert_eq!(found(manifest, &files), NONE);
}

#[test]
fn peers_of_what_is_used_are_used() {
    let manifest = r#"{"name": "x", "private": true, "dependencies": {"host": "1", "its-peer": "1", "next": "1", "react-dom": "1", "stray": "1"}}"#;
    let files = [
        ("index.js", "require('host'); require('next');\n"),
        ("node_modules/host/package.json", r#"{"name": "host", "peerDependencies": {"its-peer": "1"}}"#),
    ];
    assert_eq!(found(manifest, &files), ["unused stray in dependencies: remove"]);
}

#[test]
fn a_name_in_quotes_counts_but_not_in_a_comment() {
    let manifest = r#"{"name": "x", "private": true, "dependencies": {"by-string": "1", "by-style": "1", "by-comment": "1", "by-worker": "1"}}"#;
    let files = [
        (
            "index.js",
            "// import x from 'by-comment';\nconst plugins = ['by-string'];\nnew Worker('by-worker/worker.js');\nmodule.exports = plugins;\n",
        ),
        ("a.css", "@import '~by-style/main.css';\n"),
    ];
    assert_eq!(found(manifest, &files), ["unused by-comment in dependencies: remove"]);
}

#[test]
fn a_comment_that_sets_the_test_environment_counts() {
    let manifest = r#"{"name": "x", "private": true, "devDependencies": {"happy-dom": "1", "other-dom": "1"}}"#;
    let files = [("a.test.js", "/** @vitest-environment happy-dom */\nmodule.exports = 1; // other-dom\n")];
    assert_eq!(found(manifest, &files), ["unused other-dom in devDependencies: remove"]);
}

#[test]
fn a_file_that_does_not_parse_still_keeps_what_it_names() {
    let manifest = r#"{"name": "x", "private": true, "dependencies": {"kept": "1", "gone": "1"}}"#;
    let files = [("index.js", "module.exports = 1;\n"), ("broken.ts", "import { a from 'kept';\nconst = ;\n")];
    assert_eq!(found(manifest, &files), ["unused gone in dependencies: remove"]);
}

#[test]
fn ignore_lists_of_other_checkers_are_respected() {
    let manifest = r#"{"name": "x", "private": true, "knip": {"ignoreDependencies": ["by-key", "@pattern/*"]},
      "dependencies": {"by-key": "1", "by-file": "1", "@pattern/a": "1", "judged": "1"}}"#;
    let files = [("index.js", "module.exports = 1;\n"), (".depcheckrc.json", r#"{"ignores": ["by-file"]}"#)];
    assert_eq!(found(manifest, &files), ["unused judged in dependencies: remove"]);
}

#[test]
fn a_dependency_declared_twice_loses_the_declaration_that_does_not_count() {
    let manifest = "{\"name\": \"x\", \"dependencies\": {\"a\": \"1\", \"a\": \"2\", \"b\": \"1\", \"c\": \"1\"}, \"devDependencies\": {\"b\": \"1\", \"c\": \"2\"}}";
    let files = [("index.js", "require('a'); require('b'); require('c');\n")];
    let tree = Tree::new(&[&[("package.json", manifest)], files.as_slice()].concat());
    let report = tree.report();
    let expected = [
        "duplicate a in dependencies: remove",
        "duplicate b in devDependencies: remove",
        "duplicate c in devDependencies: report",
    ];
    assert_eq!(report.dependencies.iter().map(line).collect::<Vec<_>>(), expected);
    let first = &report.dependency_changes[0].groups[0].edits[0];
    assert_eq!(&manifest[first.start as usize..first.end as usize], "\"a\": \"1\", ");
}

#[test]
fn peers_and_optional_dependencies_are_not_judged() {
    let manifest =
        r#"{"name": "x", "peerDependencies": {"p": "1"}, "optionalDependencies": {"o": "1"}, "dependencies": {}}"#;
    assert_eq!(found(manifest, &[("index.js", "module.exports = 1;\n")]), NONE);
}

#[test]
fn a_development_dependency_that_published_code_needs_moves() {
    let manifest = r#"{"name": "x", "exports": "./dist/index.js", "dependencies": {"a": "1"}, "devDependencies": {"needed": "1", "typed": "1", "tester": "1"}}"#;
    let files = [
        (
            "src/index.ts",
            "import { a } from 'a';\nimport type { T } from 'typed';\nimport { run } from './run';\nexport const b: T = a(run);\n",
        ),
        ("src/run.ts", "import { n } from 'needed';\nexport const run = n;\n"),
        ("src/other.ts", "import { t } from 'tester';\nt();\n"),
        ("test/run.test.ts", "import { t } from 'tester';\nt();\n"),
    ];
    assert_eq!(found(manifest, &files), ["misplaced needed in devDependencies -> dependencies: move"]);
}

#[test]
fn what_a_bundler_puts_into_the_package_may_be_a_development_dependency() {
    let manifest = r#"{"name": "x", "main": "dist/index.js", "scripts": {"build": "tsup src/index.ts"}, "dependencies": {"a": "1"}, "devDependencies": {"inlined": "1", "tsup": "1"}}"#;
    let files = [("src/index.ts", "import a from 'a';\nimport b from 'inlined';\nexport default a(b);\n")];
    assert_eq!(found(manifest, &files), NONE);
}

#[test]
fn a_production_dependency_that_only_tests_import_moves() {
    let manifest = r#"{"name": "x", "main": "index.js", "dependencies": {"a": "1", "only-tests": "1"}, "devDependencies": {"t": "1"}}"#;
    let files = [("index.js", "require('a');\n"), ("test/a.test.js", "require('only-tests'); require('t');\n")];
    assert_eq!(found(manifest, &files), ["misplaced only-tests in dependencies -> devDependencies: move"]);
}

#[test]
fn a_package_of_a_workspace_uses_what_the_root_declares() {
    let files = [
        (
            "package.json",
            r#"{"name": "root", "private": true, "workspaces": ["packages/*"], "devDependencies": {"shared": "1", "stray": "1", "typescript": "1"}}"#,
        ),
        (
            "packages/a/package.json",
            r#"{"name": "@w/a", "scripts": {"build": "tsc"}, "dependencies": {"own": "1", "unused-here": "1"}}"#,
        ),
        ("packages/a/index.js", "require('own'); require('shared'); require('nowhere'); require('@w/b');\n"),
        ("packages/b/package.json", r#"{"name": "@w/b", "dependencies": {"unused-here": "1"}}"#),
        ("packages/b/index.js", "require('unused-here');\n"),
    ];
    let expected = [
        "unused stray in devDependencies: remove",
        "packages/a/unlisted @w/b in nothing -> dependencies: report",
        "packages/a/unlisted nowhere in nothing -> dependencies: report",
        "packages/a/unused unused-here in dependencies: remove",
    ];
    assert_eq!(Tree::new(&files).findings(), expected);
}

#[test]
fn a_manifest_that_is_no_json_is_named_with_its_position_and_left_alone() {
    let tree = Tree::new(&[
        ("package.json", "{\n  \"dependencies\": {\n    \"a\": \"1\",\n  }\n}\n"),
        ("index.js", "require('b');\n"),
    ]);
    let report = tree.report();
    assert!(report.dependencies.is_empty());
    assert!(report.dependency_changes.is_empty());
    let broken = &report.skipped[0];
    assert_eq!((broken.path.as_str(), broken.reason.as_str()), ("package.json", "malformed-manifest"));
    assert!(broken.detail.starts_with("line 4, column 3: "), "{}", broken.detail);
}

#[test]
fn the_lock_file_that_goes_stale_is_mentioned() {
    let notes = |files: &[(&str, &str)]| -> Vec<String> {
        Tree::new(files).report().notes.into_iter().map(|note| note.message).collect()
    };
    let manifest = r#"{"name": "x", "dependencies": {"a": "1"}}"#;
    let lone = notes(&[("package.json", manifest), ("index.js", "1;\n"), ("package-lock.json", "{}")]);
    assert_eq!(
        lone,
        ["package-lock.json still lists what package.json no longer needs; after --apply-deps run `npm install`"]
    );
    let root = r#"{"name": "r", "private": true, "packageManager": "pnpm@11.0.0", "workspaces": ["packages/*"]}"#;
    let mut files = vec![("package.json", root), ("package-lock.json", "{}"), ("pnpm-lock.yaml", "")];
    files.extend([("packages/a/package.json", manifest), ("packages/a/index.js", "1;\n")]);
    let member = notes(&files);
    assert_eq!(member.len(), 1);
    assert!(member[0].starts_with("pnpm-lock.yaml still lists"), "{}", member[0]);
    // A program of its own in the tree has nothing to do with the lock file above it.
    files.splice(3.., [("examples/a/package.json", manifest), ("examples/a/index.js", "1;\n")]);
    assert_eq!(notes(&files), NONE);
    files.push(("examples/a/yarn.lock", ""));
    assert!(notes(&files)[0].starts_with("examples/a/yarn.lock still lists"));
}

#[test]
fn a_declaration_of_a_module_is_no_use_of_the_dependency_of_that_name() {
    let manifest = r#"{"name": "x", "private": true, "dependencies": {"ms": "1"}}"#;
    let types = ("types/ms.d.ts", "declare module 'ms' {\n  export default function ms(text: string): number;\n}\n");
    let using = ("index.ts", "import ms from 'ms';\nexport const a = 1;\n");
    let without = ("index.ts", "export const a = 1;\n");
    assert_eq!(found(manifest, &[types, using]), ["only-unused-imports ms in dependencies: report"]);
    assert_eq!(found(manifest, &[types, without]), ["unused ms in dependencies: remove"]);
    // In a module it adds to the types of the installed package.
    let adding = ("types/ms.d.ts", "declare module 'ms' {\n  export const more: number;\n}\nexport {};\n");
    assert_eq!(found(manifest, &[adding, without]), NONE);
}

#[test]
fn what_an_import_map_of_deno_maps_is_declared() {
    let manifest = r#"{"name": "x"}"#;
    let test = ("run/deno/a.test.ts", "import { assert } from '@std/assert';\nassert(1);\n");
    let map = r#"{ /* for deno */ "imports": {"@std/assert": "jsr:@std/assert@1"}, }"#;
    assert_eq!(found(manifest, &[test]), ["unlisted @std/assert in nothing -> devDependencies: report"]);
    for name in ["deno.json", "run/deno/deno.jsonc", "run/deno/deno.precompile.json", "import_map.json", "jsr.json"] {
        assert_eq!(found(manifest, &[test, (name, map)]), NONE, "{name}");
    }
    let scopes = r#"{"scopes": {"./run/": {"@std/assert/": "jsr:/@std/assert@1/"}}}"#;
    assert_eq!(found(manifest, &[test, ("import_map.json", scopes)]), NONE);
}

#[test]
fn what_a_plugin_is_named_after_is_used_while_the_plugin_is_not_installed() {
    let manifest = r#"{"name": "x", "devDependencies": {"rollup-plugin-esbuild": "1", "esbuild": "1", "es": "1"}}"#;
    let config = ("rollup.config.mjs", "import esbuild from 'rollup-plugin-esbuild';\nexport default [esbuild()];\n");
    assert_eq!(found(manifest, &[config]), ["unused es in devDependencies: remove"]);
    let installed = ("node_modules/rollup-plugin-esbuild/package.json", r#"{"name": "rollup-plugin-esbuild"}"#);
    assert_eq!(
        found(manifest, &[config, installed]),
        ["unused esbuild in devDependencies: remove", "unused es in devDependencies: remove"]
    );
}

#[test]
fn the_peers_of_a_package_of_the_tree_are_used_by_whoever_uses_it() {
    let tree = Tree::new(&[
        ("package.json", r#"{"name": "orm", "peerDependencies": {"sql.js": "1"}, "devDependencies": {"sql.js": "1"}}"#),
        ("index.js", "exports.load = (name) => require(name); require('sql.js');\n"),
        (
            "try/package.json",
            r#"{"name": "t", "dependencies": {"orm": "file:..", "sql.js": "1", "@types/sql.js": "1", "y": "1"}}"#,
        ),
        ("try/index.ts", "import { load } from 'orm';\nload('db');\n"),
    ]);
    assert_eq!(tree.findings(), ["try/unused y in dependencies: remove"]);
}
