//! Attempts to reach somebody. Only the address that is given is tried.

use std::io::{self, Write};
use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixStream};
use std::time::Duration;

use crate::sys::{Attempt, number};

const PATIENCE: Duration = Duration::from_secs(1);
const WORD: &[u8] = b"hello from inside\n";

/// The attempt of that name, if it is one of these.
pub(crate) fn attempt(name: &str, words: &[&str]) -> Option<Attempt> {
    Some(match (name, words) {
        ("tcp", [host, port]) => number(port).and_then(|port| tcp(host, port)),
        ("udp", [host, port]) => number(port).and_then(|port| udp(host, port)),
        ("unix", [path]) => UnixStream::connect(path).and_then(say),
        ("unix-datagram", [path]) => {
            UnixDatagram::unbound().and_then(|socket| socket.send_to(WORD, path)).map(|_| "sent".into())
        }
        ("unix-abstract", [name]) => {
            SocketAddr::from_abstract_name(name).and_then(|address| UnixStream::connect_addr(&address)).and_then(say)
        }
        _ => return None,
    })
}

fn say(mut to: impl Write) -> Attempt {
    to.write_all(WORD)?;
    Ok("said".into())
}

/// The C library reads the host, with all the forms that it knows.
fn tcp(host: &str, port: u16) -> Attempt {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return say(stream),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn udp(host: &str, port: u16) -> Attempt {
    let socket = UdpSocket::bind(if host.contains(':') { "[::]:0" } else { "0.0.0.0:0" })?;
    socket.send_to(WORD, (host, port))?;
    Ok("sent".into())
}
