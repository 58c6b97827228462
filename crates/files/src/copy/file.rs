use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::Ordering;

use blake3::Hasher;
use rustix::fs::{self, AtFlags, FileType, Gid, Mode, OFlags, Stat, Uid};
use rustix::io::{Errno, read, write};

use super::bases::Batch;
use super::error::{CopyError, below, joined};
use super::folder::{Folder, identity, mode_of, times};
use super::report::Reason;
use super::tree::{Entry, FileEntry, Shared, Stamp};
use crate::name::encode_name;

/// Read, hashed and written in one piece; larger files in several of them.
const PIECE: usize = 256 << 10;
/// The bytes of larger files are not kept for a merge: nobody merges them by lines.
const KEPT: usize = 1 << 20;
/// Below this, writing the bytes is cheaper than asking the file system to share a block.
const SHARED_FROM: u64 = 16 << 10;

const READ: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);
const CREATE: OFlags =
    OFlags::WRONLY.union(OFlags::CREATE).union(OFlags::EXCL).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// What one thread gathers while it copies some files of a folder.
#[derive(Default)]
pub(super) struct Work {
    buffer: Vec<u8>,
    pub(super) batch: Batch,
    pub(super) entries: Vec<(Vec<u8>, Entry)>,
    pub(super) bytes: u64,
}

