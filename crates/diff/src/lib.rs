//! Differences of bytes: unified diffs, patches read and applied, and three-way merges.
//!
//! Everything here is a pure function over bytes. Line endings, missing newlines at the end and bytes that are no UTF-8
//! pass unchanged; a line is what ends in `\n`. The answers are git's wherever git has one:
//!
//! - [`unified_diff`] and [`file_diff`] write what `git apply` and `patch -p1` accept, with git's way to quote names, to
//!   mark a missing newline and to recognise binary content. Lines are aligned by imara-diff ([`Algorithm`]).
//! - [`parse_patch`] reads git's patches and those of `diff -u`; [`apply_patch`] applies one file of them, exactly, at an
//!   offset, or with fuzz where that is allowed. It refuses rather than guesses, and says where the patch nearly fits.
//! - [`merge_texts`] is the diff3 algorithm with the refinements of `git merge-file` and its three conflict styles.
//!
//! What fails because of its input is data ([`Failure`], [`Conflict`]); only a text that is no patch is an error.
//! Nothing here reads a file, and nothing knows a programming language.

mod apply;
mod binary;
mod conflict;
mod file_diff;
mod header;
mod lines;
mod match_lines;
mod merge;
mod middle;
mod nearest;
mod parse;
mod patch;
mod quote;
mod script;
mod unified;

pub use apply::{Applied, ApplyOptions, Failure, Placed, Reason, apply_patch};
pub use binary::is_binary;
pub use file_diff::{FileSide, file_diff};
pub use merge::{Conflict, ConflictStyle, Labels, MergeInput, MergeOptions, Merged, merge_texts};
pub use nearest::{Difference, Nearest};
pub use parse::{ParseError, parse_patch};
pub use patch::{Binary, Change, FilePatch, Hunk, HunkLine, Sign, reverse_patch};
pub use quote::{NO_FILE, quote_name};
pub use script::Algorithm;
pub use unified::{DiffPair, UnifiedOptions, unified_diff, unified_diffs};
