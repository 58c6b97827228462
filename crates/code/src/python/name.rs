use ruff_python_ast::Expr;

/// `a.b.c` of a name or an attribute chain that starts with a name.
pub(super) fn dotted(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Name(name) => Some(name.id.to_string()),
        Expr::Attribute(attribute) => {
            let mut path = dotted(&attribute.value)?;
            path.push('.');
            path.push_str(&attribute.attr);
            Some(path)
        }
        _ => None,
    }
}

/// `c` of `a.b.c`.
pub(super) fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// `a` of `a.b.c`.
pub(super) fn first_segment(path: &str) -> &str {
    path.split('.').next().unwrap_or(path)
}
