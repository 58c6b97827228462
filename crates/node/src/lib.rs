//! The binding between the Rust crates and Node: it converts arguments, answers and errors, and holds no logic.
//!
//! Errors cross as an exception whose message is JSON: `{"code", "message", "details"}`; `src/native` turns it into the
//! error class of the product. Work that touches a disk runs off the event loop and answers with a promise.

mod code;
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
mod copies;
mod diff;
mod error;
mod files;
mod job;
mod lock;
mod manifest;
mod merge;
mod objects;
mod redaction;
mod sandbox;
mod state;
mod store;
mod tree;

use napi_derive::napi;

/// Hash of the sources that this addon was built from.
#[napi]
pub fn source_hash() -> &'static str {
    env!("PYAGENT_SOURCE_HASH")
}
