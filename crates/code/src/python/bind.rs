use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, ExprContext, Pattern, Stmt};
use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use super::effect::is_main_test;
use super::exports::Exports;
use super::name::{dotted, last_segment};
use super::record::{Definition, DefinitionKind, Guard, Place, mention};
use super::scope::{MODULE, ScopeId, ScopeKind, Scopes, Touch};

/// An import statement as found, before it is known what is used.
#[derive(Debug)]
pub(super) struct FoundImport {
    pub(super) range: TextRange,
    pub(super) module: Option<String>,
    pub(super) level: u32,
    pub(super) is_from: bool,
    pub(super) scope: ScopeId,
    pub(super) place: Place,
    pub(super) guard: Guard,
    pub(super) in_main: bool,
    /// Number of statements of the scope before it that may change what a module holds.
    pub(super) barrier: u32,
    pub(super) names: Vec<FoundName>,
}

#[derive(Debug)]
pub(super) struct FoundName {
    pub(super) range: TextRange,
    pub(super) imported: String,
    pub(super) local: Name,
    pub(super) has_alias: bool,
}

/// Walks a syntax tree once and collects scopes, names and imports.
#[derive(Debug)]
pub(super) struct Binder {
    pub(super) scopes: Scopes,
    pub(super) imports: Vec<FoundImport>,
    pub(super) exports: Exports,
    pub(super) definitions: Vec<(Definition, TextRange)>,
    /// Names used where no scope can be told: doctests, type comments, fixtures asked for by name.
    pub(super) loose: FxHashSet<String>,
    /// Scopes whose names are read as a whole, with the call that does it.
    pub(super) namespace_readers: FxHashMap<ScopeId, &'static str>,
    pub(super) dotted: FxHashSet<String>,
    /// Strings of a single word.
    pub(super) listed: FxHashSet<String>,
    pub(super) dynamic: Vec<(String, TextRange)>,
    pub(super) mentions: FxHashSet<u64>,
    /// The last attribute of each chain, by the name that the chain starts with.
    pub(super) attributes: FxHashMap<Option<Name>, FxHashSet<u64>>,
    /// How often a scope binds a name.
    pub(super) bindings: FxHashMap<(Name, ScopeId), u32>,
    pub(super) scope: ScopeId,
    guard: Guard,
    in_main: bool,
    pub(super) in_annotation: bool,
    barriers: FxHashMap<ScopeId, u32>,
}

impl Binder {
    pub(super) fn walk(body: &[Stmt]) -> Self {
        let mut this = Self {
            scopes: Scopes::new(),
            imports: Vec::new(),
            exports: Exports::default(),
            definitions: Vec::new(),
            loose: FxHashSet::default(),
            namespace_readers: FxHashMap::default(),
            dotted: FxHashSet::default(),
            listed: FxHashSet::default(),
            dynamic: Vec::new(),
            mentions: FxHashSet::default(),
            attributes: FxHashMap::default(),
            bindings: FxHashMap::default(),
            scope: MODULE,
            guard: Guard::Always,
            in_main: false,
            in_annotation: false,
            barriers: FxHashMap::default(),
        };
        this.visit_body(body);
        this
    }

    fn bind(&mut self, name: &Name) {
        self.bind_at(self.scope, name);
    }

    fn bind_at(&mut self, at: ScopeId, name: &Name) {
        self.scopes.bind(at, name);
        *self.bindings.entry((name.clone(), at)).or_default() += 1;
    }

    pub(super) fn mention(&mut self, name: &str) {
        self.mentions.insert(mention(name));
    }

    pub(super) fn read(&mut self, name: &Name, touch: Touch) {
        self.mention(name);
        self.scopes.read(self.scope, name, touch);
    }

    fn nested(&mut self, kind: ScopeKind, work: impl FnOnce(&mut Self)) {
        let outer = self.scope;
        let guard = std::mem::replace(&mut self.guard, Guard::Always);
        let in_annotation = std::mem::replace(&mut self.in_annotation, false);
        self.scope = self.scopes.push(kind, outer);
        work(self);
        self.scope = outer;
        self.guard = guard;
        self.in_annotation = in_annotation;
    }

    fn guarded(&mut self, guard: Guard, work: impl FnOnce(&mut Self)) {
        let outer = self.guard;
        self.guard = match outer {
            Guard::Always => guard,
            other => other,
        };
        work(self);
        self.guard = outer;
    }

