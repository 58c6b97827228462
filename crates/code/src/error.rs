use std::path::PathBuf;

/// Why [`crate::Index::analyze`] could not start. What goes wrong with a single file is in [`crate::Report::skipped`].
#[derive(Debug, thiserror::Error)]
pub enum AnalyzeError {
    #[error("expected a folder at {}, found nothing; check the path", path.display())]
    RootMissing { path: PathBuf },
    #[error("expected a folder at {}, found a file; give the folder of the repository", path.display())]
    RootNotFolder { path: PathBuf },
    #[error("expected a readable folder at {}: {detail}", path.display())]
    RootUnreadable { path: PathBuf, detail: String },
    #[error("expected a path, a folder or a glob, found {pattern:?}: {detail}")]
    BadGlob { pattern: String, detail: String },
    #[error("the analysis needs threads and got none: {detail}")]
    NoThreads { detail: String },
}

impl AnalyzeError {
    /// A stable word for the error: `root-missing`, `root-not-folder`, `root-unreadable`, `bad-glob`, `no-threads`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::RootMissing { .. } => "root-missing",
            Self::RootNotFolder { .. } => "root-not-folder",
            Self::RootUnreadable { .. } => "root-unreadable",
            Self::BadGlob { .. } => "bad-glob",
            Self::NoThreads { .. } => "no-threads",
        }
    }
}
