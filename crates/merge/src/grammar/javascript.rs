use tree_sitter::Node;

use super::{
    Container, Item, Order, Source, Style, bracketed, by_text, join_neighbours, named_children, unquoted, whole,
};

/// Members of JavaScript and TypeScript: declarations, class and interface members, imported and exported names,
/// entries of literals, members of an enum or a union.
pub(crate) fn container<'t>(source: Source<'_>, node: Node<'t>) -> Option<Container<'t>> {
    let keyed = |style: Style, items: Vec<Item<'t>>| bracketed(node, style, Order::Keyed, items);
    match node.kind() {
        "program" => Some(whole(source, statements(source, node), false)),
        "statement_block" if is_namespace(node) => keyed(Style::Lines, statements(source, node)),
        "statement_block" => {
            bracketed(node, Style::Lines, Order::Sequence, by_text(source, named_children(node), false))
        }
        "class_body" => keyed(Style::Lines, class_members(source, node)),
        "interface_body" | "object_type" => keyed(Style::Lines, type_members(source, node)),
        "enum_body" => keyed(Style::Commas, each(node, |member| enum_member(source, member))),
        "object" => keyed(Style::Commas, each(node, |member| property(source, member))),
        "object_pattern" if node.parent().is_some_and(|parent| parent.kind() == "variable_declarator") => {
            keyed(Style::Commas, each(node, |member| pattern(source, member)))
        }
        "array" => bracketed(node, Style::Commas, Order::Sequence, by_text(source, named_children(node), false)),
        "named_imports" | "export_clause" => keyed(Style::Commas, each(node, |member| specifier(source, member))),
        "union_type" if node.parent().is_none_or(|parent| parent.kind() != "union_type") => Some(union(source, node)),
        _ => None,
    }
}

fn each<'t>(node: Node<'t>, describe: impl Fn(Node<'t>) -> (String, bool)) -> Vec<Item<'t>> {
    named_children(node)
        .into_iter()
        .map(|member| {
            let (key, free) = describe(member);
            Item { first: member, last: member, key, free }
        })
        .collect()
}

fn is_namespace(node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| matches!(parent.kind(), "internal_module" | "module"))
}

fn by_content(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    (format!("text {}", source.of(node)), false)
}

fn statements<'t>(source: Source<'_>, node: Node<'t>) -> Vec<Item<'t>> {
    join_neighbours(each(node, |child| statement(source, child)), |one, _| is_signature(one.last))
}

/// A declaration without a body, which the next one of the same name may complete.
fn is_signature(node: Node<'_>) -> bool {
    let inner = node.child_by_field_name("declaration").unwrap_or(node);
    matches!(inner.kind(), "function_signature" | "method_signature" | "abstract_method_signature")
        || (inner.kind() == "ambient_declaration"
            && named_children(inner).first().is_some_and(|child| child.kind() == "function_signature"))
}

/// The key of a statement, and whether its place among its free neighbours has no meaning.
fn statement(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    let name = || source.field(node, "name");
    match node.kind() {
        "import_statement" => import(source, node),
        "export_statement" => export(source, node),
        "ambient_declaration" => match named_children(node).first() {
            Some(inner) => (statement(source, *inner).0, true),
            None => by_content(source, node),
        },
        "function_declaration"
        | "generator_function_declaration"
        | "function_signature"
        | "class_declaration"
        | "abstract_class_declaration" => (format!("value {}", name()), true),
        "interface_declaration" | "type_alias_declaration" => (format!("type {}", name()), true),
        "enum_declaration" => (format!("value {}", name()), true),
        "internal_module" | "module" => (format!("namespace {}", name()), true),
        "lexical_declaration" | "variable_declaration" => variables(source, node),
        "expression_statement" => match named_children(node).first() {
            Some(inner) if inner.kind() == "internal_module" => statement(source, *inner),
            Some(inner) => (expression(source, *inner), false),
            None => by_content(source, node),
        },
        _ => by_content(source, node),
    }
}

fn import(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    let from = unquoted(source.field(node, "source"));
    let clause = named_children(node).into_iter().find(|child| child.kind() == "import_clause");
    // Loading a module for its effects has a place; loading one for its names has none worth keeping.
    let Some(clause) = clause else { return (format!("load {from}"), false) };
    let shape = named_children(clause).last().map(|last| last.kind()).unwrap_or_default();
    let shape = if shape == "namespace_import" { "all" } else { "names" };
    let before = source.slice(node.start_byte(), clause.start_byte());
    (format!("{} {shape} {from}", before.trim()), true)
}

fn export(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    if let Some(declaration) = node.child_by_field_name("declaration") {
        return statement(source, declaration);
    }
    let text = source.of(node);
    let from = unquoted(source.field(node, "source"));
    if node.child_by_field_name("value").is_some() {
        return ("default".to_string(), false);
    }
    let all = !named_children(node).iter().any(|child| child.kind() == "export_clause");
    let whole = if all { text.split("from").next().unwrap_or_default().trim() } else { "export names" };
    (format!("{whole} from {from}"), !from.is_empty() || !all)
}

fn variables(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    let declarators = named_children(node);
    let names: Vec<&str> = declarators.iter().map(|each| source.field(*each, "name")).collect();
    let free = declarators
        .iter()
        .all(|each| each.child_by_field_name("value").is_some_and(|value| is_pure(value) || is_require(source, value)));
    let from = match declarators.as_slice() {
        // What is taken from a module is known by the module, so that both sides may take more of it.
        [one] if one.child_by_field_name("name").is_some_and(|name| name.kind() == "object_pattern") => {
            return (format!("take {}", source.field(*one, "value")), free);
        }
        _ => names.join(", "),
    };
    (format!("value {from}"), free)
}

