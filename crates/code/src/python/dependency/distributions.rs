use std::fs;
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};

use super::declaration::{is_development, normalise, requirement_name};

const TABLE: &str = include_str!("distributions.txt");

/// What distributions install.
#[derive(Debug, Default)]
pub(super) struct Distributions {
    modules: FxHashMap<String, Vec<String>>,
    commands: FxHashSet<String>,
    /// Names in `modules` that come from installed metadata, with the folder of it.
    installed: FxHashMap<String, PathBuf>,
}

impl Distributions {
    /// The published table, overruled by what is installed in the project's own environment.
    pub(super) fn read(root: &Path) -> Self {
        let mut this = Self::default();
        for line in TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            let (name, modules) = line.split_once(':').map_or((line, ""), |(name, modules)| (name, modules.trim()));
            let plain = name.trim_end_matches('!');
            if name.ends_with('!') {
                this.commands.insert(plain.to_string());
            }
            let modules = if modules.is_empty() {
                vec![plain.replace('-', "_")]
            } else {
                modules.split_whitespace().map(str::to_string).collect()
            };
            this.modules.insert(plain.to_string(), modules);
        }
        for folder in [".venv", "venv", "env"] {
            this.read_environment(&root.join(folder));
        }
        this
    }

    /// The modules of a distribution, by its normalised name. `None` when nothing is known of it.
    pub(super) fn modules(&self, normal: &str) -> Option<&[String]> {
        self.modules.get(normal).map(Vec::as_slice)
    }

    /// Whether it is a tool that people run by hand.
    pub(super) fn is_tool(&self, normal: &str) -> bool {
        self.commands.contains(normal)
    }

    /// The distribution that a person would declare for a module.
    pub(super) fn provider(&self, module: &str) -> Option<&str> {
        let provides = |name: &str| self.modules(name).is_some_and(|modules| modules.iter().any(|one| one == module));
        let same = normalise(module);
        if provides(&same) {
            return self.modules.get_key_value(&same).map(|(name, _)| name.as_str());
        }
        let mut names: Vec<&str> = self.modules.keys().map(String::as_str).filter(|name| provides(name)).collect();
        names.sort_by_key(|name| (!self.installed.contains_key(*name), name.len(), *name));
        names.first().copied()
    }

    /// Whether the project's environment has it.
    pub(super) fn is_installed(&self, normal: &str) -> bool {
        self.installed.contains_key(normal)
    }

    /// The extra for which an installed distribution asks for another one. Extras for work on it do not count.
    pub(super) fn extra_with(&self, owner: &str, wanted: &str) -> Option<String> {
        let asked = self.requirements(owner).into_iter().filter(|(name, _)| name == wanted);
        asked.filter_map(|(_, extra)| extra).find(|extra| !is_development(extra))
    }

    /// Whether an installed distribution brings another one with it.
    pub(super) fn brings(&self, owner: &str, wanted: &str) -> bool {
        self.requirements(owner).iter().any(|(name, extra)| name == wanted && extra.is_none())
    }

    /// What an installed distribution requires by its metadata, each with the extra that asks for it.
    fn requirements(&self, owner: &str) -> Vec<(String, Option<String>)> {
        let text = self.installed.get(owner).and_then(|info| fs::read_to_string(info.join("METADATA")).ok());
        let text = text.unwrap_or_default();
        let lines = text.lines().take_while(|line| !line.is_empty());
        let requirement = |line: &str| {
            let (requirement, marker) = line.split_once(';').unwrap_or((line, ""));
            let extra = marker.split_once("extra == ").and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
            Some((normalise(requirement_name(requirement)?), extra.map(str::to_string)))
        };
        lines.filter_map(|line| line.strip_prefix("Requires-Dist:")).filter_map(requirement).collect()
    }

    fn read_environment(&mut self, environment: &Path) {
        let mut sites = vec![environment.join("Lib").join("site-packages")];
        if let Ok(entries) = fs::read_dir(environment.join("lib")) {
            sites.extend(entries.flatten().map(|entry| entry.path().join("site-packages")));
        }
        for site in sites {
            let Ok(entries) = fs::read_dir(&site) else {
                continue;
            };
            for entry in entries.flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let Some(stem) = name.strip_suffix(".dist-info") else {
                    continue;
                };
                let normal = normalise(stem.rsplit_once('-').map_or(stem, |(name, _)| name));
                if let Some(modules) = installed_modules(&entry.path()) {
                    self.installed.insert(normal.clone(), entry.path());
                    self.modules.insert(normal, modules);
                }
            }
        }
    }
}

/// The top-level modules of an installed distribution, by its own metadata.
fn installed_modules(info: &Path) -> Option<Vec<String>> {
    let mut modules: Vec<String> = Vec::new();
    if let Ok(record) = fs::read_to_string(info.join("RECORD")) {
        for line in record.lines() {
            let path = line.split(',').next().unwrap_or_default().trim_matches('"');
            if path.starts_with("..") || path.contains(".dist-info/") || path.contains("__pycache__") {
                continue;
            }
            let first = path.split('/').next().unwrap_or_default();
            let module = if path.contains('/') {
                let is_code = [".py", ".so", ".pyd", ".pyi"].iter().any(|end| path.ends_with(end));
                is_code.then_some(first)
            } else {
                [".py", ".so", ".pyd"]
                    .iter()
                    .any(|end| first.ends_with(end))
                    .then(|| first.split('.').next().unwrap_or(first))
            };
            modules.extend(module.map(|module| module.trim_end_matches("-stubs").to_string()));
        }
    } else if let Ok(text) = fs::read_to_string(info.join("top_level.txt")) {
        modules.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_string));
    }
    modules.sort_unstable();
    modules.dedup();
    (!modules.is_empty()).then_some(modules)
}
