use serde::{Deserialize, Serialize};

use crate::dir::HAS_MODES;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Absent,
    File(FileState),
    /// The bytes of the target.
    Symlink(Vec<u8>),
    /// Permission bits.
    Folder(u32),
    /// A socket, a device: never touched.
    Other,
}

/// A regular file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileState {
    /// BLAKE3 of the bytes, lower-case hexadecimal.
    pub hash: String,
    /// Permission bits, `0o7777` at most.
    pub mode: u32,
    /// Bytes.
    pub size: u64,
    /// User and group, or `None` to leave them as they come.
    pub owner: Option<(u32, u32)>,
    /// Which file it is: device, inode and time of birth. `None`: not known yet, or the system does not tell.
    pub id: Option<String>,
    /// More than one name leads to it.
    pub linked: bool,
}

/// Permission bits that are kept.
#[cfg(all(unix, not(feature = "portable")))]
pub(crate) const MODE: u32 = 0o7777;

impl State {
    /// Same kind, bytes and, where there are any, mode. Owner, identity and other names are not compared.
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Absent, Self::Absent) => true,
            (Self::File(a), Self::File(b)) => a.hash == b.hash && same_mode(a.mode, b.mode),
            (Self::Symlink(a), Self::Symlink(b)) => a == b,
            (Self::Folder(a), Self::Folder(b)) => same_mode(*a, *b),
            _ => false,
        }
    }

    /// Other names of the file came or went.
    pub(crate) fn relinked(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(a), Self::File(b)) => a.id != b.id && (a.linked || b.linked),
            _ => false,
        }
    }

    /// A file or a symbolic link: what is put in place by a rename.
    pub(crate) fn is_content(&self) -> bool {
        matches!(self, Self::File(_) | Self::Symlink(_))
    }
}

fn same_mode(a: u32, b: u32) -> bool {
    !HAS_MODES || a == b
}

/// A state with what it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    pub state: State,
    /// Which file or folder it is: device, inode and time of birth; `None` where the system does not tell.
    pub identity: Option<String>,
}
