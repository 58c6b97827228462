//! The system calls that the standard library does not have, each as a safe function.
//!
//! Only this file is unsafe. The helper is a program of its own with one thread until every process it needs is made, so
//! that a copy of the process (`fork`) is a whole one.

#![allow(unsafe_code)]

use std::ffi::{CStr, CString};
use std::io;
use std::mem::{size_of, zeroed};
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use libc::{c_int, c_ulong, c_void, pid_t};

/// What `clone` and `fork` return: who the caller is now.
pub(crate) enum Process {
    Parent(pid_t),
    Child,
}

fn check(result: c_int) -> io::Result<c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn check_long(result: libc::c_long) -> io::Result<libc::c_long> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn owned(result: libc::c_long) -> io::Result<OwnedFd> {
    let fd = check_long(result)?;
    // SAFETY: the kernel has just made this descriptor for us, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

/// A path as the kernel wants it.
pub(crate) fn c_path(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| io::ErrorKind::InvalidInput.into())
}

/// A copy of this process in the new namespaces of `flags` (`CLONE_NEW*`; 0: none).
pub(crate) fn fork_into(flags: c_int) -> io::Result<Process> {
    // SAFETY: without CLONE_VM the child has its own copy of the memory, as after fork(2); there is one thread.
    let pid = check_long(unsafe { libc::syscall(libc::SYS_clone, flags | libc::SIGCHLD, 0, 0, 0, 0) })?;
    Ok(if pid == 0 { Process::Child } else { Process::Parent(pid as pid_t) })
}

/// Ends this process without running anything else.
pub(crate) fn exit_now(code: c_int) -> ! {
    // SAFETY: _exit takes no memory and does not return.
    unsafe { libc::_exit(code) }
}

pub(crate) fn prctl(option: c_int, value: c_ulong) -> io::Result<()> {
    // SAFETY: all options used here take integers.
    check(unsafe { libc::prctl(option, value, 0, 0, 0) }).map(drop)
}

pub(crate) fn setsid() -> io::Result<()> {
    // SAFETY: no memory is involved.
    check(unsafe { libc::setsid() }).map(drop)
}

pub(crate) fn ids() -> (u32, u32) {
    // SAFETY: these cannot fail and take no memory.
    unsafe { (libc::geteuid(), libc::getegid()) }
}

/// Becomes this user and group alone, keeping capabilities for the set-up that follows.
pub(crate) fn become_user(uid: u32, gid: u32) -> io::Result<()> {
    // SAFETY: integers and an empty list.
    unsafe {
        check(libc::setgroups(0, std::ptr::null()))?;
        check(libc::setresgid(gid, gid, gid))?;
        check(libc::setresuid(uid, uid, uid))?;
    }
    Ok(())
}

/// Signal sent to us when the process that made us ends.
pub(crate) fn die_with_parent() -> io::Result<()> {
    prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL as c_ulong)
}

pub(crate) fn kill(pid: pid_t, signal: c_int) -> io::Result<()> {
    // SAFETY: integers.
    check(unsafe { libc::kill(pid, signal) }).map(drop)
}

pub(crate) fn pidfd_open(pid: pid_t) -> io::Result<OwnedFd> {
    // SAFETY: integers.
    owned(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })
}

/// How a process ended.
#[derive(Clone, Copy)]
pub(crate) enum Exit {
    Code(c_int),
    Signal(c_int),
}

/// A child that has ended: any (`-1`) or one. `None`: none has ended yet. Errors with ECHILD when there are none.
pub(crate) fn wait(pid: pid_t, block: bool) -> io::Result<Option<(pid_t, Exit)>> {
    let mut status = 0;
    let flags = if block { 0 } else { libc::WNOHANG };
    // SAFETY: status is ours and lives through the call.
    let found = loop {
        match check(unsafe { libc::waitpid(pid, &raw mut status, flags | libc::__WALL) }) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => break other?,
        }
    };
    let exit = if libc::WIFEXITED(status) {
        Exit::Code(libc::WEXITSTATUS(status))
    } else {
        Exit::Signal(libc::WTERMSIG(status))
    };
    Ok((found != 0).then_some((found, exit)))
}

