use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::config::{self, Source};
use super::json::Node;
use super::name::{package_of, typed_by};
use super::script;
use super::tool;
use super::usage::{Usage, View};

/// Keys of package.json that name dependencies without using them.
const SILENT_KEYS: [&str; 28] = [
    "name",
    "version",
    "description",
    "keywords",
    "homepage",
    "bugs",
    "license",
    "author",
    "contributors",
    "funding",
    "repository",
    "files",
    "main",
    "module",
    "types",
    "typings",
    "exports",
    "engines",
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
    "peerDependenciesMeta",
    "overrides",
    "resolutions",
    "packageManager",
    "workspaces",
    "scripts",
];

/// Programs that come with the runtime or the package manager; declaring one pins its version.
const PINNED: [&str; 6] = ["npm", "node", "pnpm", "yarn", "corepack", "bun"];

/// What each declared dependency may be called by, from a package upwards.
struct Names<'a> {
    /// Command to packages.
    binaries: FxHashMap<&'a str, Vec<&'a str>>,
    /// Short plugin name to (word in the configuration's name, package).
    short: FxHashMap<String, Vec<(&'static str, &'a str)>>,
    declared: FxHashSet<&'a str>,
}

impl<'a> Names<'a> {
    fn new(view: &View<'a>, from: usize) -> Self {
        let mut names =
            Self { binaries: FxHashMap::default(), short: FxHashMap::default(), declared: FxHashSet::default() };
        for at in view.packages.chain(from) {
            for declared in &view.packages.list[at].declared {
                let name = declared.name.as_str();
                let installed = view.installed.get(&(at, declared.name.clone()));
                let known = installed.into_iter().flat_map(|installed| installed.binaries.iter().map(String::as_str));
                for binary in tool::usual_binaries(name).into_iter().chain(known) {
                    names.binaries.entry(binary).or_default().push(name);
                }
                if names.declared.insert(name) {
                    for (tool, short) in tool::short_names(name) {
                        names.short.entry(short).or_default().push((tool, name));
                    }
                }
            }
        }
        names
    }

    /// The dependencies that a word of a command names.
    fn command(&self, word: &str, found: &mut FxHashSet<&'a str>) {
        found.extend(self.binaries.get(word).into_iter().flatten().copied());
        found.extend(package_of(word).and_then(|name| self.declared.get(name)).copied());
    }

    /// The dependencies that a word of a configuration names; `config` is what the configuration is called.
    fn word(&self, word: &str, config: &str, found: &mut FxHashSet<&'a str>) {
        let word = word.trim_start_matches("./node_modules/").trim_start_matches("node_modules/");
        found.extend(package_of(word).and_then(|name| self.declared.get(name)).copied());
        if let Some(start) = word.strip_suffix('*').filter(|start| start.len() > 1) {
            found.extend(self.declared.iter().filter(|name| name.starts_with(start)).copied());
        }
        let ends = word.match_indices('/').map(|(at, _)| at).chain([word.len()]);
        for part in ends.filter_map(|end| word.get(..end)) {
            let short = self.short.get(part).into_iter().flatten();
            found.extend(short.filter(|(tool, _)| config.contains(tool)).map(|(_, name)| *name));
        }
    }
}

/// Uses by scripts, hooks, workflows, configuration files and the keys of package.json.
pub(super) fn by_tools(view: &View<'_>, usage: &mut Usage) {
    let names: Vec<Names<'_>> = (0..view.packages.list.len()).map(|at| Names::new(view, at)).collect();
    let tree = view.project.tree;
    let read = |file: &crate::discover::TreeFile| {
        let owner = view.packages.owner(&file.path)?;
        let inside = file.path.get(view.packages.list[owner].folder.len()..)?.trim_start_matches('/');
        let source = config::source(file, inside)?;
        let text = String::from_utf8_lossy(&tree.bytes(file).ok()?).into_owned();
        let found: Vec<String> =
            words_of(&names[owner], source, inside, &text).into_iter().map(str::to_string).collect();
        Some((owner, inside.to_string(), found))
    };
    let read: Vec<(usize, String, Vec<String>)> = tree.files.par_iter().filter_map(read).collect();
    let mut files: Vec<Vec<String>> = vec![Vec::new(); names.len()];
    for (owner, inside, found) in read {
        found.iter().for_each(|name| view.name(usage, owner, name));
        files[owner].push(inside);
    }
    for at in 0..names.len() {
        let mut found = FxHashSet::default();
        manifest_words(&names[at], &view.packages.list[at].json, &mut found);
        found.iter().for_each(|name| view.name(usage, at, name));
        by_presence(view, usage, at, &files[at]);
    }
}

