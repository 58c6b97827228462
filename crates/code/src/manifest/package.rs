use std::ops::Range;

use rustc_hash::FxHashMap;

use super::json::{self, Entry, Node, Value};
use super::{role, workspace};
use crate::discover::{Tree, broken};
use crate::report::{BrokenFile, Location};

/// Folders of test data: a manifest or an import in them says nothing about the project.
const DATA_FOLDERS: [&str; 12] = [
    "fixtures",
    "fixture",
    "__fixtures__",
    "testdata",
    "test-data",
    "test_data",
    "templates",
    "template",
    "__template__",
    "testcases",
    "snapshots",
    "__snapshots__",
];

/// A section of package.json that declares dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Section {
    Production,
    Development,
    Peer,
    Optional,
}

impl Section {
    pub(super) const ALL: [Self; 4] = [Self::Production, Self::Development, Self::Peer, Self::Optional];

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Production => "dependencies",
            Self::Development => "devDependencies",
            Self::Peer => "peerDependencies",
            Self::Optional => "optionalDependencies",
        }
    }
}

/// One line of a section.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) name: String,
    /// The version as written.
    pub(super) version: String,
    pub(super) section: Section,
    /// Of key and value.
    pub(super) span: Range<usize>,
}

/// A package.json and what it declares.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) path: String,
    /// Without a slash at the end; empty for the root.
    pub(super) folder: String,
    pub(super) text: String,
    pub(super) json: Node,
    pub(super) name: Option<String>,
    pub(super) is_private: bool,
    /// By name.
    pub(super) declared: Vec<Declared>,
    /// The package.json of the nearest folder above.
    pub(super) parent: Option<usize>,
    /// Belongs to the workspace of a package above.
    pub(super) is_member: bool,
    /// Did not parse: it owns its files, and nothing is said about them.
    pub(super) is_malformed: bool,
}

impl Package {
    pub(super) fn declares(&self, name: &str) -> bool {
        self.sections(name).next().is_some()
    }

    /// The sections that name a dependency.
    pub(super) fn sections(&self, name: &str) -> impl Iterator<Item = &Declared> {
        let first = self.declared.partition_point(|declared| declared.name.as_str() < name);
        let rest = self.declared.get(first..).unwrap_or_default();
        rest.iter().take_while(move |declared| declared.name == name)
    }

    pub(super) fn location(&self, offset: usize) -> Location {
        let (line, column) = line_and_column(&self.text, offset);
        Location { path: self.path.clone(), line, column }
    }

    /// The path inside the package of a path relative to the root.
    pub(super) fn strip<'a>(&self, path: &'a str) -> &'a str {
        path.get(self.folder.len()..).unwrap_or(path).trim_start_matches('/')
    }

    /// Whether anything should be said about it. A manifest that tests read is their input.
    pub(super) fn is_judged(&self) -> bool {
        let above = self.folder.rsplit_once('/').map_or("", |(above, _)| above);
        !self.is_malformed && (self.is_member || !role::is_in_tests(above))
    }

    /// A path relative to the root from one relative to the package.
    pub(super) fn inside(&self, path: &str) -> String {
        if self.folder.is_empty() { path.to_string() } else { format!("{}/{path}", self.folder) }
    }
}

/// All packages of a tree.
#[derive(Debug, Default)]
pub(super) struct Packages {
    /// Parents before their children.
    pub(super) list: Vec<Package>,
    by_folder: FxHashMap<String, usize>,
}

