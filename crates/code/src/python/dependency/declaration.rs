use crate::TextEdit;

/// Who needs the packages of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Group {
    /// Whoever uses the project.
    Production,
    /// Whoever asks for an extra.
    Optional,
    /// Whoever works on the project.
    Development,
    /// Building a distribution.
    Build,
}

/// One requirement of one manifest.
#[derive(Clone, Debug)]
pub(super) struct Declaration {
    /// As written.
    pub(super) name: String,
    /// Normalised as PEP 503 asks: lower case, one `-` between words.
    pub(super) normal: String,
    /// The whole requirement, version and marker included.
    pub(super) text: String,
    pub(super) path: String,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) section: String,
    pub(super) group: Group,
    /// Takes it out of the manifest, where that is a matter of lines.
    pub(super) removal: Option<TextEdit>,
}

/// `Foo.Bar_baz` becomes `foo-bar-baz`.
pub(super) fn normalise(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for part in name.split(['-', '_', '.']).filter(|part| !part.is_empty()) {
        if !normal.is_empty() {
            normal.push('-');
        }
        normal.push_str(&part.to_ascii_lowercase());
    }
    normal
}

/// The distribution that a PEP 508 requirement names.
pub(super) fn requirement_name(text: &str) -> Option<&str> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(text.len());
    let name = text.get(..end)?;
    let first = name.chars().next()?;
    let rest = text.get(end..)?.trim_start();
    let follows = rest.is_empty() || rest.starts_with(['[', '=', '<', '>', '!', '~', ';', '@', '(', ',']);
    (first.is_ascii_alphanumeric() && follows).then_some(name)
}

/// Whether a group or a requirements file of this name is for working on the project.
pub(super) fn is_development(name: &str) -> bool {
    let words = [
        "dev",
        "develop",
        "development",
        "test",
        "tests",
        "testing",
        "doc",
        "docs",
        "lint",
        "linting",
        "ci",
        "typing",
        "types",
        "typecheck",
        "mypy",
        "qa",
        "style",
        "format",
        "build",
        "release",
        "check",
        "checks",
        "tools",
        "local",
        "bench",
        "benchmark",
        "coverage",
        "tox",
        "nox",
    ];
    name.to_ascii_lowercase().split(|c: char| !c.is_ascii_alphanumeric()).any(|word| words.contains(&word))
}
