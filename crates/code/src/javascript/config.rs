use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use oxc_resolver::{ResolveOptions, Resolver};
use serde_json::{Map, Value};

use crate::BrokenFile;
use crate::discover::{Tree, broken};

/// What a repository's compiler options say about one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
    /// The options come from a file that is not there (`extends` of a package that is not installed).
    Unknown,
}

impl Answer {
    pub(crate) fn may_be(self) -> bool {
        self != Self::No
    }
}

/// One `tsconfig.json` or `jsconfig.json` with everything it extends.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// Relative to the root.
    pub(crate) path: String,
    /// Absolute folder.
    pub(crate) folder: PathBuf,
    /// Merged: the file's own options win over those it extends. Paths are absolute.
    options: Map<String, Value>,
    pub(crate) files: Vec<PathBuf>,
    include: GlobSet,
    exclude: GlobSet,
    pub(crate) references: Vec<PathBuf>,
    /// The files that it extends, directly or not.
    bases: Vec<PathBuf>,
    /// Something that it extends could not be read.
    pub(crate) is_incomplete: bool,
}

impl Config {
    fn flag(&self, name: &str) -> Answer {
        match self.options.get(name).and_then(Value::as_bool) {
            Some(true) => Answer::Yes,
            Some(false) => Answer::No,
            None if self.is_incomplete => Answer::Unknown,
            None => Answer::No,
        }
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.options.get(name).and_then(Value::as_str)
    }

    /// Whether import statements whose bindings are unused or types stay in the output. With `erasableSyntaxOnly` the
    /// answer depends on who runs the file: the compiler leaves them out, a runtime that strips types does not.
    pub(crate) fn keeps_imports(&self) -> Answer {
        let answers = ["verbatimModuleSyntax", "preserveValueImports"].map(|name| self.flag(name));
        let preserved = matches!(self.text("importsNotUsedAsValues"), Some("preserve" | "error"));
        if preserved || answers.contains(&Answer::Yes) {
            Answer::Yes
        } else if answers.contains(&Answer::Unknown) || self.flag("erasableSyntaxOnly").may_be() {
            Answer::Unknown
        } else {
            Answer::No
        }
    }

    /// Whether an import that is used as a type alone has to say so.
    pub(crate) fn wants_type_marks(&self) -> bool {
        self.flag("verbatimModuleSyntax") == Answer::Yes
    }

    pub(crate) fn emits_metadata(&self) -> Answer {
        self.flag("emitDecoratorMetadata")
    }

    /// Whether JSX needs no name in scope.
    pub(crate) fn has_automatic_jsx(&self) -> bool {
        matches!(self.text("jsx"), Some("react-jsx" | "react-jsxdev"))
    }

    /// The name that a factory option starts with: `h` of `h`, `React` of `React.createElement`.
    pub(crate) fn factory(&self, option: &str) -> Option<&str> {
        self.text(option).and_then(|name| name.split('.').next()).filter(|name| !name.is_empty())
    }

    /// `outDir` or another folder, absolute.
    pub(crate) fn folder_option(&self, name: &str) -> Option<PathBuf> {
        self.text(name).map(PathBuf::from)
    }

    /// The targets of `paths` and `baseUrl` for a bare specifier, absolute, in the order to try.
    pub(crate) fn path_candidates(&self, specifier: &str) -> Vec<PathBuf> {
        let mapped =
            self.options.get("paths").and_then(Value::as_object).and_then(|paths| best_pattern(paths, specifier));
        if let Some((targets, star)) = mapped {
            let texts = targets.iter().filter_map(Value::as_str);
            return texts.map(|target| PathBuf::from(target.replacen('*', star, 1))).collect();
        }
        self.text("baseUrl").map(|base| vec![Path::new(base).join(specifier)]).unwrap_or_default()
    }

    /// Whether a `paths` pattern names the specifier.
    pub(crate) fn maps(&self, specifier: &str) -> bool {
        let paths = self.options.get("paths").and_then(Value::as_object);
        paths.and_then(|paths| best_pattern(paths, specifier)).is_some()
    }