/// Blocks these signals and gives a descriptor that tells of them.
pub(crate) fn signal_fd(signals: &[c_int]) -> io::Result<OwnedFd> {
    // SAFETY: the set is initialised by sigemptyset before it is read.
    unsafe {
        let mut set = zeroed();
        check(libc::sigemptyset(&raw mut set))?;
        for signal in signals {
            check(libc::sigaddset(&raw mut set, *signal))?;
        }
        check(libc::sigprocmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut()))?;
        let fd = check(libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK))?;
        Ok(OwnedFd::from_raw_fd(fd))
    }
}

/// The signals that a {@link signal_fd} has received.
pub(crate) fn read_signals(fd: BorrowedFd<'_>) -> Vec<c_int> {
    let mut signals = Vec::new();
    loop {
        // SAFETY: the buffer has the size that is named, and any bytes make a valid value.
        let mut info: libc::signalfd_siginfo = unsafe { zeroed() };
        let size = size_of::<libc::signalfd_siginfo>();
        // SAFETY: as above.
        let read = unsafe { libc::read(fd.as_raw_fd(), (&raw mut info).cast::<c_void>(), size) };
        if read != size as isize {
            return signals;
        }
        signals.push(info.ssi_signo as c_int);
    }
}

/// Unblocks all signals and gives them their default meaning, for a program that is about to start.
pub(crate) fn reset_signals() -> io::Result<()> {
    // SAFETY: SIG_DFL is a valid handler; the set is initialised before it is read.
    unsafe {
        for signal in 1..=64 {
            libc::signal(signal, libc::SIG_DFL);
        }
        let mut set = zeroed();
        check(libc::sigemptyset(&raw mut set))?;
        check(libc::sigprocmask(libc::SIG_SETMASK, &raw const set, std::ptr::null_mut())).map(drop)
    }
}

/// Waits until one of the descriptors can be read or is closed. `None`: the time is up. `timeout` in milliseconds, -1: none.
pub(crate) fn poll(fds: &[RawFd], timeout: c_int) -> io::Result<Vec<bool>> {
    let mut list: Vec<libc::pollfd> =
        fds.iter().map(|fd| libc::pollfd { fd: *fd, events: libc::POLLIN, revents: 0 }).collect();
    // SAFETY: the list lives through the call and its length is named.
    match check(unsafe { libc::poll(list.as_mut_ptr(), list.len() as libc::nfds_t, timeout) }) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(vec![false; fds.len()]),
        Err(error) => Err(error),
        Ok(_) => Ok(list.iter().map(|entry| entry.revents != 0).collect()),
    }
}

/// Two connected sockets that keep messages apart.
pub(crate) fn message_pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut fds = [0; 2];
    // SAFETY: the array has room for two descriptors, which are ours afterwards.
    unsafe {
        check(libc::socketpair(libc::AF_UNIX, libc::SOCK_SEQPACKET | libc::SOCK_CLOEXEC, 0, fds.as_mut_ptr()))?;
        Ok((OwnedFd::from_raw_fd(fds[0]), OwnedFd::from_raw_fd(fds[1])))
    }
}

pub(crate) fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let mut fds = [0; 2];
    // SAFETY: as above.
    unsafe {
        check(libc::pipe2(fds.as_mut_ptr(), libc::O_CLOEXEC))?;
        Ok((OwnedFd::from_raw_fd(fds[0]), OwnedFd::from_raw_fd(fds[1])))
    }
}

