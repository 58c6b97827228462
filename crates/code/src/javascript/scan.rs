use oxc_ast::ast::{
    BindingPattern, Declaration, ExportDefaultDeclarationKind, Expression, ImportDeclaration,
    ImportDeclarationSpecifier, ModuleExportName, Program, Statement, TSImportEqualsDeclaration, TSModuleReference,
    VariableDeclaration, WithClause,
};
use oxc_semantic::Semantic;
use oxc_span::GetSpan;
use oxc_syntax::symbol::SymbolId;

use crate::javascript::calls;
use crate::javascript::docs::Docs;
use crate::javascript::effects;
use crate::javascript::exports;
use crate::javascript::lines::Lines;
use crate::javascript::record::{Binding, Form, ImportRecord, Imported, ModuleRecord, Span, Uses, holds_strings};
use crate::javascript::statement::{self, Neighbours};
use crate::javascript::uses::{members, uses_of};

/// The file that is being read, for the parts of the scanner.
pub(crate) struct Source<'s, 'a> {
    pub(crate) text: &'a str,
    pub(crate) lines: &'s Lines<'s>,
    pub(crate) semantic: &'s Semantic<'a>,
    pub(crate) docs: Docs<'a>,
}

/// Builds the record of a parsed file.
pub(crate) fn scan<'a>(
    path: &str,
    text: &'a str,
    lines: &Lines,
    program: &'a Program<'a>,
    semantic: &Semantic<'a>,
) -> ModuleRecord {
    let docs = Docs::new(text, &program.comments, crate::javascript::parse::is_typescript(path));
    let source = Source { text, lines, semantic, docs };
    let mut imports = Vec::new();
    for (at, statement) in program.body.iter().enumerate() {
        let neighbours = Neighbours::of(text, &program.body, at);
        top_level(&source, statement, &neighbours, &mut imports);
    }
    let exports = exports::exports(&source, program, &mut imports);
    let found = calls::walk(&source, holds_strings(path), &mut imports);
    if !program.body.iter().any(is_module_syntax) {
        // In a script, `declare module "x"` makes a module of its own instead of adding to the one that is installed.
        imports.retain(|import| import.form != Form::Augmentation);
    }
    imports.extend(calls::references(text, lines, &program.comments));
    let comments = statement::comments_near(lines, &program.comments, &imports);
    let is_module = program.source_type.is_module() || program.body.iter().any(Statement::is_module_declaration);
    ModuleRecord {
        syntax_error: None,
        lines: lines.count(),
        is_generated: false,
        is_module: is_module && program.body.iter().any(is_module_syntax),
        has_export_syntax: program.body.iter().any(is_export),
        has_dynamic_scope: found.has_dynamic_scope,
        is_augmentation: found.is_augmentation,
        jsx: calls::jsx(&found, text, &program.comments),
        has_commonjs_exports: found.has_commonjs_exports,
        has_lazy_exports: found.has_lazy_exports,
        effects: effects::effects(&source, program, &found),
        imports,
        exports,
        comments,
        strings: found.strings,
        paths: found.paths,
    }
}

fn is_export(statement: &Statement) -> bool {
    statement.is_module_declaration() && !matches!(statement, Statement::ImportDeclaration(_))
}

fn is_module_syntax(statement: &Statement) -> bool {
    let is_external = match statement {
        Statement::TSImportEqualsDeclaration(import) => {
            matches!(import.module_reference, TSModuleReference::ExternalModuleReference(_))
        }
        _ => false,
    };
    statement.is_module_declaration() || is_external
}

fn top_level<'a>(
    source: &Source<'_, 'a>,
    statement: &'a Statement<'a>,
    near: &Neighbours,
    out: &mut Vec<ImportRecord>,
) {
    match statement {
        Statement::ImportDeclaration(import) => out.push(import_declaration(source, import, near)),
        Statement::TSImportEqualsDeclaration(import) => out.extend(import_equals(source, import, near, false)),
        Statement::ExportDeclaration(export) => {
            if let Declaration::TSImportEqualsDeclaration(import) = &export.declaration {
                out.extend(import_equals(source, import, near, true));
            }
        }
        Statement::VariableDeclaration(declaration) => out.extend(require_statement(source, declaration, near)),
        Statement::ExpressionStatement(expression) => {
            out.extend(bare_require(source, &expression.expression, expression.span, near));
        }
        _ => {}
    }
}

pub(crate) fn span(span: oxc_span::Span) -> Span {
    Span { start: span.start, end: span.end }
}

