//! Finds everything private in a text.
//!
//! One automaton goes over the bytes and stops at what could announce something: a word of a name, the first letters of a
//! token, `@`, `://`. What is looked at from there is bounded, so that the whole is linear in the length of the text. A
//! second walk looks at digits and colons, a third at runs of base64.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::finding::{Finding, Kind};
use crate::key_value::{self, NAME_WORDS};
use crate::rules::{Rules, RulesError};
use crate::shapes::{self, HASH_MARKS};
use crate::text::{at, before, is_word, run, run_back};
use crate::view::View;
use crate::{digits, email};

/// How far around a keyword a rule is searched.
const BEFORE_KEYWORD: usize = 128;
const BEHIND_KEYWORD: usize = 512;
/// A rule without keywords is searched everywhere, so much at a time.
const WINDOW: usize = 4096;
/// Text in base64 inside of text in base64, so often.
const DEEPEST: u32 = 2;
const SHORTEST_BASE64: usize = 24;
const LONGEST_BASE64: usize = 16 * 1024;

/// What to do where a pattern of the automaton was found.
#[derive(Debug, Clone)]
enum Action {
    Email,
    Url,
    Pem,
    Jwt,
    Name,
    Hash,
    Cookie,
    Authorization,
    Bearer,
    PasswordFile,
    Rules(Vec<usize>),
}

/// What is looked for, ready to look.
pub struct Scanner {
    automaton: AhoCorasick,
    actions: Vec<Vec<Action>>,
    rules: Rules,
    kinds: Vec<Kind>,
    allow: Vec<Vec<u8>>,
    names: Vec<(Kind, Arc<str>)>,
}

/// What to look for.
#[derive(Debug, Default)]
pub struct Settings {
    /// Further rules, in gitleaks' TOML format.
    pub rules: Option<String>,
    /// Only these kinds. Default: all.
    pub kinds: Option<Vec<Kind>>,
    /// Texts that are not private, exactly.
    pub allow: Vec<String>,
}

/// Why there is no scanner.
#[derive(Debug, thiserror::Error)]
pub enum ScannerError {
    #[error(transparent)]
    Rules(#[from] RulesError),
    #[error("the words to look for are too many: {0}")]
    Automaton(#[from] aho_corasick::BuildError),
}

impl Scanner {
    /// A scanner.
    ///
    /// # Errors
    /// The rules that were given cannot be read.
    pub fn new(settings: Settings) -> Result<Self, ScannerError> {
        let mut rules = Rules::own()?;
        if let Some(text) = &settings.rules {
            let more = Rules::read(text)?;
            more.verify()?;
            rules.add(more);
        }
        let (patterns, actions) = patterns(&rules);
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&patterns)?;
        Ok(Self {
            automaton,
            actions,
            rules,
            kinds: settings.kinds.unwrap_or_else(|| Kind::ALL.to_vec()),
            allow: settings.allow.into_iter().map(String::into_bytes).collect(),
            names: Kind::ALL.iter().map(|kind| (*kind, Arc::from(kind.name()))).collect(),
        })
    }

    /// Everything private in `text`, in order, without overlaps.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Vec<Finding> {
        let mut found = Vec::new();
        self.look(text, 0, &mut found);
        for view in View::all(text) {
            let mut seen = Vec::new();
            self.look(&view.text, 0, &mut seen);
            found.extend(seen.into_iter().map(|finding| {
                let (start, end) = view.original(finding.start, finding.end);
                Finding { start, end, ..finding }
            }));
        }
        found.retain(|finding| {
            self.kinds.contains(&finding.kind)
                && !self.allow.iter().any(|text_| text_.as_slice() == &text[finding.start..finding.end])
        });
        without_overlaps(found)
    }

    fn look(&self, text: &[u8], depth: u32, found: &mut Vec<Finding>) {
        self.words(text, found);
        digits::numbers(text, |start, end, kind| found.push(self.finding(start, end, kind)));
        self.colons(text, found);
        if depth < DEEPEST {
            self.base64(text, depth, found);
        }
    }

    fn finding(&self, start: usize, end: usize, kind: Kind) -> Finding {
        let rule = self
            .names
            .iter()
            .find(|(other, _)| *other == kind)
            .map_or_else(|| Arc::from(""), |(_, name)| Arc::clone(name));
        Finding { start, end, kind, rule }
    }