    fn owns(&self, path: &Path) -> bool {
        self.files.iter().any(|file| file == path) || (self.include.is_match(path) && !self.exclude.is_match(path))
    }
}

/// The longest pattern that fits: an exact one before those with a star.
fn best_pattern<'p, 's>(paths: &'p Map<String, Value>, specifier: &'s str) -> Option<(&'p Vec<Value>, &'s str)> {
    if let Some(targets) = paths.get(specifier).and_then(Value::as_array) {
        return Some((targets, ""));
    }
    let fitting = paths.iter().filter_map(|(pattern, targets)| {
        let (head, tail) = pattern.split_once('*')?;
        let star = specifier.strip_prefix(head)?.strip_suffix(tail)?;
        Some((head.len(), targets.as_array()?, star))
    });
    fitting.max_by_key(|(length, _, _)| *length).map(|(_, targets, star)| (targets, star))
}

/// All configurations of a repository.
#[derive(Debug)]
pub(crate) struct Configs {
    /// By folder (relative, empty for the root): those whose file is named `tsconfig*.json` or `jsconfig*.json`.
    folders: BTreeMap<String, Vec<Config>>,
    /// Folders whose main configuration does not parse: no file below them is edited.
    malformed: Vec<String>,
    pub(crate) broken: Vec<BrokenFile>,
    /// A Babel configuration with `onlyRemoveTypeImports`: unused imports stay in the output.
    pub(crate) babel_keeps_imports: bool,
}

impl Configs {
    pub(crate) fn read(tree: &Tree) -> Self {
        let mut configs =
            Self { folders: BTreeMap::new(), malformed: Vec::new(), broken: Vec::new(), babel_keeps_imports: false };
        let reader = Reader::new(tree);
        for file in &tree.files {
            let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
            let is_config = (name.starts_with("tsconfig") || name.starts_with("jsconfig")) && name.ends_with(".json");
            if is_config {
                configs.add(&reader, &file.path, folder, name);
            } else if name.starts_with("babel.config.") || name.starts_with(".babelrc") || name == "package.json" {
                let text = std::fs::read_to_string(tree.absolute(&file.path)).unwrap_or_default();
                configs.babel_keeps_imports |= text.contains("onlyRemoveTypeImports");
            }
        }
        configs
    }

    fn add(&mut self, reader: &Reader, path: &str, folder: &str, name: &str) {
        match reader.config(path) {
            Ok(config) => {
                let list = self.folders.entry(folder.to_string()).or_default();
                let is_main = name == "tsconfig.json";
                list.insert(if is_main { 0 } else { list.len() }, config);
            }
            Err(detail) => {
                self.broken.push(broken(path, "malformed-manifest", detail));
                if matches!(name, "tsconfig.json" | "jsconfig.json") {
                    self.malformed.push(folder.to_string());
                }
            }
        }
    }

