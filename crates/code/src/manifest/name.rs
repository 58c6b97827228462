/// The package that a bare specifier belongs to: `@a/b` of `@a/b/c`, `a` of `a/b`. `None` for paths, URLs, virtual
/// modules, loader syntax and aliases that are no package names.
pub(super) fn package_of(specifier: &str) -> Option<&str> {
    let end = if specifier.starts_with('@') {
        let scope = specifier.find('/')?;
        specifier.get(scope + 1..)?.find('/').map_or(specifier.len(), |at| scope + 1 + at)
    } else {
        specifier.find('/').unwrap_or(specifier.len())
    };
    specifier.get(..end).filter(|name| is_package_name(name))
}

/// What npm accepts as the name of a new package, and old names with capitals.
pub(super) fn is_package_name(name: &str) -> bool {
    let (scope, own) = match name.strip_prefix('@') {
        Some(scoped) => match scoped.split_once('/') {
            Some((scope, own)) => (scope, own),
            None => return false,
        },
        None => ("scope", name),
    };
    let is_word = |part: &str| {
        let starts = part.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
        starts && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
    };
    is_word(scope) && is_word(own)
}

/// `@types/a` of `a`, `@types/a__b` of `@a/b`.
pub(super) fn types_of(name: &str) -> String {
    match name.strip_prefix('@').and_then(|scoped| scoped.split_once('/')) {
        Some((scope, own)) => format!("@types/{scope}__{own}"),
        None => format!("@types/{name}"),
    }
}

/// `a` of `@types/a`, `@a/b` of `@types/a__b`.
pub(super) fn typed_by(types: &str) -> Option<String> {
    let name = types.strip_prefix("@types/")?;
    Some(name.split_once("__").map_or(name.to_string(), |(scope, own)| format!("@{scope}/{own}")))
}

/// The part behind the scope.
pub(super) fn unscoped(name: &str) -> &str {
    name.strip_prefix('@').and_then(|scoped| scoped.split_once('/')).map_or(name, |(_, own)| own)
}