/// Sends one message, with a descriptor if there is one.
pub(crate) fn send(socket: BorrowedFd<'_>, bytes: &[u8], fd: Option<BorrowedFd<'_>>) -> io::Result<()> {
    // SAFETY: all pointers lead to locals that live through the call; the control buffer is aligned as cmsghdr.
    unsafe {
        let mut part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
        let mut control = [0u64; 4];
        let mut message: libc::msghdr = zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        if let Some(fd) = fd {
            message.msg_control = control.as_mut_ptr().cast();
            message.msg_controllen = libc::CMSG_SPACE(size_of::<RawFd>() as u32) as _;
            let header = libc::CMSG_FIRSTHDR(&raw const message);
            (*header).cmsg_level = libc::SOL_SOCKET;
            (*header).cmsg_type = libc::SCM_RIGHTS;
            (*header).cmsg_len = libc::CMSG_LEN(size_of::<RawFd>() as u32) as _;
            libc::CMSG_DATA(header).cast::<RawFd>().write_unaligned(fd.as_raw_fd());
        }
        let sent = libc::sendmsg(socket.as_raw_fd(), &raw const message, libc::MSG_NOSIGNAL);
        if sent < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

/// Receives one message of at most 64 KiB. An empty one: the other side is gone.
pub(crate) fn receive(socket: BorrowedFd<'_>) -> io::Result<(Vec<u8>, Option<OwnedFd>)> {
    let mut bytes = vec![0u8; 65536];
    // SAFETY: all pointers lead to buffers that live through the call and whose sizes are named; a descriptor that
    // arrives is ours alone.
    unsafe {
        let mut part = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
        let mut control = [0u64; 4];
        let mut message: libc::msghdr = zeroed();
        message.msg_iov = &raw mut part;
        message.msg_iovlen = 1;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = size_of::<[u64; 4]>() as _;
        let got = loop {
            let got = libc::recvmsg(socket.as_raw_fd(), &raw mut message, libc::MSG_CMSG_CLOEXEC);
            if got >= 0 {
                break got as usize;
            }
            let error = io::Error::last_os_error();
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        };
        bytes.truncate(got);
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        let has =
            !header.is_null() && (*header).cmsg_level == libc::SOL_SOCKET && (*header).cmsg_type == libc::SCM_RIGHTS;
        let fd = has.then(|| OwnedFd::from_raw_fd(libc::CMSG_DATA(header).cast::<RawFd>().read_unaligned()));
        Ok((bytes, fd))
    }
}

// --- The mount interface (mount_setattr(2), open_tree(2), move_mount(2), fsopen(2)).

const OPEN_TREE_CLONE: u32 = 1;
const AT_RECURSIVE: u32 = 0x8000;
const MOVE_MOUNT_F_EMPTY_PATH: u32 = 4;
const MOVE_MOUNT_T_EMPTY_PATH: u32 = 0x40;
const FSCONFIG_SET_STRING: u32 = 1;
const FSCONFIG_SET_FLAG: u32 = 0;
const FSCONFIG_CMD_CREATE: u32 = 6;

pub(crate) const ATTR_RDONLY: u64 = 1;
pub(crate) const ATTR_NOSUID: u64 = 2;
pub(crate) const ATTR_NODEV: u64 = 4;
pub(crate) const ATTR_NOEXEC: u64 = 8;
const ATTR_IDMAP: u64 = 0x0010_0000;

/// `struct mount_attr` of mount_setattr(2).
#[repr(C)]
struct MountAttr {
    set: u64,
    clear: u64,
    propagation: u64,
    userns_fd: u64,
}

/// A detached copy of the mount at `path`, with those below it when `recursive`. A link at its end is followed.
pub(crate) fn open_tree(path: &Path, recursive: bool) -> io::Result<OwnedFd> {
    let path = c_path(path)?;
    let flags = OPEN_TREE_CLONE | libc::O_CLOEXEC as u32 | if recursive { AT_RECURSIVE } else { 0 };
    // SAFETY: the path is a C string that lives through the call.
    owned(unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags) })
}

/// Adds attributes to a detached mount, and an ID mapping when `userns` is given.
pub(crate) fn mount_setattr(
    tree: BorrowedFd<'_>,
    set: u64,
    recursive: bool,
    userns: Option<BorrowedFd<'_>>,
) -> io::Result<()> {
    let attr = MountAttr {
        set: set | if userns.is_some() { ATTR_IDMAP } else { 0 },
        clear: 0,
        propagation: 0,
        userns_fd: userns.map_or(0, |fd| fd.as_raw_fd() as u64),
    };
    let flags = libc::AT_EMPTY_PATH as u32 | if recursive { AT_RECURSIVE } else { 0 };
    // SAFETY: the structure lives through the call and its size is named.
    check_long(unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            flags,
            &raw const attr,
            size_of::<MountAttr>(),
        )
    })
    .map(drop)
}

