//! Attempts to outlive the sandbox, and on processes that are not the command's own.

use std::ffi::CString;
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd};
use std::ptr;
use std::time::Duration;

use crate::sys::{self, Attempt, answer, number, text};

/// Longest that anything lingers, in seconds.
const LONGEST: u64 = 120;

/// The attempt of that name, if it is one of these.
pub(crate) fn attempt(name: &str, words: &[&str]) -> Option<Attempt> {
    Some(match (name, words) {
        ("linger", [_, seconds]) => number(seconds).map(linger),
        ("outlive", [mark, seconds]) => outlive(mark, seconds),
        ("outlive-and-stay", [mark, seconds]) => outlive(mark, seconds).and_then(|_| number(seconds).map(linger)),
        ("ignore-signals", [_, seconds]) => number(seconds).map(|seconds| {
            for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGHUP, libc::SIGQUIT] {
                // SAFETY: ignoring is always allowed.
                unsafe { libc::signal(signal, libc::SIG_IGN) };
            }
            linger(seconds)
        }),
        ("signal", [pid, signal]) => number(pid).and_then(|pid: i32| {
            // SAFETY: touches no memory.
            answer(unsafe { libc::kill(pid, number(signal)?) }).map(|_| {
                // It is delivered when its receiver is next looked at.
                std::thread::sleep(Duration::from_millis(100));
                format!("{signal} to {pid}")
            })
        }),
        ("limit", [pid]) => number(pid).and_then(limit),
        ("priority", [pid]) => number(pid).and_then(|pid: u32| {
            // SAFETY: touches no memory.
            answer(unsafe { libc::setpriority(libc::PRIO_PROCESS, pid, 19) }).map(|_| "lowered".into())
        }),
        ("type-into-terminal", [word]) => type_into_terminal(word),
        _ => return None,
    })
}

fn linger(seconds: u64) -> String {
    std::thread::sleep(Duration::from_secs(seconds.min(LONGEST)));
    "it stayed".into()
}

/// The classic daemon: twice removed, in a session of its own, no environment, no descriptors; it lingers under `mark`.
fn outlive(mark: &str, seconds: &str) -> Attempt {
    let mut ends = [0i32; 2];
    // SAFETY: room for two descriptors, closed when a program begins.
    answer(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) })?;
    // SAFETY: just opened, and nobody else's.
    let (mut reading, writing) = unsafe { (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1])) };
    if let Some(child) = sys::fork()? {
        drop(writing);
        // Ends when the daemon has become its program.
        reading.read_to_end(&mut Vec::new())?;
        sys::wait(child)?;
        return Ok("it stays behind".into());
    }
    // SAFETY: a process of our own.
    unsafe { libc::setsid() };
    if sys::fork()?.is_some() {
        sys::leave(0);
    }
    let nowhere = File::options().read(true).write(true).open("/dev/null")?;
    for fd in 0..3 {
        // SAFETY: both are descriptors of ours.
        unsafe { libc::dup2(nowhere.as_raw_fd(), fd) };
    }
    let words = [text("escape-probe")?, text("linger")?, text(mark)?, text(seconds)?];
    become_program(c"/proc/self/exe".into(), &words);
    sys::leave(1)
}

/// Without an environment. Comes back when it cannot.
fn become_program(program: CString, words: &[CString]) {
    let mut argv: Vec<_> = words.iter().map(|word| word.as_ptr()).collect();
    argv.push(ptr::null());
    let env = [ptr::null()];
    // SAFETY: both lists end with a null pointer and live until the program changes.
    unsafe { libc::execve(program.as_ptr(), argv.as_ptr(), env.as_ptr()) };
}

fn limit(pid: i32) -> Attempt {
    let wanted = libc::rlimit { rlim_cur: 17, rlim_max: 1024 };
    // SAFETY: the limits live through the call.
    answer(unsafe { libc::prlimit(pid, libc::RLIMIT_NOFILE, &raw const wanted, ptr::null_mut()) }).map(|_| "set".into())
}

/// Puts characters into the queue of the terminal that the command was started from.
fn type_into_terminal(word: &str) -> Attempt {
    let terminal = File::options().read(true).write(true).open("/dev/tty");
    let fd = terminal.as_ref().map_or(0, AsRawFd::as_raw_fd);
    for byte in word.bytes() {
        // SAFETY: the byte lives through the call.
        answer(unsafe { libc::ioctl(fd, libc::TIOCSTI, &raw const byte) })?;
    }
    Ok("typed".into())
}
