//! Attempts to reach somebody. Only the address that is given is tried.

use std::io::{self, Read, Write};
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
        ("ask-proxy", [port, request]) => number(port).and_then(|port| ask_proxy(port, request)),
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

/// Sends a request word for word (`\r`, `\n` and `\0` are written out), then a greeting through whatever was opened.
fn ask_proxy(port: u16, request: &str) -> Attempt {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0").as_bytes())?;
    let mut heard = Vec::new();
    let mut part = [0u8; 4096];
    for greet in [true, false] {
        match stream.read(&mut part) {
            Ok(count) => heard.extend_from_slice(part.get(..count).unwrap_or_default()),
            Err(_) => break,
        }
        if greet {
            let _ = stream.write_all(WORD);
        }
    }
    Ok(String::from_utf8_lossy(&heard).into_owned())
}

fn udp(host: &str, port: u16) -> Attempt {
    let socket = UdpSocket::bind(if host.contains(':') { "[::]:0" } else { "0.0.0.0:0" })?;
    socket.send_to(WORD, (host, port))?;
    Ok("sent".into())
}
