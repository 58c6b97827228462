//! System calls that a command has no business with.
//!
//! What is refused: changing mounts and namespaces, the kernel's keyrings, tracing, eBPF, io_uring, loading code into the
//! kernel, programs that exist in memory only, devices and set-user-id bits, typing into a terminal, and sockets other
//! than TCP and UDP over IP (and, when allowed, unix domain sockets).

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, sock_filter,
};

/// Why the filter cannot be made or put in force.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeccompError {
    #[error("there are no rules for this processor")]
    Processor,
    #[error("{0}")]
    Backend(#[from] seccompiler::BackendError),
    #[error("{0}")]
    Install(#[from] seccompiler::Error),
}

const REFUSED: &[libc::c_long] = &[
    libc::SYS_acct,
    libc::SYS_add_key,
    libc::SYS_adjtimex,
    libc::SYS_bpf,
    libc::SYS_chroot,
    libc::SYS_clock_adjtime,
    libc::SYS_clock_settime,
    libc::SYS_delete_module,
    libc::SYS_fanotify_init,
    libc::SYS_finit_module,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fsopen,
    libc::SYS_fspick,
    libc::SYS_init_module,
    libc::SYS_kcmp,
    libc::SYS_kexec_file_load,
    libc::SYS_kexec_load,
    libc::SYS_keyctl,
    libc::SYS_lookup_dcookie,
    libc::SYS_memfd_create,
    libc::SYS_memfd_secret,
    libc::SYS_mount,
    libc::SYS_mount_setattr,
    libc::SYS_move_mount,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_open_tree,
    libc::SYS_perf_event_open,
    libc::SYS_pidfd_getfd,
    libc::SYS_pivot_root,
    libc::SYS_process_madvise,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_ptrace,
    libc::SYS_quotactl,
    libc::SYS_quotactl_fd,
    libc::SYS_reboot,
    libc::SYS_request_key,
    libc::SYS_setdomainname,
    libc::SYS_sethostname,
    libc::SYS_setns,
    libc::SYS_settimeofday,
    libc::SYS_swapoff,
    libc::SYS_swapon,
    libc::SYS_syslog,
    libc::SYS_umount2,
    libc::SYS_unshare,
    libc::SYS_userfaultfd,
    libc::SYS_vhangup,
];

#[cfg(target_arch = "x86_64")]
const REFUSED_HERE: &[libc::c_long] = &[libc::SYS_iopl, libc::SYS_ioperm, libc::SYS_modify_ldt];
#[cfg(not(target_arch = "x86_64"))]
const REFUSED_HERE: &[libc::c_long] = &[];

/// Libraries know these may be missing and do without.
const ABSENT: &[libc::c_long] =
    &[libc::SYS_clone3, libc::SYS_io_uring_enter, libc::SYS_io_uring_register, libc::SYS_io_uring_setup];

const NEW_NAMESPACES: [libc::c_int; 8] = [
    libc::CLONE_NEWNS,
    libc::CLONE_NEWCGROUP,
    libc::CLONE_NEWUTS,
    libc::CLONE_NEWIPC,
    libc::CLONE_NEWUSER,
    libc::CLONE_NEWPID,
    libc::CLONE_NEWNET,
    0x80, // CLONE_NEWTIME
];
const SET_USER_OR_GROUP_ID: [u64; 2] = [0o4000, 0o2000];
/// Flags by which opening makes a file: without them the mode is whatever is in the register.
const CREATES: [u64; 2] = [libc::O_CREAT as u64, (libc::O_TMPFILE & !libc::O_DIRECTORY) as u64];
const SOCK_PACKET: libc::c_int = 10;
const SYS_FCHMODAT2: libc::c_long = 452;

/// Which sockets may be made.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sockets {
    /// TCP and UDP over IP.
    Internet,
    /// These and unix domain sockets.
    InternetAndUnix,
    /// None: there is no network of its own to keep them in.
    Pairs,
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn compare(argument: u8, operation: SeccompCmpOp, value: u64) -> Result<SeccompCondition, SeccompError> {
    Ok(SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operation, value)?)
}

