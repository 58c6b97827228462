use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::json::{self, Node, Value};
use super::package::Package;
use crate::discover::Tree;

/// Marks the packages that belong to a workspace: `workspaces` of npm, Yarn and Bun, `pnpm-workspace.yaml`, and
/// `packages` of `lerna.json`.
pub(super) fn mark_members(tree: &Tree, packages: &mut [Package]) {
    for root in 0..packages.len() {
        let patterns = patterns(tree, &packages[root]);
        if patterns.is_empty() {
            continue;
        }
        let (included, excluded): (Vec<&str>, Vec<&str>) =
            patterns.iter().map(String::as_str).partition(|pattern| !pattern.starts_with('!'));
        let (included, excluded) = (globs(included), globs(excluded));
        let folder = packages[root].folder.clone();
        for (at, package) in packages.iter_mut().enumerate().filter(|(at, _)| *at != root) {
            debug_assert!(at != root);
            let inside = match folder.as_str() {
                "" => Some(package.folder.as_str()),
                folder => package.folder.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
            };
            if inside.is_some_and(|inside| included.is_match(inside) && !excluded.is_match(inside)) {
                package.is_member = true;
            }
        }
    }
}

fn globs(patterns: Vec<&str>) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        let clean = pattern.trim_start_matches('!').trim_start_matches("./").trim_end_matches('/');
        // A pattern that the package manager itself could not read names nobody.
        if let Ok(glob) = GlobBuilder::new(clean).literal_separator(true).build() {
            builder.add(glob);
        }
    }
    builder.build().unwrap_or_else(|_| GlobSet::empty())
}

fn patterns(tree: &Tree, package: &Package) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(node) = package.json.get("workspaces") {
        let list = if matches!(node.value, Value::Object(_)) { node.get("packages") } else { Some(node) };
        found.extend(list.into_iter().flat_map(Node::items).filter_map(Node::text).map(str::to_string));
    }
    if let Some(text) = text(tree, &package.inside("pnpm-workspace.yaml")) {
        found.extend(pnpm_packages(&text));
    }
    if let Some(lerna) = text(tree, &package.inside("lerna.json")).and_then(|text| json::parse_relaxed(&text).ok()) {
        let list = lerna.get("packages").map(Node::items).unwrap_or_default();
        found.extend(list.iter().filter_map(Node::text).map(str::to_string));
    }
    found
}

fn text(tree: &Tree, path: &str) -> Option<String> {
    tree.text(tree.get(path)?).ok()
}

/// The list under `packages:`, in block or in flow style.
fn pnpm_packages(yaml: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_inside = false;
    for line in yaml.lines() {
        let line = line.split(" #").next().unwrap_or(line).trim_end();
        if let Some(rest) = line.strip_prefix("packages:") {
            is_inside = true;
            let flow = rest.trim().trim_start_matches('[').trim_end_matches(']');
            found.extend(flow.split(',').map(unquote).filter(|item| !item.is_empty()));
        } else if let Some(item) = line.trim_start().strip_prefix('-').filter(|_| is_inside) {
            found.push(unquote(item));
        } else if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
            is_inside = false;
        }
    }
    found
}

fn unquote(item: &str) -> String {
    item.trim().trim_matches(['"', '\'']).to_string()
}
