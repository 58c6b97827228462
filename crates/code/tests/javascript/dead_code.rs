use crate::repo::Repo;

fn dead(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>, Vec<String>) {
    let report = Repo::new(files).report();
    (
        report.dead_files.iter().map(|file| file.path.clone()).collect(),
        report.dead_exports.iter().map(|export| format!("{} {}", export.location.path, export.name)).collect(),
        report.notes.iter().map(|note| note.message.clone()).collect(),
    )
}

const LIVE: &str = "export const used = 1;\nexport const unused = 2;\nexport default 3;\n";

#[test]
fn what_nothing_reaches_from_the_entry_points_is_named() {
    let (files, exports, notes) = dead(&[
        ("package.json", r#"{ "main": "./dist/index.js" }"#),
        ("src/index.ts", "import { used } from './live';\nexport const api = used;\n"),
        ("src/live.ts", LIVE),
        ("src/dead.ts", "import { deader } from './deader';\nexport const a = deader;\n"),
        ("src/deader.ts", "export const deader = 1;\n"),
        ("src/live.test.ts", "import x from './live';\nx;\n"),
    ]);
    assert_eq!(files, ["src/dead.ts", "src/deader.ts"]);
    assert_eq!(exports, ["src/live.ts unused"]);
    assert_eq!(notes, Vec::<String>::new());
}

#[test]
fn names_are_followed_through_re_exports_and_namespaces() {
    let (files, exports, _) = dead(&[
        ("package.json", r#"{ "exports": { ".": { "import": "./dist/index.mjs", "types": "./dist/index.d.mts" } } }"#),
        (
            "src/index.mts",
            "import { a, ns } from './barrel.mjs';\nimport * as whole from './whole.mjs';\nexport const x = [a, ns.b, whole.c];\n",
        ),
        (
            "src/barrel.mts",
            "export { a, z } from './one.mjs';\nexport * as ns from './two.mjs';\nexport * from './three.mjs';\n",
        ),
        ("src/one.mts", "export const a = 1;\nexport const z = 2;\n"),
        ("src/two.mts", "export const b = 1;\nexport const y = 2;\n"),
        ("src/three.mts", "export const q = 1;\n"),
        ("src/whole.mts", "export const c = 1;\nexport const d = 2;\n"),
    ]);
    assert_eq!(files, Vec::<String>::new());
    assert_eq!(exports, ["src/barrel.mts z", "src/one.mts z", "src/three.mts q", "src/whole.mts d"]);
}

#[test]
fn scripts_pages_patterns_and_tools_are_entry_points() {
    let (files, exports, _) = dead(&[
        (
            "package.json",
            r#"{ "scripts": { "start": "tsx src/start.ts --x" }, "bin": { "b": "bin/b.js" }, "exports": { "./*": "./dist/*.js" }, "jest": { "setupFiles": ["<rootDir>/src/setup.ts"] }, "extensions": [{ "run": "./ext/run" }] }"#,
        ),
        ("src/start.ts", "const x = (n: string) => import(`./lang/${n}.ts`);\nx('a');\n"),
        ("src/lang/en.ts", "export default 1;\n"),
        ("src/setup.ts", "export {};\n"),
        ("ext/run.ts", "export {};\n"),
        ("bin/b.js", "require('../src/worker-host');\n"),
        ("src/worker-host.js", "new Worker(new URL('./thread.js', import.meta.url));\n"),
        ("src/thread.js", "export const t = 1;\n"),
        ("index.html", "<script type=\"module\" src=\"/web/page.ts\"></script>"),
        ("web/page.ts", "import.meta.glob('./parts/*.ts');\n"),
        ("web/parts/p.ts", "export const p = 1;\n"),
        (".github/workflows/ci.yml", "run: node ci/release.mjs\n"),
        ("ci/release.mjs", "export const r = 1;\n"),
        ("vite.config.ts", "export default {};\n"),
        ("ci/dead.mjs", "export const r = 1;\n"),
    ]);
    assert_eq!(files, ["ci/dead.mjs"]);
    assert_eq!(exports, Vec::<String>::new());
}

#[test]
fn a_package_whose_start_is_unknown_is_not_judged() {
    let (files, exports, notes) = dead(&[("package.json", "{}"), ("lib/a.ts", LIVE), ("lib/b.ts", LIVE)]);
    assert_eq!((files, exports), (Vec::new(), Vec::new()));
    assert_eq!(notes, ["no entry point is known in the root package: files and exports there are not judged"]);
}

#[test]
fn a_workspace_package_is_used_by_its_neighbours() {
    let (files, exports, _) = dead(&[
        ("package.json", r#"{ "private": true, "workspaces": ["p/*"], "main": "index.js" }"#),
        ("index.js", "export {};\n"),
        ("p/a/package.json", r#"{ "name": "a", "exports": { ".": "./src/index.ts" } }"#),
        ("p/a/src/index.ts", "import { h } from './h';\nexport const api = h;\n"),
        ("p/a/src/h.ts", "export const h = 1;\nexport type T = string;\nexport const i = (t: T) => t;\n"),
        ("p/b/package.json", r#"{ "name": "b", "main": "src/main.ts" }"#),
        ("p/b/src/main.ts", "import { T } from 'a/src/h';\nexport type U = T;\n"),
    ]);
    assert_eq!(files, Vec::<String>::new());
    assert_eq!(exports, ["p/a/src/h.ts i"]);
}

#[test]
fn vue_components_keep_what_they_import() {
    let (files, exports, _) = dead(&[
        ("package.json", r#"{ "main": "src/main.ts" }"#),
        ("src/main.ts", "import App from './App.vue';\nApp;\n"),
        (
            "src/App.vue",
            "<template><p>{{ used }}</p></template>\n<script setup lang=\"ts\">\nimport { used } from './live'\n</script>\n",
        ),
        ("src/live.ts", LIVE),
    ]);
    assert_eq!(files, Vec::<String>::new());
    assert_eq!(exports, ["src/live.ts unused", "src/live.ts default"]);
}

#[test]
fn a_file_that_a_string_names_by_its_path_is_started() {
    let (files, exports, _) = dead(&[
        ("package.json", r#"{ "main": "src/index.ts" }"#),
        (
            "src/index.ts",
            "export const run = (fork: (path: string) => void) => [fork('./worker.js'), fork('run/server.ts')];\n",
        ),
        ("src/worker.ts", "export const port = 1;\n"),
        ("run/server.ts", "import './handler';\nexport default 1;\n"),
        ("run/handler.ts", "export {};\n"),
        ("src/dead.ts", "export const path = './deader.ts';\n"),
        ("src/deader.ts", "export {};\n"),
    ]);
    assert_eq!(files, ["src/dead.ts", "src/deader.ts"]);
    assert_eq!(exports, Vec::<String>::new());
}

#[test]
fn a_pattern_of_exports_opens_its_own_folder_only() {
    let (_, exports, _) = dead(&[
        (
            "package.json",
            r#"{ "exports": { ".": "./dist/index.js", "./x/*": { "types": "./dist/types/x/*.d.ts", "import": "./dist/x/*.js" } } }"#,
        ),
        ("src/index.ts", "import { used } from './live';\nexport const api = used;\n"),
        ("src/live.ts", LIVE),
        ("src/x/a.ts", "export const a = 1;\n"),
    ]);
    assert_eq!(exports, ["src/live.ts unused", "src/live.ts default"]);
}

#[test]
fn a_manifest_of_the_output_folder_names_sources_below_src() {
    let (files, _, _) = dead(&[
        ("package.json", r#"{ "main": "./index.js", "bin": { "x": "./cli-x.js" } }"#),
        ("src/index.ts", "export const a = 1;\n"),
        ("src/cli-x.ts", "import './command';\n"),
        ("src/command.ts", "export {};\n"),
        ("src/dead.ts", "export {};\n"),
    ]);
    assert_eq!(files, ["src/dead.ts"]);
}