fn has_bits(argument: u8, bits: u64) -> Result<SeccompCondition, SeccompError> {
    compare(argument, SeccompCmpOp::MaskedEq(bits), bits)
}

fn refuse(rules: &mut Rules, call: libc::c_long, conditions: Vec<SeccompCondition>) -> Result<(), SeccompError> {
    rules.entry(call).or_default().push(SeccompRule::new(conditions)?);
    Ok(())
}

fn not_permitted() -> Result<Rules, SeccompError> {
    let mut rules: Rules = REFUSED.iter().chain(REFUSED_HERE).map(|call| (*call, Vec::new())).collect();
    for flag in NEW_NAMESPACES {
        refuse(&mut rules, libc::SYS_clone, vec![has_bits(0, flag as u64)?])?;
    }
    for bit in SET_USER_OR_GROUP_ID {
        refuse(&mut rules, libc::SYS_fchmod, vec![has_bits(1, bit)?])?;
        refuse(&mut rules, libc::SYS_fchmodat, vec![has_bits(2, bit)?])?;
        refuse(&mut rules, SYS_FCHMODAT2, vec![has_bits(2, bit)?])?;
        for creates in CREATES {
            refuse(&mut rules, libc::SYS_openat, vec![has_bits(2, creates)?, has_bits(3, bit)?])?;
            #[cfg(target_arch = "x86_64")]
            refuse(&mut rules, libc::SYS_open, vec![has_bits(1, creates)?, has_bits(2, bit)?])?;
        }
        refuse(&mut rules, libc::SYS_mknodat, vec![has_bits(2, bit)?])?;
        #[cfg(target_arch = "x86_64")]
        {
            refuse(&mut rules, libc::SYS_chmod, vec![has_bits(1, bit)?])?;
            refuse(&mut rules, libc::SYS_creat, vec![has_bits(1, bit)?])?;
            refuse(&mut rules, libc::SYS_mknod, vec![has_bits(1, bit)?])?;
        }
    }
    // The mode and flags of openat2 are in memory, which a filter cannot read: libraries fall back to openat.
    for device in [libc::S_IFCHR, libc::S_IFBLK] {
        let kind = |argument| compare(argument, SeccompCmpOp::MaskedEq(u64::from(libc::S_IFMT)), u64::from(device));
        refuse(&mut rules, libc::SYS_mknodat, vec![kind(2)?])?;
        #[cfg(target_arch = "x86_64")]
        refuse(&mut rules, libc::SYS_mknod, vec![kind(1)?])?;
    }
    for request in [libc::TIOCSTI, 0x541C /* TIOCLINUX */] {
        refuse(&mut rules, libc::SYS_ioctl, vec![compare(1, SeccompCmpOp::Eq, request)?])?;
    }
    refuse(&mut rules, libc::SYS_execveat, vec![has_bits(4, libc::AT_EMPTY_PATH as u64)?])?;
    let harmless = [0, 0xFFFF_FFFF];
    let other = harmless.iter().map(|value| compare(0, SeccompCmpOp::Ne, *value)).collect::<Result<_, _>>()?;
    refuse(&mut rules, libc::SYS_personality, other)?;
    Ok(rules)
}

/// Calls that reach other processes of the same user by their ids; only those that name the caller itself are left. Not
/// needed where a process namespace hides the others.
fn on_other_processes(rules: &mut Rules) -> Result<(), SeccompError> {
    let first = [
        libc::SYS_prlimit64,
        libc::SYS_sched_setaffinity,
        libc::SYS_sched_setattr,
        libc::SYS_sched_setparam,
        libc::SYS_sched_setscheduler,
    ];
    for call in first {
        refuse(rules, call, vec![compare(0, SeccompCmpOp::Ne, 0)?])?;
    }
    for call in [libc::SYS_setpriority, libc::SYS_ioprio_set] {
        refuse(rules, call, vec![compare(1, SeccompCmpOp::Ne, 0)?])?;
    }
    Ok(())
}

