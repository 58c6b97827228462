//! What the analysis says and does about imports of JavaScript and TypeScript.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "javascript/bad_input.rs"]
mod bad_input;
#[path = "javascript/commonjs.rs"]
mod commonjs;
#[path = "javascript/dead_code.rs"]
mod dead_code;
#[path = "javascript/duplicates.rs"]
mod duplicates;
#[path = "javascript/effects.rs"]
mod effects;
#[path = "javascript/formatting.rs"]
mod formatting;
#[path = "javascript/graph.rs"]
mod graph;
#[path = "javascript/jsx.rs"]
mod jsx;
#[path = "javascript/options.rs"]
mod options;
#[path = "javascript/repo.rs"]
mod repo;
#[path = "javascript/survival.rs"]
mod survival;
