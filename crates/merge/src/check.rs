//! The promise of a clean merge, checked from the texts alone. Nothing of the merge itself is used here.
//!
//! Each word of a text stands at a place: the names of the declarations and keys around it. For every word at every
//! place the result has to have as many as the base, plus what each side added, less what each side took away; what
//! both did counts once or twice. And no declaration has two members of one name unless a version had them.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};
use thiserror::Error;
use tree_sitter::Node;

use crate::language::Language;

/// Why a merged text is not what both sides wanted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckError {
    /// It does not parse, though all three versions do.
    #[error("the merged text has a syntax error")]
    Syntax,
    #[error("expected {expected} of `{word}` in {place}, found {found}")]
    Words { word: String, place: String, expected: String, found: i64 },
    #[error("`{name}` is declared {found} times in {place}, in no version more than {most} times")]
    Twice { name: String, place: String, found: i64, most: i64 },
}

/// Whether `merged` parses, has the changes of both sides and has nothing twice.
pub fn check_merge(language: Language, base: &str, ours: &str, theirs: &str, merged: &str) -> Result<(), CheckError> {
    let read = |text| Inventory::read(language, text).ok_or(CheckError::Syntax);
    let (base, ours, theirs, merged) = (read(base)?, read(ours)?, read(theirs)?, read(merged)?);
    let all = [&base, &ours, &theirs, &merged];
    for (key, (place, word)) in all.iter().flat_map(|each| &each.labels) {
        let count = |inventory: &Inventory| inventory.words.get(key).copied().unwrap_or(0);
        let (least, most) = allowed(count(&base), count(&ours), count(&theirs));
        let found = count(&merged);
        if found >= least && found <= most {
            continue;
        }
        let changed = |side: &Inventory| side.at(place) != base.at(place);
        let (least, most) = match (changed(&ours), changed(&theirs), is_word(word)) {
            (true, true, true) => allowed_by_edits([&base, &ours, &theirs], place, word),
            // Brackets and operators come and go with the words around them; the parser sees to them.
            (true, true, false) => {
                (least.min(count(&ours)).min(count(&theirs)), most.max(count(&ours)).max(count(&theirs)))
            }
            _ => (least, most),
        };
        if found < least || found > most {
            let expected = if least == most { format!("{least}") } else { format!("{least} to {most}") };
            return Err(CheckError::Words { word: word.clone(), place: place.clone(), expected, found });
        }
    }
    for (key, found) in &merged.names {
        let most = [&base, &ours, &theirs].iter().filter_map(|each| each.names.get(key)).copied().max().unwrap_or(0);
        if *found > most.max(1) {
            let (place, name) = key.clone();
            return Err(CheckError::Twice { name, place, found: *found, most: most.max(1) });
        }
    }
    Ok(())
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

fn is_word(word: &str) -> bool {
    word.starts_with(is_letter)
}

/// How many of something there may be after both sides changed its number.
fn allowed(base: i64, ours: i64, theirs: i64) -> (i64, i64) {
    let both = ours + theirs - base;
    if ours == base {
        return (theirs, theirs);
    }
    if theirs == base {
        return (ours, ours);
    }
    if ours > base && theirs > base {
        (ours.max(theirs), both)
    } else if ours < base && theirs < base {
        (both.max(0), ours.min(theirs))
    } else {
        (both.max(0), both.max(0))
    }
}

/// The same from the edits of each side, line by line, or word by word where a version has one line: what both wrote
/// or struck out may be one edit or two.
fn allowed_by_edits(versions: [&Inventory; 3], place: &str, word: &str) -> (i64, i64) {
    let by_line = versions.iter().all(|version| version.at(place).len() > 1);
    let [base, ours, theirs] = versions.map(|version| units(version.at(place), by_line));
    let occurrences =
        |units: &[&[String]]| units.iter().flat_map(|unit| unit.iter()).filter(|each| *each == word).count() as i64;
    let edits = |after: &[&[String]]| {
        let mut input: InternedInput<&[String]> = InternedInput::default();
        input.update_before(base.iter().copied());
        input.update_after(after.iter().copied());
        let count = |units: &[&[String]], range: Range<u32>| {
            occurrences(units.get(range.start as usize..range.end as usize).unwrap_or_default())
        };
        Diff::compute(Algorithm::Histogram, &input).hunks().fold((0, 0), |(added, removed), hunk| {
            (added + count(after, hunk.after), removed + count(&base, hunk.before))
        })
    };
    let ((our_added, our_removed), (their_added, their_removed)) = (edits(&ours), edits(&theirs));
    let start = occurrences(&base);
    let least = start + our_added.max(their_added) - our_removed - their_removed;
    let most = start + our_added + their_added - our_removed.max(their_removed);
    (least.max(0), most)
}

fn units(lines: &[Vec<String>], by_line: bool) -> Vec<&[String]> {
    if by_line {
        lines.iter().map(Vec::as_slice).collect()
    } else {
        lines.iter().flat_map(|line| line.chunks(1)).collect()
    }
}

#[derive(Default)]
struct Inventory {
    /// The words of each place, line by line.
    texts: HashMap<String, Vec<Vec<String>>>,
    /// The line that is being read, and the last line of which a place has a word.
    line: usize,
    last_line: HashMap<String, usize>,
    words: HashMap<u64, i64>,
    /// Place and word in letters, for messages.
    labels: HashMap<u64, (String, String)>,
    /// How often a name is declared directly inside one node, at most, by place.
    names: HashMap<(String, String), i64>,
}

/// Deeper than any text that a person wrote.
const DEEPEST: usize = 400;

impl Inventory {
    fn read(language: Language, text: &str) -> Option<Inventory> {
        let tree = language.parse(text)?;
        let mut inventory = Inventory::default();
        inventory.walk(text, tree.root_node(), &mut Vec::new(), 0);
        Some(inventory)
    }

    fn at(&self, place: &str) -> &[Vec<String>] {
        self.texts.get(place).map(Vec::as_slice).unwrap_or_default()
    }

    fn walk(&mut self, text: &str, node: Node<'_>, place: &mut Vec<String>, depth: usize) {
        let name = name_of(text, node);
        if let Some(name) = &name {
            place.push(name.clone());
        }
        let mut at = node.start_byte();
        if depth == 0 {
            at = 0;
        }
        let mut siblings: HashMap<String, i64> = HashMap::new();
        for index in 0..node.child_count() {
            let Some(child) = node.child(index) else { continue };
            self.count(text, at, child.start_byte(), place);
            if depth < DEEPEST && child.child_count() > 0 {
                self.walk(text, child, place, depth + 1);
            } else {
                self.count(text, child.start_byte(), child.end_byte(), place);
            }
            at = child.end_byte().max(at);
            for name in declared(text, child) {
                *siblings.entry(name).or_default() += 1;
            }
        }
        let end = if depth == 0 { text.len() } else { node.end_byte() };
        self.count(text, at, end, place);
        if is_scope(node) {
            for (name, count) in siblings {
                let most = self.names.entry((place.join(" > "), name)).or_default();
                *most = (*most).max(count);
            }
        }
        if name.is_some() {
            place.pop();
        }
    }

    fn count(&mut self, text: &str, from: usize, to: usize, place: &[String]) {
        let Some(slice) = text.get(from..to) else { return };
        let mut place_name: Option<String> = None;
        let mut rest = slice;
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
                continue;
            }
            // Separators come and go with their neighbours.
            if !matches!(word, "," | ";" | "|") {
                let name = place_name.get_or_insert_with(|| place.join(" > "));
                self.add(name, word);
            }
        }
    }

    fn add(&mut self, place: &str, word: &str) {
        let mut hasher = DefaultHasher::new();
        (place, word).hash(&mut hasher);
        let key = hasher.finish();
        *self.words.entry(key).or_default() += 1;
        self.labels.entry(key).or_insert_with(|| (place.to_string(), word.to_string()));
        let lines = self.texts.entry(place.to_string()).or_default();
        if self.last_line.insert(place.to_string(), self.line) != Some(self.line) {
            lines.push(Vec::new());
        }
        if let Some(line) = lines.last_mut() {
            line.push(word.to_string());
        }
    }
}

