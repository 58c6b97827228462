use oxc_ast::AstKind;
use oxc_ast::ast::{
    Argument, AssignmentTarget, CallExpression, Comment, Expression, ObjectPropertyKind, PropertyKind,
    TSModuleReference, TemplateLiteral,
};
use oxc_syntax::node::NodeId;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::javascript::lines::Lines;
use crate::javascript::parse::is_module_path;
use crate::javascript::record::{Form, ImportRecord, Jsx, Position, Span};
use crate::javascript::scan::{Source, bare};

/// A longer string literal is text, not a path.
const LONGEST_PATH: usize = 200;

/// Operators that may stand around each other before an expression counts as too long to look into.
const LONGEST_CHAIN: u32 = 500;

/// What the walk over all nodes found, apart from imports.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) has_dynamic_scope: bool,
    pub(crate) has_dynamic_require: bool,
    pub(crate) is_augmentation: bool,
    pub(crate) has_commonjs_exports: bool,
    pub(crate) has_lazy_exports: bool,
    pub(crate) elements: bool,
    pub(crate) fragments: bool,
    pub(crate) strings: Vec<String>,
    pub(crate) paths: Vec<String>,
    /// An operator chain so long that looking into it would take time with the square of its length.
    pub(crate) has_long_chain: bool,
}

/// The specifier of `require("x")` with the global `require`, and its literal.
pub(crate) fn require_literal<'a>(
    source: &Source<'_, 'a>,
    expression: &'a Expression<'a>,
) -> Option<(&'a str, oxc_span::Span)> {
    let Expression::CallExpression(call) = expression else {
        return None;
    };
    let Expression::Identifier(callee) = &call.callee else {
        return None;
    };
    let is_global = callee.name == "require" && source.semantic.is_reference_to_global_variable(callee);
    match call.arguments.as_slice() {
        [Argument::StringLiteral(literal)] if is_global && !call.optional => {
            Some((literal.value.as_str(), literal.span))
        }
        _ => None,
    }
}

/// Walks all nodes once: calls that name modules, JSX, and what makes a file special.
pub(crate) fn walk<'a>(source: &Source<'_, 'a>, wants_strings: bool, imports: &mut Vec<ImportRecord>) -> Found {
    let mut walk = Walk {
        source,
        seen: imports.iter().map(|import| import.source.start).collect(),
        imports,
        found: Found::default(),
        wants_strings,
        chains: FxHashMap::default(),
    };
    for node in source.semantic.nodes().iter() {
        walk.visit(node.id(), node.kind());
    }
    walk.found
}

struct Walk<'w, 's, 'a> {
    source: &'w Source<'s, 'a>,
    seen: FxHashSet<u32>,
    imports: &'w mut Vec<ImportRecord>,
    found: Found,
    wants_strings: bool,
    /// How many operators stand around each operator.
    chains: FxHashMap<NodeId, u32>,
}

impl<'a> Walk<'_, '_, 'a> {
    fn visit(&mut self, node: NodeId, kind: AstKind<'a>) {
        match kind {
            AstKind::CallExpression(call) => self.call(node, call),
            AstKind::BinaryExpression(_) | AstKind::UnaryExpression(_) | AstKind::TemplateLiteral(_) => {
                self.chain(node)
            }
            AstKind::ImportExpression(import) => self.named(node, Form::Dynamic, &import.source, import.span),
            AstKind::NewExpression(new) => {
                let is_url = new.callee.is_specific_id("URL") && new.arguments.len() == 2;
                if let Some(Argument::StringLiteral(literal)) = new.arguments.first().filter(|_| is_url) {
                    self.push(node, Form::Mention, &literal.value, new.span, literal.span);
                }
            }
            AstKind::TSImportType(import) => {
                self.push(node, Form::TypeQuery, &import.source.value, import.span, import.source.span);
            }
            AstKind::ImportDeclaration(import) => {
                self.push(node, Form::TypeQuery, &import.source.value, import.span, import.source.span);
            }
            AstKind::ExportFromDeclaration(export) => {
                self.push(node, Form::TypeQuery, &export.source.value, export.span, export.source.span);
            }
            AstKind::ExportAllDeclaration(export) => {
                self.push(node, Form::TypeQuery, &export.source.value, export.span, export.source.span);
            }
            AstKind::TSImportEqualsDeclaration(import) => {
                if let TSModuleReference::ExternalModuleReference(module) = &import.module_reference {
                    let literal = &module.expression;
                    self.push(node, Form::TypeQuery, &literal.value, import.span, literal.span);
                }
            }
            AstKind::TSExternalModuleDeclaration(module) => {
                self.found.is_augmentation = true;
                self.push(node, Form::Augmentation, &module.id.value, module.span, module.id.span);
            }
            AstKind::TSGlobalDeclaration(_) => self.found.is_augmentation = true,
            AstKind::WithStatement(_) => self.found.has_dynamic_scope = true,
            AstKind::JSXElement(_) => self.found.elements = true,
            AstKind::JSXFragment(_) => self.found.fragments = true,
            AstKind::ObjectProperty(property) => self.found.has_lazy_exports |= property.kind == PropertyKind::Get,
            AstKind::IdentifierReference(name) => self.found.has_lazy_exports |= name.name == "Proxy",
            AstKind::AssignmentExpression(assignment) if is_whole_export(&assignment.left) => {
                self.found.has_lazy_exports |= !is_plain_export(&assignment.right);
            }
            AstKind::StaticMemberExpression(member) => {
                self.found.has_lazy_exports |= member.property.name.starts_with("defineProp");
                let on_module = member.object.is_specific_id("module") && member.property.name == "exports";
                self.found.has_commonjs_exports |= on_module || member.object.is_specific_id("exports");
            }
            AstKind::StringLiteral(literal) => self.string(literal.value.as_str(), literal.span.start),
            _ => {}
        }
    }

