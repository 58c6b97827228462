use std::fs;
use std::path::Path;

use pyagent_code::{Change, ChangeGroup, Check, ImportAction, Index, Report, Request};
use tempfile::TempDir;

/// A repository in a temporary folder.
pub(crate) struct Repo {
    folder: TempDir,
}

/// Applies some groups of a change, as a file transaction would.
pub(crate) fn apply(text: &str, groups: &[&ChangeGroup]) -> String {
    let mut edits: Vec<_> = groups.iter().flat_map(|group| &group.edits).collect();
    edits.sort_by_key(|edit| (edit.start, edit.end));
    let mut out = String::new();
    let mut at = 0;
    for edit in edits {
        assert!(edit.start as usize >= at, "groups overlap at {}", edit.start);
        out.push_str(&text[at..edit.start as usize]);
        out.push_str(&edit.text);
        at = edit.end as usize;
    }
    out + &text[at..]
}

impl Repo {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let repo = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            repo.write(path, text.as_bytes());
        }
        repo
    }

    pub(crate) fn root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    pub(crate) fn request(&self) -> Request {
        Request {
            root: self.root().to_path_buf(),
            checks: vec![Check::Imports, Check::Cycles, Check::DeadCode],
            only: Vec::new(),
            remove_unknown_targets: false,
            cache: None,
        }
    }

    pub(crate) fn report(&self) -> Report {
        Index::new().analyze(&self.request()).unwrap()
    }

    /// `name action` of the import findings of a file.
    pub(crate) fn actions(&self, path: &str) -> Vec<String> {
        let report = self.report();
        let found = report.imports.iter().filter(|finding| finding.location.path == path);
        found.map(|finding| format!("{} {}", finding.name, word(finding.action))).collect()
    }

    /// The file after all proposed edits. Every subset of the groups is tried on the way: the file has to parse, and
    /// has no finding that it did not have before. What comes out has nothing left to edit.
    pub(crate) fn fixed(&self, path: &str) -> String {
        let before = self.report();
        let Some(change) = before.import_changes.iter().find(|change| change.path == path) else {
            return self.read(path);
        };
        self.try_subsets(change, &before);
        let text = self.read(path);
        let fixed = apply(&text, &change.groups.iter().collect::<Vec<_>>());
        self.write(path, fixed.as_bytes());
        let after = self.report();
        assert!(!after.import_changes.iter().any(|change| change.path == path), "a second run edits again:\n{fixed}");
        self.write(path, text.as_bytes());
        fixed
    }

    fn try_subsets(&self, change: &Change, before: &Report) {
        let text = self.read(&change.path);
        assert_eq!(change.hash, blake3::hash(text.as_bytes()).to_hex().to_string());
        let unused = |report: &Report| {
            let findings = report.imports.iter().filter(|finding| finding.location.path == change.path);
            findings.map(|finding| finding.name.clone()).collect::<Vec<_>>()
        };
        let known = unused(before);
        for subset in 0..(1_u32 << change.groups.len().min(6)) {
            let chosen: Vec<_> =
                (0..).zip(&change.groups).filter(|(at, _)| subset & (1 << at) != 0).map(|(_, group)| group).collect();
            let partly = apply(&text, &chosen);
            self.write(&change.path, partly.as_bytes());
            let after = self.report();
            let broken: Vec<_> = after.skipped.iter().filter(|file| file.path == change.path).collect();
            assert!(broken.is_empty(), "{broken:?}\n{partly}");
            assert!(unused(&after).iter().all(|name| known.contains(name)), "{:?}\n{partly}", after.imports);
        }
        self.write(&change.path, text.as_bytes());
    }
}

fn word(action: ImportAction) -> &'static str {
    match action {
        ImportAction::Remove => "remove",
        ImportAction::KeepEffect => "keep-effect",
        ImportAction::Merge => "merge",
        ImportAction::MarkType => "mark-type",
        ImportAction::Leave => "leave",
    }
}