/// An import record with nothing in it but where it stands.
pub(crate) fn bare(
    source: &Source,
    specifier: &str,
    form: Form,
    at: oxc_span::Span,
    literal: oxc_span::Span,
) -> ImportRecord {
    ImportRecord {
        specifier: specifier.to_string(),
        form,
        span: span(at),
        position: source.lines.position(at.start),
        source: span(literal),
        is_type: false,
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

fn import_declaration<'a>(
    source: &Source<'_, 'a>,
    import: &'a ImportDeclaration<'a>,
    near: &Neighbours,
) -> ImportRecord {
    let form = if import.specifiers.is_some() { Form::Static } else { Form::SideEffect };
    let mut record = bare(source, &import.source.value, form, import.span, import.source.span);
    record.is_type = import.import_kind.is_type();
    record.attributes = attributes(source.text, import.with_clause.as_deref(), import.phase.is_some());
    record.is_statement = true;
    record.is_fragile = near.is_fragile;
    let Some(specifiers) = &import.specifiers else {
        return record;
    };
    record.bindings = specifiers.iter().map(|specifier| specifier_binding(source, specifier)).collect();
    let before_source = Span { start: import.span.start, end: import.source.span.start };
    record.braces = statement::braces(source.text, before_source, &record.bindings, source.semantic.comments());
    record
}

fn attributes(text: &str, with: Option<&WithClause>, has_phase: bool) -> Option<String> {
    let phase = has_phase.then(|| "phase".to_string());
    with.map(|clause| span(clause.span).text(text).to_string()).or(phase)
}

fn specifier_binding<'a>(source: &Source<'_, 'a>, specifier: &'a ImportDeclarationSpecifier<'a>) -> Binding {
    let (imported, is_type) = match specifier {
        ImportDeclarationSpecifier::ImportSpecifier(named) => {
            (export_name(&named.imported), named.import_kind.is_type())
        }
        ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => (Imported::Default, false),
        ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => (Imported::Namespace, false),
    };
    let local = specifier.local();
    binding(source, &local.name, local.symbol_id.get(), imported, specifier.span(), is_type)
}

/// `default` under its own name, so that `{default as a}` and `a` are the same.
fn export_name(name: &ModuleExportName) -> Imported {
    match name.name().as_str() {
        "default" => Imported::Default,
        other => Imported::Name(other.to_string()),
    }
}

fn binding(
    source: &Source,
    local: &str,
    symbol: Option<SymbolId>,
    imported: Imported,
    at: oxc_span::Span,
    is_type: bool,
) -> Binding {
    let scoping = source.semantic.scoping();
    let merged = symbol.is_none_or(|symbol| !scoping.symbol_redeclarations(symbol).is_empty());
    let uses = symbol.map_or(Uses { value: true, ..Uses::default() }, |symbol| uses_of(source, symbol, local));
    let members =
        if imported == Imported::Namespace { symbol.and_then(|symbol| members(source, symbol)) } else { None };
    Binding {
        local: local.to_string(),
        imported,
        span: span(at),
        position: source.lines.position(at.start),
        is_type,
        uses,
        merged,
        members,
    }
}

fn import_equals<'a>(
    source: &Source<'_, 'a>,
    import: &'a TSImportEqualsDeclaration<'a>,
    near: &Neighbours,
    is_exported: bool,
) -> Option<ImportRecord> {
    let TSModuleReference::ExternalModuleReference(module) = &import.module_reference else {
        return None;
    };
    let mut record = bare(source, &module.expression.value, Form::Equals, import.span, module.expression.span);
    record.is_type = import.import_kind.is_type();
    record.is_statement = !is_exported;
    record.is_exported = is_exported;
    record.is_fragile = near.is_fragile;
    let id = &import.id;
    record.bindings = vec![binding(source, &id.name, id.symbol_id.get(), Imported::Namespace, id.span, false)];
    Some(record)
}

/// `const a = require("x")` and `const {a, b: c} = require("x")`, alone in their declaration.
fn require_statement<'a>(
    source: &Source<'_, 'a>,
    declaration: &'a VariableDeclaration<'a>,
    near: &Neighbours,
) -> Option<ImportRecord> {
    let [declarator] = declaration.declarations.as_slice() else {
        return None;
    };
    let (specifier, literal) = calls::require_literal(source, declarator.init.as_ref()?)?;
    let mut record = bare(source, specifier, Form::Require, declaration.span, literal);
    record.is_statement = true;
    record.is_fragile = near.is_fragile || declarator.type_annotation.is_some();
    match &declarator.id {
        BindingPattern::BindingIdentifier(id) => {
            record.bindings = vec![binding(source, &id.name, id.symbol_id.get(), Imported::Namespace, id.span, false)];
        }
        BindingPattern::ObjectPattern(pattern) => {
            let plain = pattern.rest.is_none() && pattern.properties.iter().all(|property| !property.computed);
            record.is_fragile |= !plain;
            for property in &pattern.properties {
                let BindingPattern::BindingIdentifier(id) = &property.value else {
                    record.is_statement = false;
                    record.bindings.clear();
                    return Some(record);
                };
                let name = property.key.static_name().map_or_else(|| id.name.to_string(), |name| name.to_string());
                let imported = if name == "default" { Imported::Default } else { Imported::Name(name) };
                record.bindings.push(binding(source, &id.name, id.symbol_id.get(), imported, property.span, false));
            }
            if let Some(rest) = &pattern.rest
                && let BindingPattern::BindingIdentifier(id) = &rest.argument
            {
                record.bindings.push(binding(
                    source,
                    &id.name,
                    id.symbol_id.get(),
                    Imported::Namespace,
                    rest.span,
                    false,
                ));
            }
            record.braces = Some(span(pattern.span));
        }
        _ => record.is_statement = false,
    }
    Some(record)
}

fn bare_require<'a>(
    source: &Source<'_, 'a>,
    expression: &'a Expression<'a>,
    at: oxc_span::Span,
    near: &Neighbours,
) -> Option<ImportRecord> {
    let (specifier, literal) = calls::require_literal(source, expression)?;
    let mut record = bare(source, specifier, Form::Require, at, literal);
    record.is_statement = true;
    record.is_fragile = near.is_fragile;
    Some(record)
}

/// Whether a default export is a plain name.
pub(crate) fn default_name<'a>(kind: &'a ExportDefaultDeclarationKind<'a>) -> Option<&'a str> {
    match kind {
        ExportDefaultDeclarationKind::Identifier(name) => Some(name.name.as_str()),
        _ => None,
    }
}