    fn words(&self, text: &[u8], found: &mut Vec<Finding>) {
        let mut named = 0;
        // What was looked at to its end by a shape that goes far: no other of its kind begins in there.
        let mut far = 0;
        let mut searched = vec![0usize; self.rules.rules.len()];
        for hit in self.automaton.find_overlapping_iter(text) {
            let (start, end) = (hit.start(), hit.end());
            for action in self.actions.get(hit.pattern().as_usize()).into_iter().flatten() {
                match action {
                    Action::Name if start >= named => named = self.name(text, start, end, found),
                    Action::Name => {}
                    Action::Rules(rules) => self.search(text, start, end, rules, &mut searched, found),
                    Action::Pem | Action::Cookie if start < far => {}
                    Action::Pem => far = self.pem(text, start, found),
                    Action::Cookie => far = self.cookies(text, end, found),
                    other => self.shape(text, start, end, other, found),
                }
            }
        }
        for index in self.rules.without_keywords() {
            for from in (0..text.len()).step_by(WINDOW) {
                self.search_window(index, text, from, text.len().min(from + WINDOW + BEHIND_KEYWORD), found);
            }
        }
    }

    fn name(&self, text: &[u8], start: usize, end: usize, found: &mut Vec<Finding>) -> usize {
        if text[start..end].eq_ignore_ascii_case(b"private-lines") {
            if let Some((from, to)) = shapes::putty(text, end) {
                found.push(self.finding(from, to, Kind::PrivateKey));
            }
            return end;
        }
        let look = key_value::look(text, start, end);
        if let Some((from, to)) = look.value {
            found.push(self.finding(from, to, Kind::Secret));
            return look.done;
        }
        // What was refused may hold another name: `a_token=password=x`.
        end
    }

    fn shape(&self, text: &[u8], start: usize, end: usize, action: &Action, found: &mut Vec<Finding>) {
        let one = |range: Option<(usize, usize)>, kind: Kind| range.map(|(start, end)| self.finding(start, end, kind));
        let to = |end: Option<usize>| end.map(|end| (start, end));
        let finding = match action {
            Action::Email => one(email::address(text, start), Kind::Email),
            Action::Url => one(shapes::url_password(text, start), Kind::UrlCredentials),
            Action::Jwt => one(to(shapes::jwt(text, start)), Kind::Jwt),
            Action::Hash => one(to(shapes::password_hash(text, start)), Kind::PasswordHash),
            Action::Authorization => one(shapes::authorization(text, end), Kind::Authorization),
            Action::Bearer => one(shapes::bearer(text, end), Kind::Authorization),
            Action::PasswordFile => {
                let from = run_back(text, start, 256, |byte| byte != b'\n');
                one(
                    shapes::password_file_line(
                        text,
                        from,
                        run(text, start, 512, |byte| byte != b'\n' && byte != b'\r'),
                    ),
                    Kind::Secret,
                )
            }
            Action::Name | Action::Rules(_) | Action::Pem | Action::Cookie => None,
        };
        found.extend(finding);
    }

    fn pem(&self, text: &[u8], start: usize, found: &mut Vec<Finding>) -> usize {
        let Some(end) = shapes::pem(text, start) else { return start };
        found.push(self.finding(start, end, Kind::PrivateKey));
        end
    }

    fn cookies(&self, text: &[u8], end: usize, found: &mut Vec<Finding>) -> usize {
        let (values, done) = shapes::cookies(text, end);
        found.extend(values.into_iter().map(|(from, to)| self.finding(from, to, Kind::Cookie)));
        done
    }

    /// Searches rules around a keyword. What a rule has searched it does not search again.
    fn search(
        &self,
        text: &[u8],
        start: usize,
        end: usize,
        rules: &[usize],
        searched: &mut [usize],
        found: &mut Vec<Finding>,
    ) {
        for index in rules {
            let done = searched[*index];
            if end + BEHIND_KEYWORD / 2 <= done {
                continue;
            }
            let from = start.saturating_sub(BEFORE_KEYWORD).max(done.saturating_sub(BEHIND_KEYWORD));
            let to = text.len().min(end + BEHIND_KEYWORD);
            searched[*index] = to;
            self.search_window(*index, text, from, to, found);
        }
    }

    fn search_window(&self, index: usize, text: &[u8], from: usize, to: usize, found: &mut Vec<Finding>) {
        let id = &self.rules.rules[index].id;
        self.rules.search(index, text, from, to, |start, end| {
            // What goes on behind the window goes on in the text.
            let end = if end == to {
                run(text, end, LONGEST_BASE64, |byte| is_word(byte) || matches!(byte, b'-' | b'.' | b'+' | b'/' | b'='))
            } else {
                end
            };
            found.push(Finding { start, end, kind: Kind::Token, rule: Arc::clone(id) });
        });
    }

