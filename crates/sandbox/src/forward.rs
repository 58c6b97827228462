//! Carries bytes from a port inside the sandbox to the proxy's socket outside.

use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// Connections at one time; further ones are closed.
const MOST: usize = 128;
/// After a connection could not be taken, for want of descriptors most likely.
const PAUSE: Duration = Duration::from_millis(20);

/// Serves the listener until the process ends.
pub(crate) fn serve(listener: OwnedFd, socket: PathBuf) {
    let listener = TcpListener::from(listener);
    let open = Arc::new(AtomicUsize::new(0));
    let accept = move || {
        for inside in listener.incoming() {
            let Ok(inside) = inside else {
                thread::sleep(PAUSE);
                continue;
            };
            if open.fetch_add(1, Ordering::AcqRel) >= MOST {
                open.fetch_sub(1, Ordering::AcqRel);
                continue;
            }
            let (ours, socket) = (Arc::clone(&open), socket.clone());
            let begun = thread::Builder::new().spawn(move || {
                let _ = carry(inside, &socket);
                ours.fetch_sub(1, Ordering::AcqRel);
            });
            if begun.is_err() {
                open.fetch_sub(1, Ordering::AcqRel);
            }
        }
    };
    // Without it nothing is reached, which is the safe way to fail.
    drop(thread::Builder::new().spawn(accept));
}

fn carry(inside: TcpStream, socket: &Path) -> io::Result<()> {
    let outside = UnixStream::connect(socket)?;
    let (mut from_inside, mut to_outside) = (inside.try_clone()?, outside.try_clone()?);
    let upward = thread::Builder::new().spawn(move || {
        let _ = io::copy(&mut from_inside, &mut to_outside);
        let _ = to_outside.shutdown(Shutdown::Write);
    })?;
    let (mut from_outside, mut to_inside) = (outside, inside);
    let _ = io::copy(&mut from_outside, &mut to_inside);
    let _ = to_inside.shutdown(Shutdown::Write);
    let _ = upward.join();
    Ok(())
}
