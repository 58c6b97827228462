use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashSet;

use super::name::{dotted, first_segment, last_segment};
use super::record::{DefinitionKind, EffectKind};

/// What running a module's body does besides binding its own names, in source order. Imports are not among it: they
/// are followed by whoever asks.
pub(super) fn module_effects(body: &[Stmt]) -> Vec<(EffectKind, TextRange)> {
    let mut walker = Effects { found: Vec::new(), own: FxHashSet::default() };
    walker.body(body);
    walker.found
}

/// The part of a class that decides whether deriving from it or calling it runs code.
pub(super) fn class_kind(class: &ast::StmtClassDef) -> DefinitionKind {
    let mut bases = Vec::new();
    let mut hooks = false;
    if let Some(arguments) = &class.arguments {
        hooks = arguments.keywords.iter().any(|keyword| {
            let is_flag = matches!(keyword.arg.as_deref(), Some("total" | "frozen"));
            let is_plain_metaclass = keyword.arg.as_deref() == Some("metaclass")
                && dotted(&keyword.value).is_some_and(|name| last_segment(&name) == "ABCMeta");
            !is_flag && !is_plain_metaclass
        });
        for base in &arguments.args {
            match dotted(base_name(base)) {
                Some(name) => bases.push(name),
                None => hooks = true,
            }
        }
    }
    let methods = class.body.iter().filter_map(Stmt::as_function_def_stmt);
    let mut plain = true;
    for method in methods {
        match method.name.as_str() {
            "__init_subclass__" => hooks = true,
            "__init__" | "__new__" | "__post_init__" => plain = false,
            _ => {}
        }
    }
    DefinitionKind::Class { bases, hooks, plain }
}

/// `Generic[T]` derives from `Generic`.
fn base_name(base: &Expr) -> &Expr {
    match base {
        Expr::Subscript(subscript) => &subscript.value,
        other => other,
    }
}

struct Effects {
    found: Vec<(EffectKind, TextRange)>,
    /// Names that the module itself gave a fresh value, which it may therefore change.
    own: FxHashSet<String>,
}

impl Effects {
    fn certain(&mut self, what: impl Into<String>, range: TextRange) {
        self.found.push((EffectKind::Certain(what.into()), range));
    }