    /// IPv6 addresses, each from its first colon.
    fn colons(&self, text: &[u8], found: &mut Vec<Finding>) {
        let mut done = 0;
        for colon in memchr::memchr_iter(b':', text) {
            let next = at(text, colon + 1);
            if colon < done
                || !(next == b':' || next.is_ascii_hexdigit())
                || !(before(text, colon).is_ascii_hexdigit() || next == b':')
                // No address has three of them.
                || (before(text, colon) == b':' && next == b':')
            {
                continue;
            }
            if let Some((start, end)) = digits::ipv6(text, colon) {
                found.push(self.finding(start, end, Kind::Ip));
                done = end;
            }
        }
    }

    /// Runs of base64 that say something private when they are decoded. No run of that length lies between two of the
    /// bytes that are looked at.
    fn base64(&self, text: &[u8], depth: u32, found: &mut Vec<Finding>) {
        let mut index = SHORTEST_BASE64 - 1;
        while let Some(byte) = text.get(index) {
            if !IS_BASE64[usize::from(*byte)] {
                index += SHORTEST_BASE64;
                continue;
            }
            let part = |byte: u8| IS_BASE64[usize::from(byte)];
            let end = run(text, index, LONGEST_BASE64, part);
            let start = run_back(text, index, LONGEST_BASE64, part);
            if end - start >= SHORTEST_BASE64 {
                self.base64_run(text, start, run(text, end, 2, |byte| byte == b'='), depth, found);
            }
            index = end + SHORTEST_BASE64;
        }
    }

    fn base64_run(&self, text: &[u8], start: usize, end: usize, depth: u32, found: &mut Vec<Finding>) {
        let Some(inside) = shapes::decoded(&text[start..end]) else { return };
        let mut inner = Vec::new();
        self.look(&inside, depth + 1, &mut inner);
        if let Some(first) = inner.first() {
            found.push(Finding { start, end, kind: first.kind, rule: Arc::clone(&first.rule) });
        }
    }
}

/// Both alphabets of base64 (RFC 4648).
const IS_BASE64: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'+' | b'/' | b'_' | b'-');
        byte += 1;
    }
    table
};

fn patterns(rules: &Rules) -> (Vec<String>, Vec<Vec<Action>>) {
    let mut patterns: Vec<String> = Vec::new();
    let mut actions: Vec<Vec<Action>> = Vec::new();
    let mut add = |pattern: &str, action: Action| match patterns.iter().position(|other| other == pattern) {
        Some(index) => actions[index].push(action),
        None => {
            patterns.push(pattern.to_owned());
            actions.push(vec![action]);
        }
    };
    add("@", Action::Email);
    add("://", Action::Url);
    add("-----begin ", Action::Pem);
    add("eyj", Action::Jwt);
    add("cookie", Action::Cookie);
    add("authorization", Action::Authorization);
    add("bearer ", Action::Bearer);
    for word in NAME_WORDS {
        add(word, Action::Name);
    }
    for mark in HASH_MARKS {
        add(mark, Action::Hash);
    }
    for port in [":5432:", ":3306:", ":5433:", ":6432:", ":*:"] {
        add(port, Action::PasswordFile);
    }
    let mut by_keyword: Vec<(String, Vec<usize>)> = Vec::new();
    for (index, rule) in rules.rules.iter().enumerate() {
        for keyword in &rule.keywords {
            match by_keyword.iter_mut().find(|(other, _)| other == keyword) {
                Some((_, list)) => list.push(index),
                None => by_keyword.push((keyword.clone(), vec![index])),
            }
        }
    }
    for (keyword, list) in by_keyword.into_iter().filter(|(keyword, _)| !keyword.is_empty()) {
        add(&keyword, Action::Rules(list));
    }
    (patterns, actions)
}

/// The findings in order; what overlaps becomes one, named by the longest.
fn without_overlaps(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|finding| (finding.start, usize::MAX - finding.end));
    let mut result: Vec<Finding> = Vec::with_capacity(found.len());
    for finding in found {
        if finding.start >= finding.end {
            continue;
        }
        match result.last_mut() {
            Some(last) if finding.start < last.end => {
                if finding.end > last.end {
                    if finding.end - finding.start > last.end - last.start {
                        last.kind = finding.kind;
                        last.rule = Arc::clone(&finding.rule);
                    }
                    last.end = finding.end;
                }
            }
            _ => result.push(finding),
        }
    }
    result
}
