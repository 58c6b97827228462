//! Code intelligence for JavaScript, TypeScript and Python.
//!
//! One call, [`Index::analyze`], reads a repository and answers four questions about it: which imports are unused,
//! which declared dependencies are unused, unlisted or misplaced, which modules import each other in a cycle, and what
//! nothing reaches from the entry points. The answer is data: findings, and edits (byte ranges with their replacement)
//! that a file transaction may apply. Nothing here writes a file of the repository.
//!
//! [`Index::import_orders`] judges what a tool made of a file whose imports it sorted, and [`stamps`] tells which files
//! were written between two moments.
//!
//! An [`Index`] keeps what it parsed, by content, so a second call reads only what changed.

mod cache;
mod change;
mod discover;
mod error;
mod fixture;
mod generated;
mod graph;
mod import_order;
mod index;
mod javascript;
mod manifest;
mod python;
mod report;
mod request;
mod scope;
mod stamps;

pub use change::{Change, ChangeGroup, TextEdit};
pub use error::AnalyzeError;
pub use import_order::{OrderRequest, OrderVerdict, SortedFile};
pub use index::Index;
pub use report::{
    BrokenFile, Component, CycleEdge, DeadExport, DeadFile, DependencyAction, DependencyFinding, DependencyKind,
    EdgeKind, ImportAction, ImportFinding, ImportKind, Language, Location, Note, Report, Totals,
};
pub use request::{Check, Request};
pub use stamps::stamps;
