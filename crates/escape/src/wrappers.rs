//! What stands around a command: a terminal, a network of its own, a machine that lacks a layer, a starter that dies.
//!
//! A wrapper keeps the descriptors that it is given, so that the sandbox's helper can be started through it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{IpAddr, TcpListener};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::WORKED;
use crate::sys::{self, Attempt, answer, call, number};

/// The attempt of that name, if it is one of these. `words` of a command come last.
pub(crate) fn attempt(name: &str, words: &[&str]) -> Option<Attempt> {
    Some(match (name, words) {
        ("on-terminal", [program, rest @ ..]) => on_terminal(program, rest),
        ("in-network", [port, addresses, program, rest @ ..]) => {
            number(port).and_then(|port| in_network(port, addresses, program, rest))
        }
        ("without", [layer, program, rest @ ..]) => without(layer, program, rest),
        ("start-and-stay", [program, rest @ ..]) => start_and_stay(program, rest),
        _ => return None,
    })
}

/// Runs a command whose input is a terminal, and looks whether it typed into it.
fn on_terminal(program: &str, words: &[&str]) -> Attempt {
    let Some(leader) = sys::fork()? else {
        let typed = lead_terminal(program, words).unwrap_or(0);
        sys::leave(if typed > 0 { 1 } else { 0 });
    };
    match sys::wait(leader)? {
        0 => Err(io::ErrorKind::PermissionDenied.into()),
        _ => Ok("the terminal holds what nobody typed".into()),
    }
}

fn lead_terminal(program: &str, words: &[&str]) -> io::Result<i32> {
    let (mut outer, mut inner) = (0, 0);
    let nothing = std::ptr::null_mut();
    // SAFETY: room for both descriptors; the name, the modes and the size may be absent.
    unsafe {
        answer(libc::openpty(&raw mut outer, &raw mut inner, nothing, nothing.cast(), nothing.cast()))?;
        answer(libc::setsid())?;
        answer(libc::ioctl(inner, libc::TIOCSCTTY, 0))?;
        let mut modes: libc::termios = std::mem::zeroed();
        answer(libc::tcgetattr(inner, &raw mut modes))?;
        libc::cfmakeraw(&raw mut modes);
        answer(libc::tcsetattr(inner, libc::TCSANOW, &raw const modes))?;
    }
    // SAFETY: `inner` was just opened; the copy belongs to the child's input alone.
    let input = unsafe { Stdio::from(File::from_raw_fd(answer(libc::dup(inner))? as i32)) };
    Command::new(program).args(words).stdin(input).status()?;
    let mut waiting = 0;
    // SAFETY: the count lives through the call.
    answer(unsafe { libc::ioctl(inner, libc::FIONREAD, &raw mut waiting) })?;
    Ok(waiting)
}

/// Runs a command in a network namespace whose loopback carries `addresses` (separated by commas), where a listener
/// waits at `port`. No other network can be reached from there.
fn in_network(port: u16, addresses: &str, program: &str, words: &[&str]) -> Attempt {
    own_namespaces(libc::CLONE_NEWNET)?;
    for address in addresses.split(',') {
        give_to_loopback(address)?;
    }
    let listener = TcpListener::bind(("::", port))?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            println!("{WORKED} in-network: {:?} was reached", stream.local_addr());
        }
    });
    let status = Command::new(program).args(words).status()?;
    // A connection that was made is also accepted.
    std::thread::sleep(Duration::from_millis(50));
    Err(io::Error::other(format!("the command ended: {status}")))
}

/// Root makes them as it is; others first become somebody who may.
fn own_namespaces(flags: i32) -> io::Result<()> {
    let (uid, gid) = (sys::uid(), sys::gid());
    if uid == 0 && call(libc::SYS_unshare, &[flags as usize]).is_ok() {
        return Ok(());
    }
    call(libc::SYS_unshare, &[(flags | libc::CLONE_NEWUSER) as usize])?;
    fs::write("/proc/self/setgroups", "deny")?;
    fs::write("/proc/self/uid_map", format!("{uid} {uid} 1"))?;
    fs::write("/proc/self/gid_map", format!("{gid} {gid} 1"))
}

