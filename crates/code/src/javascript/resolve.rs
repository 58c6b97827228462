use std::path::{Path, PathBuf};

use oxc_resolver::{ResolveError, ResolveOptions, Resolver};

use crate::discover::Tree;
use crate::javascript::builtins::is_builtin;
use crate::javascript::config::{Config, Configs};
use crate::javascript::files;
use crate::javascript::packages::Packages;

/// Where a specifier leads, by path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A listed file of the repository.
    Inside(String),
    /// Another file on the disk.
    Outside(PathBuf),
    Builtin,
    Nowhere,
}

/// Resolves specifiers as the TypeScript compiler does, and as the runtime does.
pub(crate) struct Linker<'t> {
    tree: &'t Tree,
    configs: &'t Configs,
    packages: &'t Packages,
    types: Resolver,
    runtimes: [Resolver; 2],
}

impl<'t> Linker<'t> {
    pub(crate) fn new(tree: &'t Tree, configs: &'t Configs, packages: &'t Packages) -> Self {
        let conditions = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let types = Resolver::new(ResolveOptions {
            condition_names: conditions(&["import", "require", "node", "types", "default"]),
            node_path: false,
            ..ResolveOptions::default()
        });
        let runtime = |names: &[&str], fields: &[&str]| {
            types.clone_with_options(ResolveOptions {
                condition_names: conditions(names),
                main_fields: conditions(fields),
                extensions: conditions(&[".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".json", ".node"]),
                node_path: false,
                builtin_modules: true,
                ..ResolveOptions::default()
            })
        };
        let node = runtime(&["node", "import", "require", "default"], &["main"]);
        let bundler = runtime(&["browser", "module", "import", "require", "default"], &["browser", "module", "main"]);
        Self { tree, configs, packages, types, runtimes: [node, bundler] }
    }

    /// As the TypeScript compiler resolves it.
    pub(crate) fn resolve(&self, from: &str, specifier: &str, configs: &[&Config]) -> Place {
        let bare = specifier.split('?').next().unwrap_or(specifier);
        if bare.starts_with("./") || bare.starts_with("../") || matches!(bare, "." | "..") {
            let path = files::join(files::folder(from), bare);
            return match files::lookup(self.tree, &path) {
                Some(found) => Place::Inside(found),
                None => self.on_disk(from, bare),
            };
        }
        let mapped = configs.iter().any(|config| config.maps(bare));
        if !mapped && is_builtin(bare) {
            return Place::Builtin;
        }
        for config in configs {
            for candidate in config.path_candidates(bare) {
                if let Some(found) = self.at(from, &candidate) {
                    return found;
                }
            }
        }
        if let Some(found) = self.packages.resolve(self.tree, self.configs, bare) {
            return Place::Inside(found);
        }
        if bare.starts_with('#') {
            return self.package_import(from, bare);
        }
        self.on_disk(from, bare)
    }

    fn at(&self, from: &str, candidate: &Path) -> Option<Place> {
        let listed = self.tree.relative(candidate).and_then(|path| files::lookup(self.tree, &files::join("", &path)));
        if listed.is_some() {
            return listed.map(Place::Inside);
        }
        match self.on_disk(from, &candidate.to_string_lossy()) {
            Place::Nowhere => None,
            found => Some(found),
        }
    }

    /// `#internal/x`, whose target may be a build output of this repository.
    fn package_import(&self, from: &str, specifier: &str) -> Place {
        match self.on_disk(from, specifier) {
            Place::Nowhere => self
                .packages
                .of(from)
                .and_then(|package| self.packages.import(self.tree, self.configs, package, specifier))
                .map_or(Place::Nowhere, Place::Inside),
            found => found,
        }
    }

    fn on_disk(&self, from: &str, specifier: &str) -> Place {
        let found = self.types.resolve_dts(self.tree.absolute(from), specifier);
        found.map_or(Place::Nowhere, |found| self.place(found.path()))
    }

    fn place(&self, path: &Path) -> Place {
        match self.tree.relative(path).filter(|inside| self.tree.contains(inside)) {
            Some(inside) => Place::Inside(inside),
            None => Place::Outside(path.to_path_buf()),
        }
    }

    /// The files that Node and a bundler evaluate for a specifier: one or two, or none when it is not installed. A
    /// second value says that the package promises to have no side effects.
    pub(crate) fn evaluated(&self, from: &Path, specifier: &str) -> Option<Vec<(PathBuf, bool)>> {
        let folder = from.parent()?;
        let mut out: Vec<(PathBuf, bool)> = Vec::new();
        for runtime in &self.runtimes {
            match runtime.resolve(folder, specifier) {
                Ok(found) => {
                    let promised = found.package_json().is_some_and(|package| promises(package, found.path()));
                    if !out.iter().any(|(path, _)| path == found.path()) {
                        out.push((found.path().to_path_buf(), promised));
                    }
                }
                Err(ResolveError::Builtin { .. } | ResolveError::Ignored(_)) => {}
                Err(_) => return None,
            }
        }
        Some(out)
    }
}

/// Whether `sideEffects` of a manifest leaves the file out.
fn promises(package: &oxc_resolver::PackageJson, path: &Path) -> bool {
    use oxc_resolver::SideEffects;
    let relative = path.strip_prefix(package.directory()).unwrap_or(path).to_string_lossy().replace('\\', "/");
    match package.side_effects() {
        Some(SideEffects::Bool(acts)) => !acts,
        Some(SideEffects::String(pattern)) => !side_effect_match(pattern, &relative),
        Some(SideEffects::Array(patterns)) => !patterns.iter().any(|pattern| side_effect_match(pattern, &relative)),
        None => false,
    }
}

/// A pattern without a slash fits the name anywhere, as bundlers read it.
pub(crate) fn side_effect_match(pattern: &str, relative: &str) -> bool {
    let pattern = pattern.trim_start_matches("./");
    let pattern = if pattern.contains('/') { pattern.to_string() } else { format!("**/{pattern}") };
    globset::Glob::new(&pattern).map_or(true, |glob| glob.compile_matcher().is_match(relative))
}
