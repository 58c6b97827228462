use rustc_hash::FxHashSet;
use serde_json::Value;

use crate::javascript::config::Configs;
use crate::javascript::files;
use crate::javascript::packages::{Package, Packages, leaves, source_of};
use crate::javascript::project::Project;

/// Folders whose files a person or a tool starts.
const STARTED_FOLDERS: [&str; 26] = [
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "__fixtures__",
    "fixtures",
    "spec",
    "specs",
    "e2e",
    "cypress",
    "playwright",
    "integration",
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "perf",
    "examples",
    "example",
    "demo",
    "demos",
    "scripts",
    "script",
    "tools",
    ".storybook",
    "migrations",
];

/// Parts of a file name that a test runner, a story book or another tool looks for.
const STARTED_NAMES: [&str; 18] = [
    ".test.",
    ".spec.",
    ".tests.",
    ".bench.",
    ".e2e.",
    ".stories.",
    ".story.",
    ".config.",
    ".conf.",
    ".setup.",
    ".fixture.",
    ".cy.",
    ".test-d.",
    "_test.",
    "_spec.",
    ".workspace.",
    ".mock.",
    ".worker.",
];

/// Tools that start a file by its name, without its extension.
const STARTED_STEMS: [&str; 14] = [
    "gulpfile",
    "Gruntfile",
    "Jakefile",
    "webpack",
    "rollup",
    "karma",
    "vite",
    "vitest",
    "esbuild",
    "jest",
    "setupTests",
    "setup-tests",
    "react-app-env",
    "service-worker",
];

/// Frameworks that start files by where they stand: the dependency, and the folders below the package.
const FRAMEWORKS: [(&str, &[&str]); 13] = [
    (
        "next",
        &[
            "pages",
            "app",
            "src/pages",
            "src/app",
            "middleware",
            "src/middleware",
            "instrumentation",
            "src/instrumentation",
        ],
    ),
    ("nuxt", &["pages", "server", "plugins", "middleware", "composables", "layouts", "app", "utils", "modules"]),
    ("astro", &["src/pages", "src/content", "src/middleware", "src/env"]),
    ("@sveltejs/kit", &["src/routes", "src/hooks", "src/params", "src/service-worker", "src/app"]),
    ("@remix-run/dev", &["app/routes", "app/root", "app/entry"]),
    ("@react-router/dev", &["app"]),
    ("@tanstack/react-start", &["src/routes", "src/router", "app/routes"]),
    ("@tanstack/router-plugin", &["src/routes"]),
    ("gatsby", &["src/pages", "src/templates", "src/api", "gatsby-"]),
    ("expo-router", &["app", "src/app"]),
    ("@angular/core", &["src/main", "src/polyfills", "src/test", "src/environments"]),
    ("@nestjs/core", &["src/main"]),
    ("@redwoodjs/core", &["src", "api/src", "web/src"]),
];

/// Where a package starts when its manifest does not say.
const USUAL_STARTS: [&str; 14] = [
    "index",
    "src/index",
    "src/main",
    "main",
    "src/app",
    "app",
    "src/server",
    "server",
    "src/cli",
    "cli",
    "src/App",
    "src/bin",
    "lib/index",
    "mod",
];

/// The files that something outside the imports starts.
pub(crate) struct Entries {
    /// Modules, by their index.
    pub(crate) modules: FxHashSet<u32>,
    /// Folders of packages for which no start was found.
    pub(crate) unclear: Vec<String>,
}

/// Finds the entry points of all packages.
pub(crate) fn entries(project: &Project, configs: &Configs, packages: &Packages) -> Entries {
    let mut found = Finder { project, configs, modules: FxHashSet::default() };
    found.by_name();
    found.by_tool_files();
    for config in configs.all() {
        for file in &config.files {
            found.add(project.tree.relative(file));
        }
    }
    let mut unclear = Vec::new();
    for package in &packages.list {
        let declared = found.by_manifest(package);
        let started = found.by_framework(package) | declared;
        if !started && !found.by_habit(package) && !found.has_page(package) {
            unclear.push(package.folder.clone());
        }
    }
    Entries { modules: found.modules, unclear }
}

struct Finder<'p, 't> {
    project: &'p Project<'t>,
    configs: &'p Configs,
    modules: FxHashSet<u32>,
}

impl Finder<'_, '_> {
    fn add(&mut self, path: Option<String>) -> bool {
        let module = path.and_then(|path| self.project.find(&path));
        self.modules.extend(module);
        module.is_some()
    }

    /// Tests, stories, configuration, declarations, pages.
    fn by_name(&mut self) {
        for (at, module) in (0..).zip(&self.project.modules) {
            let name = files::name(&module.path);
            let stem = name.split('.').next().unwrap_or(name);
            let in_folder = files::folder(&module.path).split('/').any(|part| STARTED_FOLDERS.contains(&part));
            let is_page =
                module.path.ends_with(".html") || module.path.ends_with(".htm") || module.path.ends_with(".mdx");
            let is_hidden = name.starts_with('.');
            let by_name = STARTED_NAMES.iter().any(|part| name.contains(part)) || STARTED_STEMS.contains(&stem);
            if in_folder || is_page || is_hidden || by_name || crate::javascript::parse::is_declaration(&module.path) {
                self.modules.insert(at);
            }
        }
    }

