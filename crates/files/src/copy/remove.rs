use std::ffi::CString;
use std::io;
use std::num::NonZero;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use rayon::{Scope, ThreadPoolBuilder};
use rustix::fs::{self, AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::error::{CopyError, below, joined};
use super::folder::{identity, names, open_folder};
use crate::os_name::name_bytes;

/// Removes a folder with all that is in it, or nothing when it is not there. No link is followed, and what is mounted
/// in it is not entered: that is an error.
pub fn remove_tree(path: &Path) -> Result<(), CopyError> {
    let failed = |errno: io::Error| CopyError::system("removing", path, errno);
    let (parent, name) = match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => (parent, name),
        _ => return Err(failed(io::ErrorKind::InvalidInput.into())),
    };
    let name = CString::new(name_bytes(name)).map_err(|_| failed(io::ErrorKind::InvalidInput.into()))?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let above = match fs::open(parent, flags, Mode::empty()) {
        Ok(above) => above,
        Err(Errno::NOENT) => return Ok(()),
        Err(errno) => return Err(failed(errno.into())),
    };
    let stat = match fs::statat(&above, name.as_c_str(), AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(Errno::NOENT) => return Ok(()),
        Err(errno) => return Err(failed(errno.into())),
    };
    if FileType::from_raw_mode(stat.st_mode) != FileType::Directory {
        return fs::unlinkat(&above, name.as_c_str(), AtFlags::empty()).map_err(|errno| failed(errno.into()));
    }
    let removal = Removal {
        root: path.into(),
        device: identity(&stat).0,
        failed: AtomicBool::new(false),
        failure: Mutex::default(),
    };
    let threads = thread::available_parallelism().map_or(2, NonZero::get).clamp(2, 8);
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|source| failed(io::Error::other(source)))?;
    pool.scope(|scope| removal.attempt(|| enter(scope, &removal, Above::Outside(above), name, Vec::new())));
    removal.failure.into_inner().ok().flatten().map_or(Ok(()), Err)
}

struct Removal {
    root: PathBuf,
    device: u64,
    failed: AtomicBool,
    failure: Mutex<Option<CopyError>>,
}

impl Removal {
    fn attempt(&self, work: impl FnOnce() -> Result<(), CopyError>) {
        if !self.failed.load(Ordering::Relaxed)
            && let Err(error) = work()
        {
            self.fail(error);
        }
    }

    fn failed_at(&self, path: &[u8], source: io::Error) -> CopyError {
        CopyError::system("removing", &below(&self.root, path), source)
    }

    fn fail(&self, error: CopyError) {
        self.failed.store(true, Ordering::Relaxed);
        if let Ok(mut failure) = self.failure.lock() {
            failure.get_or_insert(error);
        }
    }
}

/// The folder that a folder is in.
enum Above<'a> {
    Outside(OwnedFd),
    Inside(Arc<Doomed<'a>>),
}

impl AsFd for Above<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Outside(fd) => fd.as_fd(),
            Self::Inside(folder) => folder.open.as_fd(),
        }
    }
}

/// A folder that is being emptied. It goes when the last piece of work in it has let go of it.
struct Doomed<'a> {
    open: OwnedFd,
    name: CString,
    /// Relative to the root.
    path: Vec<u8>,
    above: Above<'a>,
    removal: &'a Removal,
}

impl Drop for Doomed<'_> {
    fn drop(&mut self) {
        if self.removal.failed.load(Ordering::Relaxed) {
            return;
        }
        match fs::unlinkat(&self.above, self.name.as_c_str(), AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(errno) => self.removal.fail(self.removal.failed_at(&self.path, errno.into())),
        }
    }
}

fn enter<'scope>(
    scope: &Scope<'scope>,
    removal: &'scope Removal,
    above: Above<'scope>,
    name: CString,
    path: Vec<u8>,
) -> Result<(), CopyError> {
    let failed = |errno: io::Error| removal.failed_at(&path, errno);
    let open = match open_folder(&above, &name) {
        Ok(open) => open,
        Err(error) if Errno::from_io_error(&error) == Some(Errno::NOENT) => return Ok(()),
        Err(error) if Errno::from_io_error(&error) == Some(Errno::ACCESS) => {
            unlock(above.as_fd(), &name).map_err(failed)?;
            open_folder(&above, &name).map_err(failed)?
        }
        Err(error) => return Err(failed(error)),
    };
    let stat = fs::fstat(&open).map_err(|errno| failed(errno.into()))?;
    if identity(&stat).0 != removal.device {
        return Err(CopyError::Mounted { path: below(&removal.root, &path) });
    }
    if !Mode::from_raw_mode(stat.st_mode).contains(Mode::RWXU) {
        fs::fchmod(&open, Mode::RWXU).map_err(|errno| failed(errno.into()))?;
    }
    empty(scope, &Arc::new(Doomed { open, name, path, above, removal }))
}

fn empty<'scope>(scope: &Scope<'scope>, folder: &Arc<Doomed<'scope>>) -> Result<(), CopyError> {
    let removal = folder.removal;
    for name in names(&folder.open).map_err(|error| removal.failed_at(&folder.path, error))? {
        let path = joined(&folder.path, name.name.as_bytes());
        if name.kind == FileType::Directory {
            let above = Above::Inside(Arc::clone(folder));
            // A failure must be known before the folder above is let go of.
            let above_too = Arc::clone(folder);
            scope.spawn(move |scope| {
                removal.attempt(|| enter(scope, removal, above, name.name, path));
                drop(above_too);
            });
            continue;
        }
        match fs::unlinkat(&folder.open, name.name.as_c_str(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(errno) => return Err(removal.failed_at(&path, errno.into())),
        }
    }
    Ok(())
}

/// Lets us into a folder that an agent closed to itself.
#[cfg(target_os = "linux")]
fn unlock(above: BorrowedFd<'_>, name: &CString) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let handle = fs::openat(above, name.as_c_str(), flags, Mode::empty())?;
    Ok(fs::chmod(format!("/proc/self/fd/{}", handle.as_raw_fd()), Mode::RWXU)?)
}

#[cfg(not(target_os = "linux"))]
fn unlock(above: BorrowedFd<'_>, name: &CString) -> io::Result<()> {
    Ok(fs::chmodat(above, name.as_c_str(), Mode::RWXU, AtFlags::SYMLINK_NOFOLLOW)?)
}