    pub(super) fn annotated(&mut self, is_annotation: bool, work: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.in_annotation, is_annotation);
        work(self);
        self.in_annotation = outer;
    }

    fn function(&mut self, function: &ast::StmtFunctionDef) {
        for decorator in &function.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        self.bind(&function.name.id);
        self.define(&function.name, DefinitionKind::Function, &function.decorator_list);
        self.request_fixtures(function);
        let outer = self.scope;
        self.open_type_params(function.type_params.as_deref());
        self.parameter_expressions(&function.parameters);
        if let Some(returns) = &function.returns {
            self.visit_annotation(returns);
        }
        self.nested(ScopeKind::Function, |this| {
            for parameter in &*function.parameters {
                this.bind(&parameter.name().id);
            }
            this.visit_body(&function.body);
        });
        self.scope = outer;
    }

    fn class(&mut self, class: &ast::StmtClassDef) {
        for decorator in &class.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        self.bind(&class.name.id);
        self.define(&class.name, super::effect::class_kind(class), &class.decorator_list);
        let outer = self.scope;
        self.open_type_params(class.type_params.as_deref());
        if let Some(arguments) = &class.arguments {
            self.visit_arguments(arguments);
        }
        self.nested(ScopeKind::Class, |this| this.visit_body(&class.body));
        self.scope = outer;
    }

    /// Names that pytest hands to tests and fixtures by the name of the parameter.
    fn request_fixtures(&mut self, function: &ast::StmtFunctionDef) {
        let is_test = function.name.starts_with("test");
        let is_fixture = || {
            let mut names = function.decorator_list.iter().filter_map(|one| dotted(callee(&one.expression)));
            names.any(|name| last_segment(&name).ends_with("fixture"))
        };
        if is_test || is_fixture() {
            let names = function.parameters.iter().map(|one| one.name().to_string());
            self.loose.extend(names);
        }
    }

    fn define(&mut self, name: &ast::Identifier, kind: DefinitionKind, decorators: &[ast::Decorator]) {
        if self.scope != MODULE {
            return;
        }
        let decorators = decorators.iter().filter_map(|one| dotted(callee(&one.expression))).collect();
        let definition = Definition { name: name.to_string(), kind, line: 0, column: 0, decorators };
        self.definitions.push((definition, name.range));
    }

    fn open_type_params(&mut self, params: Option<&ast::TypeParams>) {
        let Some(params) = params else {
            return;
        };
        self.scope = self.scopes.push(ScopeKind::TypeParams, self.scope);
        for param in params.iter() {
            self.bind(&param.name().id);
        }
        self.annotated(true, |this| visitor::walk_type_params(this, params));
    }

    fn parameter_expressions(&mut self, parameters: &ast::Parameters) {
        for parameter in parameters {
            if let Some(annotation) = &parameter.as_parameter().annotation {
                self.visit_annotation(annotation);
            }
            if let Some(default) = parameter.default() {
                self.visit_expr(default);
            }
        }
    }

    fn comprehension(&mut self, generators: &[ast::Comprehension], elements: &[&Expr]) {
        // The first iterable is evaluated outside of the comprehension's own scope.
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        let outer = self.scope;
        self.scope = self.scopes.push(ScopeKind::Comprehension, outer);
        for (at, generator) in generators.iter().enumerate() {
            self.visit_expr(&generator.target);
            if at > 0 {
                self.visit_expr(&generator.iter);
            }
            for test in &generator.ifs {
                self.visit_expr(test);
            }
        }
        for element in elements {
            self.visit_expr(element);
        }
        self.scope = outer;
    }

    fn if_statement(&mut self, statement: &ast::StmtIf) {
        self.visit_expr(&statement.test);
        let checks_types = dotted(&statement.test).is_some_and(|name| last_segment(&name) == "TYPE_CHECKING");
        let alone = statement.elif_else_clauses.is_empty();
        if alone && self.scope == MODULE && is_main_test(&statement.test) {
            let outer = std::mem::replace(&mut self.in_main, true);
            self.visit_body(&statement.body);
            self.in_main = outer;
            return;
        }
        let guard = if checks_types && alone { Guard::TypeChecking } else { Guard::Conditional };
        self.guarded(guard, |this| this.visit_body(&statement.body));
        for clause in &statement.elif_else_clauses {
            self.guarded(Guard::Conditional, |this| this.visit_elif_else_clause(clause));
        }
    }

    fn import(&mut self, range: TextRange, module: Option<&str>, level: Option<u32>, names: &[ast::Alias]) {
        let is_from = level.is_some();
        let mut found = Vec::with_capacity(names.len());
        for alias in names {
            let written = alias.name.as_str();
            let local = match &alias.asname {
                Some(asname) => asname.id.clone(),
                None if is_from => alias.name.id.clone(),
                None => Name::new(written.split('.').next().unwrap_or(written)),
            };
            self.mention(last_segment(written));
            if written != "*" {
                self.bind(&local);
            }
            found.push(FoundName {
                range: alias.range,
                imported: written.to_string(),
                local,
                has_alias: alias.asname.is_some(),
            });
        }
        let place = match self.scopes.kind(self.scope) {
            ScopeKind::Module => Place::Module,
            ScopeKind::Class => Place::Class,
            _ => Place::Function,
        };
        self.imports.push(FoundImport {
            range,
            module: module.map(str::to_string),
            level: level.unwrap_or(0),
            is_from,
            scope: self.scope,
            place,
            guard: self.guard,
            in_main: self.in_main,
            barrier: self.barriers.get(&self.scope).copied().unwrap_or(0),
            names: found,
        });
    }

    fn attribute(&mut self, attribute: &ast::ExprAttribute) {
        let mut parts = vec![attribute.attr.as_str()];
        let mut value = &*attribute.value;
        while let Expr::Attribute(inner) = value {
            parts.push(inner.attr.as_str());
            value = &inner.value;
        }
        for part in &parts {
            self.mention(part);
        }
        let root = value.as_name_expr().map(|root| root.id.clone());
        self.attributes.entry(root).or_default().insert(mention(&attribute.attr));
        parts.reverse();
        match value {
            Expr::Name(root) => self.read(&root.id, Touch::Chain(parts.join("."))),
            other => self.visit_expr(other),
        }
    }

    fn subscript(&mut self, subscript: &ast::ExprSubscript) {
        let name = dotted(&subscript.value);
        let last = name.as_deref().map_or("", last_segment);
        let is_module_table = name.as_deref() == Some("sys.modules");
        if is_module_table && dotted(&subscript.slice).as_deref() == Some("__name__") {
            self.namespace_readers.insert(MODULE, "sys.modules[__name__]");
        }
        self.visit_expr(&subscript.value);
        match (last, &*subscript.slice) {
            ("Literal", slice) => self.annotated(false, |this| this.visit_expr(slice)),
            ("Annotated", Expr::Tuple(tuple)) => {
                for (at, element) in tuple.elts.iter().enumerate() {
                    self.annotated(at == 0, |this| this.visit_expr(element));
                }
            }
            (_, slice) => {
                let is_type = self.in_annotation || subscripts_type(last);
                self.annotated(is_type, |this| this.visit_expr(slice));
            }
        }
    }

    fn note_barrier(&mut self, statement: &Stmt) {
        let harmless = match statement {
            Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::FunctionDef(_) | Stmt::Pass(_) => true,
            Stmt::Expr(one) => one.value.is_literal_expr(),
            Stmt::Assign(one) => one.value.is_literal_expr() && one.targets.iter().all(Expr::is_name_expr),
            _ => false,
        };
        if !harmless {
            *self.barriers.entry(self.scope).or_default() += 1;
        }
    }
}

