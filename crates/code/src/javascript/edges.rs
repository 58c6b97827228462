use crate::EdgeKind;
use crate::graph::Edge;
use crate::javascript::project::{Project, Target};
use crate::javascript::record::{Form, ImportRecord};

/// The edges between the modules of the repository, in the order of their files.
pub(crate) fn edges(project: &Project) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (from, module) in (0..).zip(&project.modules) {
        for (import, used) in module.record.imports.iter().zip(&module.uses).filter(|_| !module.is_foreign) {
            let (Target::Module(to), Some(kind)) = (&used.target, kind(import, used.is_erased)) else { continue };
            let specifier = import.specifier.clone();
            edges.push(Edge { from, to: *to, kind, line: import.position.line, specifier });
        }
    }
    edges
}

fn kind(import: &ImportRecord, is_erased: bool) -> Option<EdgeKind> {
    match import.form {
        Form::Mention | Form::ReferencePath | Form::ReferenceTypes | Form::Augmentation => None,
        _ if is_erased => Some(EdgeKind::Type),
        Form::Dynamic => Some(EdgeKind::Deferred),
        Form::Require if import.in_function => Some(EdgeKind::Deferred),
        Form::TypeQuery | Form::Jsdoc => Some(EdgeKind::Type),
        Form::Static | Form::SideEffect | Form::ReExport | Form::Equals | Form::Require => Some(EdgeKind::Value),
    }
}
