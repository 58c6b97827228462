use super::package::is_test_data;
use crate::discover::TreeFile;

/// Files that name packages without using them.
const SILENT: [&str; 16] = [
    "package.json",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "bun.lock",
    "renovate.json",
    "renovate.json5",
    ".renovaterc",
    ".renovaterc.json",
    "deno.json",
    "deno.jsonc",
    ".ncurc.json",
    ".ncurc.js",
    ".syncpackrc",
];

/// Configuration files without an ending of their own in the list below.
const NAMED: [&str; 14] = [
    "gulpfile",
    "gruntfile",
    "jakefile",
    "knexfile",
    "ember-cli-build",
    "webpack",
    "rollup",
    "karma",
    "codegen",
    "release",
    "electron-builder",
    "wrangler",
    "serverless",
    "jest-preset",
];

/// How a file may use dependencies without importing them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Configuration as data: every word counts.
    Data,
    /// Configuration as code: strings and keys count.
    Code,
    /// Shell commands: the programs that are started count.
    Commands,
}

/// Whether a file is read by tools; `inside` is its path relative to its package.
pub(super) fn source(file: &TreeFile, inside: &str) -> Option<Source> {
    let (folder, name) = inside.rsplit_once('/').unwrap_or(("", inside));
    let lower = name.to_ascii_lowercase();
    let (stem, ending) = lower.rsplit_once('.').unwrap_or((&lower, ""));
    if SILENT.contains(&lower.as_str()) || is_test_data(inside) || file.size > 512 * 1024 {
        return None;
    }
    let is_command = matches!(ending, "sh" | "bash" | "zsh" | "mk")
        || matches!(
            lower.as_str(),
            "makefile" | "justfile" | "dockerfile" | "procfile" | "taskfile.yml" | "taskfile.yaml"
        )
        || folder == ".husky"
        || folder == ".githooks"
        || folder.starts_with(".github/workflows")
        || folder.starts_with(".github/actions")
        || folder.starts_with(".circleci")
        || matches!(lower.as_str(), ".gitlab-ci.yml" | ".travis.yml" | "azure-pipelines.yml" | "appveyor.yml")
        || matches!(lower.as_str(), ".pre-commit-config.yaml" | "lefthook.yml" | "lefthook.yaml" | ".lefthook.yml");
    if is_command {
        return Some(Source::Commands);
    }
    let is_code = matches!(ending, "js" | "cjs" | "mjs" | "ts" | "cts" | "mts" | "jsx" | "tsx");
    let in_config_folder =
        folder.starts_with(".storybook") || folder.starts_with("config") || folder.starts_with(".changeset");
    if is_code {
        let first = lower.split('.').next().unwrap_or(stem);
        let is_config = [".config.", ".conf.", "rc.", ".setup.", "-config."].iter().any(|mark| lower.contains(mark))
            || NAMED.contains(&first)
            || lower.starts_with('.')
            || in_config_folder
            || folder.starts_with("webpack");
        return is_config.then_some(Source::Code);
    }
    let has_data_ending = matches!(ending, "json" | "jsonc" | "json5" | "yml" | "yaml" | "toml" | "prisma" | "opts");
    let is_top = folder.is_empty() || lower.starts_with('.') || in_config_folder;
    let is_known = stem.starts_with("tsconfig") || stem.starts_with("jsconfig") || lower == "project.json";
    let is_settings = lower.contains("config") || lower.contains("rc.");
    let is_bare = lower.ends_with("rc") && !matches!(lower.as_str(), ".npmrc" | ".nvmrc" | ".yarnrc");
    (is_bare || has_data_ending && (is_top || is_known || is_settings)).then_some(Source::Data)
}

/// Every word of a data file that could name a package or a plugin, comments left out.
pub(super) fn data_words(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with(['#', ';']) && !is_comment(line));
    lines.flat_map(|line| line.split(|character: char| !is_word(character))).filter(|word| word.len() > 1)
}

/// The strings and the object keys of a code file, taken apart like the words of a data file. Lines that are comments
/// are left out, and so are the sources of imports, which count on their own.
pub(super) fn code_words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for line in text.lines().filter(|line| !is_comment(line)) {
        let trimmed = line.trim_start();
        if trimmed.starts_with("import ") || trimmed.starts_with("} from ") {
            continue;
        }
        let mut rest = line;
        while let Some(start) = rest.find(['"', '\'', '`']) {
            let before = rest.get(..start).unwrap_or_default();
            words.extend(keys(before));
            let quote = rest.as_bytes()[start];
            let inner = rest.get(start + 1..).unwrap_or_default();
            let end = inner.bytes().position(|byte| byte == quote).unwrap_or(inner.len());
            let is_required = before.trim_end().ends_with("require(");
            if !is_required {
                let string = inner.get(..end).unwrap_or_default();
                words.extend(string.split(|character: char| !is_word(character)).filter(|word| word.len() > 1));
            }
            rest = inner.get(end + 1..).unwrap_or_default();
        }
        words.extend(keys(rest));
    }
    words
}

/// Identifiers that a colon follows.
fn keys(code: &str) -> impl Iterator<Item = &str> {
    let parts = code.split(':');
    let count = code.matches(':').count();
    parts.take(count).filter_map(|part| {
        let part = part.trim_end();
        let start = part.rfind(|character: char| !is_word(character)).map_or(0, |at| at + 1);
        part.get(start..).filter(|word| word.len() > 1)
    })
}

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("//") || line.starts_with("/*") || line.starts_with("* ") || line == "*" || line.starts_with("*/")
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '@' | '/' | '_' | '-' | '.' | '*' | '~')
}
