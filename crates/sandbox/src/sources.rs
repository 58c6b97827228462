//! The host's side of the mounts: detached copies of what a spec names, taken while the host's tree can still be seen.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::spec::Mount;
use crate::sys::{self, ATTR_NODEV, ATTR_NOSUID, ATTR_RDONLY, Process};

/// Which path of a mount a copy is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    From,
    Upper,
}

/// A copy by the position of its mount in the spec.
pub(crate) type Sources = HashMap<(usize, Part), OwnedFd>;

/// Why a source cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("cannot show {path}: {error}")]
    Open { path: String, error: io::Error },
    #[error("{path} cannot be given to another user: its file system has no ID-mapped mounts ({error})")]
    IdMap { path: String, error: io::Error },
}

/// Folders that belong to the system: they are seen with their true owners.
const SYSTEM: [&str; 12] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix", "/snap", "/gnu"];

/// What the mounts of a spec need from the host. With `mapper`, the user's own files change hands.
pub(crate) fn open_sources(mounts: &[Mount], mut mapper: Option<&mut IdMapper>) -> Result<Sources, SourceError> {
    let mut sources = Sources::new();
    for (index, mount) in mounts.iter().enumerate() {
        match mount {
            Mount::Read { from, optional, .. } => {
                if *optional && fs::metadata(from).is_err() {
                    continue;
                }
                let map = if is_system(from) { None } else { mapper.as_deref_mut() };
                sources.insert((index, Part::From), open(from, ATTR_RDONLY, map)?);
            }
            Mount::Write { from, .. } => {
                sources.insert((index, Part::From), open(from, 0, mapper.as_deref_mut())?);
            }
            Mount::Overlay { from, upper, work, .. } => {
                sources.insert((index, Part::From), open(from, 0, mapper.as_deref_mut())?);
                if let (Some(upper), Some(work)) = (upper, work) {
                    sources.insert((index, Part::Upper), open_pair(upper, work, mapper.as_deref_mut())?);
                }
            }
            _ => {}
        }
    }
    Ok(sources)
}

fn is_system(path: &Path) -> bool {
    SYSTEM.iter().any(|folder| path.starts_with(folder))
}

/// `upper` and `work` have to be on one mount: a copy of the folder above both.
fn open_pair(upper: &Path, work: &Path, mapper: Option<&mut IdMapper>) -> Result<OwnedFd, SourceError> {
    let above = upper.parent().filter(|parent| work.parent() == Some(parent));
    let Some(above) = above else {
        let error =
            io::Error::new(io::ErrorKind::InvalidInput, "upper and work of an overlay are not beside each other");
        return Err(SourceError::Open { path: upper.display().to_string(), error });
    };
    open(above, 0, mapper)
}

fn open(path: &Path, attributes: u64, mapper: Option<&mut IdMapper>) -> Result<OwnedFd, SourceError> {
    let attributes = attributes | ATTR_NOSUID | ATTR_NODEV;
    let failed = |error| SourceError::Open { path: path.display().to_string(), error };
    let Some(mapper) = mapper else {
        let tree = sys::open_tree(path, true).map_err(failed)?;
        sys::mount_setattr(tree.as_fd(), attributes, true, None).map_err(failed)?;
        return Ok(tree);
    };
    let owner = fs::metadata(path).map_err(failed)?;
    let unmapped = |error| SourceError::IdMap { path: path.display().to_string(), error };
    let users = mapper.namespace(owner.uid(), owner.gid()).map_err(unmapped)?;
    let mut refused = None;
    // What is mounted below may not allow it; then it is left out, and its place looks empty.
    for recursive in [true, false] {
        let tree = sys::open_tree(path, recursive).map_err(failed)?;
        match sys::mount_setattr(tree.as_fd(), attributes, recursive, Some(users.as_fd())) {
            Ok(()) => return Ok(tree),
            Err(error) => refused = Some(error),
        }
    }
    Err(unmapped(refused.unwrap_or_else(|| io::ErrorKind::Unsupported.into())))
}

/// Lets files of one owner on disk appear as those of the sandbox's user, and the other way round when it writes
/// (ID-mapped mounts, mount_setattr(2)).
pub(crate) struct IdMapper {
    user: u32,
    namespaces: HashMap<(u32, u32), OwnedFd>,
}

impl IdMapper {
    /// `user` is the kernel's id of the sandbox's user and group.
    pub(crate) fn new(user: u32) -> Self {
        Self { user, namespaces: HashMap::new() }
    }

    /// A user namespace that says "`uid` on disk is our user". Made by a child that ends at once.
    fn namespace(&mut self, uid: u32, gid: u32) -> io::Result<&OwnedFd> {
        if !self.namespaces.contains_key(&(uid, gid)) {
            let made = self.make(uid, gid)?;
            self.namespaces.insert((uid, gid), made);
        }
        self.namespaces.get(&(uid, gid)).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn make(&self, uid: u32, gid: u32) -> io::Result<OwnedFd> {
        let (reading, writing) = sys::pipe()?;
        let child = match sys::fork_into(libc::CLONE_NEWUSER)? {
            Process::Parent(child) => child,
            Process::Child => {
                drop(writing);
                // Until the parent has what it needs and closes its end.
                let _ = io::copy(&mut File::from(reading), &mut io::sink());
                sys::exit_now(0)
            }
        };
        let opened = fs::write(format!("/proc/{child}/uid_map"), format!("{uid} {} 1", self.user))
            .and_then(|()| fs::write(format!("/proc/{child}/gid_map"), format!("{gid} {} 1", self.user)))
            .and_then(|()| File::open(format!("/proc/{child}/ns/user")));
        drop((reading, writing));
        sys::wait(child, true)?;
        opened.map(OwnedFd::from)
    }
}