    /// Paths in workflow files, container files and the configuration of tools.
    fn by_tool_files(&mut self) {
        let tree = self.project.tree;
        for file in tree.files.iter().filter(|file| is_tool_file(&file.path) && file.size < 256 * 1024) {
            let Ok(text) = tree.text(file) else { continue };
            let folder = files::folder(&file.path).to_string();
            for word in path_words(&text) {
                for base in [folder.as_str(), ""] {
                    self.add(files::lookup(tree, &files::join(base, word)));
                }
            }
        }
    }

    fn by_manifest(&mut self, package: &Package) -> bool {
        let json = &package.json;
        let mut targets = Vec::new();
        for field in [
            "main",
            "module",
            "types",
            "typings",
            "browser",
            "bin",
            "exports",
            "source",
            "jsnext:main",
            "react-native",
            "unpkg",
            "jsdelivr",
        ] {
            json.get(field).into_iter().for_each(|value| leaves(value, &mut targets));
        }
        let mut started = false;
        for target in targets {
            started |=
                if target.contains('*') { self.pattern(package, &target) } else { self.target(package, &target) };
        }
        let scripts = json.get("scripts").and_then(Value::as_object);
        for script in scripts.into_iter().flat_map(|scripts| scripts.values()).filter_map(Value::as_str) {
            for word in path_words(script) {
                started |= self.target(package, word);
            }
        }
        // Tools keep their settings in the manifest too: jest's `setupFiles`, the modules of an extension.
        for (_, value) in json.as_object().into_iter().flatten().filter(|(key, _)| names_files(key)) {
            let mut texts = Vec::new();
            if value.is_object() || value.is_array() {
                leaves(value, &mut texts);
            }
            for text in texts.iter().filter(|text| text.contains('/')) {
                started |= self.target(package, text.trim_start_matches("<rootDir>/"));
            }
        }
        started
    }

    fn target(&mut self, package: &Package, target: &str) -> bool {
        if target.is_empty() || target.contains("://") || target.starts_with('-') {
            return false;
        }
        let source = source_of(self.project.tree, self.configs, package, target);
        self.add(source)
    }

    /// `./dist/*.js`: every source below the folder may be asked for.
    fn pattern(&mut self, package: &Package, target: &str) -> bool {
        let head = target.split('*').next().unwrap_or_default().trim_start_matches("./");
        let mut tries = vec![files::join(&package.folder, head)];
        let mut rest = head;
        while let Some((_, inner)) = rest.split_once('/') {
            tries.push(files::join(&package.folder, inner));
            tries.push(files::join(&package.folder, &format!("src/{inner}")));
            rest = inner;
        }
        let mut started = false;
        for folder in tries.iter().filter(|folder| **folder != package.folder && !folder.is_empty()) {
            for (at, module) in (0..).zip(&self.project.modules) {
                if files::is_below(&module.path, folder) {
                    self.modules.insert(at);
                    started = true;
                }
            }
            if started {
                break;
            }
        }
        started
    }

    fn by_framework(&mut self, package: &Package) -> bool {
        let sections = ["dependencies", "devDependencies", "peerDependencies"];
        let has = |name: &str| {
            sections.iter().any(|section| package.json.get(*section).is_some_and(|list| list.get(name).is_some()))
        };
        let mut started = false;
        for (_, places) in FRAMEWORKS.iter().filter(|(name, _)| has(name)) {
            for place in *places {
                let prefix = files::join(&package.folder, place);
                for (at, module) in (0..).zip(&self.project.modules) {
                    let rest = module.path.strip_prefix(prefix.as_str());
                    if rest.is_some_and(|rest| rest.starts_with(['/', '.']) || place.ends_with('-')) {
                        self.modules.insert(at);
                        started = true;
                    }
                }
            }
        }
        started
    }

    fn by_habit(&mut self, package: &Package) -> bool {
        let mut started = false;
        for start in USUAL_STARTS {
            started |= self.add(files::lookup(self.project.tree, &files::join(&package.folder, start)));
        }
        started
    }

    fn has_page(&self, package: &Package) -> bool {
        let pages = self.project.modules.iter().filter(|module| module.path.ends_with(".html"));
        pages.into_iter().any(|page| package.folder.is_empty() || files::is_below(&page.path, &package.folder))
    }
}

/// Keys of a manifest whose strings may be files that a tool loads.
fn names_files(key: &str) -> bool {
    let others =
        ["scripts", "exports", "imports", "files", "workspaces", "sideEffects", "keywords", "repository", "browser"];
    !others.contains(&key) && !key.to_ascii_lowercase().contains("dependencies")
}

fn is_tool_file(path: &str) -> bool {
    let name = files::name(path);
    let lock =
        name.contains("lock") || name.starts_with("tsconfig") || name.starts_with("jsconfig") || name == "package.json";
    let extension = [".yml", ".yaml", ".toml", ".json", ".jsonc", ".json5", ".sh"]
        .iter()
        .any(|extension| name.ends_with(extension));
    (extension || name.starts_with("Dockerfile") || matches!(name, "Makefile" | "Procfile" | "justfile")) && !lock
}

/// The words of a text that may be paths: with a slash, or with the extension of a module.
fn path_words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |character: char| character.is_alphanumeric() || "_./@-+[]()".contains(character);
    let words = text.split(move |character| !is_part(character)).map(|word| word.trim_matches(['(', ')', ',']));
    words.filter(|word| word.len() > 2 && (word.contains('/') || crate::javascript::parse::is_module_path(word)))
}
