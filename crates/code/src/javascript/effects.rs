use oxc_ast::ast::{
    Argument, AssignmentTarget, BindingPattern, CallExpression, Class, Declaration, ExportDefaultDeclarationKind,
    Expression, IdentifierReference, Program, Statement, TSNamespaceDeclaration, VariableDeclaration,
    VariableDeclarationKind,
};
use oxc_ecmascript::GlobalContext;
use oxc_ecmascript::side_effects::{MayHaveSideEffects, MayHaveSideEffectsContext, PropertyReadSideEffects};
use oxc_span::GetSpan;

use crate::javascript::calls::Found;
use crate::javascript::record::Effects;
use crate::javascript::scan::Source;

/// What evaluating the module's own statements does. Evaluating its imports is a matter of the modules they name.
pub(crate) fn effects<'a>(source: &Source<'_, 'a>, program: &'a Program<'a>, found: &Found) -> Effects {
    if found.has_long_chain {
        return Effects::Some { line: 1 };
    }
    let context = Context { source };
    let first = program.body.iter().find(|statement| context.acts(statement));
    match first {
        Some(statement) => Effects::Some { line: source.lines.line(statement.span().start) },
        None if found.has_dynamic_require => Effects::Some { line: 1 },
        None => Effects::None,
    }
}

struct Context<'w, 's, 'a> {
    source: &'w Source<'s, 'a>,
}

impl<'a> GlobalContext<'a> for Context<'_, '_, 'a> {
    fn is_global_reference(&self, reference: &IdentifierReference<'a>) -> bool {
        self.source.semantic.is_reference_to_global_variable(reference)
    }
}

impl<'a> MayHaveSideEffectsContext<'a> for Context<'_, '_, 'a> {
    fn annotations(&self) -> bool {
        true
    }

    /// `require("x")` does what the module does, and that is asked of the module.
    fn manual_pure_functions(&self, callee: &Expression) -> bool {
        matches!(callee, Expression::Identifier(callee) if callee.name == "require")
    }

    fn property_read_side_effects(&self) -> PropertyReadSideEffects {
        PropertyReadSideEffects::All
    }

    fn unknown_global_side_effects(&self) -> bool {
        true
    }
}

impl<'a> Context<'_, '_, 'a> {
    fn acts(&self, statement: &Statement<'a>) -> bool {
        match statement {
            Statement::ImportDeclaration(_)
            | Statement::ExportNamedDeclaration(_)
            | Statement::ExportFromDeclaration(_)
            | Statement::ExportAllDeclaration(_)
            | Statement::TSNamespaceExportDeclaration(_)
            | Statement::EmptyStatement(_) => false,
            Statement::ExportDeclaration(export) => self.declares(&export.declaration),
            Statement::ExportDefaultDeclaration(export) => match &export.declaration {
                ExportDefaultDeclarationKind::FunctionDeclaration(_)
                | ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => false,
                ExportDefaultDeclarationKind::ClassDeclaration(class) => self.class(class),
                other => other.as_expression().is_none_or(|value| value.may_have_side_effects(self)),
            },
            Statement::TSExportAssignment(export) => export.expression.may_have_side_effects(self),
            Statement::ExpressionStatement(statement) => self.expression(&statement.expression),
            Statement::BlockStatement(block) => block.body.iter().any(|statement| self.acts(statement)),
            Statement::IfStatement(branch) => {
                self.environment(&branch.test)
                    || self.acts(&branch.consequent)
                    || branch.alternate.as_ref().is_some_and(|alternate| self.acts(alternate))
            }
            other => other.as_declaration().is_none_or(|declaration| self.declares(declaration)),
        }
    }

    /// A condition: `process.env.NODE_ENV !== "production"` reads, and that is all.
    fn environment(&self, test: &Expression<'a>) -> bool {
        match test {
            Expression::BinaryExpression(binary) if binary.operator.is_equality() => {
                self.environment(&binary.left) || self.environment(&binary.right)
            }
            Expression::StaticMemberExpression(member) => {
                let Expression::StaticMemberExpression(env) = &member.object else {
                    return true;
                };
                !(env.property.name == "env" && env.object.is_specific_id("process"))
            }
            other => other.may_have_side_effects(self),
        }
    }

