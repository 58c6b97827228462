//! JavaScript and TypeScript.

mod analyze;
mod builtins;
mod calls;
mod config;
mod decide;
mod docs;
mod edges;
mod edits;
mod effects;
mod entries;
mod exports;
mod files;
mod foreign;
mod import_order;
mod lines;
mod link;
mod merge;
mod metadata;
mod packages;
mod parse;
pub(crate) mod project;
mod proof;
mod purity;
mod reach;
pub(crate) mod record;
mod resolve;
mod scan;
mod statement;
mod types;
mod uses;

pub(crate) use analyze::analyze;
pub(crate) use edges::edges;
pub(crate) use import_order::import_orders;
