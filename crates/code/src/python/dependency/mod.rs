//! What the manifests of Python projects declare, against what the files use.
//!
//! A distribution's modules come from the metadata of the project's own environment, else from the table in
//! `distributions.txt`, else they are not known; then a module of the same name is taken for it, and without one the
//! finding says `unknown`, not `unused`.

mod commands;
mod declaration;
mod distributions;
mod implied;
mod judge;
mod project;
mod pyproject;
mod requirements;
mod setup;
mod usage;

pub(super) use judge::report_dependencies;
pub(super) use project::{Project, read_projects};
pub(super) use usage::is_development_file;
