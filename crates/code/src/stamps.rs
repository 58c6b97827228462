use std::collections::BTreeMap;
use std::path::Path;

use crate::AnalyzeError;
use crate::discover::Tree;

/// A word for the state of each file that is neither ignored nor vendored, by path relative to the root: when two
/// listings give a file different words, it was written, replaced or changed its mode between them.
///
/// # Errors
///
/// When the root is not a readable folder.
pub fn stamps(root: &Path) -> Result<BTreeMap<String, String>, AnalyzeError> {
    let files = Tree::read(root)?.files.into_iter();
    Ok(files.map(|file| (file.path, format!("{}.{}.{}", file.size, file.modified_ns, file.changed_ns))).collect())
}
