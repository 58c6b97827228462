//! Disposable copies of a work tree, one for each agent that works at the same time.
//!
//! [`copy_tree`] makes one as fast as the file system allows: blocks are shared where it can (reflink), small files are
//! read once and hashed on the way, several threads work with one descriptor per folder, and nothing is flushed: a copy
//! does not outlive its run. Dependency and build folders are put under an overlay where the process may mount one, so
//! that a write in the copy never reaches the original. Links are never followed; sockets and devices are left out.
//!
//! The answer, [`TreeCopy`], remembers what was copied. [`TreeCopy::changes`] compares by `lstat` first and by content
//! only where that differs; [`TreeCopy::base`] gives back the bytes a file had when it was copied, which a three-way merge
//! needs after the original was changed. They are kept in a [`BasePool`], once per content for all copies of a run.

mod bases;
mod compare;
mod error;
mod file;
mod folder;
mod heavy;
mod overlay;
mod remove;
mod report;
mod tree;

pub use bases::BasePool;
pub use compare::CopyChange;
pub use error::CopyError;
pub use overlay::unmount_below;
pub use remove::remove_tree;
pub use report::{CopyReport, Reason, Skipped, Strategy};
pub use tree::{CopyRequest, TreeCopy, copy_tree};
