//! Each layer, by what a command can no longer do.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod harness;

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;

use harness::{Place, has, has_namespaces, users};
use serde_json::json;

#[test]
fn the_layers_that_are_reported_are_there() {
    if !has_namespaces("layers") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let status = "grep -E '^(CapInh|CapPrm|CapEff|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'";
        let outcome = place.run(&place.shell(status));
        let none = "0000000000000000";
        let expected = format!("CapInh:{none}\nCapPrm:{none}\nCapEff:{none}\nCapAmb:{none}\nNoNewPrivs:1\nSeccomp:2");
        assert_eq!(outcome.printed(), expected);
        for layer in ["namespaces", "seccomp", "environment", "network", "identity", "limits"] {
            assert!(outcome.is_active(layer), "{layer}: {outcome:?}");
        }
        assert_eq!(outcome.is_active("landlock"), pyagent_sandbox::support().landlock > 0);
    }
}

#[test]
fn a_command_sees_its_own_processes_and_cannot_touch_process_1() {
    if !has_namespaces("processes") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let script = "
            ls /proc | grep -c '^[0-9]*$' > count; test $(cat count) -le 8 || echo too many processes
            cat /proc/1/environ /proc/1/maps 2>/dev/null
            ls /proc/1/fd /proc/1/root/ /proc/1/cwd/ 2>/dev/null
            kill -9 1; kill -STOP 1; kill -TERM 1
            prlimit --pid 1 --nofile=0:0 2>/dev/null && echo limited
            renice -n 19 -p 1 >/dev/null 2>&1 && echo slowed
            chrt -i -p 0 1 2>/dev/null && echo idle
            echo alive";
        assert_eq!(place.run(&place.shell(script)).printed(), "alive");
    }
}

#[test]
fn the_environment_is_what_was_given_and_no_descriptor_is_left_open() {
    if !has_namespaces("the environment") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let mut spec = place.shell("").with("env", json!({ "PATH": "/usr/bin:/bin", "ONE": "a b=c" }));
        spec.0["argv"] = json!(["env"]);
        assert_eq!(place.run(&spec).printed(), "ONE=a b=c\nPATH=/usr/bin:/bin");
        // The fourth is the folder that ls reads.
        assert_eq!(place.run(&place.shell("ls /proc/self/fd | tr '\\n' ' '")).printed(), "0 1 2 3");
        assert_eq!(place.run(&place.shell("tty; cat < /dev/tty 2>/dev/null; umask")).printed(), "not a tty\n0022");
    }
}

#[test]
fn namespaces_mounts_and_devices_cannot_be_made() {
    if !has_namespaces("system calls") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let script = "
            attempt() { \"$@\" >/dev/null 2>&1 && echo \"worked: $*\"; }
            attempt unshare -U true
            attempt unshare -m true
            attempt unshare -n true
            attempt mount -t tmpfs none /tmp
            attempt umount /proc
            attempt umount -l /usr
            attempt mount -o remount,rw /usr
            attempt mknod device c 1 3
            attempt mknod block b 7 0
            attempt chroot / true
            attempt hostname other
            touch file
            attempt chmod u+s file
            attempt chmod 2755 file
            attempt dmesg
            attempt date -s 2000-01-01
            true";
        assert_eq!(place.run(&place.shell(script)).printed(), "");
    }
}

#[test]
fn there_is_no_network_but_loopback() {
    if !has_namespaces("the network") || !has("bash", "the network") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let outside = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = outside.local_addr().unwrap().port();
        let script = format!(
            "bash -c 'exec 5<>/dev/tcp/127.0.0.1/{port}' 2>/dev/null && echo reached; cut -d: -f1 /proc/net/dev | tail -n +3"
        );
        let outcome = place.run(&place.shell(&script));
        assert_eq!(outcome.printed().trim(), "lo");
    }
}

#[test]
fn the_proxy_is_reached_at_its_port_and_both_directions_end_on_their_own() {
    if !has_namespaces("the proxy") || !has("bash", "the proxy") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let socket = place.beside("proxy.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        std::fs::set_permissions(&socket, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
        let proxy = std::thread::spawn(move || {
            let (mut connection, _) = listener.accept().unwrap();
            let mut asked = [0; 5];
            connection.read_exact(&mut asked).unwrap();
            connection.write_all(&asked).unwrap();
            connection.write_all(b" back\n").unwrap();
        });
        let spec = place
            .shell("bash -c 'exec 5<>/dev/tcp/127.0.0.1/3128; printf hello >&5; cat <&5'")
            .with("network", json!({ "kind": "proxy", "socket": socket, "port": 3128 }));
        assert_eq!(place.run(&spec).printed(), "hello back");
        proxy.join().unwrap();
    }
}

#[test]
fn unix_sockets_need_permission_and_pairs_lead_nowhere_else() {
    if !has_namespaces("unix sockets") || !has("perl", "unix sockets") {
        return;
    }
    let script = "perl -MSocket -e '
        print socket(my $s, AF_UNIX, SOCK_STREAM, 0) ? \"socket \" : \"\";
        print socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) ? \"pair \" : \"\";
        print socketpair(my $c, my $d, AF_UNIX, SOCK_DGRAM, 0) ? \"datagrams \" : \"\";
        print socket(my $n, 16, SOCK_RAW, 0) ? \"netlink \" : \"\";
        print socket(my $v, 40, SOCK_STREAM, 0) ? \"vsock \" : \"\";
        print socket(my $i, AF_INET, SOCK_STREAM, 0) ? \"internet\" : \"\";'";
    for user in users() {
        let place = Place::new(user);
        assert_eq!(place.run(&place.shell(script)).printed(), "pair internet");
        let allowed = place.shell(script).with("unixSockets", json!(true));
        assert_eq!(place.run(&allowed).printed(), "socket pair datagrams internet");
    }
}
