use tree_sitter::Node;

use super::{
    Container, Item, Order, Source, Style, block, bracketed, by_text, children, named_children, solid_end, unquoted,
    whole,
};
use crate::language::Language;

/// Members of JSON, TOML and YAML.
pub(crate) fn container<'t>(source: Source<'_>, node: Node<'t>) -> Option<Container<'t>> {
    match (source.language, node.kind()) {
        (Language::Json, "object") | (Language::Toml, "inline_table") => {
            bracketed(node, Style::Commas, Order::Keyed, pairs(source, named_children(node)))
        }
        (Language::Json | Language::Toml, "array") | (Language::Yaml, "flow_sequence") => {
            bracketed(node, Style::Commas, Order::Sequence, by_text(source, named_children(node), false))
        }
        (Language::Yaml, "flow_mapping") => {
            bracketed(node, Style::Commas, Order::Keyed, pairs(source, named_children(node)))
        }
        (Language::Toml, "document") => {
            let items = pairs(source, named_children(node));
            (!table_belongs_to_array(&items)).then(|| whole(source, items, false))
        }
        (Language::Toml, "table" | "table_array_element") => table(source, node),
        (Language::Yaml, "block_mapping") => block(source, node, Order::Keyed, pairs(source, named_children(node))),
        (Language::Yaml, "block_sequence") => {
            block(source, node, Order::Sequence, by_text(source, named_children(node), false))
        }
        _ => None,
    }
}

fn pairs<'t>(source: Source<'_>, nodes: Vec<Node<'t>>) -> Vec<Item<'t>> {
    nodes
        .into_iter()
        .map(|node| {
            let (key, free) = key_of(source, node);
            Item { first: node, last: node, key, free }
        })
        .collect()
}

fn key_of(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    let named = named_children(node);
    let first = named.first().map(|child| source.of(*child)).unwrap_or_default();
    match (source.language, node.kind()) {
        (Language::Toml, "table") => (format!("[{}]", dotted(first)), true),
        (Language::Toml, "table_array_element") => {
            (format!("[[{}]] {}", dotted(first), name_of(source, &named)), false)
        }
        (Language::Toml, _) => (dotted(first), true),
        (Language::Yaml, "block_mapping_pair" | "flow_pair") => {
            let key = unquoted(source.field(node, "key")).to_string();
            // An anchor has to come before what refers to it, and a merge key does not override what came before.
            let bound = key == "<<" || source.of(node).contains(['&', '*']);
            (key, !bound)
        }
        (Language::Json, "pair") => (unquoted(source.field(node, "key")).to_string(), true),
        _ => (format!("text {}", source.of(node)), false),
    }
}

fn dotted(text: &str) -> String {
    text.split('.').map(|part| unquoted(part.trim())).collect::<Vec<_>>().join(".")
}

/// What tells one element of an array of tables from the next: its name and version, as in lock files.
fn name_of(source: Source<'_>, parts: &[Node<'_>]) -> String {
    let value = |wanted: &str| {
        parts
            .iter()
            .filter(|part| part.kind() == "pair")
            .find(|part| named_children(**part).first().is_some_and(|key| source.of(*key) == wanted))
            .map(|part| source.slice(part.start_byte(), solid_end(source, *part)))
            .unwrap_or_default()
    };
    format!("{} {}", value("name"), value("version"))
}

/// `[a.b]` after `[[a]]` belongs to the element before it, so that its place has a meaning.
fn table_belongs_to_array(items: &[Item<'_>]) -> bool {
    let arrays: Vec<String> = items
        .iter()
        .filter_map(|item| item.key.strip_prefix("[[")?.split_once("]]").map(|(name, _)| format!("{name}.")))
        .collect();
    items.iter().any(|item| arrays.iter().any(|array| item.key.trim_start_matches('[').starts_with(array.as_str())))
}

/// The pairs below the header of a table.
fn table<'t>(source: Source<'_>, node: Node<'t>) -> Option<Container<'t>> {
    let pair_nodes: Vec<Node<'t>> = named_children(node).into_iter().filter(|part| part.kind() == "pair").collect();
    let header = children(node).into_iter().find(|part| matches!(part.kind(), "]" | "]]"))?.end_byte();
    let start = header + source.text.get(header..)?.find('\n')? + 1;
    let end = solid_end(source, node).max(start);
    let rest = source.text.get(end..)?;
    let end = if end == start { start } else { end + rest.find('\n').map_or(rest.len(), |newline| newline + 1) };
    Some(Container {
        style: Style::Lines,
        order: Order::Keyed,
        outer: (node.start_byte(), end),
        inner: (start, end),
        items: pairs(source, pair_nodes),
        indented: false,
        least: 0,
    })
}
