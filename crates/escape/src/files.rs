//! Attempts on files that a shell cannot make.

use std::ffi::CString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::FromRawFd;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::sys::{Attempt, answer, call, number};

const PLANTED: &[u8] = b"planted";

/// The attempt of that name, if it is one of these.
pub(crate) fn attempt(name: &str, words: &[&str]) -> Option<Attempt> {
    Some(match (name, words) {
        ("path-with-nul", [path]) => path_with_nul(path),
        ("swap-parent", [outside, seconds]) => number(seconds).and_then(|seconds| swap_parent(outside, seconds)),
        ("many-files", [count]) => number(count).and_then(many_files),
        ("read-descriptor", [fd]) => number(fd).and_then(read_descriptor),
        ("write-by-descriptor", [fd, name]) => number(fd).and_then(|fd| write_by_descriptor(fd, name)),
        ("write-to-descriptors", [text]) => write_to_descriptors(text),
        ("reopen-input", []) => reopen_input(),
        ("extended-attribute", [path]) => extended_attribute(path),
        _ => return None,
    })
}

/// What comes after the NUL byte is for whoever checks the name; the system stops before it.
fn path_with_nul(path: &str) -> Attempt {
    let mut bytes = path.as_bytes().to_vec();
    bytes.extend_from_slice(b"\0/inside\0");
    // SAFETY: the bytes end with a NUL byte and live through the call.
    let fd = answer(unsafe { libc::open(bytes.as_ptr().cast(), libc::O_CREAT | libc::O_WRONLY, 0o644) })?;
    // SAFETY: just opened, and nobody else's.
    unsafe { File::from_raw_fd(fd as i32) }.write_all(PLANTED)?;
    Ok(format!("{path} was written"))
}

/// One thread swaps a folder with a link to the outside, the other writes through the name.
fn swap_parent(outside: &str, seconds: u64) -> Attempt {
    fs::create_dir_all("swapped")?;
    symlink(outside, "swapped-link")?;
    let ended = AtomicBool::new(false);
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut last = None;
    let mut written = 0u32;
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                let _ = exchange(c"swapped", c"swapped-link");
            }
        });
        while Instant::now() < until {
            // As a careful program would: look, then act.
            let checked = fs::symlink_metadata("swapped").is_ok_and(|found| found.is_dir());
            if !checked {
                continue;
            }
            match fs::write("swapped/planted", PLANTED) {
                Ok(()) => written += 1,
                Err(error) => last = Some(error),
            }
            if fs::metadata(format!("{outside}/planted")).is_ok() {
                break;
            }
        }
        ended.store(true, Ordering::Relaxed);
    });
    match last {
        Some(error) if written == 0 => Err(error),
        _ => Ok(format!("{written} writes")),
    }
}

fn exchange(one: &std::ffi::CStr, other: &std::ffi::CStr) -> io::Result<i64> {
    let here = libc::AT_FDCWD as isize as usize;
    let words = [here, one.as_ptr() as usize, here, other.as_ptr() as usize, libc::RENAME_EXCHANGE as usize];
    call(libc::SYS_renameat2, &words)
}

/// Empty ones take no space, only places in the file system's table. Stops at the count.
fn many_files(count: u32) -> Attempt {
    fs::create_dir_all("many")?;
    for index in 0..count.min(200_000) {
        File::create(format!("many/{index}"))?;
    }
    // Whoever watches has time to look.
    std::thread::sleep(Duration::from_millis(600));
    Ok(format!("{count} files"))
}

fn read_descriptor(fd: i32) -> Attempt {
    // Not owned by the probe: it was left open by somebody else, which is the point.
    let mut file = File::open(format!("/proc/self/fd/{fd}")).or_else(|_| {
        // SAFETY: either it is open, or reading from it fails.
        answer(unsafe { libc::fcntl(fd, libc::F_GETFD) }).map(|_| unsafe { File::from_raw_fd(fd) })
    })?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    Ok(text)
}

fn write_by_descriptor(fd: i32, name: &str) -> Attempt {
    let name = CString::new(name).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let words = [fd as usize, name.as_ptr() as usize, (libc::O_CREAT | libc::O_WRONLY) as usize, 0o644];
    call(libc::SYS_openat, &words).map(|_| "a file was made".into())
}

/// Says something on every descriptor that a careless starter may have left open.
fn write_to_descriptors(text: &str) -> Attempt {
    let line = format!("{text}\n");
    let mut open = Vec::new();
    for fd in 3..64usize {
        if call(libc::SYS_write, &[fd, line.as_ptr() as usize, line.len()]).is_ok() {
            open.push(fd);
        }
    }
    if open.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(format!("{open:?}")) }
}

/// A descriptor that was opened for reading leads to the file, which can be opened again.
fn reopen_input() -> Attempt {
    OpenOptions::new().append(true).open("/proc/self/fd/0")?.write_all(PLANTED)?;
    Ok("the input was written".into())
}

fn extended_attribute(path: &str) -> Attempt {
    let path = CString::new(path).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let words = [path.as_ptr() as usize, c"user.planted".as_ptr() as usize, c"x".as_ptr() as usize, 1, 0];
    call(libc::SYS_setxattr, &words).map(|_| "set".into())
}
