//! Carries bytes from a port inside the sandbox to the proxy's socket outside.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Connections at one time; further ones are closed.
const MOST: usize = 256;

/// Serves the listener until the process ends.
pub(crate) fn serve(listener: OwnedFd, socket: PathBuf) {
    let listener = TcpListener::from(listener);
    let open = Arc::new(AtomicUsize::new(0));
    thread::spawn(move || {
        for inside in listener.incoming().flatten() {
            if open.fetch_add(1, Ordering::AcqRel) >= MOST {
                open.fetch_sub(1, Ordering::AcqRel);
                continue;
            }
            let (open, socket) = (Arc::clone(&open), socket.clone());
            thread::spawn(move || {
                let _ = carry(inside, &socket);
                open.fetch_sub(1, Ordering::AcqRel);
            });
        }
    });
}

fn carry(inside: TcpStream, socket: &Path) -> io::Result<()> {
    let outside = UnixStream::connect(socket)?;
    let (mut from_inside, mut to_outside) = (inside.try_clone()?, outside.try_clone()?);
    let upward = thread::spawn(move || {
        let _ = io::copy(&mut from_inside, &mut to_outside);
        let _ = to_outside.shutdown(Shutdown::Write);
    });
    let (mut from_outside, mut to_inside) = (outside, inside);
    let _ = io::copy(&mut from_outside, &mut to_inside);
    let _ = to_inside.shutdown(Shutdown::Write);
    let _ = upward.join();
    Ok(())
}
