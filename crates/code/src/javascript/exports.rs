use oxc_ast::ast::{
    BindingIdentifier, BindingPattern, Declaration, ExportDefaultDeclaration, ExportDefaultDeclarationKind,
    ExportFromDeclaration, ExportNamedDeclaration, ModuleExportName, Program, Statement,
};
use oxc_span::GetSpan;
use oxc_syntax::symbol::SymbolId;

use crate::javascript::record::{Binding, ExportRecord, Form, ImportRecord, Imported, Origin, Uses};
use crate::javascript::scan::{Source, bare, default_name, span};

/// The exports of a module. Re-exports add their import record to `imports`.
pub(crate) fn exports<'a>(
    source: &Source<'_, 'a>,
    program: &'a Program<'a>,
    imports: &mut Vec<ImportRecord>,
) -> Vec<ExportRecord> {
    let mut exports = Exports { source, out: Vec::new(), imports };
    for statement in &program.body {
        exports.statement(statement);
    }
    exports.out
}

struct Exports<'w, 's, 'a> {
    source: &'w Source<'s, 'a>,
    out: Vec<ExportRecord>,
    imports: &'w mut Vec<ImportRecord>,
}

impl<'a> Exports<'_, '_, 'a> {
    fn statement(&mut self, statement: &'a Statement<'a>) {
        match statement {
            Statement::ExportDeclaration(export) => self.declaration(&export.declaration),
            Statement::ExportDefaultDeclaration(export) => self.default(export),
            Statement::ExportNamedDeclaration(export) => self.named(export),
            Statement::ExportFromDeclaration(export) => self.from(export),
            Statement::ExportAllDeclaration(export) => {
                let mut record =
                    bare(self.source, &export.source.value, Form::ReExport, export.span, export.source.span);
                record.is_type = export.export_kind.is_type();
                let at = self.import(record);
                let is_type = export.export_kind.is_type();
                match &export.exported {
                    Some(name) => {
                        let origin = Origin::Module { at, imported: Imported::Namespace };
                        self.push(name.name().as_str(), origin, name.span(), is_type, false);
                    }
                    None => self.push("", Origin::Star { at }, export.span, is_type, false),
                }
            }
            Statement::TSExportAssignment(export) => self.push("export=", Origin::Local, export.span, false, true),
            _ => {}
        }
    }

    fn push(&mut self, name: &str, origin: Origin, at: oxc_span::Span, is_type: bool, is_used_here: bool) {
        let position = self.source.lines.position(at.start);
        self.out.push(ExportRecord { name: name.to_string(), origin, position, is_type, is_used_here });
    }

    fn import(&mut self, record: ImportRecord) -> u32 {
        self.imports.push(record);
        u32::try_from(self.imports.len() - 1).unwrap_or(u32::MAX)
    }

    fn declaration(&mut self, declaration: &'a Declaration<'a>) {
        match declaration {
            Declaration::VariableDeclaration(variables) => {
                for declarator in &variables.declarations {
                    self.pattern(&declarator.id);
                }
            }
            Declaration::FunctionDeclaration(function) => self.local(function.id.as_ref(), false),
            Declaration::ClassDeclaration(class) => self.local(class.id.as_ref(), false),
            Declaration::TSEnumDeclaration(declared) => self.local(Some(&declared.id), false),
            Declaration::TSTypeAliasDeclaration(declared) => self.local(Some(&declared.id), true),
            Declaration::TSInterfaceDeclaration(declared) => self.local(Some(&declared.id), true),
            Declaration::TSNamespaceDeclaration(declared) => self.local(Some(&declared.id), false),
            Declaration::TSImportEqualsDeclaration(declared) => self.local(Some(&declared.id), false),
            Declaration::TSExternalModuleDeclaration(_) | Declaration::TSGlobalDeclaration(_) => {}
        }
    }