    fn body(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(one) => {
                self.decorators(&one.decorator_list);
                for parameter in &*one.parameters {
                    self.optional(parameter.default());
                }
                self.own.insert(one.name.to_string());
            }
            Stmt::ClassDef(one) => self.class(one),
            Stmt::Assign(one) => {
                self.expression(&one.value);
                for target in &one.targets {
                    self.target(target);
                }
            }
            Stmt::AnnAssign(one) => {
                self.optional(one.value.as_deref());
                self.target(&one.target);
            }
            Stmt::AugAssign(one) => {
                self.expression(&one.value);
                self.target(&one.target);
            }
            Stmt::If(one) => self.branch(one),
            Stmt::For(one) => {
                self.expression(&one.iter);
                self.target(&one.target);
                self.body(&one.body);
                self.body(&one.orelse);
            }
            Stmt::Try(one) => {
                self.body(&one.body);
                for ExceptHandler::ExceptHandler(handler) in &one.handlers {
                    self.body(&handler.body);
                }
                self.body(&one.orelse);
                self.body(&one.finalbody);
            }
            Stmt::With(one) => self.with(one),
            Stmt::Expr(one) => self.expression_statement(one),
            Stmt::Delete(one) => {
                for target in &one.targets {
                    self.target(target);
                }
            }
            Stmt::Import(_)
            | Stmt::ImportFrom(_)
            | Stmt::Pass(_)
            | Stmt::TypeAlias(_)
            | Stmt::Continue(_)
            | Stmt::Break(_) => {}
            Stmt::Raise(one) => self.certain("may raise", one.range),
            Stmt::Assert(one) => self.certain("asserts", one.range),
            other => self.certain("runs a statement that is not understood", other.range()),
        }
    }

    fn expression_statement(&mut self, statement: &ast::StmtExpr) {
        // `__all__.append("x")`, `_cache.update(...)`: changes what the module made itself.
        if let Expr::Call(call) = &*statement.value
            && let Expr::Attribute(method) = &*call.func
        {
            let changes = matches!(
                method.attr.as_str(),
                "append"
                    | "extend"
                    | "update"
                    | "add"
                    | "insert"
                    | "remove"
                    | "sort"
                    | "setdefault"
                    | "discard"
                    | "pop"
            );
            if changes && self.is_own(&method.value) {
                for argument in &call.arguments.args {
                    self.expression(argument);
                }
                return;
            }
        }
        self.expression(&statement.value);
    }

    fn class(&mut self, class: &ast::StmtClassDef) {
        self.decorators(&class.decorator_list);
        if let DefinitionKind::Class { bases, hooks, .. } = class_kind(class) {
            let keyword = class.arguments.as_ref().is_some_and(|list| !list.keywords.is_empty());
            if hooks && keyword {
                self.certain("makes a class with a metaclass or class arguments", class.name.range);
            }
            for base in bases {
                self.found.push((EffectKind::Derives(base), class.name.range));
            }
        }
        for base in class.arguments.iter().flat_map(|list| &list.args) {
            self.expression(base_name(base));
        }
        self.body(&class.body);
        self.own.insert(class.name.to_string());
    }

    fn decorators(&mut self, decorators: &[ast::Decorator]) {
        for decorator in decorators {
            match &decorator.expression {
                Expr::Call(call) => {
                    self.call_name(&call.func, decorator.range);
                    self.arguments(&call.arguments);
                }
                other => self.call_name(other, decorator.range),
            }
        }
    }

    fn call_name(&mut self, function: &Expr, range: TextRange) {
        match dotted(function) {
            Some(name) if self.is_own_method(&name) => {}
            Some(name) => self.found.push((EffectKind::Calls(name), range)),
            None => self.certain("calls something that is not a name", range),
        }
    }

    /// `@value.setter` and `@function.register` of something this module defined.
    fn is_own_method(&self, name: &str) -> bool {
        let is_method = matches!(last_segment(name), "setter" | "getter" | "deleter" | "register" | "overload");
        is_method && self.own.contains(first_segment(name)) && name.contains('.')
    }

    fn branch(&mut self, statement: &ast::StmtIf) {
        let name = dotted(&statement.test);
        let never_runs =
            is_main_test(&statement.test) || name.is_some_and(|name| last_segment(&name) == "TYPE_CHECKING");
        self.expression(&statement.test);
        if !never_runs {
            self.body(&statement.body);
        }
        for clause in &statement.elif_else_clauses {
            self.optional(clause.test.as_ref());
            self.body(&clause.body);
        }
    }

    fn with(&mut self, statement: &ast::StmtWith) {
        for item in &statement.items {
            let name = match &item.context_expr {
                Expr::Call(call) => dotted(&call.func),
                _ => None,
            };
            if name.is_none_or(|name| last_segment(&name) != "suppress") {
                self.certain("enters a context manager", item.range);
            }
        }
        self.body(&statement.body);
    }

    fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => {
                self.own.insert(name.id.to_string());
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.target(element)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.target(element)),
            Expr::Starred(inner) => self.target(&inner.value),
            Expr::Attribute(attribute) if self.is_own(&attribute.value) => {}
            Expr::Subscript(subscript) if self.is_own(&subscript.value) => self.expression(&subscript.slice),
            other => self.certain("changes something of another module", other.range()),
        }
    }

    fn is_own(&self, expression: &Expr) -> bool {
        dotted(expression).is_some_and(|name| self.own.contains(first_segment(&name)))
    }

    fn optional(&mut self, expression: Option<&Expr>) {
        if let Some(expression) = expression {
            self.expression(expression);
        }
    }

    fn arguments(&mut self, arguments: &ast::Arguments) {
        for argument in &arguments.args {
            self.expression(argument);
        }
        for keyword in &arguments.keywords {
            self.expression(&keyword.value);
        }
    }

    fn expression(&mut self, expression: &Expr) {
        self.visit_expr(expression);
    }
}

impl<'a> Visitor<'a> for Effects {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Lambda(one) => {
                for parameter in one.parameters.iter().flat_map(|list| list.iter()) {
                    self.optional(parameter.default());
                }
            }
            Expr::Call(call) => {
                match &*call.func {
                    Expr::Attribute(method) if method.value.is_literal_expr() || method.value.is_f_string_expr() => {}
                    // A method of the result of another call: `Path(__file__).resolve()`, told by its own name.
                    Expr::Attribute(method) if dotted(&call.func).is_none() => {
                        self.visit_expr(&method.value);
                        self.found.push((EffectKind::Calls(format!("().{}", method.attr)), call.range()));
                    }
                    function => self.call_name(function, call.range()),
                }
                self.arguments(&call.arguments);
            }
            Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) | Expr::IpyEscapeCommand(_) => {
                self.certain("suspends", expression.range());
            }
            Expr::Subscript(one) if dotted(&one.value).is_some_and(|name| last_segment(&name) == "environ") => {
                self.certain("needs an environment variable", one.range);
            }
            _ => visitor::walk_expr(self, expression),
        }
    }
}

/// `__name__ == "__main__"`
pub(super) fn is_main_test(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else {
        return false;
    };
    let ([ast::CmpOp::Eq], [right]) = (&*compare.ops, &*compare.comparators) else {
        return false;
    };
    let sides = [&*compare.left, right];
    let has_name = sides.iter().any(|side| matches!(side, Expr::Name(name) if name.id == "__name__"));
    let has_main =
        sides.iter().any(|side| matches!(side, Expr::StringLiteral(text) if text.value.to_str() == "__main__"));
    has_name && has_main
}
