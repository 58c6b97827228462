//! What is known of common tools: the commands they bring, the files that configure them, the short names by which
//! their plugins are called, and what they need beside them.

use super::name::unscoped;
use super::tool_tables::{BINARIES, COMPANIONS, CONFIGS, FAMILIES, KEYS, MORE_BINARIES};

/// Whether a name fits a pattern of the tables, in which one `*` stands for anything.
pub(super) fn fits(name: &str, pattern: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
        None => name == pattern,
    }
}

/// The commands that a package brings as far as its name tells; what is installed says more.
pub(super) fn usual_binaries(package: &str) -> Vec<&str> {
    let named = BINARIES.iter().filter(|(name, _)| *name == package).flat_map(|(_, binaries)| binaries.iter().copied());
    let more = MORE_BINARIES.iter().filter(|(name, _)| *name == package).map(|(_, binary)| *binary);
    let mut binaries: Vec<&str> = named.chain(more).collect();
    binaries.push(unscoped(package));
    if let Some(short) = unscoped(package).strip_suffix("-cli") {
        binaries.push(short);
    }
    binaries
}

/// The starts of the names of files that configure a package.
pub(super) fn config_starts(package: &str) -> Vec<String> {
    if package.starts_with("@types/") {
        return Vec::new();
    }
    let known = CONFIGS.iter().filter(|(name, _)| *name == package).flat_map(|(_, starts)| starts.iter());
    let mut starts: Vec<String> = known.map(|start| (*start).to_string()).collect();
    let own = unscoped(package);
    let stem = own.strip_suffix("-cli").unwrap_or(own);
    for end in [".config.", ".conf.", ".json", ".yml", ".yaml", ".toml", "file."] {
        starts.push(format!("{stem}{end}"));
    }
    for (start, end) in [(".", "rc"), (".", "."), (".", "/")] {
        starts.push(format!("{start}{stem}{end}"));
    }
    if stem == "lint-staged" {
        starts.push(".lintstagedrc".to_string());
    }
    starts
}

/// The key of package.json that configures a package.
pub(super) fn has_key_of(package: &str, key: &str) -> bool {
    package == key || KEYS.contains(&(package, key))
}

/// Patterns of packages that a package is used because of.
pub(super) fn hosts_of(package: &str) -> Vec<&'static str> {
    let rules = COMPANIONS.iter().chain(&FAMILIES).filter(|(name, _)| fits(package, name));
    rules.flat_map(|(_, hosts)| hosts.iter().copied()).collect()
}

/// The short names by which a tool's configuration may call a package, each with the word that the name of such a
/// configuration file contains.
pub(super) fn short_names(package: &str) -> Vec<(&'static str, String)> {
    let mut names = Vec::new();
    for (tool, kinds) in [
        ("eslint", ["plugin", "config", "import-resolver", "formatter"].as_slice()),
        ("babel", ["plugin", "preset"].as_slice()),
        ("stylelint", ["config", "plugin"].as_slice()),
        ("prettier", ["plugin", "config"].as_slice()),
        ("jest", ["environment", "runner", "watch", "preset"].as_slice()),
        ("commitlint", ["config", "plugin"].as_slice()),
        ("karma", [""].as_slice()),
        ("remark", [""].as_slice()),
        ("postcss", [""].as_slice()),
        ("gatsby", ["plugin"].as_slice()),
        ("docusaurus", ["plugin", "preset", "theme"].as_slice()),
    ] {
        names.extend(kinds.iter().filter_map(|kind| short_name(package, tool, kind)).map(|name| (tool, name)));
    }
    let scopes =
        [("ava", "@ava/"), ("babel", "@babel/"), ("codegen", "@graphql-codegen/"), ("graphql", "@graphql-codegen/")];
    for (tool, scope) in scopes.into_iter().chain([("docusaurus", "@docusaurus/"), ("vitest", "@vitest/coverage-")]) {
        if let Some(own) = package.strip_prefix(scope) {
            names.push((tool, own.to_string()));
            for kind in ["plugin-", "preset-", "theme-"] {
                let short = own.strip_prefix(kind);
                names.extend(
                    short.into_iter().flat_map(|own| [(tool, own.to_string()), (tool, format!("{scope}{own}"))]),
                );
            }
        }
    }
    if let Some(typed) = super::name::typed_by(package) {
        names.push(("tsconfig", typed));
    }
    names
}

/// `x` of `eslint-plugin-x`, `@scope` of `@scope/eslint-plugin`, `@scope/x` of `@scope/eslint-plugin-x`.
fn short_name(package: &str, tool: &str, kind: &str) -> Option<String> {
    let head = if kind.is_empty() { tool.to_string() } else { format!("{tool}-{kind}") };
    let rest = unscoped(package).strip_prefix(&head)?;
    let own = if rest.is_empty() { rest } else { rest.strip_prefix('-')? };
    match package.strip_prefix('@').and_then(|scoped| scoped.split_once('/')) {
        Some((scope, _)) if own.is_empty() => Some(format!("@{scope}")),
        Some((scope, _)) => Some(format!("@{scope}/{own}")),
        None => (!own.is_empty()).then(|| own.to_string()),
    }
}
