//! What the analysis says and does about Python.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "python/across_files.rs"]
mod across_files;
#[path = "python/cycles.rs"]
mod cycles;
#[path = "python/dead_code.rs"]
mod dead_code;
#[path = "python/dependencies.rs"]
mod dependencies;
#[path = "python/editing.rs"]
mod editing;
#[path = "python/effects.rs"]
mod effects;
#[path = "python/names.rs"]
mod names;
#[path = "javascript/repo.rs"]
mod repo;
#[path = "python/survival.rs"]
mod survival;