/// Copies one regular file with its mode, its time and, where the process may, its owner.
pub(super) fn copy_file(shared: &Shared, folder: &Folder, name: &CStr, work: &mut Work) -> Result<(), CopyError> {
    let path = joined(&folder.path, name.to_bytes());
    let failed = |operation, errno: io::Error| CopyError::system(operation, &below(&shared.source, &path), errno);
    let source = match fs::openat(&folder.source, name, READ, Mode::empty()) {
        Ok(source) => source,
        Err(errno) => return shared.pass(&path, errno).map_err(|errno| failed("reading", errno)),
    };
    let stat = fs::fstat(&source).map_err(|errno| failed("reading", errno.into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return shared.skip(&path, Reason::Replaced);
    }
    let target_failed =
        |operation, errno: io::Error| CopyError::system(operation, &below(&shared.target, &path), errno);
    let Some(target) = create(shared, folder, name, &path, &stat).map_err(|errno| target_failed("creating", errno))?
    else {
        // Another name of a file that is in the copy already.
        return shared.link(folder, name, path, &stat, work);
    };
    let hash =
        fill(shared, folder, (&source, &target), &stat, work).map_err(|errno| target_failed("copying", errno))?;
    let made = dress(shared, &target, &stat).map_err(|errno| target_failed("copying", errno))?;
    work.bytes += made.size;
    if let Some(hash) = hash {
        let entry = FileEntry { hash, mode: mode_of(&stat), stamp: made };
        work.entries.push((path, Entry::File(entry)));
    }
    Ok(())
}

/// `None` when the file has another name that is copied already.
fn create(shared: &Shared, folder: &Folder, name: &CStr, path: &[u8], stat: &Stat) -> io::Result<Option<OwnedFd>> {
    let mode = Mode::from_raw_mode(stat.st_mode & 0o777);
    let open = || -> io::Result<OwnedFd> { Ok(fs::openat(&folder.target, name, CREATE, mode)?) };
    if stat.st_nlink <= 1 {
        return open().map(Some);
    }
    let mut names = shared.names.lock().map_err(|_| io::Error::other("a thread of the copy failed"))?;
    if names.contains_key(&identity(stat)) {
        return Ok(None);
    }
    let target = open()?;
    names.insert(identity(stat), path.to_vec());
    Ok(Some(target))
}

/// Copies the bytes; their hash, outside of dependency and build folders.
fn fill(
    shared: &Shared,
    folder: &Folder,
    (source, target): (&OwnedFd, &OwnedFd),
    stat: &Stat,
    work: &mut Work,
) -> io::Result<Option<blake3::Hash>> {
    let size = u64::try_from(stat.st_size).unwrap_or(0);
    let cloned = size >= SHARED_FROM && shared.clone_file(source, target);
    if cloned && folder.heavy {
        return Ok(None);
    }
    let piece = usize::try_from(size).unwrap_or(usize::MAX).min(PIECE) + 1;
    if work.buffer.len() < piece {
        work.buffer.resize(piece, 0);
    }
    let Work { buffer, batch, .. } = work;
    let sparse = u64::try_from(stat.st_blocks).unwrap_or(0) * 512 < size;
    let pool = shared.pool.as_deref().filter(|_| !folder.heavy);
    let (mut hasher, mut kept, mut done) = (Hasher::new(), Vec::new(), 0);
    loop {
        let space = buffer.get_mut(..piece).unwrap_or_default();
        let length = read(source, &mut *space)?;
        let bytes = space.get(..length).unwrap_or_default();
        let last = length < piece && done + length as u64 >= size;
        if !folder.heavy && done == 0 && last {
            // The usual case: one read, one write.
            write_all(target, bytes, cloned)?;
            let hash = blake3::hash(bytes);
            if let Some(pool) = pool {
                batch.add(pool, hash, bytes)?;
            }
            return Ok(Some(hash));
        }
        if sparse && bytes.iter().all(|byte| *byte == 0) {
            fs::seek(target, fs::SeekFrom::Current(i64::try_from(length).unwrap_or(0)))?;
        } else {
            write_all(target, bytes, cloned)?;
        }
        if !folder.heavy {
            hasher.update(bytes);
        }
        if pool.is_some() && kept.len() + length <= KEPT {
            kept.extend_from_slice(bytes);
        }
        done += length as u64;
        if length == 0 || last {
            break;
        }
    }
    if sparse {
        fs::ftruncate(target, done)?;
    }
    if folder.heavy {
        return Ok(None);
    }
    let hash = hasher.finalize();
    if let Some(pool) = pool.filter(|_| kept.len() as u64 == done) {
        batch.add(pool, hash, &kept)?;
    }
    Ok(Some(hash))
}

fn write_all(target: &OwnedFd, mut bytes: &[u8], cloned: bool) -> io::Result<()> {
    while !cloned && !bytes.is_empty() {
        match write(target, bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(length) => bytes = bytes.get(length..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// Owner, mode, time, in this order: each of them undoes a part of the next.
fn dress(shared: &Shared, target: &OwnedFd, stat: &Stat) -> io::Result<Stamp> {
    if (stat.st_uid, stat.st_gid) != shared.owner {
        // Only a privileged process may give a file away.
        let _ = fs::fchown(target, Some(Uid::from_raw(stat.st_uid)), Some(Gid::from_raw(stat.st_gid)));
    }
    fs::futimens(target, &times(stat))?;
    let made = fs::fstat(target)?;
    if mode_of(&made) == mode_of(stat) {
        return Ok(Stamp::of(&made));
    }
    fs::fchmod(target, Mode::from_raw_mode(stat.st_mode))?;
    Ok(Stamp::of(&fs::fstat(target)?))
}

/// Copies a symbolic link with the bytes of its target.
pub(super) fn copy_link(shared: &Shared, folder: &Folder, name: &CStr, work: &mut Work) -> Result<(), CopyError> {
    let path = joined(&folder.path, name.to_bytes());
    let target = match fs::readlinkat(&folder.source, name, Vec::new()) {
        Ok(target) => target,
        // Not a link any more.
        Err(Errno::INVAL) => return shared.skip(&path, Reason::Replaced),
        Err(errno) => {
            let failed = |errno| CopyError::system("reading", &below(&shared.source, &path), errno);
            return shared.pass(&path, errno).map_err(failed);
        }
    };
    let failed = |errno| CopyError::system("creating", &below(&shared.target, &path), errno);
    fs::symlinkat(&target, &folder.target, name).map_err(failed)?;
    if target.to_bytes().starts_with(&shared.source_bytes) {
        shared.report(|report| report.leading.push(encode_name(&path)));
    }
    if !folder.heavy {
        work.entries.push((path, Entry::Symlink(target.into_bytes())));
    }
    Ok(())
}

impl Shared {
    /// Notes what is gone or something else by now, and passes on every other failure.
    fn pass(&self, path: &[u8], errno: Errno) -> Result<(), io::Error> {
        let reason = match errno {
            Errno::NOENT => Reason::Vanished,
            Errno::LOOP | Errno::NOTDIR => Reason::Replaced,
            Errno::NXIO => Reason::Special,
            _ => return Err(errno.into()),
        };
        self.report(|report| report.skip(path, reason));
        Ok(())
    }

    fn skip(&self, path: &[u8], reason: Reason) -> Result<(), CopyError> {
        self.report(|report| report.skip(path, reason));
        Ok(())
    }

    /// Shares the blocks of two files; after the first refusal of the file system it is not asked again.
    #[cfg(target_os = "linux")]
    pub(super) fn clone_file(&self, source: impl AsFd, target: impl AsFd) -> bool {
        if !self.can_clone.load(Ordering::Relaxed) {
            return false;
        }
        match fs::ioctl_ficlone(target, source) {
            Ok(()) => true,
            // Of this file alone: it is a swap file, or kept without checksums.
            Err(Errno::INVAL | Errno::TXTBSY | Errno::PERM) => false,
            Err(_) => {
                self.can_clone.store(false, Ordering::Relaxed);
                false
            }
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn clone_file(&self, _source: impl AsFd, _target: impl AsFd) -> bool {
        self.can_clone.store(false, Ordering::Relaxed);
        false
    }

    /// Gives a file of the copy another name, as in the original.
    fn link(&self, folder: &Folder, name: &CStr, path: Vec<u8>, stat: &Stat, work: &mut Work) -> Result<(), CopyError> {
        let failed = |errno: io::Error| CopyError::system("linking", &below(&self.target, &path), errno);
        let first = self.names.lock().ok().and_then(|names| names.get(&identity(stat)).cloned());
        let first = first.ok_or_else(|| failed(io::ErrorKind::NotFound.into()))?;
        fs::linkat(&self.target_root, first.as_slice(), &folder.target, name, AtFlags::empty())
            .map_err(|errno| failed(errno.into()))?;
        if !folder.heavy {
            work.entries.push((path, Entry::Link(first)));
        }
        Ok(())
    }
}
