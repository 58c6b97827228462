//! System calls without a library in between.

use std::ffi::CString;
use std::io;

/// The result of an attempt: what was gained, or the system's answer.
pub(crate) type Attempt = io::Result<String>;

/// A system call by its number.
pub(crate) fn call(number: libc::c_long, words: &[usize]) -> io::Result<i64> {
    let word = |at: usize| words.get(at).copied().unwrap_or(0);
    // SAFETY: every caller hands over numbers, or pointers to memory that it keeps until the call is over.
    let result = unsafe { libc::syscall(number, word(0), word(1), word(2), word(3), word(4), word(5)) };
    answer(result)
}

/// The C library's way to report an error.
pub(crate) fn answer<T: Into<i64>>(result: T) -> io::Result<i64> {
    let result = result.into();
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// A call whose words are nonsense on purpose: these errors mean that the right to make it was there.
pub(crate) fn reached(result: io::Result<i64>, errors: &[i32]) -> Attempt {
    match result {
        Ok(_) => Ok("done".into()),
        Err(error) if error.raw_os_error().is_some_and(|number| errors.contains(&number)) => {
            Ok(format!("the kernel looked at it ({error})"))
        }
        Err(error) => Err(error),
    }
}

/// Text for the C library.
pub(crate) fn text(word: &str) -> io::Result<CString> {
    CString::new(word).map_err(|_| io::ErrorKind::InvalidInput.into())
}

/// A number among the words.
pub(crate) fn number<T: std::str::FromStr>(word: &str) -> io::Result<T> {
    word.parse().map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, format!("expected a number, found {word:?}")))
}

/// Becomes two processes; `Some` with the child's id in the parent.
pub(crate) fn fork() -> io::Result<Option<libc::pid_t>> {
    // SAFETY: the probe has a single thread wherever it forks.
    let pid = answer(unsafe { libc::fork() })?;
    Ok(if pid == 0 { None } else { Some(pid as libc::pid_t) })
}

/// Waits for a child; its exit code, or 128 and the signal.
pub(crate) fn wait(pid: libc::pid_t) -> io::Result<i32> {
    let mut status = 0;
    // SAFETY: `status` lives through the call.
    answer(unsafe { libc::waitpid(pid, &raw mut status, 0) })?;
    Ok(if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { 128 + libc::WTERMSIG(status) })
}

/// Ends at once, without anything that is registered for the end.
pub(crate) fn leave(code: i32) -> ! {
    // SAFETY: does not return.
    unsafe { libc::_exit(code) }
}

/// Our user id.
pub(crate) fn uid() -> u32 {
    // SAFETY: cannot fail.
    unsafe { libc::getuid() }
}

/// Our group id.
pub(crate) fn gid() -> u32 {
    // SAFETY: cannot fail.
    unsafe { libc::getgid() }
}