fn no_such_family(sockets: Sockets) -> Result<Rules, SeccompError> {
    let mut rules = Rules::new();
    let families: &[libc::c_int] = match sockets {
        Sockets::Internet => &[libc::AF_INET, libc::AF_INET6],
        Sockets::InternetAndUnix => &[libc::AF_INET, libc::AF_INET6, libc::AF_UNIX],
        Sockets::Pairs => &[],
    };
    if families.is_empty() {
        rules.insert(libc::SYS_socket, Vec::new());
    } else {
        let other =
            families.iter().map(|family| compare(0, SeccompCmpOp::Ne, *family as u64)).collect::<Result<_, _>>()?;
        refuse(&mut rules, libc::SYS_socket, other)?;
        for kind in [libc::SOCK_RAW, SOCK_PACKET, libc::SOCK_DCCP] {
            refuse(&mut rules, libc::SYS_socket, vec![compare(1, SeccompCmpOp::MaskedEq(0xF), kind as u64)?])?;
        }
    }
    refuse(&mut rules, libc::SYS_socketpair, vec![compare(0, SeccompCmpOp::Ne, libc::AF_UNIX as u64)?])?;
    Ok(rules)
}

fn filter(rules: Rules, errno: libc::c_int, processor: TargetArch) -> Result<BpfProgram, SeccompError> {
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, SeccompAction::Errno(errno as u32), processor)?;
    Ok(filter.try_into()?)
}

/// Calls numbered for another interface of the same processor (x32) would pass every rule above.
#[cfg(target_arch = "x86_64")]
fn other_interface() -> BpfProgram {
    const LOAD_CALL_NUMBER: sock_filter = sock_filter { code: 0x20, jt: 0, jf: 0, k: 0 };
    const IS_X32: sock_filter = sock_filter { code: 0x35, jt: 0, jf: 1, k: 0x4000_0000 };
    const REFUSE: sock_filter = sock_filter { code: 0x06, jt: 0, jf: 0, k: 0x0005_0000 | libc::ENOSYS as u32 };
    const ALLOW: sock_filter = sock_filter { code: 0x06, jt: 0, jf: 0, k: 0x7FFF_0000 };
    vec![LOAD_CALL_NUMBER, IS_X32, REFUSE, ALLOW]
}

#[cfg(not(target_arch = "x86_64"))]
fn other_interface() -> BpfProgram {
    Vec::new()
}

/// The filters, ready to be put in force. Made before the fork, so that nothing can fail there for want of memory.
pub(crate) fn filters(sockets: Sockets) -> Result<Vec<BpfProgram>, SeccompError> {
    let processor = TargetArch::try_from(std::env::consts::ARCH).map_err(|_| SeccompError::Processor)?;
    let absent = ABSENT.iter().map(|call| (*call, Vec::new())).collect();
    let mut absent: Rules = absent;
    absent.insert(libc::SYS_openat2, Vec::new());
    let mut refused = not_permitted()?;
    if matches!(sockets, Sockets::Pairs) {
        on_other_processes(&mut refused)?;
    }
    let programs = vec![
        other_interface(),
        filter(refused, libc::EPERM, processor)?,
        filter(absent, libc::ENOSYS, processor)?,
        filter(no_such_family(sockets)?, libc::EAFNOSUPPORT, processor)?,
    ];
    Ok(programs.into_iter().filter(|program| !program.is_empty()).collect())
}

/// Puts the filters in force for this process and all that it starts. Cannot be taken back.
pub(crate) fn install(filters: &[BpfProgram]) -> Result<(), SeccompError> {
    for filter in filters {
        seccompiler::apply_filter(filter)?;
    }
    Ok(())
}
