//! A folder that is held, and what can be done with the names directly in it.
//!
//! The one place that knows the operating system. Two implementations have the same face: `unix` (Linux and Apple) holds
//! a descriptor, so nothing that happens to the path above leads elsewhere; `portable` is made of `std::fs` alone for all
//! other systems and says at each item what that costs. The feature `portable` chooses it on any system, so that its tests
//! run where the work is done.

use std::ffi::OsString;

#[cfg(any(feature = "portable", not(any(target_os = "linux", target_vendor = "apple"))))]
mod portable;
#[cfg(any(feature = "portable", not(any(target_os = "linux", target_vendor = "apple"))))]
pub(crate) use portable::{Dir, FLUSHES_ALL, HAS_MODES, clone_file, dress, has_no_second_name, is_link_in_the_way};

#[cfg(all(not(feature = "portable"), any(target_os = "linux", target_vendor = "apple")))]
mod unix;
#[cfg(all(not(feature = "portable"), any(target_os = "linux", target_vendor = "apple")))]
pub(crate) use unix::{Dir, FLUSHES_ALL, HAS_MODES, clone_file, dress, has_no_second_name, is_link_in_the_way};

/// What `lstat` says of one name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stat {
    pub(crate) kind: Kind,
    /// Permission bits. Where there are none: read-only or not, for the owner.
    pub(crate) mode: u32,
    pub(crate) size: u64,
    /// User and group, where there are such.
    pub(crate) owner: Option<(u32, u32)>,
    /// 1 where the system does not tell.
    pub(crate) names: u64,
    /// Device and inode, where the system tells.
    pub(crate) number: Option<(u64, u64)>,
    /// Nanoseconds since the Unix epoch; 0 where the file system does not know.
    pub(crate) born: i128,
    /// Nanoseconds since the Unix epoch.
    pub(crate) modified: i128,
    /// Nanoseconds since the Unix epoch, of the last change of content or metadata: no program can set it. `None` where
    /// the system does not tell.
    pub(crate) changed: Option<i128>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Symlink,
    Folder,
    Other,
}

impl Stat {
    /// Device, inode and time of birth: a number that is used again for another file makes another identity.
    pub(crate) fn identity(&self) -> Option<String> {
        self.number.map(|(device, inode)| format!("{device:x}:{inode:x}:{:x}", self.born))
    }
}

/// Whether `name` stands among the names of a folder, letter by letter.
fn is_listed(names: &[OsString], name: &std::ffi::OsStr) -> bool {
    names.iter().any(|found| found == name)
}

#[cfg(test)]
pub(crate) mod tests;
