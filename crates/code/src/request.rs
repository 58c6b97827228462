use std::path::PathBuf;

use serde::Deserialize;

/// One question, or one part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    Imports,
    Dependencies,
    Cycles,
    DeadCode,
}

/// What [`crate::Index::analyze`] should do.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Request {
    /// The repository: an absolute, existing folder.
    pub root: PathBuf,
    /// Which parts of the report to fill. The others stay empty.
    pub checks: Vec<Check>,
    /// Paths, folders or globs relative to `root`. Findings and changes outside them are left out; the whole
    /// repository is still read, because a graph needs all of it. Empty means everything.
    #[serde(default)]
    pub only: Vec<String>,
    /// Also remove an unused import whose target cannot be shown to be free of effects.
    #[serde(default)]
    pub remove_unknown_targets: bool,
    /// Folder for the content-hash cache. Absent means nothing is kept between processes.
    #[serde(default)]
    pub cache: Option<PathBuf>,
}