    fn string(&mut self, text: &str, at: u32) {
        if self.wants_strings {
            self.found.strings.push(text.to_string());
        }
        let is_path = text.len() <= LONGEST_PATH && is_module_path(text) && !text.contains(['*', ' ', '\n']);
        if is_path && !self.seen.contains(&at) {
            self.found.paths.push(text.to_string());
        }
    }

    fn chain(&mut self, node: NodeId) {
        let parent = self.source.semantic.nodes().parent_id(node);
        let length = self.chains.get(&parent).map_or(1, |length| length + 1);
        self.found.has_long_chain |= length > LONGEST_CHAIN;
        self.chains.insert(node, length);
    }

    fn call(&mut self, node: NodeId, call: &'a CallExpression<'a>) {
        match &call.callee {
            Expression::Identifier(callee) if callee.name == "require" => self.require(node, call),
            Expression::Identifier(callee) if callee.name == "eval" => {
                self.found.has_dynamic_scope |= self.source.semantic.is_reference_to_global_variable(callee);
            }
            Expression::StaticMemberExpression(member) => {
                let name = member.property.name.as_str();
                let on_require = member.object.is_specific_id("require") && matches!(name, "resolve" | "context");
                let on_meta = matches!(member.object, Expression::ImportMeta(_))
                    && matches!(name, "resolve" | "glob" | "globEager");
                let on_mocks = matches!(&member.object, Expression::Identifier(object) if matches!(object.name.as_str(), "jest" | "vi" | "vitest"))
                    && matches!(
                        name,
                        "mock"
                            | "unmock"
                            | "doMock"
                            | "dontMock"
                            | "requireActual"
                            | "requireMock"
                            | "importActual"
                            | "importMock"
                            | "setMock"
                            | "createMockFromModule"
                    );
                if on_require || on_meta || on_mocks {
                    self.arguments(node, call, name == "context");
                }
            }
            _ => {}
        }
    }

    fn require(&mut self, node: NodeId, call: &'a CallExpression<'a>) {
        match call.arguments.first() {
            Some(Argument::StringLiteral(literal)) => {
                self.push(node, Form::Require, &literal.value, call.span, literal.span);
            }
            Some(Argument::TemplateLiteral(template)) => self.template(node, template, call.span),
            _ => {}
        }
        let is_plain = matches!(call.arguments.as_slice(), [Argument::StringLiteral(_)]);
        self.found.has_dynamic_require |= !is_plain && !self.place(node).0;
    }

    fn arguments(&mut self, node: NodeId, call: &'a CallExpression<'a>, is_folder: bool) {
        let pattern = |text: &str| {
            if is_folder { format!("{text}/**/*") } else { text.to_string() }
        };
        match call.arguments.first() {
            Some(Argument::StringLiteral(literal)) => {
                self.push(node, Form::Mention, &pattern(&literal.value), call.span, literal.span);
            }
            Some(Argument::ArrayExpression(array)) => {
                for element in &array.elements {
                    if let oxc_ast::ast::ArrayExpressionElement::StringLiteral(literal) = element {
                        self.push(node, Form::Mention, &literal.value, call.span, literal.span);
                    }
                }
            }
            Some(Argument::ImportExpression(_)) | None => {}
            Some(Argument::TemplateLiteral(template)) => self.template(node, template, call.span),
            Some(_) => {}
        }
    }

    fn named(&mut self, node: NodeId, form: Form, expression: &'a Expression<'a>, at: oxc_span::Span) {
        match expression {
            Expression::StringLiteral(literal) => self.push(node, form, &literal.value, at, literal.span),
            Expression::TemplateLiteral(template) => match template.single_quasi() {
                Some(text) => self.push(node, form, &text, at, template.span),
                None => self.template(node, template, at),
            },
            _ => {}
        }
    }

    /// `import(`./locales/${name}.js`)` may reach every file that fits.
    fn template(&mut self, node: NodeId, template: &'a TemplateLiteral<'a>, at: oxc_span::Span) {
        let parts: Vec<&str> = template.quasis.iter().map(|quasi| quasi.value.raw.as_str()).collect();
        let pattern = parts.join("*");
        if pattern.starts_with("./") || pattern.starts_with("../") {
            self.push(node, Form::Mention, &pattern, at, template.span);
        }
    }