fn text_of<'s>(text: &'s str, node: Node<'_>) -> &'s str {
    text.get(node.byte_range()).unwrap_or_default()
}

/// The name that everything inside a node belongs to.
fn name_of(text: &str, node: Node<'_>) -> Option<String> {
    let kind = node.kind();
    let named = match kind {
        "table" | "table_array_element" => node.named_child(0),
        "function_definition"
        | "class_definition"
        | "function_declaration"
        | "class_declaration"
        | "method_definition"
        | "abstract_class_declaration"
        | "interface_declaration"
        | "enum_declaration"
        | "type_alias_declaration"
        | "generator_function_declaration"
        | "internal_module"
        | "module"
        | "variable_declarator"
        | "method_signature"
        | "property_signature"
        | "public_field_definition" => node.child_by_field_name("name"),
        "field_definition" => node.child_by_field_name("property"),
        "pair" | "block_mapping_pair" | "flow_pair" => node.child_by_field_name("key").or_else(|| node.named_child(0)),
        "assignment" | "assignment_expression" => node.child_by_field_name("left"),
        "import_statement" | "export_statement" => node.child_by_field_name("source"),
        "import_from_statement" => node.child_by_field_name("module_name"),
        _ => None,
    };
    named.map(|name| format!("{kind} {}", text_of(text, name)))
}

