//! Rules as data, in the format of gitleaks' configuration.

use std::sync::{Arc, OnceLock};

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::text::entropy;

/// Our own rules, from the services' documentation of their tokens.
const OWN: &str = include_str!("../rules/services.toml");

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RulesError {
    #[error("expected rules in gitleaks' TOML format: {0}")]
    Malformed(String),
    #[error("rule {rule:?}: expected a regular expression of RE2, found one that cannot be read: {reason}")]
    Expression { rule: String, reason: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    rules: Vec<RuleText>,
    #[serde(default)]
    allowlist: Option<AllowText>,
    #[serde(default)]
    allowlists: Vec<AllowText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RuleText {
    id: String,
    #[serde(default)]
    regex: Option<String>,
    #[serde(default)]
    secret_group: usize,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    allowlist: Option<AllowText>,
    #[serde(default)]
    allowlists: Vec<AllowText>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct AllowText {
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    regex_target: Option<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    condition: Option<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    commits: Vec<String>,
}

/// What makes a match none.
struct Allow {
    regexes: Vec<Lazy>,
    target: Target,
    stopwords: Vec<String>,
    all: bool,
}

#[derive(Clone, Copy)]
enum Target {
    Secret,
    Match,
    Line,
}

/// An expression that is compiled when it is needed first.
struct Lazy {
    text: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Lazy {
    fn new(text: &str) -> Self {
        Self { text: translated(text), compiled: OnceLock::new() }
    }

    fn get(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| build(&self.text).ok()).as_ref()
    }
}

fn build(text: &str) -> Result<Regex, regex::Error> {
    // Names and tokens are ASCII; without Unicode tables the automata stay small.
    RegexBuilder::new(text).unicode(false).size_limit(64 << 20).dfa_size_limit(8 << 20).build()
}

/// Go's RE2 and Rust's regex differ in `\z` only where these rules use it: `\Z` is none of theirs.
fn translated(text: &str) -> String {
    text.replace("\\Z", "\\z")
}

/// One rule.
pub(crate) struct Rule {
    pub(crate) id: Arc<str>,
    regex: Lazy,
    group: usize,
    entropy: f64,
    pub(crate) keywords: Vec<String>,
    allow: Vec<Allow>,
}

/// Rules that are searched together.
pub(crate) struct Rules {
    pub(crate) rules: Vec<Rule>,
    allow: Vec<Allow>,
}

impl Rules {
    /// Our own rules.
    pub(crate) fn own() -> Result<Self, RulesError> {
        Self::read(OWN)
    }

    /// Rules in gitleaks' format. What is about files and commits (`path`, `paths`, `commits`) has no meaning for a text
    /// and is left out, and so are rules that have nothing else.
    pub(crate) fn read(text: &str) -> Result<Self, RulesError> {
        let file: File = toml::from_str(text).map_err(|error| RulesError::Malformed(error.to_string()))?;
        let mut rules = Vec::new();
        for rule in file.rules {
            let Some(expression) = rule.regex else { continue };
            let allow = rule.allowlist.into_iter().chain(rule.allowlists).filter_map(Allow::new).collect();
            rules.push(Rule {
                id: rule.id.into(),
                regex: Lazy::new(&expression),
                group: rule.secret_group,
                entropy: rule.entropy,
                keywords: rule.keywords.iter().map(|word| word.to_lowercase()).collect(),
                allow,
            });
        }
        let allow = file.allowlist.into_iter().chain(file.allowlists).filter_map(Allow::new).collect();
        Ok(Self { rules, allow })
    }

    /// Compiles everything now: for rules that somebody else wrote.
    pub(crate) fn verify(&self) -> Result<(), RulesError> {
        for rule in &self.rules {
            build(&rule.regex.text)
                .map_err(|error| RulesError::Expression { rule: rule.id.to_string(), reason: error.to_string() })?;
        }
        Ok(())
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.rules.extend(more.rules);
        self.allow.extend(more.allow);
    }

    /// The rules that no keyword announces.
    pub(crate) fn without_keywords(&self) -> impl Iterator<Item = usize> {
        let none = |rule: &Rule| rule.keywords.iter().all(String::is_empty);
        self.rules.iter().enumerate().filter(move |(_, rule)| none(rule)).map(|(index, _)| index)
    }

    /// Calls `found` with the bytes of each secret of one rule in `text[from..to]`.
    pub(crate) fn search(
        &self,
        index: usize,
        text: &[u8],
        from: usize,
        to: usize,
        mut found: impl FnMut(usize, usize),
    ) {
        let Some(rule) = self.rules.get(index) else { return };
        let Some(regex) = rule.regex.get() else { return };
        let window = &text[..to.min(text.len())];
        let mut at = from;
        while let Some(captures) = regex.captures_at(window, at) {
            let Some(whole) = captures.get(0) else { return };
            let group = if rule.group > 0 {
                captures.get(rule.group)
            } else {
                (1..captures.len()).find_map(|group| captures.get(group))
            };
            let secret = group.unwrap_or(whole);
            if entropy(secret.as_bytes()) >= rule.entropy
                && !self.is_allowed(rule, text, whole.range(), secret.as_bytes())
            {
                found(secret.start(), secret.end());
            }
            at = if whole.end() > at { whole.end() } else { at + 1 };
            if at >= window.len() {
                return;
            }
        }
    }

    fn is_allowed(&self, rule: &Rule, text: &[u8], whole: std::ops::Range<usize>, secret: &[u8]) -> bool {
        rule.allow.iter().chain(&self.allow).any(|allow| allow.fits(text, &whole, secret))
    }
}

impl Allow {
    fn new(text: AllowText) -> Option<Self> {
        let about_files = !text.paths.is_empty() || !text.commits.is_empty();
        let all = text.condition.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("and"));
        // With `AND` it also wants a path, which a text does not have.
        if (text.regexes.is_empty() && text.stopwords.is_empty()) || (all && about_files) {
            return None;
        }
        let target = match text.regex_target.as_deref() {
            Some("match") => Target::Match,
            Some("line") => Target::Line,
            _ => Target::Secret,
        };
        Some(Self {
            regexes: text.regexes.iter().map(|regex| Lazy::new(regex)).collect(),
            target,
            stopwords: text.stopwords,
            all,
        })
    }

    fn fits(&self, text: &[u8], whole: &std::ops::Range<usize>, secret: &[u8]) -> bool {
        let looked_at = match self.target {
            Target::Secret => secret,
            Target::Match => &text[whole.clone()],
            Target::Line => line_around(text, whole),
        };
        let by_regex = self.regexes.iter().any(|regex| regex.get().is_some_and(|regex| regex.is_match(looked_at)));
        let lower = secret.to_ascii_lowercase();
        let by_word = self
            .stopwords
            .iter()
            .any(|word| memchr::memmem::find(&lower, word.to_ascii_lowercase().as_bytes()).is_some());
        if self.all {
            (by_regex || self.regexes.is_empty()) && (by_word || self.stopwords.is_empty())
        } else {
            by_regex || by_word
        }
    }
}

/// At most 1 KiB of the line on each side.
fn line_around<'a>(text: &'a [u8], whole: &std::ops::Range<usize>) -> &'a [u8] {
    let start = crate::text::run_back(text, whole.start, 1024, |byte| byte != b'\n');
    let end = crate::text::run(text, whole.end, 1024, |byte| byte != b'\n');
    &text[start..end]
}
