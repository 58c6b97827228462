use rustc_hash::FxHashSet;

/// The names that the interactive examples (`>>> f(x)`) in a string use without importing them there.
pub(super) fn doctest_names(text: &str, names: &mut FxHashSet<String>) {
    let mut used = FxHashSet::default();
    let mut imported = FxHashSet::default();
    let mut inside = false;
    for line in text.lines() {
        let line = line.trim_start();
        let code = if let Some(code) = line.strip_prefix(">>>") {
            inside = true;
            code
        } else if let Some(code) = line.strip_prefix("...").filter(|_| inside) {
            code
        } else {
            inside = false;
            continue;
        };
        let code = code.trim_start();
        if code.starts_with("import ") || code.starts_with("from ") {
            imported.extend(import_names(code));
        } else {
            identifiers(code, &mut used);
        }
    }
    names.extend(used.difference(&imported).cloned());
}

/// The last name of each clause of an import line: what it binds, or close to it.
fn import_names(code: &str) -> Vec<String> {
    let list = code.rsplit("import ").next().unwrap_or_default();
    list.split(',')
        .filter_map(|part| {
            let name = part.split_whitespace().last()?;
            let name = name.trim_matches(|c| c == '(' || c == ')');
            name.split('.').next().map(str::to_string)
        })
        .collect()
}

/// Every word of `text` that could be a name and does not follow a dot.
pub(super) fn identifiers(text: &str, names: &mut FxHashSet<String>) {
    let mut after_dot = false;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first == '_' || first.is_alphabetic() {
            let end = rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            if !after_dot {
                names.insert(word.to_string());
            }
            after_dot = false;
            rest = tail;
        } else {
            after_dot = first == '.';
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
}
