use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use rayon::prelude::*;
use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, Stat};

use super::error::{CopyError, below, joined};
use super::folder::{Name, mode_of, names, open_folder};
use super::heavy::Heavy;
use super::tree::{Entry, FileEntry, Stamp};
use crate::name::encode_name;
use crate::state::{FileState, State};

/// A path of a copy that is not as it was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyChange {
    /// Relative to the root, by [`encode_name`].
    pub path: String,
    /// When it was copied.
    pub before: State,
    /// Now.
    pub after: State,
}

/// Compares a tree with what was noted of it.
pub(super) fn compare(
    root: &Path,
    heavy: &Heavy,
    entries: &HashMap<Vec<u8>, Entry>,
) -> Result<Vec<CopyChange>, CopyError> {
    let mut walk = Walk { root, heavy, entries, seen: HashSet::new(), changes: Vec::new(), suspects: Vec::new() };
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let top = fs::open(root, flags, Mode::empty()).map_err(|errno| CopyError::system("reading", root, errno))?;
    walk.folder(&top, &[])?;
    let Walk { seen, mut changes, suspects, .. } = walk;
    let read: Vec<Option<(Vec<u8>, State, State)>> =
        suspects.par_iter().map(|path| look(root, path, entries)).collect::<Result<_, _>>()?;
    changes.extend(read.into_iter().flatten());
    let gone = entries.iter().filter(|(path, entry)| !seen.contains(path.as_slice()) && !matches!(entry, Entry::Heavy));
    changes.extend(gone.map(|(path, entry)| (path.clone(), noted(entry, entries), State::Absent)));
    changes.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(changes
        .into_iter()
        .map(|(path, before, after)| CopyChange { path: encode_name(&path), before, after })
        .collect())
}

struct Walk<'a> {
    root: &'a Path,
    heavy: &'a Heavy,
    entries: &'a HashMap<Vec<u8>, Entry>,
    seen: HashSet<&'a [u8]>,
    changes: Vec<(Vec<u8>, State, State)>,
    /// Files whose bytes have to be read.
    suspects: Vec<Vec<u8>>,
}

impl<'a> Walk<'a> {
    fn folder(&mut self, folder: &OwnedFd, path: &[u8]) -> Result<(), CopyError> {
        let failed = |errno: io::Error| CopyError::system("reading", &below(self.root, path), errno);
        for name in names(folder).map_err(failed)? {
            if name.name.as_bytes() == b".git" {
                continue;
            }
            self.name(folder, &name, joined(path, name.name.as_bytes()))?;
        }
        Ok(())
    }

    fn name(&mut self, folder: &OwnedFd, name: &Name, path: Vec<u8>) -> Result<(), CopyError> {
        let known = self.entries.get_key_value(path.as_slice());
        if let Some((key, _)) = known {
            self.seen.insert(key.as_slice());
        }
        let known = known.map(|(_, entry)| entry);
        let root = self.root;
        let failed = |errno: io::Error| CopyError::system("reading", &below(root, &path), errno);
        if name.kind == FileType::Directory {
            if matches!(known, Some(Entry::Heavy)) {
                return Ok(());
            }
            let opened = open_folder(folder, &name.name).map_err(failed)?;
            if !matches!(known, Some(Entry::Folder(_))) && self.heavy.is_heavy(&path, opened.as_fd()) {
                return Ok(());
            }
            let stat = fs::fstat(&opened).map_err(|errno| failed(errno.into()))?;
            self.differ(&path, known, State::Folder(mode_of(&stat)));
            return self.folder(&opened, &path);
        }
        let stat = fs::statat(folder, name.name.as_c_str(), AtFlags::SYMLINK_NOFOLLOW);
        let stat = stat.map_err(|errno| failed(errno.into()))?;
        match FileType::from_raw_mode(stat.st_mode) {
            FileType::RegularFile if same_stamp(known, &stat) => {}
            FileType::RegularFile => self.suspects.push(path),
            FileType::Symlink => {
                let target = fs::readlinkat(folder, name.name.as_c_str(), Vec::new());
                let target = target.map_err(|errno| failed(errno.into()))?.into_bytes();
                self.differ(&path, known, State::Symlink(target));
            }
            // Sockets and pipes that a program left are nothing that could be merged.
            _ => {}
        }
        Ok(())
    }

    fn differ(&mut self, path: &[u8], known: Option<&'a Entry>, after: State) {
        let before = known.map_or(State::Absent, |entry| noted(entry, self.entries));
        if !before.same(&after) {
            self.changes.push((path.to_vec(), before, after));
        }
    }
}

fn same_stamp(known: Option<&Entry>, stat: &Stat) -> bool {
    matches!(known, Some(Entry::File(FileEntry { mode, stamp, .. })) if *stamp == Stamp::of(stat) && *mode == mode_of(stat))
}

/// Reads a file whose stamp differs; `None` when its bytes and mode are the same all the same.
fn look(
    root: &Path,
    path: &[u8],
    entries: &HashMap<Vec<u8>, Entry>,
) -> Result<Option<(Vec<u8>, State, State)>, CopyError> {
    let place = below(root, path);
    let failed = |errno: io::Error| CopyError::system("reading", &place, errno);
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = File::from(fs::open(&place, flags, Mode::empty()).map_err(|errno| failed(errno.into()))?);
    let stat = fs::fstat(&file).map_err(|errno| failed(errno.into()))?;
    let hash = blake3::Hasher::new().update_reader(&file).map_err(failed)?.finalize();
    let after = file_state(hash, mode_of(&stat), Stamp::of(&stat).size);
    let before = entries.get(path).map_or(State::Absent, |entry| noted(entry, entries));
    Ok((!before.same(&after)).then(|| (path.to_vec(), before, after)))
}

fn noted(entry: &Entry, entries: &HashMap<Vec<u8>, Entry>) -> State {
    match entry {
        Entry::File(FileEntry { hash, mode, stamp }) => file_state(*hash, *mode, stamp.size),
        Entry::Link(first) => match entries.get(first) {
            Some(Entry::File(FileEntry { hash, mode, stamp })) => file_state(*hash, *mode, stamp.size),
            _ => State::Other,
        },
        Entry::Symlink(target) => State::Symlink(target.clone()),
        Entry::Folder(mode) => State::Folder(*mode),
        Entry::Heavy => State::Other,
    }
}

fn file_state(hash: blake3::Hash, mode: u32, size: u64) -> State {
    State::File(FileState { hash: hash.to_hex().to_string(), mode, size, owner: None, id: None, linked: false })
}