    fn declares(&self, declaration: &Declaration<'a>) -> bool {
        match declaration {
            Declaration::VariableDeclaration(variables) => self.variables(variables),
            Declaration::ClassDeclaration(class) => self.class(class),
            Declaration::TSEnumDeclaration(declared) => {
                let values = declared.body.members.iter().filter_map(|member| member.initializer.as_ref());
                !declared.declare && values.into_iter().any(|value| value.may_have_side_effects(self))
            }
            Declaration::TSNamespaceDeclaration(declared) => self.namespace(declared),
            Declaration::FunctionDeclaration(_)
            | Declaration::TSTypeAliasDeclaration(_)
            | Declaration::TSInterfaceDeclaration(_)
            | Declaration::TSExternalModuleDeclaration(_)
            | Declaration::TSGlobalDeclaration(_)
            | Declaration::TSImportEqualsDeclaration(_) => false,
        }
    }

    fn variables(&self, variables: &VariableDeclaration<'a>) -> bool {
        if matches!(variables.kind, VariableDeclarationKind::Using | VariableDeclarationKind::AwaitUsing) {
            return true;
        }
        let acts = |init: &Option<Expression<'a>>| init.as_ref().is_some_and(|init| self.value(init));
        !variables.declare
            && variables.declarations.iter().any(|declarator| match &declarator.id {
                BindingPattern::BindingIdentifier(_) => acts(&declarator.init),
                // Taking apart what a module exports reads properties of a plain object.
                BindingPattern::ObjectPattern(_) => declarator.init.as_ref().is_none_or(|init| !self.is_require(init)),
                _ => true,
            })
    }

    fn value(&self, value: &Expression<'a>) -> bool {
        match value {
            Expression::ClassExpression(class) => self.class(class),
            Expression::StaticMemberExpression(member) if self.is_require(&member.object) => false,
            Expression::CallExpression(call) if is_freeze(call) => {
                call.arguments.iter().any(|argument| argument.as_expression().is_none_or(|value| self.value(value)))
            }
            other => other.may_have_side_effects(self),
        }
    }

    fn is_require(&self, value: &Expression<'a>) -> bool {
        let Expression::CallExpression(call) = value else {
            return false;
        };
        call.callee.is_specific_id("require") && !value.may_have_side_effects(self)
    }

    /// Decorators run; the expression after `extends` may only be a name.
    fn class(&self, class: &Class<'a>) -> bool {
        if class.declare {
            return false;
        }
        let decorated = !class.decorators.is_empty() || class.body.body.iter().any(|element| element.has_decorator());
        let heritage = class.heritage.as_ref().is_some_and(|heritage| heritage.expression.may_have_side_effects(self));
        decorated || heritage || class.may_have_side_effects(self)
    }

    /// A namespace that holds types alone is nothing at run time; any other one counts.
    fn namespace(&self, declared: &TSNamespaceDeclaration<'a>) -> bool {
        !declared.declare
    }

    /// `module.exports = {…}`, `exports.a = …` and the marker that compilers write.
    fn expression(&self, expression: &Expression<'a>) -> bool {
        match expression {
            Expression::AssignmentExpression(assignment) if is_exports(&assignment.left) => {
                let chained = matches!(&assignment.right, Expression::AssignmentExpression(_));
                if chained { self.expression(&assignment.right) } else { self.value(&assignment.right) }
            }
            Expression::CallExpression(call) if call.arguments.len() == 3 => {
                let defines = matches!(&call.callee, Expression::StaticMemberExpression(callee)
                    if callee.object.is_specific_id("Object") && callee.property.name == "defineProperty");
                let on_exports = call.arguments.first().and_then(|first| first.as_expression());
                !(defines && on_exports.is_some_and(|first| first.is_specific_id("exports")))
            }
            other => self.value(other),
        }
    }
}

/// `Object.freeze({…})` of a value that is made here.
fn is_freeze(call: &CallExpression) -> bool {
    let is_callee = matches!(&call.callee, Expression::StaticMemberExpression(callee)
        if callee.object.is_specific_id("Object") && callee.property.name == "freeze");
    let is_made =
        |argument: &Argument| matches!(argument, Argument::ObjectExpression(_) | Argument::ArrayExpression(_));
    is_callee && call.arguments.len() == 1 && call.arguments.iter().all(is_made)
}

/// `module.exports`, `exports.a` or `module.exports.a`.
fn is_exports(target: &AssignmentTarget) -> bool {
    let AssignmentTarget::StaticMemberExpression(member) = target else {
        return false;
    };
    let on_module = member.object.is_specific_id("module") && member.property.name == "exports";
    let on_name = match &member.object {
        Expression::StaticMemberExpression(inner) => {
            inner.object.is_specific_id("module") && inner.property.name == "exports"
        }
        other => other.is_specific_id("exports"),
    };
    on_module || on_name
}
