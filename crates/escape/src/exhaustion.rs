//! Attempts to use up the machine. Each stops by itself, at a count or after seconds.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::sys::{self, Attempt, number};

const MIB: usize = 1024 * 1024;
/// Nothing here goes above.
const MOST_PROCESSES: usize = 1000;
const MOST_MIB: usize = 2048;
const PAUSE: Duration = Duration::from_millis(4);

/// The attempt of that name, if it is one of these.
pub(crate) fn attempt(name: &str, words: &[&str]) -> Option<Attempt> {
    Some(match (name, words) {
        ("processes", [count]) => number(count).and_then(processes),
        ("memory", [mib]) => number(mib).and_then(memory),
        ("memory-of-many", [count, mib]) => {
            number(count).and_then(|count| number(mib).and_then(|mib| memory_of_many(count, mib)))
        }
        ("processor", [seconds]) => number(seconds).and_then(processor),
        ("fill", [path, mib]) => number(mib).and_then(|mib| fill(path, mib, PAUSE)),
        ("fill-at-once", [path, mib]) => number(mib).and_then(|mib| fill(path, mib, Duration::ZERO)),
        ("fill-by-files", [mib]) => number(mib).and_then(fill_by_files),
        ("output", [mib]) => number(mib).and_then(output),
        ("descriptors", [count]) => number(count).and_then(descriptors),
        _ => return None,
    })
}

/// So many at the same time.
fn processes(count: usize) -> Attempt {
    let mut children = Vec::new();
    let mut refused = None;
    for _ in 0..count.min(MOST_PROCESSES) {
        match sys::fork() {
            Ok(Some(child)) => children.push(child),
            Ok(None) => {
                std::thread::sleep(Duration::from_secs(10));
                sys::leave(0);
            }
            Err(error) => {
                refused = Some(error);
                break;
            }
        }
    }
    let made = children.len();
    for child in children {
        // SAFETY: our own child, not yet waited for.
        unsafe { libc::kill(child, libc::SIGKILL) };
        let _ = sys::wait(child);
    }
    refused.map_or_else(|| Ok(format!("{made} at once")), Err)
}

fn touched(mib: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(mib.min(MOST_MIB) * MIB).map_err(io::Error::other)?;
    let all = mib.min(MOST_MIB) * MIB;
    while bytes.len() < all {
        bytes.resize((bytes.len() + MIB).min(all), 1);
        // About 1 GiB in half a second: whoever watches sees it grow.
        if bytes.len() % (8 * MIB) == 0 {
            std::thread::sleep(PAUSE);
        }
    }
    Ok(bytes)
}

fn memory(mib: usize) -> Attempt {
    let bytes = touched(mib)?;
    std::thread::sleep(Duration::from_millis(300));
    Ok(format!("{} bytes", std::hint::black_box(bytes).len()))
}

/// Each process takes little, all of them much.
fn memory_of_many(count: usize, mib: usize) -> Attempt {
    let mut children = Vec::new();
    for _ in 0..count.min(32) {
        match sys::fork()? {
            Some(child) => children.push(child),
            None => {
                let taken = touched(mib.min(64));
                std::thread::sleep(Duration::from_millis(800));
                sys::leave(i32::from(std::hint::black_box(taken).is_err()));
            }
        }
    }
    let ended = children.iter().map(|child| sys::wait(*child)).collect::<io::Result<Vec<_>>>()?;
    if ended.iter().all(|code| *code == 0) {
        Ok(format!("{count} times {mib} MiB"))
    } else {
        Err(io::ErrorKind::OutOfMemory.into())
    }
}

/// Seconds of the processor, not of the clock: others may want it too.
fn processor(seconds: f64) -> Attempt {
    let late = Instant::now() + Duration::from_secs(20);
    let mut sum = 0u64;
    while used_seconds()? < seconds.min(10.0) && Instant::now() < late {
        for step in 0..100_000u64 {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(step));
        }
    }
    Ok(format!("{seconds} s, {sum}"))
}

fn used_seconds() -> io::Result<f64> {
    let mut used = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the time lives through the call.
    sys::answer(unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &raw mut used) })?;
    Ok(used.tv_sec as f64 + used.tv_nsec as f64 / 1e9)
}

fn fill(path: &str, mib: usize, pause: Duration) -> Attempt {
    let mut file = File::create(path)?;
    for _ in 0..mib.min(MOST_MIB) {
        file.write_all(&[0x5A; MIB])?;
        std::thread::sleep(pause);
    }
    std::thread::sleep(Duration::from_millis(500));
    Ok(format!("{mib} MiB"))
}

/// Every file is small, all of them are not.
fn fill_by_files(mib: usize) -> Attempt {
    std::fs::create_dir_all("filled")?;
    for index in 0..mib.min(MOST_MIB) {
        std::fs::write(Path::new("filled").join(index.to_string()), [0x5A; MIB])?;
        std::thread::sleep(PAUSE);
    }
    std::thread::sleep(Duration::from_millis(500));
    Ok(format!("{mib} MiB"))
}

fn output(mib: usize) -> Attempt {
    let mut to = io::stdout();
    for _ in 0..mib.min(MOST_MIB) {
        to.write_all(&[b'x'; MIB])?;
    }
    to.write_all(b"\n")?;
    Ok(format!("{mib} MiB"))
}

fn descriptors(count: usize) -> Attempt {
    let mut open = Vec::new();
    for _ in 0..count.min(100_000) {
        open.push(File::open("/dev/null")?);
    }
    Ok(format!("{} open", open.len()))
}