fn give_to_loopback(address: &str) -> io::Result<()> {
    let address: IpAddr = address.parse().map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    // SAFETY: plain numbers, filled in below; zero is a value of each.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(b"lo") {
        *to = *from as libc::c_char;
    }
    let socket = |family| answer(unsafe { libc::socket(family, libc::SOCK_DGRAM, 0) });
    let (four, six) = (socket(libc::AF_INET)? as i32, socket(libc::AF_INET6)? as i32);
    // SAFETY: the requests live through the calls, and are those that netdevice(7) and ipv6(7) describe.
    unsafe {
        request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as i16;
        answer(libc::ioctl(four, libc::SIOCSIFFLAGS, &raw const request))?;
        match address {
            IpAddr::V4(address) => {
                // A further name of the device keeps 127.0.0.1.
                request.ifr_name[2] = b':' as libc::c_char;
                request.ifr_name[3] = b'1' as libc::c_char;
                let place = (&raw mut request.ifr_ifru.ifru_addr).cast::<libc::sockaddr_in>();
                (*place).sin_family = libc::AF_INET as u16;
                (*place).sin_addr.s_addr = u32::from_ne_bytes(address.octets());
                answer(libc::ioctl(four, libc::SIOCSIFADDR, &raw const request))?;
            }
            IpAddr::V6(address) => {
                let wanted = libc::in6_ifreq {
                    ifr6_addr: libc::in6_addr { s6_addr: address.octets() },
                    ifr6_prefixlen: 128,
                    ifr6_ifindex: libc::if_nametoindex(c"lo".as_ptr()) as i32,
                };
                answer(libc::ioctl(six, libc::SIOCSIFADDR, &raw const wanted))?;
            }
        }
        libc::close(four);
        libc::close(six);
    }
    Ok(())
}

const ALLOW: u32 = 0x7FFF_0000;
const REFUSE: u32 = 0x0005_0000;

/// Becomes a command on a machine that lacks something.
fn without(layer: &str, program: &str, words: &[&str]) -> Attempt {
    match layer {
        "user-namespaces" => {
            own_namespaces(libc::CLONE_NEWUSER)?;
            fs::write("/proc/sys/user/max_user_namespaces", "0")?;
        }
        // As a container's filter does it.
        "namespaces" => filter(&[
            (libc::SYS_unshare, None, libc::EPERM),
            (libc::SYS_clone, Some(libc::CLONE_NEWUSER as u32), libc::EPERM),
            (libc::SYS_clone3, None, libc::ENOSYS),
        ])?,
        "landlock" => filter(&[(444, None, libc::ENOSYS), (445, None, libc::ENOSYS), (446, None, libc::ENOSYS)])?,
        "seccomp" => filter(&[
            (libc::SYS_seccomp, None, libc::ENOSYS),
            (libc::SYS_prctl, Some(libc::PR_SET_SECCOMP as u32), libc::EINVAL),
        ])?,
        "id-mapped-mounts" => filter(&[(libc::SYS_mount_setattr, None, libc::ENOSYS)])?,
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    }
    Err(Command::new(program).args(words).exec())
}

/// Refuses calls by number, and with a mask only where the first word has all its bits.
fn filter(calls: &[(libc::c_long, Option<u32>, i32)]) -> io::Result<()> {
    let line = |code: u16, jt: u8, jf: u8, k: u32| libc::sock_filter { code, jt, jf, k };
    let (load, equal, mask, back) = (0x20, 0x15, 0x54, 0x06);
    let mut program = Vec::new();
    for (number, bits, errno) in calls {
        let refusal = line(back, 0, 0, REFUSE | *errno as u32);
        program.push(line(load, 0, 0, 0)); // seccomp_data.nr
        match bits {
            None => program.extend([line(equal, 0, 1, *number as u32), refusal]),
            Some(bits) => program.extend([
                line(equal, 0, 4, *number as u32),
                line(load, 0, 0, 16), // the lower half of seccomp_data.args[0]
                line(mask, 0, 0, *bits),
                line(equal, 0, 1, *bits),
                refusal,
            ]),
        }
    }
    program.push(line(back, 0, 0, ALLOW));
    let whole = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    call(libc::SYS_prctl, &[libc::PR_SET_NO_NEW_PRIVS as usize, 1, 0, 0, 0])?;
    call(libc::SYS_seccomp, &[1, 0, &raw const whole as usize]).map(drop) // SECCOMP_SET_MODE_FILTER
}

/// Starts a command with a socket at descriptor 3, passes its own input on to it, says what it hears, and stays.
fn start_and_stay(program: &str, words: &[&str]) -> Attempt {
    let mut spec = Vec::new();
    io::stdin().read_to_end(&mut spec)?;
    let (mut ours, theirs) = UnixStream::pair()?;
    let fd = theirs.as_raw_fd();
    let mut command = Command::new(program);
    command.args(words).env_clear().stdin(Stdio::null());
    // SAFETY: dup2 is safe between fork and exec.
    unsafe {
        command.pre_exec(move || answer(libc::dup2(fd, 3)).map(drop));
    }
    let mut child = command.spawn()?;
    drop(theirs);
    println!("started {}", child.id());
    if !spec.is_empty() {
        ours.write_all(&spec)?;
    }
    let mut heard = [0u8; 4096];
    while let Ok(count @ 1..) = ours.read(&mut heard) {
        println!("heard {}", String::from_utf8_lossy(&heard[..count]));
    }
    let status = child.wait()?;
    Err(io::Error::other(format!("the command ended: {status}")))
}
