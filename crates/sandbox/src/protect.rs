//! Paths that cannot be changed, replaced or made, although everything around them can.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::spec::Shape;
use crate::sys;
use crate::tree::{Tree, TreeError, cover, read_only_again};

/// How many links a protected path may lead over.
const MOST_LINKS: u32 = 8;

/// Protects `at`. What is there is mounted onto itself, read-only; what is not there is taken by something empty, as are
/// the folders on the way to it. Each folder above becomes a mount point, which cannot be renamed.
pub(crate) fn protect(tree: &mut Tree, at: &Path, shape: Shape) -> Result<(), TreeError> {
    let Some(root) = tree.writable_above(at) else { return Ok(()) };
    protect_below(tree, &root, at, shape, 0)
        .map_err(|error| TreeError::Protect { at: at.display().to_string(), reason: error.to_string() })
}

fn protect_below(tree: &mut Tree, root: &Path, at: &Path, shape: Shape, links: u32) -> io::Result<()> {
    let names: Vec<_> = at.strip_prefix(root).map(|rest| rest.components().collect()).unwrap_or_default();
    let mut path = root.to_path_buf();
    for (index, name) in names.iter().enumerate() {
        path.push(name);
        if tree.is_occupied(&path) {
            return Ok(());
        }
        let last = index + 1 == names.len();
        let Ok(found) = fs::symlink_metadata(&path) else {
            return occupy(tree, &path, last && shape == Shape::File);
        };
        if found.is_symlink() {
            let rest: PathBuf = names[index + 1..].iter().collect();
            return protect_link(tree, &path, &rest, shape, links);
        }
        if last || !found.is_dir() {
            return read_only_again(&path);
        }
        tree.pin(&path)?;
    }
    Ok(())
}

/// Something empty in the place of what is not there.
fn occupy(tree: &mut Tree, path: &Path, file: bool) -> io::Result<()> {
    tree.announce(path)?;
    if file {
        OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
    } else {
        DirBuilder::new().mode(0o755).create(path)?;
    }
    cover(path, !file)
}

/// A link must not be replaced, and what it leads to not be changed.
fn protect_link(tree: &mut Tree, path: &Path, rest: &Path, shape: Shape, links: u32) -> io::Result<()> {
    if links == MOST_LINKS {
        return Err(io::Error::other("it leads over too many symbolic links"));
    }
    let target = fs::read_link(path)?;
    let above = path.parent().unwrap_or(Path::new("/"));
    let leads_to = normal(&above.join(target)).join(rest);
    sys::pin_link(path).map_err(|error| {
        io::Error::other(format!("{} is a symbolic link, which cannot be pinned here ({error})", path.display()))
    })?;
    match tree.writable_above(&leads_to) {
        Some(root) => protect_below(tree, &root, &leads_to, shape, links + 1),
        None => Ok(()),
    }
}

/// A path without `.` and `..`, as its words say.
fn normal(path: &Path) -> PathBuf {
    let mut result = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                result.pop();
            }
            std::path::Component::CurDir => {}
            other => result.push(other),
        }
    }
    result
}
