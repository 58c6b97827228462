use oxc_ast::AstKind;
use oxc_syntax::reference::Reference;
use oxc_syntax::symbol::SymbolId;

use crate::javascript::metadata;
use crate::javascript::record::Uses;
use crate::javascript::scan::Source;

/// How the file uses the symbol of an import binding.
pub(crate) fn uses_of(source: &Source, symbol: SymbolId, name: &str) -> Uses {
    let scoping = source.semantic.scoping();
    let mut uses = Uses::default();
    for reference in scoping.get_resolved_references(symbol) {
        record_use(source, reference, &mut uses);
    }
    // A reference that the binder could not resolve (a type used as a value in a broken program) still names it.
    let is_unresolved = scoping.root_unresolved_references().keys().any(|unresolved| unresolved.as_str() == name);
    uses.value |= is_unresolved;
    uses.doc = source.docs.mentions(name);
    uses
}

fn record_use(source: &Source, reference: &Reference, uses: &mut Uses) {
    let nodes = source.semantic.nodes();
    let flags = reference.flags();
    match nodes.parent_kind(reference.node_id()) {
        AstKind::ExportSpecifier(_) if !flags.is_type_only() => uses.exported = true,
        AstKind::ExportDefaultDeclaration(_) | AstKind::TSExportAssignment(_) => uses.exported = true,
        _ if flags.is_value() => uses.value = true,
        _ => {
            uses.type_only = true;
            uses.metadata |= metadata::is_emitted(source.semantic.nodes(), reference.node_id());
        }
    }
}

/// The members of a namespace that are read, when every use of it names one.
pub(crate) fn members(source: &Source, symbol: SymbolId) -> Option<Vec<String>> {
    let nodes = source.semantic.nodes();
    let mut names = Vec::new();
    for reference in source.semantic.scoping().get_resolved_references(symbol) {
        let name = match nodes.parent_kind(reference.node_id()) {
            AstKind::StaticMemberExpression(member) => member.property.name.to_string(),
            AstKind::JSXMemberExpression(member) => member.property.name.to_string(),
            AstKind::TSQualifiedName(name) => name.right.name.to_string(),
            _ => return None,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort();
    Some(names)
}