    fn push(&mut self, node: NodeId, form: Form, specifier: &str, at: oxc_span::Span, literal: oxc_span::Span) {
        if specifier.is_empty() || !self.seen.insert(literal.start) {
            return;
        }
        let mut record = bare(self.source, specifier, form, at, literal);
        (record.in_function, record.is_conditional) = self.place(node);
        self.imports.push(record);
    }

    /// Whether a node stands in a function, and whether it may be skipped.
    fn place(&self, node: NodeId) -> (bool, bool) {
        let (mut in_function, mut is_conditional) = (false, false);
        for kind in self.source.semantic.nodes().ancestor_kinds(node) {
            match kind {
                AstKind::Function(_) | AstKind::ArrowFunctionExpression(_) => in_function = true,
                AstKind::TryStatement(_)
                | AstKind::IfStatement(_)
                | AstKind::ConditionalExpression(_)
                | AstKind::LogicalExpression(_)
                | AstKind::SwitchStatement(_) => is_conditional = true,
                _ => {}
            }
        }
        (in_function, is_conditional)
    }
}

/// `module.exports` itself.
fn is_whole_export(target: &AssignmentTarget) -> bool {
    let AssignmentTarget::StaticMemberExpression(member) = target else { return false };
    member.object.is_specific_id("module") && member.property.name == "exports"
}

/// An exported value whose properties are what the file wrote.
fn is_plain_export(value: &Expression) -> bool {
    match value {
        Expression::CallExpression(_) | Expression::NewExpression(_) | Expression::AwaitExpression(_) => false,
        Expression::ObjectExpression(object) => {
            object.properties.iter().all(|property| matches!(property, ObjectPropertyKind::ObjectProperty(_)))
        }
        Expression::AssignmentExpression(inner) => is_plain_export(&inner.right),
        _ => true,
    }
}

/// Triple-slash references, `import("x")` in JSDoc types, and `@import` tags.
pub(crate) fn references(text: &str, lines: &Lines, comments: &[Comment]) -> Vec<ImportRecord> {
    let mut found = Vec::new();
    for comment in comments {
        let start = comment.span.start;
        let Some(body) = text.get(start as usize..comment.span.end as usize) else {
            continue;
        };
        if let Some(inner) = body.strip_prefix("///") {
            let types = attribute(inner, "types").map(|value| (value, Form::ReferenceTypes));
            let path = attribute(inner, "path").map(|value| (value, Form::ReferencePath));
            if let Some((value, form)) = types.or(path).filter(|_| inner.trim_start().starts_with("<reference")) {
                found.push(comment_import(value, form, start, comment.span.end, lines));
            }
        } else if body.starts_with("/**") && (body.contains("import(") || body.contains("@import")) {
            for specifier in doc_specifiers(body) {
                found.push(comment_import(specifier, Form::Jsdoc, start, comment.span.end, lines));
            }
        }
    }
    found
}

fn comment_import(specifier: &str, form: Form, start: u32, end: u32, lines: &Lines) -> ImportRecord {
    let span = Span { start, end };
    let position: Position = lines.position(start);
    ImportRecord {
        specifier: specifier.to_string(),
        form,
        span,
        position,
        source: span,
        is_type: true,
        attributes: None,
        in_function: false,
        is_conditional: false,
        is_statement: false,
        is_fragile: false,
        is_exported: false,
        braces: None,
        bindings: Vec::new(),
    }
}

fn doc_specifiers(body: &str) -> Vec<&str> {
    let calls = body.match_indices("import(").map(|(at, found)| at + found.len());
    let tags = body.match_indices("@import").filter_map(|(at, _)| {
        let line = body.get(at..)?.lines().next()?;
        line.find(" from ").map(|from| at + from + " from ".len())
    });
    calls.chain(tags).filter_map(|at| quoted(body.get(at..)?.trim_start())).collect()
}

fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let inner = text.get(1..)?;
    inner.split(quote).next().filter(|inner| !inner.is_empty() && !inner.contains('\n'))
}

fn attribute<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let at = text.find(&format!(" {name}="))? + name.len() + 2;
    quoted(text.get(at..)?)
}

/// The JSX of the file with the settings in its comments.
pub(crate) fn jsx(found: &Found, text: &str, comments: &[Comment]) -> Jsx {
    let mut jsx = Jsx { elements: found.elements, fragments: found.fragments, ..Jsx::default() };
    for comment in comments.iter().filter(|comment| comment.is_block()) {
        let Some(body) = text.get(comment.span.start as usize..comment.span.end as usize) else {
            continue;
        };
        if !body.contains("@jsx") {
            continue;
        }
        jsx.factory = pragma(body, "@jsx").or(jsx.factory);
        jsx.fragment_factory = pragma(body, "@jsxFrag").or(jsx.fragment_factory);
        jsx.runtime = pragma(body, "@jsxRuntime").or(jsx.runtime);
        jsx.import_source = pragma(body, "@jsxImportSource").or(jsx.import_source);
    }
    jsx
}

fn pragma(body: &str, name: &str) -> Option<String> {
    let mut words = body.split_whitespace();
    words.find(|word| *word == name)?;
    words.next().map(|word| word.trim_end_matches("*/").to_string())
}
