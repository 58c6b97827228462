use crate::name::encode_name;

/// What a copy came to. Paths are relative to the root, names by [`encode_name`].
#[derive(Clone, Debug, Default)]
pub struct CopyReport {
    /// Files, symbolic links and folders that were copied, those under an overlay not counted.
    pub entries: u64,
    /// Bytes of the files that were copied or whose blocks are shared.
    pub bytes: u64,
    /// Whether the copy shares blocks with the original.
    pub reflink: bool,
    /// Dependency and build folders: no changes are looked for in them.
    pub heavy: Vec<(String, Strategy)>,
    /// Places called `.git`, a folder or a file: they are left out.
    pub git: Vec<String>,
    /// What else is not in the copy.
    pub skipped: Vec<Skipped>,
    /// Symbolic links that lead into the original: a write through one of them would reach it.
    pub leading: Vec<String>,
}

/// How a dependency or build folder was brought into the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    Reflink,
    Overlay,
    Copy,
}

/// A path of the original that is not in the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub path: String,
    pub reason: Reason,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A socket, a pipe or a device.
    Special,
    /// It was removed while the copy was made.
    Vanished,
    /// It became something else while the copy was made.
    Replaced,
}

impl CopyReport {
    pub(super) fn skip(&mut self, path: &[u8], reason: Reason) {
        self.skipped.push(Skipped { path: encode_name(path), reason });
    }

    /// Threads finish in any order; the lists are in the order of their paths.
    pub(super) fn sort(&mut self) {
        self.heavy.sort_by(|a, b| a.0.cmp(&b.0));
        self.git.sort();
        self.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        self.leading.sort();
    }
}
