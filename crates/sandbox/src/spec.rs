//! What the helper is told: one line of JSON.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

/// A command and the sandbox it runs in. Unknown fields are errors: a limit that is misspelt must not be no limit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Spec {
    /// 1.
    pub version: u32,
    /// The program and its arguments. Without a slash the program is looked up in `PATH` of `env`, inside.
    pub argv: Vec<String>,
    /// Absolute, inside.
    pub cwd: PathBuf,
    pub env: BTreeMap<String, String>,
    /// In order; later ones lie over earlier ones.
    pub mounts: Vec<Mount>,
    pub network: Network,
    /// Whether `socket(AF_UNIX)` is allowed. `socketpair` always is.
    #[serde(default)]
    pub unix_sockets: bool,
    #[serde(default)]
    pub limits: Limits,
    /// Layers without which nothing runs.
    #[serde(default)]
    pub require: Vec<LayerName>,
}

/// One place of the file tree inside.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", tag = "kind")]
pub enum Mount {
    /// The same files, read-only.
    Read {
        from: PathBuf,
        at: PathBuf,
        /// Left out when `from` does not exist.
        #[serde(default)]
        optional: bool,
    },
    /// The same files.
    Write {
        from: PathBuf,
        at: PathBuf,
    },
    /// Reads come from `from`; writes go to `upper` with `work` beside it, or to memory of at most `bytes`.
    Overlay {
        from: PathBuf,
        at: PathBuf,
        #[serde(default)]
        upper: Option<PathBuf>,
        #[serde(default)]
        work: Option<PathBuf>,
        #[serde(default)]
        bytes: Option<u64>,
    },
    /// An empty folder in memory.
    Tmpfs {
        at: PathBuf,
        bytes: u64,
    },
    Symlink {
        at: PathBuf,
        target: PathBuf,
    },
    /// A read-only file with this text.
    File {
        at: PathBuf,
        text: String,
    },
    /// Cannot be changed, replaced or made.
    Protect {
        at: PathBuf,
        #[serde(rename = "as")]
        shape: Shape,
    },
    /// Cannot be seen.
    Hide {
        at: PathBuf,
    },
}

/// What stands where something protected is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// An empty file.
    File,
    /// An empty folder.
    Folder,
    /// Nothing that can be opened: a link that leads nowhere, which cannot be written through.
    Nothing,
}

/// What the command can reach besides its own loopback.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "lowercase", tag = "kind")]
pub enum Network {
    None,
    /// 127.0.0.1:`port` inside leads to the unix domain socket at `socket` outside.
    Proxy {
        socket: PathBuf,
        port: u16,
    },
}

/// What the command may use up. 0: no limit.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Limits {
    pub processes: u64,
    /// Resident memory of all processes together.
    pub memory_bytes: u64,
    /// Size of one file.
    pub file_bytes: u64,
    pub open_files: u64,
    /// Processor time of one process.
    pub cpu_seconds: u64,
    /// How much its writes below `write` and `overlay` mounts may take in all.
    pub workspace_bytes: u64,
}

/// A part of the isolation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerName {
    Namespaces,
    Landlock,
    Seccomp,
    Limits,
    Cgroup,
    Identity,
    Environment,
    Network,
    Quota,
    Memory,
}

/// Why a spec cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    #[error("expected the spec as one line of JSON, found {found}")]
    Malformed { found: String },
    #[error("expected version 1 of the spec, found {0}")]
    Version(u32),
    #[error("expected {what}, found {found:?}")]
    Invalid { what: &'static str, found: String },
}

impl Spec {
    /// Reads and checks a spec.
    ///
    /// # Errors
    /// It is not JSON, has fields that are not known, or a value that cannot be meant.
    pub fn read(line: &str) -> Result<Self, SpecError> {
        let spec: Self =
            serde_json::from_str(line).map_err(|error| SpecError::Malformed { found: error.to_string() })?;
        spec.check()?;
        Ok(spec)
    }

    fn check(&self) -> Result<(), SpecError> {
        if self.version != 1 {
            return Err(SpecError::Version(self.version));
        }
        match self.argv.first() {
            None => return Err(invalid("a program to run", "no words")),
            Some(program) if program.is_empty() => return Err(invalid("a program to run", "an empty word")),
            Some(_) => {}
        }
        let words = self.argv.iter().chain(self.env.keys()).chain(self.env.values());
        for word in words {
            if word.contains('\0') {
                return Err(invalid("words without a NUL byte", word));
            }
        }
        if let Some(name) = self.env.keys().find(|name| name.is_empty() || name.contains('=')) {
            return Err(invalid("names of variables without =", name));
        }
        plain("an absolute folder to run in", &self.cwd)?;
        for mount in &self.mounts {
            mount.check()?;
        }
        if let Network::Proxy { socket, port } = &self.network {
            plain("an absolute path of the proxy's socket", socket)?;
            if *port == 0 {
                return Err(invalid("a port of the proxy from 1 to 65535", "0"));
            }
        }
        Ok(())
    }
}

impl Mount {
    /// Where it is inside.
    pub fn at(&self) -> &Path {
        match self {
            Self::Read { at, .. }
            | Self::Write { at, .. }
            | Self::Overlay { at, .. }
            | Self::Tmpfs { at, .. }
            | Self::Symlink { at, .. }
            | Self::File { at, .. }
            | Self::Protect { at, .. }
            | Self::Hide { at } => at,
        }
    }

    fn check(&self) -> Result<(), SpecError> {
        plain("an absolute path inside, without . and ..", self.at())?;
        if self.at() == Path::new("/") {
            return Err(invalid("a place below / for a mount", "/"));
        }
        match self {
            Self::Read { from, .. } | Self::Write { from, .. } => plain("an absolute path to mount", from),
            Self::Overlay { from, upper, work, bytes, .. } => {
                plain("an absolute path to mount", from)?;
                match (upper, work, bytes) {
                    (Some(upper), Some(work), None) => {
                        plain("an absolute folder for what is written", upper)?;
                        plain("an absolute folder for the file system's work", work)
                    }
                    (None, None, Some(1..)) => Ok(()),
                    _ => Err(invalid("an overlay with upper and work, or with bytes", &from.to_string_lossy())),
                }
            }
            Self::Tmpfs { bytes: 0, at } => Err(invalid("a size above 0", &at.to_string_lossy())),
            Self::Symlink { target, .. } if target.as_os_str().is_empty() => {
                Err(invalid("a target of the link", "none"))
            }
            Self::Tmpfs { .. }
            | Self::Symlink { .. }
            | Self::File { .. }
            | Self::Protect { .. }
            | Self::Hide { .. } => Ok(()),
        }
    }
}

/// A path that means one place, however it is read.
fn plain(what: &'static str, path: &Path) -> Result<(), SpecError> {
    let odd = path.components().any(|part| !matches!(part, Component::RootDir | Component::Normal(_)));
    let text = path.to_string_lossy();
    let dotted = text.split('/').any(|name| name == "." || name == "..");
    if !path.is_absolute() || odd || dotted || text.contains('\0') {
        return Err(invalid(what, &text));
    }
    Ok(())
}

fn invalid(what: &'static str, found: &str) -> SpecError {
    SpecError::Invalid { what, found: found.chars().take(200).collect() }
}
