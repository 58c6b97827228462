//! The durable store of one workspace, and its lock.
//!
//! [`Store`] is one SQLite file in write-ahead mode with `synchronous=FULL`. A thread of its own does all writing:
//! batches that wait together share one SQLite transaction and so one flush of the disk (group commit). Each batch is
//! atomic, and a batch that fails leaves the others alone. When [`Store::commit`] returns `Ok`, the batch survives a
//! `kill -9` and a power cut. Reads run on a second connection and see every batch that was answered.
//!
//! [`Store::open`] brings an older file up to date inside one transaction, after a flushed copy beside it
//! (`<file>.v<N>.backup`); a file written by a newer version, by another program, or damaged is refused by name.
//!
//! [`WorkspaceLock`] keeps two processes off one workspace.
//!
//! Nothing here knows a table: the schema is a list of SQL steps that the caller owns.

mod connection;
mod error;
mod lock;
mod migration;
mod store;
mod value;
mod writer;

pub use error::{CommitError, OpenError, QueryError, StorageError};
pub use lock::{LockError, WorkspaceLock};
pub use store::{Rows, Store};
pub use value::{Statement, Value};
pub use writer::CommitReply;

#[cfg(test)]
mod tests;
