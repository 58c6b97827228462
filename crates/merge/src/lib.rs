//! Three-way merge by syntax, for files that a textual merge leaves in conflict.
//!
//! [`merge_file`] merges a file as text, which is git's answer, and by syntax only where that conflicts.
//! [`merge_syntax`] compares three versions of a file as trees: where the sides changed different declarations, class
//! members, names of an import, elements of a list or keys, both changes are taken. A member that both changed is merged
//! inside, as text first. Members travel with the comments and blank lines above them and the comment behind them, and
//! what nobody touched keeps its bytes.
//!
//! The promise is that no merge is wrong in silence. Where both sides put something at one place of a list whose order
//! has a meaning (statements of a body, elements of an array), gave one name to two things, changed what the other took
//! out, or moved the same members, the place stays a conflict. [`check_merge`] then reads the result afresh, without any
//! code of the merge, and a result that does not parse, lost something or has something twice is a conflict as well.
//!
//! It never reads a file, never guesses at a text with syntax errors, and never formats.

mod check;
mod file;
mod gaps;
mod grammar;
mod keyed;
mod language;
mod layout;
mod node_merge;
mod rendering;
mod sequence;
mod sides;
mod syntax;
mod text;

pub use check::{CheckError, check_merge};
pub use file::{FileMerge, Means, merge_file};
pub use language::Language;
pub use syntax::{SyntaxMerge, merge_syntax};