fn words_of<'a>(names: &Names<'a>, source: Source, path: &str, text: &str) -> FxHashSet<&'a str> {
    let mut found = FxHashSet::default();
    let config = path.to_ascii_lowercase();
    match source {
        Source::Commands => script::programs(text).into_iter().for_each(|word| names.command(word, &mut found)),
        Source::Data => config::data_words(text).for_each(|word| names.word(word, &config, &mut found)),
        Source::Code => config::code_words(text).into_iter().for_each(|word| names.word(word, &config, &mut found)),
    }
    let is_commands = matches!(source, Source::Data)
        && ["lint-staged", "lintstaged", "turbo", "project", "nx", "nodemon", "angular", "taprc"]
            .iter()
            .any(|tool| config.contains(tool));
    if is_commands {
        script::words(text).for_each(|word| names.command(word, &mut found));
    }
    if matches!(source, Source::Code)
        && (config.contains("lint-staged")
            || config.contains("lintstaged")
            || config.contains("nps")
            || config.contains("playwright")
            || config.contains("release"))
    {
        script::words(text).for_each(|word| names.command(word, &mut found));
    }
    if config.contains("tsconfig") && text.contains("\"importHelpers\": true") {
        found.extend(names.declared.get("tslib").copied());
    }
    if config.contains("babel") && (text.contains("useBuiltIns") || text.contains("corejs")) {
        found.extend(["core-js", "regenerator-runtime"].iter().filter_map(|name| names.declared.get(name)).copied());
    }
    found
}

fn manifest_words<'a>(names: &Names<'a>, json: &Node, found: &mut FxHashSet<&'a str>) {
    let scripts = json.get("scripts").map(Node::entries).unwrap_or_default();
    for command in scripts.iter().filter_map(|entry| entry.value.text()) {
        script::words(command).for_each(|word| names.command(word, found));
    }
    for entry in json.entries().iter().filter(|entry| !SILENT_KEYS.contains(&entry.key.as_str())) {
        let mut strings = Vec::new();
        entry.value.strings(&mut strings);
        let config = entry.key.to_ascii_lowercase();
        let is_commands = [
            "lint-staged",
            "husky",
            "pre-commit",
            "pre-push",
            "simple-git-hooks",
            "gitHooks",
            "wireit",
            "nx",
            "config",
        ];
        for text in strings {
            config::data_words(text).for_each(|word| names.word(word, &config, found));
            if is_commands.contains(&entry.key.as_str()) {
                script::words(text).for_each(|word| names.command(word, found));
            }
        }
        found.extend(names.declared.iter().filter(|name| tool::has_key_of(name, &entry.key)).copied());
    }
    found.extend(PINNED.iter().filter_map(|name| names.declared.get(name)).copied());
}

