//! Starts the real helper as the product does, as root and as an ordinary user.

#![allow(dead_code, clippy::unwrap_used, clippy::panic, clippy::expect_used)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

pub(crate) const HELPER: &str = env!("CARGO_BIN_EXE_pyagent-sandbox");
/// Nobody's id on most systems.
const ORDINARY: u32 = 54_321;

/// Who starts the helper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    Own,
    Ordinary,
}

pub(crate) fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Ourselves, and an ordinary user where we can become one.
pub(crate) fn users() -> Vec<User> {
    if is_root() { vec![User::Own, User::Ordinary] } else { vec![User::Own] }
}

/// A user's own empty folder, with a copy of the helper beside it that the user can start.
pub(crate) struct Place {
    pub(crate) user: User,
    folder: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new(user: User) -> Self {
        let folder = tempfile::Builder::new().prefix("pyagent-sandbox-test-").tempdir().unwrap();
        let place = Self { user, folder };
        // By another process: a descriptor of ours that writes it could be inherited by what another test starts meanwhile,
        // and a program that somebody has open for writing cannot be run.
        assert!(Command::new("cp").arg(HELPER).arg(place.helper()).status().unwrap().success());
        fs::create_dir(place.work()).unwrap();
        if user == User::Ordinary {
            for path in [place.folder.path(), &place.work(), &place.helper()] {
                chown(path, Some(ORDINARY), Some(ORDINARY)).unwrap();
            }
        }
        place
    }

    pub(crate) fn helper(&self) -> PathBuf {
        self.folder.path().join("helper")
    }

    /// The folder that commands work in.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn make(&self, path: &Path, text: Option<&str>) {
        let _ = fs::create_dir_all(path.parent().unwrap());
        match text {
            Some(text) => fs::write(path, text).unwrap(),
            None => fs::create_dir_all(path).unwrap(),
        }
        if self.user == User::Ordinary {
            for path in path.ancestors().take_while(|path| path.starts_with(self.folder.path())) {
                chown(path, Some(ORDINARY), Some(ORDINARY)).unwrap();
            }
        }
    }

    /// The names in the folder.
    pub(crate) fn names(&self) -> Vec<String> {
        names_in(&self.work())
    }

    /// A shell command in the folder, which it may write.
    pub(crate) fn shell(&self, script: &str) -> Spec {
        Spec::new(&self.work(), json!({ "kind": "write", "from": self.work(), "at": self.work() }), script)
    }

    /// The same, by another mount.
    pub(crate) fn shell_with(&self, mount: Value, script: &str) -> Spec {
        Spec::new(&self.work(), mount, script)
    }

    pub(crate) fn run(&self, spec: &Spec) -> Outcome {
        self.start(&[], &spec.0).end()
    }

    /// Starts the helper behind the words of `wrapper` and sends `line`.
    pub(crate) fn start(&self, wrapper: &[&str], spec: &Value) -> Running {
        self.start_with_line(wrapper, &format!("{spec}\n"))
    }

    pub(crate) fn start_with_line(&self, wrapper: &[&str], line: &str) -> Running {
        let (mut ours, theirs) = UnixStream::pair().unwrap();
        let mut command = Command::new("/bin/sh");
        // The socket comes as standard input, which is the one descriptor that can be given without unsafe code.
        command.args(["-c", "exec 3<&0 0</dev/null; exec env -i \"$@\"", "sh"]).args(wrapper).arg(self.helper());
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::piped()).stderr(Stdio::piped()).current_dir("/");
        command.process_group(0);
        if self.user == User::Ordinary {
            command.uid(ORDINARY).gid(ORDINARY);
        }
        let child = command.spawn().unwrap();
        // A helper that is ended before it has read all of it leaves the socket broken.
        let _ = ours.write_all(line.as_bytes());
        Running { child, channel: BufReader::new(ours), said: Vec::new() }
    }
}

pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What a helper is told.
#[derive(Clone)]
pub(crate) struct Spec(pub(crate) Value);