    /// Whether the options of a file are unreadable.
    pub(crate) fn is_malformed(&self, path: &str) -> bool {
        self.malformed
            .iter()
            .any(|folder| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    }

    /// The configurations that speak about a file, the one that decides about paths first. A file that no
    /// configuration includes gets the nearest one: bundlers read it that way.
    pub(crate) fn of(&self, tree: &Tree, path: &str) -> Vec<&Config> {
        let absolute = tree.absolute(path);
        let mut nearest: Option<&Config> = None;
        let mut folder = path;
        while let Some(parent) = parent_folder(folder) {
            folder = parent;
            let Some(configs) = self.folders.get(folder) else {
                if folder.is_empty() {
                    break;
                }
                continue;
            };
            nearest = nearest.or(configs.first());
            let mut owners: Vec<&Config> = configs.iter().filter(|config| config.owns(&absolute)).collect();
            // What only others are built on does not speak for itself.
            let bases: Vec<&PathBuf> = owners.iter().flat_map(|config| &config.bases).collect();
            owners.retain(|config| !bases.contains(&&tree.absolute(&config.path)));
            if !owners.is_empty() {
                return owners;
            }
            let referenced = self.referenced(configs, &absolute);
            if !referenced.is_empty() {
                return referenced;
            }
            if folder.is_empty() {
                break;
            }
        }
        nearest.into_iter().collect()
    }

    fn referenced<'c>(&'c self, configs: &'c [Config], absolute: &Path) -> Vec<&'c Config> {
        let wanted: Vec<&PathBuf> = configs.iter().flat_map(|config| &config.references).collect();
        let all = self.folders.values().flatten();
        all.filter(|config| {
            let file = config.folder.join(config.path.rsplit('/').next().unwrap_or_default());
            let is_wanted = wanted.iter().any(|reference| **reference == file || **reference == config.folder);
            is_wanted && config.owns(absolute)
        })
        .collect()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Config> {
        self.folders.values().flatten()
    }
}

fn parent_folder(path: &str) -> Option<&str> {
    if path.is_empty() { None } else { Some(path.rsplit_once('/').map_or("", |(folder, _)| folder)) }
}

/// JSON with comments and trailing commas.
pub(crate) fn parse_json(text: &str) -> Result<Value, String> {
    let mut text = text.trim_start_matches('\u{feff}').to_string();
    if text.trim().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    json_strip_comments::strip(&mut text).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

struct Reader<'t> {
    tree: &'t Tree,
    packages: Resolver,
}

/// One file with what it extends, before the globs are built.
#[derive(Default)]
struct Layer {
    options: Map<String, Value>,
    files: Option<Vec<PathBuf>>,
    include: Option<Vec<PathBuf>>,
    exclude: Option<Vec<PathBuf>>,
    references: Vec<PathBuf>,
    bases: Vec<PathBuf>,
    is_incomplete: bool,
}

impl<'t> Reader<'t> {
    fn new(tree: &'t Tree) -> Self {
        let packages = Resolver::new(ResolveOptions {
            extensions: vec![".json".to_string()],
            main_files: vec!["tsconfig".to_string()],
            main_fields: vec!["tsconfig".to_string()],
            condition_names: vec!["require".to_string(), "node".to_string()],
            node_path: false,
            ..ResolveOptions::default()
        });
        Self { tree, packages }
    }

    fn config(&self, path: &str) -> Result<Config, String> {
        let file = self.tree.absolute(path);
        let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
        let layer = self.layer(&file, &folder, 0)?;
        let include = match (&layer.include, &layer.files) {
            (Some(include), _) => include.clone(),
            (None, Some(_)) => Vec::new(),
            (None, None) => vec![folder.join("**/*")],
        };
        let out = ["outDir", "declarationDir"].iter().filter_map(|name| layer.options.get(*name)?.as_str());
        let exclude = layer.exclude.clone().unwrap_or_else(|| out.map(PathBuf::from).collect());
        Ok(Config {
            path: path.to_string(),
            folder,
            options: layer.options,
            files: layer.files.unwrap_or_default(),
            include: glob_set(&include),
            exclude: glob_set(&exclude),
            references: layer.references,
            bases: layer.bases,
            is_incomplete: layer.is_incomplete,
        })
    }

    /// `root` is the folder of the configuration that is being read: `${configDir}` in all that it extends.
    fn layer(&self, file: &Path, root: &Path, depth: usize) -> Result<Layer, String> {
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
        let value = parse_json(&text)?;
        let Value::Object(object) = value else {
            return Err("expected an object".to_string());
        };
        let folder = file.parent().map(Path::to_path_buf).unwrap_or_default();
        let mut layer = Layer::default();
        for parent in strings(object.get("extends")) {
            match self.extended(&parent, &folder).filter(|_| depth < 16) {
                Some(path) => match self.layer(&path, root, depth + 1) {
                    Ok(mut below) => {
                        below.bases.push(path);
                        layer.put(below);
                    }
                    Err(_) => layer.is_incomplete = true,
                },
                None => layer.is_incomplete = true,
            }
        }
        let list = |name: &str| {
            let entries = object.get(name).and_then(Value::as_array)?;
            Some(entries.iter().filter_map(Value::as_str).map(|entry| anchored(entry, &folder, root)).collect())
        };
        layer.put(Layer {
            options: own_options(&object, &folder, root),
            files: list("files"),
            include: list("include"),
            exclude: list("exclude"),
            references: Vec::new(),
            bases: Vec::new(),
            is_incomplete: false,
        });
        let references = object.get("references").and_then(Value::as_array).into_iter().flatten();
        let paths = references.filter_map(|reference| reference.get("path").and_then(Value::as_str));
        layer.references = paths.map(|path| anchored(path, &folder, root)).collect();
        Ok(layer)
    }

    fn extended(&self, specifier: &str, folder: &Path) -> Option<PathBuf> {
        if specifier.starts_with('.') || Path::new(specifier).is_absolute() {
            let exact = normalized(&folder.join(specifier));
            let with_extension = PathBuf::from(format!("{}.json", exact.display()));
            return [exact.clone(), with_extension, exact.join("tsconfig.json")]
                .into_iter()
                .find(|path| path.is_file());
        }
        self.packages.resolve(folder, specifier).ok().map(|found| found.path().to_path_buf())
    }
}

impl Layer {
    /// What `above` says wins.
    fn put(&mut self, above: Self) {
        // `paths` is a whole: the one that wins is not mixed with the other.
        self.options.extend(above.options);
        self.files = above.files.or(self.files.take());
        self.include = above.include.or(self.include.take());
        self.exclude = above.exclude.or(self.exclude.take());
        self.bases.extend(above.bases);
        self.is_incomplete |= above.is_incomplete;
    }
}

fn own_options(object: &Map<String, Value>, folder: &Path, root: &Path) -> Map<String, Value> {
    let mut options = object.get("compilerOptions").and_then(Value::as_object).cloned().unwrap_or_default();
    let text = |path: PathBuf| Value::String(path.to_string_lossy().replace('\\', "/"));
    for name in ["baseUrl", "outDir", "rootDir", "declarationDir"] {
        if let Some(path) = options.get(name).and_then(Value::as_str).map(|path| anchored(path, folder, root)) {
            options.insert(name.to_string(), text(path));
        }
    }
    let base = options.get("baseUrl").and_then(Value::as_str).map_or_else(|| folder.to_path_buf(), PathBuf::from);
    if let Some(Value::Object(paths)) = options.get_mut("paths") {
        for target in paths.values_mut().filter_map(Value::as_array_mut).flatten() {
            if let Some(path) = target.as_str().map(|path| anchored(path, &base, root)) {
                *target = text(path);
            }
        }
    }
    options
}

fn anchored(entry: &str, folder: &Path, root: &Path) -> PathBuf {
    match entry.strip_prefix("${configDir}") {
        Some(rest) => normalized(&root.join(rest.trim_start_matches('/'))),
        None => normalized(&folder.join(entry)),
    }
}

/// Without `.` and `..`.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

fn strings(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

fn glob_set(patterns: &[PathBuf]) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        for text in expanded(&pattern.to_string_lossy().replace('\\', "/")) {
            if let Some(glob) = glob(&text) {
                builder.add(glob);
            }
        }
    }
    builder.build().unwrap_or_else(|_| GlobSet::empty())
}

/// A pattern whose last part has no extension and no star is a folder.
fn expanded(pattern: &str) -> Vec<String> {
    let last = pattern.rsplit('/').next().unwrap_or_default();
    if last == "**" {
        return vec![format!("{pattern}/*")];
    }
    if last.contains(['*', '?']) {
        return vec![pattern.to_string()];
    }
    vec![pattern.to_string(), format!("{}/**/*", pattern.trim_end_matches('/'))]
}

fn glob(pattern: &str) -> Option<Glob> {
    // Only `*`, `?` and `**/` mean something in a tsconfig; brackets and braces are names.
    let plain = pattern.replace('[', "[[]").replace('{', "[{]").replace('}', "[}]");
    GlobBuilder::new(&plain).literal_separator(true).build().ok()
}