impl Packages {
    /// Reads every package.json outside test data. Those that are no manifests (`{"type": "module"}` alone) do not own
    /// the files beside them.
    pub(super) fn read(tree: &Tree, skipped: &mut Vec<BrokenFile>) -> Self {
        let is_manifest = |path: &str| path == "package.json" || path.ends_with("/package.json");
        let mut packages = Self::default();
        for file in tree.files.iter().filter(|file| is_manifest(&file.path) && !is_test_data(&file.path)) {
            let package = match tree.text(file) {
                Ok(text) => read_package(&file.path, text),
                Err(problem) => Err(problem),
            };
            match package {
                Ok(Some(package)) => packages.list.push(package),
                Ok(None) => {}
                Err(problem) => {
                    packages.list.push(malformed(&file.path));
                    skipped.push(problem);
                }
            }
        }
        packages.list.sort_by(|a, b| a.folder.cmp(&b.folder));
        packages.by_folder = (0..).zip(&packages.list).map(|(at, package)| (package.folder.clone(), at)).collect();
        for at in 0..packages.list.len() {
            let folder = packages.list[at].folder.clone();
            packages.list[at].parent = if folder.is_empty() { None } else { packages.owner(&folder) };
        }
        workspace::mark_members(tree, &mut packages.list);
        packages
    }

    /// The package that owns a path: the nearest package.json in the folders above it.
    pub(super) fn owner(&self, path: &str) -> Option<usize> {
        let mut folder = path;
        while let Some((above, _)) = folder.rsplit_once('/') {
            if let Some(at) = self.by_folder.get(above) {
                return Some(*at);
            }
            folder = above;
        }
        self.by_folder.get("").copied()
    }

    /// A package and those above it, nearest first.
    pub(super) fn chain(&self, from: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(from), |at| self.list[*at].parent)
    }
}

/// Whether a path lies in a folder of test data or of templates.
pub(super) fn is_test_data(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.split('/').any(|part| DATA_FOLDERS.contains(&part))
}

fn read_package(path: &str, text: String) -> Result<Option<Package>, BrokenFile> {
    let wrong = |offset: usize, message: &str| {
        let (line, column) = line_and_column(&text, offset);
        broken(path, "malformed-manifest", format!("line {line}, column {column}: {message}"))
    };
    let json = json::parse(&text).map_err(|error| wrong(error.offset, &error.message))?;
    if !matches!(json.value, Value::Object(_)) {
        return Err(wrong(json.span.start, "expected an object"));
    }
    let mut declared = Vec::new();
    for section in Section::ALL {
        let Some(node) = json.get(section.key()) else { continue };
        match &node.value {
            Value::Object(entries) => declared.extend(entries.iter().map(|entry| declaration(section, entry))),
            // Some published manifests carry an empty array or null.
            Value::Array(items) if items.is_empty() => {}
            Value::Other => {}
            _ => return Err(wrong(node.span.start, &format!("expected {} to be an object", section.key()))),
        }
    }
    // Stable, so that of two equal keys the later stays later.
    declared.sort_by(|a, b| a.name.cmp(&b.name));
    let keys = ["name", "scripts", "workspaces", "dependencies", "devDependencies", "peerDependencies"];
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_string();
    if !folder.is_empty() && keys.iter().all(|key| json.get(key).is_none()) {
        return Ok(None);
    }
    Ok(Some(Package {
        path: path.to_string(),
        name: json.get("name").and_then(Node::text).map(str::to_string),
        is_private: json.get("private").is_some_and(Node::is_true),
        folder,
        text,
        json,
        declared,
        parent: None,
        is_member: false,
        is_malformed: false,
    }))
}

fn declaration(section: Section, entry: &Entry) -> Declared {
    Declared {
        name: entry.key.clone(),
        version: entry.value.text().unwrap_or_default().to_string(),
        section,
        span: entry.span.clone(),
    }
}

fn malformed(path: &str) -> Package {
    Package {
        path: path.to_string(),
        folder: path.rsplit_once('/').map_or("", |(folder, _)| folder).to_string(),
        text: String::new(),
        json: Node { span: 0..0, value: Value::Other },
        name: None,
        is_private: true,
        declared: Vec::new(),
        parent: None,
        is_member: false,
        is_malformed: true,
    }
}

/// Line from 1 and column from 1 in UTF-16 units.
pub(super) fn line_and_column(text: &str, offset: usize) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.get(start..).unwrap_or_default().encode_utf16().count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