/// Nodes inside which a name has one meaning.
fn is_scope(node: Node<'_>) -> bool {
    matches!(
        node.kind(),
        "program"
            | "module"
            | "block"
            | "statement_block"
            | "class_body"
            | "interface_body"
            | "object_type"
            | "enum_body"
            | "object"
            | "dictionary"
            | "document"
            | "table"
            | "inline_table"
            | "block_mapping"
            | "flow_mapping"
            | "named_imports"
            | "export_clause"
            | "table_array_element"
    )
}

/// The names that a member of a scope declares there.
fn declared(text: &str, node: Node<'_>) -> Vec<String> {
    let name = |field: &str| -> Vec<String> {
        node.child_by_field_name(field).map(|name| text_of(text, name).to_string()).into_iter().collect()
    };
    match node.kind() {
        "export_statement" | "decorated_definition" => ["declaration", "definition"]
            .iter()
            .filter_map(|field| node.child_by_field_name(field))
            .flat_map(|inner| declared(text, inner))
            .chain(default_export(text, node))
            .collect(),
        "ambient_declaration" => node.named_child(0).map(|inner| declared(text, inner)).unwrap_or_default(),
        "function_definition"
        | "class_definition"
        | "function_declaration"
        | "class_declaration"
        | "interface_declaration"
        | "enum_declaration"
        | "type_alias_declaration"
        | "generator_function_declaration"
        | "abstract_class_declaration"
        | "method_signature"
        | "property_signature"
        | "enum_assignment"
        | "function_signature" => name("name"),
        "method_definition" | "public_field_definition" => {
            // `get`, `set` and `static` make another member of the same name.
            let before = node.child_by_field_name("name").map_or(node.start_byte(), |name| name.start_byte());
            let marks = text.get(node.start_byte()..before).unwrap_or_default();
            let mark =
                ["static", "get", "set"].iter().filter(|mark| marks.split_whitespace().any(|word| word == **mark));
            let prefix = mark.fold(String::new(), |all, mark| all + mark + " ");
            name("name").into_iter().map(|name| prefix.clone() + &name).collect()
        }
        "pair" | "block_mapping_pair" | "flow_pair" => {
            let key = node.child_by_field_name("key").or_else(|| node.named_child(0));
            key.map(|key| text_of(text, key).trim_matches(['"', '\'']).to_string()).into_iter().collect()
        }
        "shorthand_property_identifier" => vec![text_of(text, node).to_string()],
        "table" => node.named_child(0).map(|key| format!("[{}]", text_of(text, key))).into_iter().collect(),
        "lexical_declaration" | "variable_declaration" => (0..node.named_child_count())
            .filter_map(|index| node.named_child(index as u32))
            .filter_map(|each| each.child_by_field_name("name"))
            .flat_map(|pattern| pattern_names(text, pattern))
            .collect(),
        "import_statement" | "import_from_statement" => imported(text, node),
        "import_specifier" | "export_specifier" => local_name(text, node).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn default_export(text: &str, node: Node<'_>) -> Option<String> {
    text_of(text, node).starts_with("export default").then(|| "export default".to_string())
}

fn pattern_names(text: &str, pattern: Node<'_>) -> Vec<String> {
    match pattern.kind() {
        "identifier" | "shorthand_property_identifier_pattern" => vec![text_of(text, pattern).to_string()],
        "object_pattern" | "array_pattern" => (0..pattern.named_child_count())
            .filter_map(|index| pattern.named_child(index as u32))
            .flat_map(|each| pattern_names(text, each))
            .collect(),
        "pair_pattern" => {
            pattern.child_by_field_name("value").map(|value| pattern_names(text, value)).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

fn local_name(text: &str, node: Node<'_>) -> Option<String> {
    let name = node.child_by_field_name("alias").or_else(|| node.child_by_field_name("name"))?;
    Some(text_of(text, name).to_string())
}

/// The names that an import binds, in JavaScript and in Python.
fn imported(text: &str, node: Node<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut open = vec![node];
    while let Some(part) = open.pop() {
        for index in 0..part.child_count() {
            let Some(child) = part.child(index) else { continue };
            let field = part.field_name_for_child(index);
            match child.kind() {
                "import_specifier" | "aliased_import" => names.extend(local_name(text, child)),
                "import_clause" | "named_imports" | "namespace_import" => open.push(child),
                "identifier" if matches!(part.kind(), "import_clause" | "namespace_import") => {
                    names.push(text_of(text, child).to_string());
                }
                // `import a.b` binds `a`, and may stand beside `import a.c`.
                "dotted_name" if field == Some("name") => names.push(text_of(text, child).to_string()),
                _ => {}
            }
        }
    }
    names
}