fn is_require(source: Source<'_>, node: Node<'_>) -> bool {
    match node.kind() {
        "call_expression" => source.field(node, "function") == "require",
        "member_expression" => node.child_by_field_name("object").is_some_and(|inner| is_require(source, inner)),
        _ => false,
    }
}

/// Evaluating it does nothing and reads nothing.
fn is_pure(node: Node<'_>) -> bool {
    match node.kind() {
        "number"
        | "string"
        | "true"
        | "false"
        | "null"
        | "undefined"
        | "regex"
        | "arrow_function"
        | "function_expression"
        | "property_identifier" => true,
        "template_string" => !named_children(node).iter().any(|part| part.kind() == "template_substitution"),
        "unary_expression" | "array" | "object" | "parenthesized_expression" => {
            named_children(node).iter().all(|part| is_pure(*part))
        }
        "pair" => {
            node.child_by_field_name("key").is_some_and(|key| key.kind() != "computed_property_name")
                && node.child_by_field_name("value").is_some_and(|value| is_pure(value))
        }
        "as_expression" | "satisfies_expression" => named_children(node).first().is_some_and(|value| is_pure(*value)),
        _ => false,
    }
}

fn expression(source: Source<'_>, node: Node<'_>) -> String {
    match node.kind() {
        "assignment_expression" => format!("set {}", source.field(node, "left")),
        "call_expression" => {
            let title = node
                .child_by_field_name("arguments")
                .and_then(|arguments| named_children(arguments).first().copied())
                .filter(|first| first.kind() == "string")
                .map(|first| source.of(first));
            format!("call {} {}", source.field(node, "function"), title.unwrap_or_default())
        }
        _ => format!("text {}", source.of(node)),
    }
}

fn class_members<'t>(source: Source<'_>, node: Node<'t>) -> Vec<Item<'t>> {
    let mut items: Vec<Item<'t>> = Vec::new();
    let mut decorator: Option<Node<'t>> = None;
    for child in named_children(node) {
        if child.kind() == "decorator" {
            decorator = decorator.or(Some(child));
            continue;
        }
        let (key, free) = class_member(source, child);
        items.push(Item { first: decorator.take().unwrap_or(child), last: child, key, free });
    }
    join_neighbours(items, |one, _| is_signature(one.last))
}

fn class_member(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    match node.kind() {
        "method_definition" | "method_signature" | "abstract_method_signature" => (method(source, node), true),
        "public_field_definition" => (method(source, node), false),
        "field_definition" => {
            let is_static = if source.of(node).starts_with("static ") { "static " } else { "" };
            (format!("{is_static}{}", unquoted(source.field(node, "property"))), false)
        }
        _ => by_content(source, node),
    }
}

/// `static`, `get` and `set` tell members of one name apart; a field and a method of one name are the same member.
fn method(source: Source<'_>, node: Node<'_>) -> String {
    let name = node.child_by_field_name("name");
    let until = name.map_or(node.start_byte(), |name| name.start_byte());
    let before = source.slice(node.start_byte(), until);
    let word = |wanted: &str| before.split_whitespace().any(|each| each == wanted);
    let mark = |wanted: &str| if word(wanted) { format!("{wanted} ") } else { String::new() };
    format!("{}{}{}{}", mark("static"), mark("get"), mark("set"), unquoted(source.field(node, "name")))
}

fn type_members<'t>(source: Source<'_>, node: Node<'t>) -> Vec<Item<'t>> {
    let items = each(node, |member| match member.kind() {
        "property_signature" | "method_signature" => (method(source, member), true),
        _ => by_content(source, member),
    });
    join_neighbours(items, |one, other| {
        one.last.kind() == "method_signature" && other.last.kind() == "method_signature"
    })
}

/// A member without a value of its own counts on from the one before it.
fn enum_member(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    match node.child_by_field_name("value") {
        Some(value) => (unquoted(source.field(node, "name")).to_string(), is_pure(value)),
        None => (unquoted(source.of(node)).to_string(), false),
    }
}

fn property(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    match node.kind() {
        // A computed key may turn out to be another key of the same object.
        "pair" => {
            let plain = node.child_by_field_name("key").is_some_and(|key| key.kind() != "computed_property_name");
            (unquoted(source.field(node, "key")).to_string(), plain)
        }
        "shorthand_property_identifier" => (source.of(node).to_string(), true),
        "method_definition" => (method(source, node), true),
        // What is spread may have the names of what stands around it.
        _ => by_content(source, node),
    }
}

fn pattern(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    match node.kind() {
        "shorthand_property_identifier_pattern" => (source.of(node).to_string(), true),
        "pair_pattern" => (source.of(node).to_string(), true),
        _ => by_content(source, node),
    }
}

fn specifier(source: Source<'_>, node: Node<'_>) -> (String, bool) {
    let alias = source.field(node, "alias");
    let local = if alias.is_empty() { source.field(node, "name") } else { alias };
    (if local.is_empty() { source.of(node) } else { local }.to_string(), true)
}

/// The grammar nests `A | B | C`; for the merge its members are neighbours.
fn union<'t>(source: Source<'_>, node: Node<'t>) -> Container<'t> {
    let mut members = Vec::new();
    let mut open = vec![node];
    while let Some(part) = open.pop() {
        if part.kind() == "union_type" {
            open.extend(named_children(part).into_iter().rev());
        } else {
            members.push(part);
        }
    }
    Container {
        style: Style::Pipes,
        order: Order::Keyed,
        outer: (node.start_byte(), node.end_byte()),
        inner: (node.start_byte(), node.end_byte()),
        items: by_text(source, members, true),
        indented: false,
        least: 2,
    }
}