/// Puts a detached mount onto what `target` (opened with `O_PATH`) is.
pub(crate) fn move_mount(tree: BorrowedFd<'_>, target: BorrowedFd<'_>) -> io::Result<()> {
    let flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
    // SAFETY: integers and constant empty strings.
    check_long(unsafe {
        libc::syscall(libc::SYS_move_mount, tree.as_raw_fd(), c"".as_ptr(), target.as_raw_fd(), c"".as_ptr(), flags)
    })
    .map(drop)
}

/// A detached new file system.
pub(crate) fn new_mount(kind: &CStr, options: &[(&CStr, Option<&CStr>)], attributes: u64) -> io::Result<OwnedFd> {
    // SAFETY: all strings are C strings that live through the calls.
    unsafe {
        let context = owned(libc::syscall(libc::SYS_fsopen, kind.as_ptr(), 1))?;
        for (key, value) in options {
            let (command, value) = match value {
                Some(value) => (FSCONFIG_SET_STRING, value.as_ptr()),
                None => (FSCONFIG_SET_FLAG, std::ptr::null()),
            };
            check_long(libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), command, key.as_ptr(), value, 0))?;
        }
        check_long(libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), FSCONFIG_CMD_CREATE, 0, 0, 0))?;
        owned(libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), 1, attributes))
    }
}

/// Keeps what is mounted and unmounted here from showing outside, and the other way round.
pub(crate) fn make_private() -> io::Result<()> {
    let flags = libc::MS_REC | libc::MS_PRIVATE;
    // SAFETY: null is allowed where the kind of change is a propagation.
    check(unsafe { libc::mount(std::ptr::null(), c"/".as_ptr(), std::ptr::null(), flags, std::ptr::null()) }).map(drop)
}

/// Makes the mount that the current folder is the root, and takes the old one away.
pub(crate) fn pivot_here() -> io::Result<()> {
    // SAFETY: constant C strings.
    unsafe {
        check_long(libc::syscall(libc::SYS_pivot_root, c".".as_ptr(), c".".as_ptr()))?;
        // The old root now lies over the new one.
        check(libc::umount2(c".".as_ptr(), libc::MNT_DETACH))?;
    }
    std::env::set_current_dir("/")
}

pub(crate) fn fchdir(fd: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: an integer.
    check(unsafe { libc::fchdir(fd.as_raw_fd()) }).map(drop)
}

pub(crate) fn unmount(path: &Path) -> io::Result<()> {
    let path = c_path(path)?;
    // SAFETY: a C string that lives through the call.
    check(unsafe { libc::umount2(path.as_ptr(), libc::MNT_DETACH) }).map(drop)
}

/// Opens what a path names, for mounting onto it. Links in the path are followed within `/`; one at its end is not.
pub(crate) fn open_place(path: &Path) -> io::Result<OwnedFd> {
    let path = c_path(path)?;
    let flags = libc::O_PATH | libc::O_CLOEXEC | libc::O_NOFOLLOW;
    // SAFETY: a C string that lives through the call.
    owned(libc::c_long::from(unsafe { libc::open(path.as_ptr(), flags) }))
}

// --- The network.

/// Switches the loopback interface of this network namespace on.
pub(crate) fn loopback_up() -> io::Result<()> {
    // SAFETY: the request is zeroed and then filled; the name fits with its NUL.
    unsafe {
        let socket = owned(libc::c_long::from(libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0)))?;
        let mut request: libc::ifreq = zeroed();
        request.ifr_name[0] = b'l' as _;
        request.ifr_name[1] = b'o' as _;
        check(libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFFLAGS as _, &raw mut request))?;
        request.ifr_ifru.ifru_flags |= libc::IFF_UP as i16;
        check(libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &raw mut request)).map(drop)
    }
}

// --- Privileges and limits.

/// Drops every capability for good: bounding, ambient, effective, permitted and inheritable.
pub(crate) fn drop_capabilities() -> io::Result<()> {
    for capability in 0..64 {
        // Above the last one that the kernel knows, EINVAL.
        if prctl(libc::PR_CAPBSET_DROP, capability).is_err() {
            break;
        }
    }
    prctl(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_CLEAR_ALL as c_ulong)?;
    #[repr(C)]
    struct Header {
        version: u32,
        pid: c_int,
    }
    let header = Header { version: 0x2008_0522, pid: 0 };
    let none = [0u32; 6];
    // SAFETY: version 3 reads two structures of three words each.
    check_long(unsafe { libc::syscall(libc::SYS_capset, &raw const header, none.as_ptr()) }).map(drop)
}

