use std::path::{Path, PathBuf};

use super::error::CopyError;

#[cfg(not(target_os = "linux"))]
pub(super) use elsewhere::Overlays;
/// Where the layers of overlays are, and whether this process may mount.
#[cfg(target_os = "linux")]
pub(super) use linux::Overlays;

/// Unmounts everything that is mounted below a folder, the innermost first, and says where that was.
///
/// A mount that is busy is detached: who still works in it writes into layers that are removed next, never below them.
pub fn unmount_below(folder: &Path) -> Result<Vec<PathBuf>, CopyError> {
    #[cfg(target_os = "linux")]
    return linux::unmount_below(folder);
    #[cfg(not(target_os = "linux"))]
    return elsewhere::unmount_below(folder);
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::os::fd::BorrowedFd;
    use std::path::{Path, PathBuf};

    use super::super::error::CopyError;

    #[derive(Debug)]
    pub(in super::super) struct Overlays;

    /// Nothing was mounted.
    pub(super) fn unmount_below(_folder: &Path) -> Result<Vec<PathBuf>, CopyError> {
        Ok(Vec::new())
    }

    impl Overlays {
        pub(in super::super) fn new(_layers: Option<&Path>) -> Self {
            Self
        }

        pub(in super::super) fn cover(&self, _lower: BorrowedFd<'_>, _point: BorrowedFd<'_>) -> bool {
            false
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::CString;
    use std::fs;
    use std::io;
    use std::os::fd::{AsRawFd, BorrowedFd};
    use std::path::{Path, PathBuf};
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use rustix::fs::{Gid, Mode, OFlags, Uid};
    use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

    use super::super::error::CopyError;
    use crate::os_name::os_name;

    /// More overlays than this are not mounted for one copy; the folders are copied instead.
    const MOST: usize = 64;

    #[derive(Debug)]
    pub(in super::super) struct Overlays {
        /// Folder of the writable layers; `None` when nothing shall be mounted.
        layers: Option<PathBuf>,
        next: AtomicUsize,
        refused: AtomicBool,
    }

    impl Overlays {
        pub(in super::super) fn new(layers: Option<&Path>) -> Self {
            Self { layers: layers.map(Path::to_path_buf), next: AtomicUsize::new(0), refused: AtomicBool::new(false) }
        }

        /// Shows `lower` at the empty folder `point`, with all writes going to a layer of its own. `false` when that is
        /// not possible, for whatever reason: without the right to mount, in a container, on a file system that cannot
        /// be a layer. After the first refusal it is not tried again.
        pub(in super::super) fn cover(&self, lower: BorrowedFd<'_>, point: BorrowedFd<'_>) -> bool {
            let Some(layers) = &self.layers else { return false };
            if self.refused.load(Ordering::Relaxed) {
                return false;
            }
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= MOST {
                return false;
            }
            let covered = cover(&layers.join(number.to_string()), lower, point).is_ok();
            if !covered {
                self.refused.store(true, Ordering::Relaxed);
            }
            covered
        }
    }

    fn cover(layer: &Path, lower: BorrowedFd<'_>, point: BorrowedFd<'_>) -> io::Result<()> {
        let open = |name: &str| -> io::Result<_> {
            let path = layer.join(name);
            fs::create_dir_all(&path)?;
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            Ok(rustix::fs::open(&path, flags, Mode::empty())?)
        };
        let (upper, work) = (open("upper")?, open("work")?);
        // The root of an overlay has the attributes of its upper layer.
        let stat = rustix::fs::fstat(lower)?;
        let _ = rustix::fs::fchown(&upper, Some(Uid::from_raw(stat.st_uid)), Some(Gid::from_raw(stat.st_gid)));
        rustix::fs::fchmod(&upper, Mode::from_raw_mode(stat.st_mode))?;
        // Named by descriptor: a path may hold the separators of mount options, and may lead elsewhere meanwhile.
        let by_descriptor = |fd: i32| format!("/proc/self/fd/{fd}");
        let layers = format!(
            "lowerdir={},upperdir={},workdir={}",
            by_descriptor(lower.as_raw_fd()),
            by_descriptor(upper.as_raw_fd()),
            by_descriptor(work.as_raw_fd())
        );
        let target = by_descriptor(point.as_raw_fd());
        // Package managers rename folders of the lower layer, and nothing in the layers has to survive a power loss.
        // Older kernels know neither option.
        let attempts = [format!("{layers},redirect_dir=on,volatile"), layers];
        let mut refusal = io::Error::from(io::ErrorKind::Unsupported);
        for options in attempts {
            let options = CString::new(options)?;
            let flags = MountFlags::NOSUID | MountFlags::NODEV;
            match mount("pyagent", &target, "overlay", flags, options.as_c_str()) {
                Ok(()) => return Ok(()),
                Err(errno) => refusal = errno.into(),
            }
            if refusal.kind() == io::ErrorKind::PermissionDenied {
                break;
            }
        }
        Err(refusal)
    }

    pub(super) fn unmount_below(folder: &Path) -> Result<Vec<PathBuf>, CopyError> {
        let Ok(folder) = folder.canonicalize() else { return Ok(Vec::new()) };
        let table = Path::new("/proc/self/mountinfo");
        let lines = fs::read(table).map_err(|source| CopyError::system("reading", table, source))?;
        let mut points: Vec<PathBuf> = lines.split(|byte| *byte == b'\n').filter_map(mount_point).collect();
        points.retain(|point| point.starts_with(&folder) && *point != folder);
        // Later lines are mounted over earlier ones.
        points.reverse();
        for point in &points {
            let gone = unmount(point, UnmountFlags::NOFOLLOW)
                .or_else(|_| unmount(point, UnmountFlags::NOFOLLOW | UnmountFlags::DETACH));
            gone.map_err(|source| CopyError::system("unmounting", point, source))?;
        }
        Ok(points)
    }

    /// The fifth field of a line (proc_pid_mountinfo(5)); blanks and backslashes in it are octal escapes.
    pub(super) fn mount_point(line: &[u8]) -> Option<PathBuf> {
        let field = line.split(|byte| *byte == b' ').nth(4)?;
        let mut bytes = Vec::with_capacity(field.len());
        let mut rest = field;
        while let Some((&first, after)) = rest.split_first() {
            let code = after.get(..3).filter(|_| first == b'\\').and_then(octal);
            bytes.push(code.unwrap_or(first));
            rest = if code.is_some() { after.get(3..).unwrap_or_default() } else { after };
        }
        os_name(bytes).ok().map(PathBuf::from)
    }

    fn octal(digits: &[u8]) -> Option<u8> {
        u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok()
    }

    #[cfg(test)]
    mod tests {
        use std::path::Path;

        use super::mount_point;

        #[test]
        fn escapes_of_a_mount_point_are_undone() {
            let line = br"36 35 98:0 / /mnt/a\040b\134c\xyz rw - ext3 /dev/root rw";
            assert_eq!(mount_point(line).as_deref(), Some(Path::new(r"/mnt/a b\c\xyz")));
            assert_eq!(mount_point(b""), None);
        }
    }
}