impl Spec {
    fn new(work: &Path, mount: Value, script: &str) -> Self {
        let mut mounts = vec![json!({ "kind": "read", "from": "/usr", "at": "/usr" })];
        for name in ["/bin", "/sbin", "/lib", "/lib32", "/lib64"] {
            match fs::read_link(name) {
                Ok(target) => mounts.push(json!({ "kind": "symlink", "at": name, "target": target })),
                Err(_) => mounts.push(json!({ "kind": "read", "from": name, "at": name, "optional": true })),
            }
        }
        mounts.push(json!({ "kind": "tmpfs", "at": "/tmp", "bytes": 64 << 20 }));
        mounts.push(mount);
        Self(json!({
            "version": 1,
            "argv": ["/bin/sh", "-c", script],
            "cwd": work,
            "env": { "PATH": "/usr/bin:/bin" },
            "mounts": mounts,
            "network": { "kind": "none" },
            "limits": {},
            "require": ["namespaces", "seccomp", "environment", "network"],
        }))
    }

    pub(crate) fn mount(mut self, mount: Value) -> Self {
        self.0["mounts"].as_array_mut().unwrap().push(mount);
        self
    }

    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.0[name] = value;
        self
    }
}

/// A helper at work.
pub(crate) struct Running {
    pub(crate) child: Child,
    channel: BufReader<UnixStream>,
    said: Vec<Value>,
}

impl Running {
    pub(crate) fn pid(&self) -> i32 {
        self.child.id().try_into().unwrap()
    }

    /// The next answer; `None`: there are no more.
    pub(crate) fn next(&mut self) -> Option<Value> {
        let mut line = String::new();
        if self.channel.read_line(&mut line).unwrap_or(0) == 0 {
            return None;
        }
        let answer: Value = serde_json::from_str(&line).unwrap();
        self.said.push(answer.clone());
        Some(answer)
    }

    /// The next line that the command prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = Vec::new();
        let output = self.child.stdout.as_mut().unwrap();
        let mut byte = [0];
        while output.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
            line.push(byte[0]);
        }
        String::from_utf8(line).unwrap()
    }

    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status().unwrap().success());
    }

    /// Goes away, as a starter that is killed.
    pub(crate) fn hang_up(self) -> Child {
        self.child
    }

    pub(crate) fn end(mut self) -> Outcome {
        while self.next().is_some() {}
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let exit = self.child.wait().unwrap().code();
        Outcome { answers: self.said, stdout, stderr, exit }
    }
}

/// What became of it.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) answers: Vec<Value>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) exit: Option<i32>,
}

impl Outcome {
    fn of(&self, event: &str) -> Option<&Value> {
        self.answers.iter().find(|answer| answer["event"] == event)
    }

    pub(crate) fn ended(&self) -> &Value {
        self.of("ended").unwrap_or_else(|| panic!("expected an end, found {self:?}"))
    }

    pub(crate) fn refused(&self) -> &str {
        assert!(self.of("started").is_none(), "{self:?}");
        assert_eq!(self.exit, Some(125), "{self:?}");
        self.of("refused").unwrap_or_else(|| panic!("expected a refusal, found {self:?}"))["reason"].as_str().unwrap()
    }

    pub(crate) fn layer(&self, name: &str) -> &Value {
        let layers = self.of("started").unwrap_or_else(|| panic!("{self:?}"))["layers"].as_array().unwrap();
        layers.iter().find(|layer| layer["name"] == name).unwrap_or(&Value::Null)
    }

    pub(crate) fn is_active(&self, name: &str) -> bool {
        self.layer(name)["active"] == true
    }

    /// What it printed; it must have ended well.
    pub(crate) fn printed(&self) -> &str {
        assert_eq!(self.ended()["code"], 0, "{self:?}");
        self.stdout.trim_end()
    }
}

/// Whether a program is there; says loudly what is not tested otherwise.
pub(crate) fn has(program: &str, what: &str) -> bool {
    let found =
        std::env::var("PATH").unwrap_or_default().split(':').any(|folder| Path::new(folder).join(program).exists());
    if !found {
        eprintln!("SKIPPED: {what}: {program} is not installed");
    }
    found
}

/// Whether sandboxes can be made here at all; says so loudly otherwise.
pub(crate) fn has_namespaces(what: &str) -> bool {
    let found = pyagent_sandbox::support().namespaces;
    if !found {
        eprintln!("SKIPPED: {what}: no user namespaces on this machine");
    }
    found
}
