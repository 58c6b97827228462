//! The words of a text and the places where they stand.

use std::collections::{BTreeMap, HashMap};

use tree_sitter::Node;

use super::names::{declared, is_scope, name_of};
use crate::language::Language;

/// Places have numbers that are the same in all versions: 0 is the file.
#[derive(Default)]
pub(super) struct Places {
    ids: HashMap<(usize, String), usize>,
    labels: Vec<String>,
}

impl Places {
    pub(super) fn new() -> Places {
        Places { ids: HashMap::new(), labels: vec![String::new()] }
    }

    pub(super) fn count(&self) -> usize {
        self.labels.len()
    }

    /// The names around a place, outermost first, in letters.
    pub(super) fn label(&self, place: usize) -> &str {
        match self.labels.get(place).map(String::as_str) {
            None | Some("") => "the file",
            Some(label) => label,
        }
    }

    fn inside(&mut self, parent: usize, name: String) -> usize {
        let label = match self.labels.get(parent).map(String::as_str) {
            None | Some("") => name.clone(),
            Some(outer) => format!("{outer} > {name}"),
        };
        let fresh = self.labels.len();
        let id = *self.ids.entry((parent, name)).or_insert(fresh);
        if id == fresh {
            self.labels.push(label);
        }
        id
    }
}

/// What stands at one place.
#[derive(Default)]
pub(super) struct Place<'s> {
    pub(super) lines: Vec<Vec<&'s str>>,
    pub(super) words: HashMap<&'s str, i64>,
    last_line: Option<usize>,
}

/// All words of a text.
pub(super) struct Inventory<'s> {
    text: &'s str,
    places: HashMap<usize, Place<'s>>,
    line: usize,
    /// How often a name is declared directly inside one node, at most, by place.
    pub(super) names: BTreeMap<(usize, String), i64>,
}

/// Deeper than any text that a person wrote.
const DEEPEST: usize = 400;

impl<'s> Inventory<'s> {
    /// `None` when the text has a syntax error.
    pub(super) fn read(language: Language, text: &'s str, places: &mut Places) -> Option<Inventory<'s>> {
        let tree = language.parse(text)?;
        let mut inventory = Inventory { text, places: HashMap::new(), line: 0, names: BTreeMap::new() };
        inventory.walk(tree.root_node(), 0, 0, places);
        Some(inventory)
    }

    pub(super) fn words(&self, place: usize) -> impl Iterator<Item = &'s str> {
        self.places.get(&place).into_iter().flat_map(|each| each.words.keys().copied())
    }

    pub(super) fn count(&self, place: usize, word: &str) -> i64 {
        self.places.get(&place).and_then(|each| each.words.get(word)).copied().unwrap_or(0)
    }

    pub(super) fn lines(&self, place: usize) -> &[Vec<&'s str>] {
        self.places.get(&place).map(|each| each.lines.as_slice()).unwrap_or_default()
    }

    fn walk(&mut self, node: Node<'_>, place: usize, depth: usize, places: &mut Places) {
        let place = match name_of(self.text, node) {
            Some(name) => places.inside(place, name),
            None => place,
        };
        let mut at = if depth == 0 { 0 } else { node.start_byte() };
        let mut siblings: BTreeMap<String, i64> = BTreeMap::new();
        for index in 0..node.child_count() {
            let Some(child) = node.child(index) else { continue };
            self.add_words(at, child.start_byte(), place);
            if depth < DEEPEST && child.child_count() > 0 {
                self.walk(child, place, depth + 1, places);
            } else {
                self.add_words(child.start_byte(), child.end_byte(), place);
            }
            at = child.end_byte().max(at);
            for name in declared(self.text, child) {
                *siblings.entry(name).or_default() += 1;
            }
        }
        let end = if depth == 0 { self.text.len() } else { node.end_byte() };
        self.add_words(at, end, place);
        if is_scope(node) {
            for (name, count) in siblings {
                let most = self.names.entry((place, name)).or_default();
                *most = (*most).max(count);
            }
        }
    }

    fn add_words(&mut self, from: usize, to: usize, place: usize) {
        let mut rest = self.text.get(from..to).unwrap_or_default();
        while let Some(first) = rest.chars().next() {
            let length = if is_letter(first) {
                rest.find(|letter: char| !is_letter(letter)).unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            let (word, after) = rest.split_at(length);
            rest = after;
            if first.is_whitespace() {
                self.line += usize::from(first == '\n');
            } else if !matches!(word, "," | ";" | "|") {
                // Separators come and go with their neighbours.
                self.add(place, word);
            }
        }
    }

    fn add(&mut self, place: usize, word: &'s str) {
        let place = self.places.entry(place).or_default();
        *place.words.entry(word).or_default() += 1;
        if place.last_line.replace(self.line) != Some(self.line) {
            place.lines.push(Vec::new());
        }
        if let Some(line) = place.lines.last_mut() {
            line.push(word);
        }
    }
}

pub(super) fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}
