//! Attempts on the kernel: rights that a command has no business with.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::ptr;

use crate::sys::{self, Attempt, answer, call, number, reached};

const NEW_USER: usize = libc::CLONE_NEWUSER as usize;
const NEW_MOUNTS: usize = libc::CLONE_NEWNS as usize;
/// A program that sees this word as its attempt ends with [`RAN`].
const RAN: i32 = 42;

/// The attempt of that name, if it is one of these.
pub(crate) fn attempt(name: &str, words: &[&str]) -> Option<Attempt> {
    Some(match (name, words) {
        ("user-namespace", []) => call(libc::SYS_unshare, &[NEW_USER]).map(done),
        ("user-namespace-clone", []) => clone_into_user_namespace(),
        ("user-namespace-clone3", []) => clone3_into_user_namespace(),
        ("user-namespace-32", []) => user_namespace_32(),
        ("user-namespace-x32", []) => call(libc::SYS_unshare | 0x4000_0000, &[NEW_USER]).map(done),
        ("mount", []) => mount(),
        ("mount-new", []) => mount_by_new_calls(),
        ("ptrace-child", []) => ptrace_child(),
        ("ptrace", [pid]) => number(pid).and_then(ptrace),
        ("read-memory", [pid]) => number(pid).and_then(read_memory),
        ("proc-memory", [pid]) => proc_memory(pid),
        ("take-descriptor", [pid]) => number(pid).and_then(take_descriptor),
        ("join-namespace", [pid]) => join_namespace(pid),
        ("add-key", []) => add_key(),
        ("keyring", []) => call(libc::SYS_keyctl, &[1, 0]).map(done), // KEYCTL_JOIN_SESSION_KEYRING, anonymous
        ("bpf", []) => bpf(),
        ("io-uring", []) => io_uring(),
        ("memory-program", []) => memory_program(),
        ("ran", []) => sys::leave(RAN),
        ("set-user-id", []) => set_user_id(),
        ("device-node", []) => device_node(),
        ("kexec", []) => reached(call(libc::SYS_kexec_load, &[0, 4096, 0, 0]), &[libc::EINVAL]),
        ("module", []) => module(),
        ("performance", []) => performance(),
        ("file-handle", []) => file_handle(),
        ("personality", []) => call(libc::SYS_personality, &[libc::ADDR_NO_RANDOMIZE as usize]).map(done),
        ("page-faults", []) => call(libc::SYS_userfaultfd, &[1 | libc::O_CLOEXEC as usize]).map(done),
        ("chroot", []) => call(libc::SYS_chroot, &[c".".as_ptr() as usize]).map(done),
        ("capabilities", []) => capabilities(),
        ("kernel-log", []) => kernel_log(),
        ("open-for-write", [path]) => {
            OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK).open(path).map(|_| format!("{path} is open"))
        }
        ("open-to-read", [path]) => File::open(path).map(|file| read_a_byte(file).unwrap_or_else(|_| "open".into())),
        ("socket", [family, kind, protocol]) => socket(family, kind, protocol),
        ("shared-memory", [key]) => number(key).and_then(shared_memory),
        _ => return None,
    })
}

fn done(_: i64) -> String {
    "done".into()
}

fn read_a_byte(mut file: File) -> Attempt {
    let read = file.read(&mut [0u8; 1])?;
    Ok(format!("{read} bytes were read"))
}

fn clone_into_user_namespace() -> Attempt {
    let child = call(libc::SYS_clone, &[NEW_USER | libc::SIGCHLD as usize])?;
    if child == 0 {
        sys::leave(0);
    }
    sys::wait(child as libc::pid_t).map(|_| "a process was made in it".into())
}

fn clone3_into_user_namespace() -> Attempt {
    // struct clone_args, first version: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls.
    let words: [u64; 8] = [NEW_USER as u64, 0, 0, 0, libc::SIGCHLD as u64, 0, 0, 0];
    let child = call(libc::SYS_clone3, &[words.as_ptr() as usize, size_of_val(&words)])?;
    if child == 0 {
        sys::leave(0);
    }
    sys::wait(child as libc::pid_t).map(|_| "a process was made in it".into())
}

/// The same processor has a second set of calls, numbered otherwise: a filter that only knows the first lets them pass.
#[cfg(target_arch = "x86_64")]
fn user_namespace_32() -> Attempt {
    const UNSHARE: i32 = 310;
    let mut result: i32 = UNSHARE;
    // SAFETY: the call takes one number and touches no memory; rbx is given back.
    unsafe {
        std::arch::asm!(
            "xchg {flags}, rbx", "int 0x80", "xchg {flags}, rbx",
            flags = inout(reg) NEW_USER => _, inout("eax") result,
            out("r8") _, out("r9") _, out("r10") _, out("r11") _,
        );
    }
    if result < 0 { Err(io::Error::from_raw_os_error(-result)) } else { Ok("done".into()) }
}

