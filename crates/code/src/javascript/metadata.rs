use oxc_ast::AstKind;
use oxc_ast::ast::{Class, MethodDefinition, MethodDefinitionKind, TSType};
use oxc_semantic::AstNodes;
use oxc_syntax::node::NodeId;

/// Whether `emitDecoratorMetadata` turns a reference in a type into a value: the type of a decorated property, of a
/// parameter or of the result of a decorated method, or of a parameter of the constructor of a decorated class. Type
/// arguments and members of real unions are left out, as the compiler leaves them out.
pub(crate) fn is_emitted(nodes: &AstNodes, reference: NodeId) -> bool {
    let mut at = nodes.parent_id(reference);
    while matches!(nodes.kind(at), AstKind::TSQualifiedName(_)) {
        at = nodes.parent_id(at);
    }
    if !matches!(nodes.kind(at), AstKind::TSTypeReference(_)) {
        return false;
    }
    loop {
        at = nodes.parent_id(at);
        match nodes.kind(at) {
            AstKind::TSTypeAnnotation(_) => return is_emitted_annotation(nodes, at),
            AstKind::TSUnionType(union) if is_one(&union.types) => {}
            AstKind::TSIntersectionType(parts) if is_one(&parts.types) => {}
            AstKind::TSParenthesizedType(_) | AstKind::TSTypeOperator(_) => {}
            // Of a rest parameter the compiler writes the type of one element.
            AstKind::TSArrayType(_)
                if matches!(nodes.parent_kind(nodes.parent_id(at)), AstKind::FormalParameterRest(_)) => {}
            _ => return false,
        }
    }
}

/// Whether one type is left when `null` and `undefined` are not counted.
fn is_one(types: &[TSType]) -> bool {
    let is_nothing = |one: &&TSType| {
        matches!(one, TSType::TSNullKeyword(_) | TSType::TSUndefinedKeyword(_) | TSType::TSNeverKeyword(_))
    };
    types.iter().filter(|one| !is_nothing(one)).count() == 1
}

fn is_emitted_annotation(nodes: &AstNodes, annotation: NodeId) -> bool {
    for at in nodes.ancestor_ids(annotation) {
        match nodes.kind(at) {
            AstKind::PropertyDefinition(property) => return !property.decorators.is_empty(),
            AstKind::AccessorProperty(property) => return !property.decorators.is_empty(),
            AstKind::MethodDefinition(method) => return is_emitted_method(nodes, at, method),
            AstKind::FormalParameter(_) | AstKind::FormalParameterRest(_) | AstKind::FormalParameters(_) => {}
            AstKind::Function(_) if matches!(nodes.parent_kind(at), AstKind::MethodDefinition(_)) => {}
            _ => return false,
        }
    }
    false
}

fn is_emitted_method(nodes: &AstNodes, at: NodeId, method: &MethodDefinition) -> bool {
    let has_decorated_parameter = method.value.params.items.iter().any(|parameter| !parameter.decorators.is_empty());
    let owner = nodes.ancestor_kinds(at).find_map(|kind| match kind {
        AstKind::Class(class) => Some(class),
        _ => None,
    });
    let is_constructed = method.kind == MethodDefinitionKind::Constructor && owner.is_some_and(is_decorated);
    is_constructed || has_decorated_parameter || !method.decorators.is_empty()
}

fn is_decorated(class: &Class) -> bool {
    !class.decorators.is_empty()
}
