//! Finding the program of a command.

use std::ffi::CString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::sys;

/// What a program's name leads to.
pub(crate) enum Found {
    Program(CString),
    Nothing,
    NotRunnable(String),
}

/// The program that `name` means: a path as it is, a word through `search` (the folders of PATH).
pub(crate) fn program(name: &str, search: &str, cwd: &Path) -> Found {
    if name.contains('/') {
        return judge(&cwd.join(name)).unwrap_or(Found::Nothing);
    }
    let mut refused = None;
    for folder in search.split(':').filter(|folder| folder.starts_with('/')) {
        match judge(&PathBuf::from(folder).join(name)) {
            Some(Found::NotRunnable(reason)) => refused = Some(reason),
            Some(found) => return found,
            None => {}
        }
    }
    refused.map_or(Found::Nothing, Found::NotRunnable)
}

fn judge(path: &Path) -> Option<Found> {
    let found = fs::metadata(path).ok()?;
    if found.is_dir() {
        return Some(Found::NotRunnable("it is a folder".into()));
    }
    if found.permissions().mode() & 0o111 == 0 {
        return Some(Found::NotRunnable("it may not be executed".into()));
    }
    sys::c_path(path).ok().map(Found::Program)
}
