use rustc_hash::{FxHashMap, FxHashSet};

use super::name::{typed_by, unscoped};
use super::package::Section;
use super::tool;
use super::usage::Usage;
use super::view::{Key, View};

/// A tool is in use where a file that configures it is, and a compiler where its sources are.
pub(super) fn by_presence(view: &View<'_>, usage: &mut Usage, at: usize, files: &[String]) {
    let package = &view.packages.list[at];
    let tree = view.project.tree;
    let owned = tree.files.iter().zip(&view.file_owners).filter(|(_, owner)| **owner == Some(at));
    let owned: Vec<&str> = owned.map(|(file, _)| package.strip(&file.path)).collect();
    let endings: FxHashSet<&str> = owned.iter().filter_map(|path| path.rsplit_once('.').map(|(_, end)| end)).collect();
    let names: FxHashSet<&str> = owned.iter().flat_map(|path| landmarks(path)).collect();
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
                names.iter().any(|name| starts.iter().any(|start| name.starts_with(start.as_str())))
            };
            if is_compiler || is_ambient || is_configured() {
                view.name(usage, at, name);
            }
        }
    }
}

/// The name of a file, and of the folder at the top of the package that it stands in, with a slash.
fn landmarks(path: &str) -> [&str; 2] {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folder = path.split_inclusive('/').next().filter(|first| first.ends_with('/')).unwrap_or(name);
    [name, folder]
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

/// Whether a package of this tree, which need not be installed to be read, asks for another (or what it types) as a peer.
fn is_peer_here(view: &View<'_>, host: &str, name: &str) -> bool {
    if !view.names.contains(host) {
        return false;
    }
    let typed = typed_by(name);
    let name = typed.as_deref().unwrap_or(name);
    let mut packages = view.packages.list.iter().filter(|package| package.name.as_deref() == Some(host));
    packages.any(|package| package.sections(name).any(|declared| declared.section == Section::Peer))
}

/// Whether a package that is not installed is by its name a part of another: `rollup-plugin-esbuild` of `esbuild`. Such
/// a package asks for the other as a peer, but says so only in its own manifest.
fn is_plugin_for(host: &str, name: &str) -> bool {
    let host = unscoped(host);
    let has = |word: &str| format!("-{host}-").contains(&format!("-{word}-"));
    let kinds = ["plugin", "preset", "loader", "adapter", "transform", "environment", "resolver", "config"];
    host.contains(name) && has(name) && kinds.iter().any(|kind| has(kind))
}

/// Uses through other used dependencies: peers, and the companions of the tables. Until nothing is added.
pub(super) fn by_companions(view: &View<'_>, usage: &mut Usage) {
    let declared = view.packages.list.iter().flat_map(|package| &package.declared);
    let companions: FxHashMap<&str, Vec<&str>> =
        declared.map(|declared| (declared.name.as_str(), tool::hosts_of(&declared.name))).collect();
    loop {
        let mut added = Vec::new();
        for (at, package) in view.packages.list.iter().enumerate() {
            let hosts = used_hosts(view, usage, at);
            let installed = hosts.iter().filter_map(|host| view.installed.get(host));
            let peers: FxHashSet<&str> = installed.flat_map(|host| host.peers.iter().map(String::as_str)).collect();
            for declared in &package.declared {
                let name = declared.name.as_str();
                let key = (at, declared.name.clone());
                if usage.named.contains(&key) {
                    continue;
                }
                let patterns = companions.get(name).map(Vec::as_slice).unwrap_or_default();
                let is_companion = |host: &Key| {
                    host.1 != name && patterns.iter().any(|pattern| tool::fits(&host.1, pattern))
                        || !view.installed.contains_key(host)
                            && (is_plugin_for(&host.1, name) || is_peer_here(view, &host.1, name))
                };
                if peers.contains(name) || hosts.iter().any(is_companion) {
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

/// The used dependencies of a package and of those above it.
fn used_hosts(view: &View<'_>, usage: &Usage, at: usize) -> Vec<Key> {
    let declared = |from: usize| view.packages.list[from].declared.iter().map(move |host| (from, host.name.clone()));
    view.packages.chain(at).flat_map(declared).filter(|key| usage.is_used(key)).collect()
}
