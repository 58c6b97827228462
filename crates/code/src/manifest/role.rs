use super::package::is_test_data;

/// What a source file is for, by its path inside the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    /// Anything that no rule below names.
    Production,
    Test,
    /// Read by a tool: `vite.config.ts`, `.eslintrc.cjs`.
    Config,
    /// Scripts, benchmarks and other things that are run by hand.
    Script,
    /// Examples, documentation, playgrounds: programs of their own that often borrow what they import.
    Example,
    /// Input of tests, which may be wrong on purpose.
    Data,
}

const TEST_FOLDERS: [&str; 20] = [
    "test",
    "tests",
    "__tests__",
    "__test__",
    "spec",
    "specs",
    "__specs__",
    "e2e",
    "cypress",
    "__mocks__",
    "mocks",
    "testing",
    "test-utils",
    "test-helpers",
    "integration-tests",
    "e2e-tests",
    "playwright",
    "stories",
    "__stories__",
    "type-tests",
];
const SCRIPT_FOLDERS: [&str; 16] = [
    "scripts",
    "script",
    "tools",
    "tool",
    "tasks",
    "bench",
    "benchmark",
    "benchmarks",
    "perf",
    "build-scripts",
    "ci",
    "hack",
    "config",
    "configs",
    "build",
    "gulp",
];
const EXAMPLE_FOLDERS: [&str; 20] = [
    "examples",
    "example",
    "docs",
    "doc",
    "demo",
    "demos",
    "playground",
    "playgrounds",
    "sandbox",
    "sandboxes",
    "website",
    "site",
    "samples",
    "sample",
    "documentation",
    "www",
    "starters",
    "boilerplate",
    "integration",
    "smoke-tests",
];
const TEST_MARKS: [&str; 16] = [
    ".test.",
    ".tests.",
    ".spec.",
    ".stories.",
    ".story.",
    ".e2e.",
    ".cy.",
    ".test-d.",
    ".bench.",
    "-test.",
    "_test.",
    "-spec.",
    "_spec.",
    ".unit.",
    ".integration.",
    ".mock.",
];
/// Parts of the names of folders in which tests keep their input.
const INPUT_MARKS: [&str; 13] = [
    "case", "data", "sample", "input", "output", "expected", "resource", "project", "stub", "corpus", "build", "apps",
    "demo",
];
const TEST_STEMS: [&str; 8] =
    ["test", "tests", "spec", "setupTests", "setup-tests", "setup-jest", "test-setup", "jest-setup"];

/// The role of a file; `path` is relative to its package.
pub(super) fn role(path: &str) -> Role {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let has = |folders: &[&str]| folder.split('/').any(|part| folders.contains(&part));
    let stem = name.split('.').next().unwrap_or(name);
    let is_test_name = TEST_MARKS.iter().any(|mark| name.contains(mark)) || TEST_STEMS.contains(&stem);
    if is_test_data(path) || !is_test_name && is_in_tests(folder) && is_input(folder) {
        Role::Data
    } else if is_test_name || is_in_tests(folder) {
        Role::Test
    } else if is_config_code(path) {
        Role::Config
    } else if has(&EXAMPLE_FOLDERS) {
        Role::Example
    } else if folder.split('/').next().is_some_and(|first| SCRIPT_FOLDERS.contains(&first))
        || has(&["bench", "benchmarks", "__benchmarks__"])
    {
        Role::Script
    } else {
        Role::Production
    }
}

/// Whether a folder is one for tests or lies in one.
pub(super) fn is_in_tests(folder: &str) -> bool {
    folder.split('/').any(|part| TEST_FOLDERS.contains(&part))
}

/// Whether a folder inside a folder of tests holds what tests read rather than tests.
fn is_input(folder: &str) -> bool {
    let mut parts = folder.split('/').skip_while(|part| !TEST_FOLDERS.contains(part)).skip(1);
    parts.any(|part| {
        let part = part.to_ascii_lowercase();
        INPUT_MARKS.iter().any(|mark| part.contains(mark))
    })
}

/// Configuration that is written as code.
fn is_config_code(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let is_named = [".config.", ".conf.", ".setup.", "rc."].iter().any(|mark| name.contains(mark)) && folder.len() < 40;
    let is_known = ["gulpfile", "gruntfile", "jakefile", "webpack", "rollup", "karma", "knexfile", "ember-cli-build"];
    let is_hidden = path.split('/').any(|part| part.starts_with('.') && part.len() > 1);
    is_hidden || is_named || (folder.is_empty() && is_known.contains(&stem.to_ascii_lowercase().as_str()))
}