/// Whether this process has any capability.
pub(crate) fn has_capabilities() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("CapEff:") && !line.trim_end().ends_with("0000000000000000"))
}

pub(crate) fn set_limit(resource: libc::__rlimit_resource_t, value: u64) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: value, rlim_max: value };
    // SAFETY: the structure lives through the call.
    check(unsafe { libc::setrlimit(resource, &raw const limit) }).map(drop)
}

pub(crate) fn limit_of(resource: libc::__rlimit_resource_t) -> io::Result<u64> {
    // SAFETY: the structure is ours and is filled by the call.
    unsafe {
        let mut limit: libc::rlimit = zeroed();
        check(libc::getrlimit(resource, &raw mut limit))?;
        Ok(limit.rlim_max)
    }
}

/// Free bytes, and how many more files there may be, on the file system of `folder`.
pub(crate) fn free_space(folder: BorrowedFd<'_>) -> io::Result<(u64, u64)> {
    // SAFETY: the structure is ours and is filled by the call.
    unsafe {
        let mut found: libc::statvfs = zeroed();
        check(libc::fstatvfs(folder.as_raw_fd(), &raw mut found))?;
        Ok((found.f_bfree * found.f_frsize, found.f_ffree))
    }
}

/// Marks every descriptor from `first` on as closed when a program starts.
pub(crate) fn close_from_on_exec(first: u32) -> io::Result<()> {
    // SAFETY: integers.
    check_long(unsafe { libc::syscall(libc::SYS_close_range, first, u32::MAX, libc::CLOSE_RANGE_CLOEXEC) }).map(drop)
}

pub(crate) fn umask(mask: u32) {
    // SAFETY: cannot fail.
    unsafe { libc::umask(mask as libc::mode_t) };
}

/// Becomes the program. Returns only when that fails.
pub(crate) fn execute(program: &CStr, argv: &[CString], env: &[CString]) -> io::Error {
    let list = |words: &[CString]| -> Vec<*const libc::c_char> {
        words.iter().map(|word| word.as_ptr()).chain([std::ptr::null()]).collect()
    };
    let (argv, env) = (list(argv), list(env));
    // SAFETY: both lists end with null and their strings live through the call.
    unsafe { libc::execve(program.as_ptr(), argv.as_ptr(), env.as_ptr()) };
    io::Error::last_os_error()
}

/// Takes a descriptor that was handed to this process by number.
pub(crate) fn inherited(fd: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: asks about a number only; when it is open, it was handed to us by whoever started us.
    unsafe {
        check(libc::fcntl(fd, libc::F_GETFD))?;
        Ok(OwnedFd::from_raw_fd(fd))
    }
}

/// Mounts a symbolic link onto itself, so that it cannot be removed or replaced.
pub(crate) fn pin_link(path: &Path) -> io::Result<()> {
    let name = c_path(path)?;
    let flags = OPEN_TREE_CLONE | libc::O_CLOEXEC as u32 | libc::AT_SYMLINK_NOFOLLOW as u32;
    // SAFETY: a C string that lives through the call.
    let same = owned(unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, name.as_ptr(), flags) })?;
    move_mount(std::os::fd::AsFd::as_fd(&same), std::os::fd::AsFd::as_fd(&open_place(path)?))
}

/// The version of the kernel's Landlock interface; 0: it has none, or it is switched off.
pub(crate) fn landlock_version() -> i64 {
    // SAFETY: null and 0 are what the flag for asking the version wants (landlock_create_ruleset(2)).
    let version = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<c_void>(), 0, 1) };
    version.max(0) as i64
}

/// Whether a child in new namespaces may mount something there.
pub(crate) fn can_make_namespaces() -> bool {
    match fork_into(libc::CLONE_NEWUSER | libc::CLONE_NEWNS | libc::CLONE_NEWPID | libc::CLONE_NEWNET) {
        Ok(Process::Child) => exit_now(c_int::from(make_private().is_err())),
        Ok(Process::Parent(pid)) => matches!(wait(pid, true), Ok(Some((_, Exit::Code(0))))),
        Err(_) => false,
    }
}
