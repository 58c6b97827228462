use tree_sitter::Node;

use super::{
    Container, Item, Order, Source, Style, block, bracketed, by_text, children, join_neighbours, named_children,
    unquoted, whole,
};

/// Members of Python: statements of a module or class, names of an import, entries of literals, keyword arguments.
pub(crate) fn container<'t>(source: Source<'_>, node: Node<'t>) -> Option<Container<'t>> {
    match node.kind() {
        "module" => Some(whole(source, statements(source, node, true), true)),
        "block" if node.parent().is_some_and(|parent| parent.kind() == "class_definition") => {
            block(source, node, Order::Keyed, statements(source, node, false))
        }
        "block" => block(source, node, Order::Sequence, by_text(source, named_children(node), false)),
        "import_from_statement" => imported_names(source, node),
        "dictionary" => bracketed(node, Style::Commas, Order::Keyed, keyed(source, node, "pair", "key")),
        "argument_list" => {
            bracketed(node, Style::Commas, Order::Keyed, keyed(source, node, "keyword_argument", "name"))
        }
        "list" if is_exported_names(source, node) => {
            bracketed(node, Style::Commas, Order::Keyed, by_text(source, named_children(node), true))
        }
        // A tuple is a record: its places have meanings of their own, so that it is no list of members.
        "list" | "set" => bracketed(node, Style::Commas, Order::Sequence, by_text(source, named_children(node), false)),
        _ => None,
    }
}

fn statements<'t>(source: Source<'_>, node: Node<'t>, module: bool) -> Vec<Item<'t>> {
    let items = named_children(node)
        .into_iter()
        .map(|each| {
            let (key, free) = statement(source, each, module);
            Item { first: each, last: each, key, free }
        })
        .collect();
    // Overloads, a property and its setter: definitions of one name that follow each other are one thing.
    join_neighbours(items, |one, _| one.key.starts_with("name ") && one.free)
}

fn statement(source: Source<'_>, node: Node<'_>, module: bool) -> (String, bool) {
    match node.kind() {
        "function_definition" | "class_definition" => (format!("name {}", source.field(node, "name")), true),
        "decorated_definition" => match node.child_by_field_name("definition") {
            Some(inner) => (format!("name {}", source.field(inner, "name")), true),
            None => by_content(source, node),
        },
        "import_statement" => (format!("import {}", source.of(node)), true),
        // A star may hide what another import brought in.
        "import_from_statement" => {
            (format!("from {}", source.field(node, "module_name")), !source.of(node).ends_with('*'))
        }
        "expression_statement" => match named_children(node).first() {
            Some(inner) if inner.kind() == "assignment" => assignment(source, *inner, module),
            Some(inner) if inner.kind() == "call" => (format!("call {}", source.field(*inner, "function")), false),
            _ => by_content(source, node),
        },
        "if_statement" => (format!("if {}", source.field(node, "condition")), false),
        _ => by_content(source, node),
    }
}

fn assignment(source: Source<'_>, node: Node<'_>, module: bool) -> (String, bool) {
    let plain = node.child_by_field_name("left").is_some_and(|left| left.kind() == "identifier");
    // The order of a class's fields is part of it: of an enum's members, a data class's parameters, a model's columns.
    let free = module && plain && node.child_by_field_name("right").is_some_and(|right| is_pure(right));
    (format!("set {}", source.field(node, "left")), free)
}

fn by_content(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    (format!("text {}", source.of(node)), false)
}

/// Evaluating it does nothing and reads nothing.
fn is_pure(node: Node<'_>) -> bool {
    match node.kind() {
        "integer" | "float" | "true" | "false" | "none" | "lambda" => true,
        "string" => !named_children(node).iter().any(|part| part.kind() == "interpolation"),
        "concatenated_string" | "unary_operator" | "list" | "tuple" | "dictionary" | "set" | "pair" => {
            named_children(node).iter().all(|part| is_pure(*part))
        }
        _ => false,
    }
}

fn is_exported_names(source: Source<'_>, node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| parent.kind() == "assignment" && source.field(parent, "left") == "__all__")
}

fn keyed<'t>(source: Source<'_>, node: Node<'t>, kind: &str, field: &str) -> Vec<Item<'t>> {
    named_children(node)
        .into_iter()
        .map(|each| {
            let (key, free) = if each.kind() == kind {
                (format!("key {}", unquoted(source.field(each, field))), true)
            } else {
                by_content(source, each)
            };
            Item { first: each, last: each, key, free }
        })
        .collect()
}

/// `from x import (a, b as c)`: the names, with or without parentheses.
fn imported_names<'t>(source: Source<'_>, node: Node<'t>) -> Option<Container<'t>> {
    let parts = children(node);
    let names: Vec<Node<'t>> = {
        let mut cursor = node.walk();
        node.children_by_field_name("name", &mut cursor).collect()
    };
    let open = parts.iter().find(|part| part.kind() == "(");
    let close = parts.iter().find(|part| part.kind() == ")");
    let inner = match (open, close) {
        (Some(open), Some(close)) => (open.end_byte(), close.start_byte()),
        _ => (parts.iter().find(|part| part.kind() == "import")?.end_byte(), names.last()?.end_byte()),
    };
    let items = names
        .into_iter()
        .map(|each| Item { first: each, last: each, key: format!("name {}", source.of(each)), free: true })
        .collect();
    Some(Container {
        style: Style::Commas,
        order: Order::Keyed,
        outer: (node.start_byte(), node.end_byte()),
        inner,
        items,
        indented: false,
        least: 1,
    })
}
