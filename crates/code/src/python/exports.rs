use ruff_python_ast::{Expr, Stmt};

/// What `__all__` lists.
#[derive(Debug, Default)]
pub(super) struct Exports {
    pub(super) names: Vec<String>,
    pub(super) found: bool,
    /// Some form of it cannot be read, so any name may be listed.
    pub(super) opaque: bool,
}

impl Exports {
    /// Takes a statement of the module's own scope into account; others only spoil the list when they touch it.
    pub(super) fn note(&mut self, statement: &Stmt, in_module: bool) {
        match statement {
            Stmt::Assign(one) if one.targets.iter().any(is_all) => self.add(&one.value, in_module),
            Stmt::AugAssign(one) if is_all(&one.target) => self.add(&one.value, in_module),
            Stmt::AnnAssign(one) if is_all(&one.target) => {
                if let Some(value) = &one.value {
                    self.add(value, in_module);
                }
            }
            Stmt::Expr(one) => self.note_call(&one.value, in_module),
            _ => {}
        }
    }

    fn note_call(&mut self, expression: &Expr, in_module: bool) {
        let Expr::Call(call) = expression else {
            return;
        };
        let Expr::Attribute(method) = &*call.func else {
            return;
        };
        if !is_all(&method.value) {
            return;
        }
        match (method.attr.as_str(), call.arguments.args.first()) {
            ("append", Some(Expr::StringLiteral(name))) if in_module => self.push(name.value.to_str()),
            ("extend", Some(list)) => self.add(list, in_module),
            ("remove" | "sort", _) => {}
            _ => self.opaque = true,
        }
    }

    fn push(&mut self, name: &str) {
        self.found = true;
        self.names.push(name.to_string());
    }

    fn add(&mut self, value: &Expr, in_module: bool) {
        self.found = true;
        if !in_module {
            self.opaque = true;
            return;
        }
        match value {
            Expr::List(list) => list.elts.iter().for_each(|element| self.add_element(element)),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.add_element(element)),
            Expr::Set(set) => set.elts.iter().for_each(|element| self.add_element(element)),
            Expr::BinOp(sum) => {
                self.add(&sum.left, true);
                self.add(&sum.right, true);
            }
            Expr::Call(call) if call.arguments.len() == 1 => match call.arguments.args.first() {
                Some(list) => self.add(list, true),
                None => self.opaque = true,
            },
            // The list of another module names what that module holds; what this file imports from it is listed there.
            Expr::Attribute(other) if other.attr.as_str() == "__all__" => {}
            Expr::Name(name) if name.id == "__all__" => {}
            _ => self.opaque = true,
        }
    }

    fn add_element(&mut self, element: &Expr) {
        match element {
            Expr::StringLiteral(name) => self.push(name.value.to_str()),
            Expr::Starred(inner) => self.add(&inner.value, true),
            // `Name.__name__` lists `Name`, which is then read anyway.
            Expr::Attribute(name) if name.attr.as_str() == "__name__" => {}
            _ => self.opaque = true,
        }
    }
}

fn is_all(expression: &Expr) -> bool {
    matches!(expression, Expr::Name(name) if name.id == "__all__")
}
