//! Work trees: what stands at a path, contents kept for later, and changes that are made in one step each.
//!
//! **What it promises.** [`Tree`] holds the root of a workspace open. Every path is resolved beneath that descriptor
//! (`openat2` with `RESOLVE_BENEATH` and `RESOLVE_NO_SYMLINKS` where the kernel has it, step by step elsewhere), so no
//! `..`, symbolic link or folder that is swapped meanwhile leads outside. [`apply`] brings paths from one exact [`State`]
//! to another: new content is on the disk before the first path changes, each path changes by one rename, and what a
//! rename displaces is compared with what was expected before it is deleted. [`Objects`] keeps contents under their
//! BLAKE3, complete or not at all.
//!
//! [`Tree::scan`] reads a whole tree into a [`Manifest`], with the hash of each file from a cache where nothing touched it;
//! [`Tree::compare`] says what became of it since.
//!
//! **What it never does.** It keeps no journal and decides nothing: what has to be durable before what is the business of
//! the caller (the room `state`). It never follows a symbolic link, never opens a device, never touches `.git`.
//!
//! Beside that it makes and removes disposable copies of a work tree, for agents that work at the same time: [`copy_tree`].
//!
//! Names that are not UTF-8 are text here too: see [`encode_name`].
//!
//! Linux is measured. macOS (the same calls) and other systems (`std::fs` alone: see `dir/portable.rs` for what that
//! costs) are built for and unverified. Outside the module `dir` nothing asks which system it is on but the names.

mod apply;
#[cfg(all(not(feature = "portable"), any(target_os = "linux", target_vendor = "apple")))]
mod copy;
mod dir;
mod error;
mod flush;
mod name;
mod objects;
mod observe;
mod os_name;
mod overwrite;
mod scan;
mod state;
mod tree;
mod walk;
#[cfg(any(windows, test))]
mod wtf8;

pub use apply::{Change, apply, draft_path};
#[cfg(all(not(feature = "portable"), any(target_os = "linux", target_vendor = "apple")))]
pub use copy::{
    BasePool, CopyChange, CopyError, CopyReport, CopyRequest, Reason, Skipped, Strategy, TreeCopy, copy_tree,
    remove_tree, unmount_below,
};
pub use error::{FileError, TreeError};
pub use flush::{hash_bytes, make_folder, sync_all, sync_path};
pub use name::{decode_name, encode_name};
pub use objects::Objects;
pub use os_name::encode_path;
pub use scan::{Difference, Manifest, ScanOptions};
pub use state::{FileState, Observation, State};
pub use tree::{TEMPORARY, Tree};