#[cfg(not(target_arch = "x86_64"))]
fn user_namespace_32() -> Attempt {
    Err(io::ErrorKind::Unsupported.into())
}

/// Mounts of our own, so that an attempt that works changes nothing for others.
fn own_mounts() {
    let alone = call(libc::SYS_unshare, &[NEW_MOUNTS]).or_else(|_| call(libc::SYS_unshare, &[NEW_USER | NEW_MOUNTS]));
    if alone.is_ok() {
        let flags = (libc::MS_REC | libc::MS_PRIVATE) as usize;
        let _ = call(libc::SYS_mount, &[0, c"/".as_ptr() as usize, 0, flags, 0]);
    }
}

fn mount() -> Attempt {
    own_mounts();
    let kind = c"tmpfs".as_ptr() as usize;
    call(libc::SYS_mount, &[kind, c".".as_ptr() as usize, kind, 0, 0]).map(done)
}

fn mount_by_new_calls() -> Attempt {
    own_mounts();
    let context = call(libc::SYS_fsopen, &[c"tmpfs".as_ptr() as usize, 0])? as usize;
    call(libc::SYS_fsconfig, &[context, 6, 0, 0, 0])?; // FSCONFIG_CMD_CREATE
    call(libc::SYS_fsmount, &[context, 0, 0]).map(done)
}

fn ptrace_child() -> Attempt {
    let Some(child) = sys::fork()? else {
        std::thread::sleep(std::time::Duration::from_secs(2));
        sys::leave(0);
    };
    let traced = ptrace(child);
    // SAFETY: our own child.
    unsafe { libc::kill(child, libc::SIGKILL) };
    sys::wait(child)?;
    traced
}

fn ptrace(pid: libc::pid_t) -> Attempt {
    call(libc::SYS_ptrace, &[libc::PTRACE_SEIZE as usize, pid as usize, 0, 0]).map(done)
}

fn read_memory(pid: libc::pid_t) -> Attempt {
    let from = first_address(pid)?;
    let mut bytes = [0u8; 8];
    let local = libc::iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    let remote = libc::iovec { iov_base: from as *mut libc::c_void, iov_len: bytes.len() };
    let words = [pid as usize, &raw const local as usize, 1, &raw const remote as usize, 1, 0];
    call(libc::SYS_process_vm_readv, &words).map(|count| format!("{count} bytes"))
}

fn first_address(pid: libc::pid_t) -> io::Result<usize> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps"))?;
    let first = maps.split('-').next().unwrap_or_default();
    usize::from_str_radix(first, 16).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn proc_memory(pid: &str) -> Attempt {
    OpenOptions::new().read(true).write(true).open(format!("/proc/{pid}/mem")).map(|_| "open for writing".into())
}

fn take_descriptor(pid: libc::pid_t) -> Attempt {
    let process = call(libc::SYS_pidfd_open, &[pid as usize, 0])? as usize;
    call(libc::SYS_pidfd_getfd, &[process, 0, 0]).map(done)
}

fn join_namespace(pid: &str) -> Attempt {
    let space = File::open(format!("/proc/{pid}/ns/mnt"))?;
    call(libc::SYS_setns, &[space.as_raw_fd() as usize, 0]).map(done)
}

fn add_key() -> Attempt {
    const PROCESS_KEYRING: usize = -2isize as usize;
    let words = [c"user".as_ptr() as usize, c"escape-probe".as_ptr() as usize, c"x".as_ptr() as usize, 1];
    call(libc::SYS_add_key, &[words[0], words[1], words[2], words[3], PROCESS_KEYRING]).map(done)
}

fn bpf() -> Attempt {
    // BPF_MAP_CREATE of an array: type 2, key 4 bytes, value 8 bytes, 1 entry.
    let mut attributes = [0u32; 32];
    attributes[..4].copy_from_slice(&[2, 4, 8, 1]);
    call(libc::SYS_bpf, &[0, attributes.as_ptr() as usize, size_of_val(&attributes)]).map(done)
}

fn io_uring() -> Attempt {
    let parameters = [0u8; 120];
    call(libc::SYS_io_uring_setup, &[1, parameters.as_ptr() as usize]).map(done)
}