    fn pattern(&mut self, pattern: &'a BindingPattern<'a>) {
        match pattern {
            BindingPattern::BindingIdentifier(id) => self.local(Some(id), false),
            BindingPattern::ObjectPattern(object) => {
                object.properties.iter().for_each(|property| self.pattern(&property.value));
                object.rest.iter().for_each(|rest| self.pattern(&rest.argument));
            }
            BindingPattern::ArrayPattern(array) => {
                array.elements.iter().flatten().for_each(|element| self.pattern(element));
                array.rest.iter().for_each(|rest| self.pattern(&rest.argument));
            }
            BindingPattern::AssignmentPattern(assignment) => self.pattern(&assignment.left),
        }
    }

    fn local(&mut self, id: Option<&BindingIdentifier<'a>>, is_type: bool) {
        let Some(id) = id else { return };
        let is_used = id.symbol_id.get().is_some_and(|symbol| self.references(symbol) > 0);
        self.push(&id.name, Origin::Local, id.span, is_type, is_used);
    }

    fn references(&self, symbol: SymbolId) -> usize {
        self.source.semantic.scoping().get_resolved_reference_ids(symbol).len()
    }

    fn default(&mut self, export: &'a ExportDefaultDeclaration<'a>) {
        let is_type = matches!(export.declaration, ExportDefaultDeclarationKind::TSInterfaceDeclaration(_));
        let origin = default_name(&export.declaration).and_then(|name| self.origin_of(name)).unwrap_or(Origin::Local);
        self.push("default", origin, export.span, is_type, false);
    }

    fn named(&mut self, export: &'a ExportNamedDeclaration<'a>) {
        for specifier in &export.specifiers {
            let local = specifier.local.name();
            let scoping = self.source.semantic.scoping();
            let root = match &specifier.local {
                ModuleExportName::IdentifierReference(id) => scoping.get_reference(id.reference_id()).symbol_id(),
                _ => None,
            };
            let is_type = export.export_kind.is_type()
                || specifier.export_kind.is_type()
                || root.is_some_and(|symbol| is_type_symbol(self.source, symbol));
            let is_used = root.is_some_and(|symbol| self.references(symbol) > 1);
            let origin = self.origin_of(&local).unwrap_or(Origin::Local);
            self.push(specifier.exported.name().as_str(), origin, specifier.span, is_type, is_used);
        }
    }

    /// Where a name comes from when an import statement of this file brought it.
    fn origin_of(&self, local: &str) -> Option<Origin> {
        self.imports.iter().enumerate().find_map(|(at, import)| {
            let binding = import.bindings.iter().find(|binding| binding.local == local)?;
            let is_static = matches!(import.form, Form::Static | Form::Equals);
            let at = u32::try_from(at).ok()?;
            is_static.then(|| Origin::Module { at, imported: binding.imported.clone() })
        })
    }

    fn from(&mut self, export: &'a ExportFromDeclaration<'a>) {
        let mut record = bare(self.source, &export.source.value, Form::ReExport, export.span, export.source.span);
        let all_types =
            !export.specifiers.is_empty() && export.specifiers.iter().all(|specifier| specifier.export_kind.is_type());
        record.is_type = export.export_kind.is_type() || all_types;
        let at = self.import(record);
        for specifier in &export.specifiers {
            let name = specifier.local.name();
            let imported = if name == "default" { Imported::Default } else { Imported::Name(name.to_string()) };
            let is_type = export.export_kind.is_type() || specifier.export_kind.is_type();
            let exported = specifier.exported.name();
            let binding = Binding {
                local: exported.to_string(),
                imported: imported.clone(),
                span: span(specifier.span),
                position: self.source.lines.position(specifier.span.start),
                is_type,
                uses: Uses { exported: true, ..Uses::default() },
                merged: false,
                members: None,
            };
            if let Some(record) = self.imports.get_mut(at as usize) {
                record.bindings.push(binding);
            }
            self.push(&exported, Origin::Module { at, imported }, specifier.span, is_type, false);
        }
    }
}

fn is_type_symbol(source: &Source, symbol: SymbolId) -> bool {
    let flags = source.semantic.scoping().symbol_flags(symbol);
    (flags.is_type_alias() || flags.is_interface()) && !flags.is_value()
}
