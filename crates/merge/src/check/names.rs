//! Which names a text declares, and where.

use tree_sitter::Node;

fn text_of<'s>(text: &'s str, node: Node<'_>) -> &'s str {
    text.get(node.byte_range()).unwrap_or_default()
}

/// The name that everything inside a node belongs to.
pub(super) fn name_of(text: &str, node: Node<'_>) -> Option<String> {
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
pub(super) fn is_scope(node: Node<'_>) -> bool {
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
pub(super) fn declared(text: &str, node: Node<'_>) -> Vec<String> {
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
