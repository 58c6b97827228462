//! From a finished sandbox to the program that runs in it.

use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use seccompiler::BpfProgram;

use crate::answer::{Answer, Layer};
use crate::landlock_layer::{self, Rules};
use crate::limits;
use crate::lookup::{self, Found};
use crate::seccomp;
use crate::spec::{LayerName, Spec};
use crate::sys::{self, Process};

/// What a command is started with.
pub(crate) struct Start<'a> {
    pub(crate) spec: &'a Spec,
    pub(crate) filters: &'a [BpfProgram],
    pub(crate) rules: Rules,
    /// The layers that are there already.
    pub(crate) layers: Vec<Layer>,
    /// Variables that take the place of the spec's.
    pub(crate) instead: Vec<(String, PathBuf)>,
}

/// A command that has begun.
pub(crate) struct Running {
    pub(crate) pid: libc::pid_t,
    pub(crate) layers: Vec<Layer>,
}

/// Starts the program in a child of this process; a last refusal is an answer.
pub(crate) fn start(start: Start<'_>) -> Result<Running, Answer> {
    let spec = start.spec;
    let name = spec.argv.first().cloned().unwrap_or_default();
    let search = spec.env.get("PATH").map_or("/usr/bin:/bin", String::as_str);
    let program = match lookup::program(&name, search, &spec.cwd) {
        Found::Program(program) => program,
        Found::Nothing => return Err(Answer::NotFound { program: name }),
        Found::NotRunnable(reason) => return Err(Answer::NotRunnable { program: name, reason }),
    };
    let words =
        words(&start).map_err(|_| Answer::refused("a word of the command or its environment holds a NUL byte"))?;
    let failed = |error: io::Error| Answer::refused(format!("cannot start a process in the sandbox: {error}"));
    let (reading, writing) = sys::pipe().map_err(failed)?;
    match sys::fork_into(0).map_err(failed)? {
        Process::Child => {
            drop(reading);
            let answer = become_program(start, &program, &words, &writing);
            let _ = File::from(writing).write_all(answer.line().as_bytes());
            sys::exit_now(125)
        }
        Process::Parent(pid) => {
            drop(writing);
            hear(pid, reading)
        }
    }
}

/// The child tells its layers, then nothing more when the program has begun, or why it has not.
fn hear(pid: libc::pid_t, reading: OwnedFd) -> Result<Running, Answer> {
    let mut text = String::new();
    let read = File::from(reading).read_to_string(&mut text);
    let mut layers = None;
    for line in text.lines() {
        match serde_json::from_str(line) {
            Ok(Answer::Started { layers: told }) => layers = Some(told),
            Ok(refusal) => {
                let _ = sys::wait(pid, true);
                return Err(refusal);
            }
            Err(error) => return Err(Answer::refused(format!("the sandbox was not understood: {error}"))),
        }
    }
    match (read, layers) {
        (Ok(_), Some(layers)) => Ok(Running { pid, layers }),
        _ => Err(Answer::refused("the sandbox ended before the command began")),
    }
}

struct Words {
    argv: Vec<CString>,
    env: Vec<CString>,
}

fn words(start: &Start<'_>) -> Result<Words, std::ffi::NulError> {
    let spec = start.spec;
    let argv = spec.argv.iter().map(|word| CString::new(word.as_str())).collect::<Result<_, _>>()?;
    let replaced = |name: &str| start.instead.iter().any(|(other, _)| other == name);
    let own = spec.env.iter().filter(|(name, _)| !replaced(name)).map(|(name, value)| format!("{name}={value}"));
    let instead = start.instead.iter().map(|(name, path)| format!("{name}={}", path.display()));
    let env = own.chain(instead).map(CString::new).collect::<Result<_, _>>()?;
    Ok(Words { argv, env })
}

/// Takes the last rights away and becomes the program; returns why it could not.
fn become_program(start: Start<'_>, program: &CString, words: &Words, status: &OwnedFd) -> Answer {
    let spec = start.spec;
    let mut layers = start.layers;
    let prepared =
        sys::die_with_parent().and_then(|()| sys::setsid()).and_then(|()| sys::reset_signals()).and_then(|()| {
            std::env::set_current_dir(&spec.cwd).map_err(|error| {
                io::Error::other(format!("the folder to run in, {}, cannot be entered: {error}", spec.cwd.display()))
            })
        });
    if let Err(error) = prepared {
        return Answer::refused(error.to_string());
    }
    sys::umask(0o022);
    layers.push(match limits::set(&spec.limits) {
        Ok(()) => Layer::active(LayerName::Limits, limits::told(&spec.limits)),
        Err(error) => Layer::missing(LayerName::Limits, error.to_string()),
    });
    let given_up = sys::drop_capabilities()
        .and_then(|()| sys::prctl(libc::PR_SET_NO_NEW_PRIVS, 1))
        .and_then(|()| sys::close_from_on_exec(3));
    if let Err(error) = given_up {
        return Answer::refused(format!("cannot give up privileges: {error}"));
    }
    if !sys::is_without_capabilities() {
        return Answer::refused("capabilities could not be given up");
    }
    layers.push(
        match landlock_layer::prepare(&start.rules)
            .map_err(|error| error.to_string())
            .and_then(landlock_layer::restrict)
        {
            Ok(detail) => Layer::active(LayerName::Landlock, detail),
            Err(reason) => Layer::missing(LayerName::Landlock, reason),
        },
    );
    layers.push(match seccomp::install(start.filters) {
        Ok(()) => Layer::active(LayerName::Seccomp, format!("{} filters", start.filters.len())),
        Err(error) => Layer::missing(LayerName::Seccomp, error.to_string()),
    });
    let missing = missing_layers(&spec.require, &layers);
    if !missing.is_empty() {
        return refuse_missing(missing, &layers);
    }
    let told = Answer::Started { layers }.line();
    if write_all(status, told.as_bytes()).is_err() {
        return Answer::refused("nobody is there to watch the command");
    }
    let error = sys::execute(program, &words.argv, &words.env);
    Answer::NotRunnable { program: program.to_string_lossy().into_owned(), reason: error.to_string() }
}

fn write_all(fd: &OwnedFd, bytes: &[u8]) -> io::Result<()> {
    File::from(fd.try_clone()?).write_all(bytes)
}

/// The layers that are asked for and not active.
pub(crate) fn missing_layers(require: &[LayerName], layers: &[Layer]) -> Vec<LayerName> {
    require.iter().filter(|name| !layers.iter().any(|layer| layer.name == **name && layer.active)).copied().collect()
}

/// The refusal for want of layers, with what is known about each.
pub(crate) fn refuse_missing(missing: Vec<LayerName>, layers: &[Layer]) -> Answer {
    let why = |name: &LayerName| {
        let known =
            layers.iter().find(|layer| layer.name == *name).map_or("not available here", |layer| layer.detail.as_str());
        format!("{} ({known})", serde_json::to_string(name).unwrap_or_default().trim_matches('"'))
    };
    let reasons: Vec<_> = missing.iter().map(why).collect();
    Answer::Refused { reason: format!("the sandbox lacks {}; nothing was run", reasons.join(", ")), missing }
}