impl<'a> Visitor<'a> for Binder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.note_barrier(statement);
        match statement {
            Stmt::FunctionDef(one) => self.function(one),
            Stmt::ClassDef(one) => self.class(one),
            Stmt::Import(one) => self.import(one.range, None, None, &one.names),
            Stmt::ImportFrom(one) => self.import(one.range, one.module.as_deref(), Some(one.level), &one.names),
            Stmt::If(one) => self.if_statement(one),
            Stmt::For(_) | Stmt::While(_) | Stmt::With(_) | Stmt::Try(_) | Stmt::Match(_) => {
                self.guarded(Guard::Conditional, |this| visitor::walk_stmt(this, statement));
            }
            Stmt::Global(one) => one.names.iter().for_each(|name| self.scopes.declare_global(self.scope, &name.id)),
            Stmt::Nonlocal(one) => one.names.iter().for_each(|name| self.scopes.declare_nonlocal(self.scope, &name.id)),
            Stmt::AugAssign(one) => {
                if let Expr::Name(target) = &*one.target
                    && (target.id != "__all__" || self.scope != MODULE)
                {
                    self.read(&target.id, Touch::Value);
                }
                self.exports.note(statement, self.scope == MODULE);
                visitor::walk_stmt(self, statement);
            }
            Stmt::AnnAssign(one) => {
                self.exports.note(statement, self.scope == MODULE);
                self.visit_annotation(&one.annotation);
                let is_alias = dotted(&one.annotation).is_some_and(|name| last_segment(&name) == "TypeAlias");
                if let Some(value) = &one.value {
                    self.annotated(is_alias, |this| this.visit_expr(value));
                }
                self.visit_expr(&one.target);
            }
            Stmt::TypeAlias(one) => {
                self.visit_expr(&one.name);
                let outer = self.scope;
                self.open_type_params(one.type_params.as_deref());
                self.visit_annotation(&one.value);
                self.scope = outer;
            }
            Stmt::Assign(_) | Stmt::Expr(_) => {
                self.exports.note(statement, self.scope == MODULE);
                visitor::walk_stmt(self, statement);
            }
            _ => visitor::walk_stmt(self, statement),
        }
    }

    fn visit_annotation(&mut self, annotation: &'a Expr) {
        self.annotated(true, |this| this.visit_expr(annotation));
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => match name.ctx {
                ExprContext::Load => self.read(&name.id, Touch::Value),
                ExprContext::Store => self.bind(&name.id),
                ExprContext::Del | ExprContext::Invalid => {
                    self.bind(&name.id);
                    self.read(&name.id, Touch::Value);
                }
            },
            Expr::Attribute(one) => self.attribute(one),
            Expr::Subscript(one) => self.subscript(one),
            Expr::Call(one) => self.call(one),
            Expr::Named(one) => {
                self.visit_expr(&one.value);
                if let Expr::Name(name) = &*one.target {
                    let at = self.scopes.walrus_scope(self.scope);
                    self.bind_at(at, &name.id);
                }
            }
            Expr::Lambda(one) => {
                if let Some(parameters) = &one.parameters {
                    self.parameter_expressions(parameters);
                }
                self.nested(ScopeKind::Function, |this| {
                    for parameter in one.parameters.iter().flat_map(|list| list.iter()) {
                        this.bind(&parameter.name().id);
                    }
                    this.visit_expr(&one.body);
                });
            }
            Expr::ListComp(one) => self.comprehension(&one.generators, &[&one.elt]),
            Expr::SetComp(one) => self.comprehension(&one.generators, &[&one.elt]),
            Expr::Generator(one) => self.comprehension(&one.generators, &[&one.elt]),
            Expr::DictComp(one) => {
                let elements: Vec<&Expr> = one.key.as_deref().into_iter().chain([&*one.value]).collect();
                self.comprehension(&one.generators, &elements);
            }
            Expr::StringLiteral(one) => self.string(one.value.to_str()),
            _ => visitor::walk_expr(self, expression),
        }
    }

    fn visit_keyword(&mut self, keyword: &'a ast::Keyword) {
        if let Some(name) = &keyword.arg {
            self.mention(name);
        }
        self.visit_expr(&keyword.value);
    }

    fn visit_interpolated_string_element(&mut self, element: &'a ast::InterpolatedStringElement) {
        if let ast::InterpolatedStringElement::Literal(literal) = element {
            self.note_string(&literal.value);
        }
        visitor::walk_interpolated_string_element(self, element);
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(inner) = handler;
        if let Some(name) = &inner.name {
            self.bind(&name.id);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(one) => one.name.as_ref(),
            Pattern::MatchStar(one) => one.name.as_ref(),
            Pattern::MatchMapping(one) => one.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(&name.id);
        }
        visitor::walk_pattern(self, pattern);
    }
}

fn callee(expression: &Expr) -> &Expr {
    match expression {
        Expr::Call(call) => &call.func,
        other => other,
    }
}

fn subscripts_type(last: &str) -> bool {
    let generic = matches!(last, "list" | "dict" | "tuple" | "type" | "set" | "frozenset" | "deque" | "defaultdict");
    let is_class = last.starts_with(|c: char| c.is_uppercase());
    let is_constant = last.len() > 1 && !last.contains(char::is_lowercase);
    generic || (is_class && !is_constant)
}
