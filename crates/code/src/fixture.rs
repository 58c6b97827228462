/// Folders whose files are the input or the expected output of tests.
const FIXTURE_FOLDERS: [&str; 5] = ["fixtures", "__fixtures__", "testdata", "test-data", "__snapshots__"];

/// Why an import in such a file stays as it is.
pub(crate) const IN_FIXTURE: &str = "the file is test data, which tests may compare byte by byte";

/// Whether a file is data of tests: it takes part in the graph, but it is never edited.
pub(crate) fn is_fixture(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    folder.split('/').any(|part| FIXTURE_FOLDERS.contains(&part))
}
