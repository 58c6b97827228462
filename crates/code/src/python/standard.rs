use ruff_python_stdlib::sys::is_known_standard_library;

use super::name::first_segment;

/// Modules of the standard library that do something when they are loaded, or are imported to be loaded early.
const WITH_EFFECTS: [&str; 14] = [
    "__main__",
    "_strptime",
    "antigravity",
    "encodings",
    "idlelib",
    "lib2to3",
    "readline",
    "rlcompleter",
    "site",
    "sitecustomize",
    "test",
    "this",
    "turtle",
    "usercustomize",
];

/// Whether a top-level name belongs to the standard library of a Python that is still in use (3.8 to 3.15).
pub(super) fn is_standard(name: &str) -> bool {
    name.starts_with("__")
        || (8..=15).any(|minor| is_known_standard_library(minor, name))
        || matches!(name, "_typeshed" | "distutils" | "imp" | "asynchat" | "asyncore" | "smtpd")
}

/// Whether loading a module of the standard library leaves no trace but the module.
pub(super) fn is_free_of_effects(dotted: &str) -> bool {
    let first = first_segment(dotted);
    is_standard(first) && !WITH_EFFECTS.contains(&first)
}
