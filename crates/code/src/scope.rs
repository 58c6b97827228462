use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::AnalyzeError;

/// The part of the repository that findings and changes may be about, from [`crate::Request::only`].
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    globs: Option<GlobSet>,
    prefixes: Vec<String>,
}

impl Scope {
    /// Reads paths, folders and globs relative to the root. An empty list means everything.
    pub(crate) fn new(only: &[String]) -> Result<Self, AnalyzeError> {
        if only.is_empty() {
            return Ok(Self { globs: None, prefixes: Vec::new() });
        }
        let mut builder = GlobSetBuilder::new();
        let mut prefixes = Vec::new();
        for pattern in only {
            let clean = pattern.trim_start_matches("./").trim_end_matches('/').to_string();
            if clean.is_empty() || clean == "." {
                return Ok(Self { globs: None, prefixes: Vec::new() });
            }
            let glob = Glob::new(&clean).map_err(|error| AnalyzeError::BadGlob {
                pattern: pattern.clone(),
                detail: error.kind().to_string(),
            })?;
            builder.add(glob);
            prefixes.push(format!("{clean}/"));
        }
        let globs = builder
            .build()
            .map_err(|error| AnalyzeError::BadGlob { pattern: only.join(" "), detail: error.to_string() })?;
        Ok(Self { globs: Some(globs), prefixes })
    }

    /// Whether a path (relative, with `/`) is inside.
    pub(crate) fn includes(&self, path: &str) -> bool {
        match &self.globs {
            None => true,
            Some(globs) => globs.is_match(path) || self.prefixes.iter().any(|prefix| path.starts_with(prefix)),
        }
    }
}