/// A tool is in use where a file that configures it is, and a compiler where its sources are.
fn by_presence(view: &View<'_>, usage: &mut Usage, at: usize, files: &[String]) {
    let package = &view.packages.list[at];
    let tree = view.project.tree;
    let below = tree.below(&package.folder);
    let endings: FxHashSet<&str> =
        below.iter().filter_map(|file| file.path.rsplit_once('.').map(|(_, end)| end)).collect();
    let has = |ends: &[&str]| ends.iter().any(|end| endings.contains(end));
    let has_typescript = has(&["ts", "tsx", "mts", "cts"]) || files.iter().any(|file| file.contains("tsconfig"));
    let restricts_types = files.iter().filter(|file| file.contains("tsconfig")).any(|file| {
        let text = tree.get(&package.inside(file)).and_then(|file| tree.text(file).ok());
        text.is_some_and(|text| text.contains("\"types\": ["))
    });
    let compilers: [(&str, &[&str]); 12] = [
        ("sass", &["scss", "sass"]),
        ("sass-embedded", &["scss", "sass"]),
        ("node-sass", &["scss", "sass"]),
        ("less", &["less"]),
        ("stylus", &["styl"]),
        ("pug", &["pug"]),
        ("vue", &["vue"]),
        ("svelte", &["svelte"]),
        ("astro", &["astro"]),
        ("coffeescript", &["coffee"]),
        ("@vue/compiler-sfc", &["vue"]),
        ("vue-template-compiler", &["vue"]),
    ];
    let in_folder = |file: &crate::discover::TreeFile| {
        file.path.get(package.folder.len()..).map(|path| path.trim_start_matches('/').to_string())
    };
    let all: Vec<String> = below.iter().filter_map(in_folder).collect();
    for from in view.packages.chain(at) {
        for declared in &view.packages.list[from].declared {
            let name = declared.name.as_str();
            let is_compiler = compilers.iter().any(|(compiler, ends)| *compiler == name && has(ends))
                || name == "typescript" && has_typescript
                || (name == "ts-node" || name == "jiti")
                    && files.iter().any(|file| {
                        file.ends_with(".config.ts") || file.ends_with(".conf.ts") || file.ends_with("file.ts")
                    });
            let is_ambient = has_typescript && is_ambient(view, from, name, restricts_types);
            let is_configured = || {
                let starts = tool::config_starts(name);
                all.iter().any(|path| is_config_of(path, &starts))
            };
            if is_compiler || is_ambient || is_configured() {
                view.name(usage, at, name);
            }
        }
    }
}

fn is_config_of(path: &str, starts: &[String]) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    starts.iter().any(|start| {
        if start.ends_with('/') { path.starts_with(start.as_str()) } else { name.starts_with(start.as_str()) }
    })
}

/// Type declarations that the compiler takes in without an import.
fn is_ambient(view: &View<'_>, at: usize, name: &str, restricts_types: bool) -> bool {
    const GLOBALS: [&str; 36] = [
        "node",
        "jest",
        "mocha",
        "jasmine",
        "jasminewd2",
        "chai",
        "chrome",
        "firefox-webext-browser",
        "webextension-polyfill",
        "google.maps",
        "googlemaps",
        "gapi",
        "youtube",
        "google-apps-script",
        "grecaptcha",
        "office-js",
        "office-runtime",
        "wicg-file-system-access",
        "web",
        "dom-webcodecs",
        "webxr",
        "web-bluetooth",
        "w3c-web-usb",
        "w3c-web-serial",
        "serviceworker",
        "trusted-types",
        "bun",
        "deno",
        "ungap__structured-clone",
        "k6",
        "vscode",
        "applepayjs",
        "facebook-js-sdk",
        "testing-library__jest-dom",
        "cypress",
        "qunit",
    ];
    if restricts_types {
        return false;
    }
    let installed = view.installed.get(&(at, name.to_string()));
    let own = typed_by(name);
    own.is_some_and(|own| {
        installed.map_or(GLOBALS.contains(&own.as_str()), |installed| {
            installed.declares_globals || GLOBALS.contains(&own.as_str())
        })
    })
}

/// Uses through other used dependencies: peers, and the companions of the tables. Until nothing is added.
pub(super) fn by_companions(view: &View<'_>, usage: &mut Usage) {
    loop {
        let mut added = Vec::new();
        for (at, package) in view.packages.list.iter().enumerate() {
            let reach: Vec<usize> = view.packages.chain(at).collect();
            let hosts = reach
                .iter()
                .flat_map(|from| view.packages.list[*from].declared.iter().map(|host| (*from, host.name.clone())));
            let hosts: Vec<(usize, String)> = hosts.filter(|key| usage.is_used(key)).collect();
            for declared in &package.declared {
                let key = (at, declared.name.clone());
                if usage.named.contains(&key) {
                    continue;
                }
                let is_needed = |host: &(usize, String)| {
                    let peers =
                        view.installed.get(host).map(|installed| installed.peers.as_slice()).unwrap_or_default();
                    peers.contains(&declared.name) || tool::is_companion(&declared.name, &host.1)
                };
                if hosts.iter().any(is_needed) {
                    added.push(key);
                }
            }
        }
        if added.is_empty() {
            return;
        }
        usage.named.extend(added);
    }
}