fn memory_program() -> Attempt {
    let fd = call(libc::SYS_memfd_create, &[c"program".as_ptr() as usize, 0])? as i32;
    let program = fs::read("/proc/self/exe")?;
    File::options().write(true).open(format!("/proc/self/fd/{fd}"))?.write_all(&program)?;
    let Some(child) = sys::fork()? else {
        let argv = [c"escape-probe".as_ptr(), c"ran".as_ptr(), ptr::null()];
        let env = [ptr::null::<libc::c_char>()];
        let words = [fd as usize, c"".as_ptr() as usize, argv.as_ptr() as usize, env.as_ptr() as usize];
        let _ = call(libc::SYS_execveat, &[words[0], words[1], words[2], words[3], libc::AT_EMPTY_PATH as usize]);
        sys::leave(1);
    };
    if sys::wait(child)? == RAN { Ok("a program without a file ran".into()) } else { Err(io::ErrorKind::Other.into()) }
}

/// By every call that sets a mode; the file must bear the bit afterwards.
fn set_user_id() -> Attempt {
    const MODE: usize = 0o4755;
    let path = c"set-user-id";
    let here = libc::AT_FDCWD as isize as usize;
    let made = [
        call(libc::SYS_openat, &[here, path.as_ptr() as usize, (libc::O_CREAT | libc::O_RDWR) as usize, MODE]),
        call(libc::SYS_fchmodat, &[here, path.as_ptr() as usize, MODE]),
        call(452, &[here, path.as_ptr() as usize, MODE, 0]), // fchmodat2
        fs::write("set-user-id", "x")
            .and_then(|()| File::open("set-user-id"))
            .and_then(|file| call(libc::SYS_fchmod, &[file.as_raw_fd() as usize, MODE])),
        fs::set_permissions("set-user-id", fs::Permissions::from_mode(MODE as u32)).map(|()| 0),
    ];
    let mode = fs::metadata("set-user-id").map(|found| found.permissions().mode()).unwrap_or(0);
    if mode & 0o4000 != 0 {
        return Ok(format!("mode {mode:o}"));
    }
    Err(made.into_iter().find_map(Result::err).unwrap_or_else(|| io::ErrorKind::Other.into()))
}

/// The device that gives zeros.
fn device_node() -> Attempt {
    let path = Path::new("device-node");
    if !path.exists() {
        let words = [libc::AT_FDCWD as isize as usize, c"device-node".as_ptr() as usize];
        call(libc::SYS_mknodat, &[words[0], words[1], (libc::S_IFCHR | 0o666) as usize, libc::makedev(1, 5) as usize])?;
    }
    File::open(path).and_then(read_a_byte)
}

/// No module is named: who may load one is told that the descriptor is bad.
fn module() -> Attempt {
    let words = [-1isize as usize, c"".as_ptr() as usize, 0];
    reached(call(libc::SYS_finit_module, &words), &[libc::EBADF, libc::EINVAL, libc::ENOEXEC])
}

fn performance() -> Attempt {
    // struct perf_event_attr: a software clock of this process, without the kernel's part.
    let mut attributes = [0u64; 14];
    attributes[0] = 1 | ((size_of_val(&attributes) as u64) << 32);
    attributes[5] = 1 | (1 << 5) | (1 << 6);
    let nobody = -1isize as usize;
    call(libc::SYS_perf_event_open, &[attributes.as_ptr() as usize, 0, nobody, nobody, 0]).map(done)
}

/// A file can be opened by its number, past every folder above it.
fn file_handle() -> Attempt {
    #[repr(C)]
    struct Handle {
        bytes: u32,
        kind: i32,
        data: [u8; 128],
    }
    let mut handle = Handle { bytes: 128, kind: 0, data: [0; 128] };
    let mut mount = 0i32;
    let here = libc::AT_FDCWD as isize as usize;
    let at = &raw mut handle as usize;
    call(libc::SYS_name_to_handle_at, &[here, c".".as_ptr() as usize, at, &raw mut mount as usize, 0])?;
    let folder = File::open(".")?;
    call(libc::SYS_open_by_handle_at, &[folder.as_raw_fd() as usize, at, libc::O_RDONLY as usize]).map(done)
}

fn capabilities() -> Attempt {
    let status = fs::read_to_string("/proc/self/status")?;
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap_or_default().trim();
    if effective.bytes().all(|digit| digit == b'0') {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    Ok(effective.into())
}

fn kernel_log() -> Attempt {
    let mut bytes = [0u8; 64];
    call(libc::SYS_syslog, &[3, bytes.as_mut_ptr() as usize, bytes.len()]).map(|count| format!("{count} bytes"))
}

fn socket(family: &str, kind: &str, protocol: &str) -> Attempt {
    call(libc::SYS_socket, &[number(family)?, number(kind)?, number(protocol)?]).map(done)
}

fn shared_memory(key: i32) -> Attempt {
    let flags = libc::IPC_CREAT | 0o600;
    // SAFETY: takes numbers only.
    answer(unsafe { libc::shmget(key, 4096, flags) }).map(done)
}
