use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{self as ast, Expr};

use super::bind::Binder;
use super::name::{dotted, last_segment};
use super::scope::{MODULE, Touch};
use super::string::is_path;

/// Calls that mean more than their arguments: types in strings, namespaces read as a whole, modules and fixtures asked
/// for by name.
impl Binder {
    pub(super) fn call(&mut self, call: &ast::ExprCall) {
        let name = dotted(&call.func);
        let last = name.as_deref().map_or("", last_segment);
        self.note_namespace_call(name.as_deref().unwrap_or_default(), &call.arguments);
        self.note_by_name(last, &call.arguments);
        if matches!(last, "patch" | "setattr" | "delattr" | "dict" | "multiple") {
            let tail = call.arguments.args.first().and_then(computed_tail);
            self.dotted.extend(tail);
        }
        if let Some((module, attribute)) = named_attribute(last, &call.arguments) {
            self.visit_expr(&call.func);
            self.read(&module.id, Touch::Chain(attribute.to_string()));
            for argument in call.arguments.args.iter().skip(1) {
                self.visit_expr(argument);
            }
            for keyword in &call.arguments.keywords {
                self.visit_keyword(keyword);
            }
            return;
        }
        self.visit_expr(&call.func);
        for (at, argument) in call.arguments.args.iter().enumerate() {
            let is_type = self.in_annotation || is_type_argument(last, at);
            self.annotated(is_type, |this| this.visit_expr(argument));
        }
        for keyword in &call.arguments.keywords {
            let is_type = self.in_annotation || is_type_keyword(last, keyword.arg.as_deref());
            self.annotated(is_type, |this| this.visit_keyword(keyword));
        }
    }

    fn note_namespace_call(&mut self, name: &str, arguments: &ast::Arguments) {
        let count = arguments.len();
        let (at, reader) = match name {
            "globals" => (MODULE, "globals()"),
            "eval" | "builtins.eval" if count < 2 => (MODULE, "eval()"),
            "exec" | "builtins.exec" if count < 2 => (MODULE, "exec()"),
            "locals" => (self.scope, "locals()"),
            "vars" | "dir" if count == 0 => (self.scope, "vars()"),
            _ => return,
        };
        self.namespace_readers.insert(at, reader);
        let mut scope = self.scope;
        while at == MODULE && scope != MODULE {
            self.namespace_readers.insert(scope, reader);
            scope = self.scopes.parent(scope);
        }
    }

    /// Calls whose string arguments name a module or a fixture.
    fn note_by_name(&mut self, last: &str, arguments: &ast::Arguments) {
        let loads = matches!(
            last,
            "import_module"
                | "__import__"
                | "importorskip"
                | "find_spec"
                | "lazy_import"
                | "import_string"
                | "try_import"
                | "optional_import"
                | "import_optional_dependency"
        );
        let fixtures = matches!(last, "usefixtures" | "getfixturevalue" | "lazy_fixture" | "lf");
        if !loads && !fixtures {
            return;
        }
        for argument in &arguments.args {
            if let Expr::StringLiteral(string) = argument {
                let text = string.value.to_str();
                if fixtures {
                    self.loose.insert(text.to_string());
                } else if is_path(text) {
                    self.dynamic.push((text.to_string(), string.range));
                }
            }
        }
    }
}

/// `.Name` at the end of `f"{module}.Name"` and of `MODULE + ".Name"`.
fn computed_tail(expression: &Expr) -> Option<String> {
    let text = match expression {
        Expr::BinOp(sum) => sum.right.as_string_literal_expr()?.value.to_str(),
        Expr::FString(string) => string.value.elements().last()?.as_literal()?.as_ref(),
        _ => return None,
    };
    let at = text.rfind('.')?;
    text.get(at..).filter(|tail| is_path(tail)).map(str::to_string)
}

/// `getattr(module, "name")` and its kin read one attribute only.
fn named_attribute<'a>(last: &str, arguments: &'a ast::Arguments) -> Option<(&'a ast::ExprName, &'a str)> {
    if !matches!(last, "getattr" | "hasattr" | "setattr" | "delattr" | "object") {
        return None;
    }
    match (arguments.args.first()?, arguments.args.get(1)?) {
        (Expr::Name(module), Expr::StringLiteral(name)) => Some((module, name.value.to_str())),
        _ => None,
    }
}

fn is_type_argument(function: &str, at: usize) -> bool {
    match function {
        "cast" => at == 0,
        "TypeVar" | "NewType" | "NamedTuple" | "TypedDict" | "assert_type" | "TypeAliasType" => at >= 1,
        _ => false,
    }
}

fn is_type_keyword(function: &str, keyword: Option<&str>) -> bool {
    match function {
        "cast" => keyword == Some("typ"),
        "TypeVar" | "ParamSpec" | "TypeVarTuple" => matches!(keyword, Some("bound" | "default")),
        "TypeAliasType" => keyword == Some("value"),
        "TypedDict" => true,
        _ => false,
    }
}
