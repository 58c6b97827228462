use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::config::{self, Source};
use super::json::Node;
use super::name::package_of;
use super::presence::by_presence;
use super::script;
use super::tool;
use super::usage::Usage;
use super::view::View;
use crate::discover::TreeFile;

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
    /// Letters and digits of the names of packages that are not installed, so that their commands are not known.
    strangers: Vec<(String, &'a str)>,
}

impl<'a> Names<'a> {
    fn new(view: &View<'a>, from: usize) -> Self {
        let mut names = Self {
            binaries: FxHashMap::default(),
            short: FxHashMap::default(),
            declared: FxHashSet::default(),
            strangers: Vec::new(),
        };
        for at in view.packages.chain(from) {
            for declared in &view.packages.list[at].declared {
                let name = declared.name.as_str();
                let installed = view.installed.get(&(at, declared.name.clone()));
                if installed.is_none() {
                    names.strangers.push((letters(name), name));
                }
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
        // `eslint --format codeframe`
        let short = self.short.get(word).into_iter().flatten();
        found.extend(short.filter(|(_, name)| name.contains("-formatter-")).map(|(_, name)| *name));
    }

    /// For a program that no known package brings: what is not installed and has a name like it. `theiaext` is a
    /// command of `@theia/ext-scripts`.
    fn program(&self, word: &str, found: &mut FxHashSet<&'a str>) {
        let program = letters(word);
        let is_plain = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        if is_plain && program.len() > 3 && !self.binaries.contains_key(word) {
            found.extend(self.strangers.iter().filter(|(name, _)| name.contains(&program)).map(|(_, name)| *name));
        }
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
    let read = |(file, owner): (&TreeFile, &Option<usize>)| {
        let owner = (*owner)?;
        let inside = view.packages.list[owner].strip(&file.path);
        let source = config::source(file, inside)?;
        let text = String::from_utf8_lossy(&tree.bytes(file).ok()?).into_owned();
        let found: Vec<String> =
            words_of(&names[owner], source, inside, &text).into_iter().map(str::to_string).collect();
        Some((owner, inside.to_string(), found))
    };
    let read: Vec<(usize, String, Vec<String>)> =
        tree.files.par_iter().zip(&view.file_owners).filter_map(read).collect();
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
        script::programs(command).into_iter().for_each(|word| names.program(word, found));
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

fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}
