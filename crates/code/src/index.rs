use crate::cache::FileCache;
use crate::discover::Tree;
use crate::javascript::record::ModuleRecord;
use crate::python::{self, record::PythonRecord};
use crate::scope::Scope;
use crate::{AnalyzeError, Report, Request};

/// The analysis and what it remembers between calls. Not shared between threads; one call uses all cores.
#[derive(Debug)]
pub struct Index {
    pub(crate) javascript: FileCache<ModuleRecord>,
    pub(crate) python: FileCache<PythonRecord>,
}

impl Default for Index {
    fn default() -> Self {
        Self::new()
    }
}

impl Index {
    /// An index that remembers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { javascript: FileCache::new("javascript"), python: FileCache::new("python") }
    }

    /// Reads the repository and answers.
    ///
    /// # Errors
    ///
    /// When the root is not a readable folder, or a pattern of `only` is no glob. Files that cannot be read or parsed
    /// are no error: they are named in the report.
    pub fn analyze(&mut self, request: &Request) -> Result<Report, AnalyzeError> {
        let scope = Scope::new(&request.only)?;
        let tree = Tree::read(&request.root)?;
        let mut report = Report::default();
        report.skipped.extend(tree.skipped.iter().cloned());
        report.merge(python::analyze(&tree, request, &scope, &mut self.python));
        report.sort();
        Ok(report)
    }
}
