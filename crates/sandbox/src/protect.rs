//! Paths that cannot be changed, replaced or made, although everything around them can.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Component, Path, PathBuf};

use crate::spec::Shape;
use crate::sys;
use crate::tree::{Tree, TreeError, cover, read_only_again};

/// How many links a protected path may lead over.
const MOST_LINKS: u32 = 8;

/// Modes that nobody gives to an empty folder or file: by them the janitor knows ours from those that were made by
/// somebody else between our looking and our making.
pub(crate) const FOLDER_MARK: u32 = 0o1511;
pub(crate) const FILE_MARK: u32 = 0o1444;
/// Where a link leads that stands in the place of nothing: inside, nobody can make that; outside it marks the link as ours.
pub(crate) const NOWHERE: &str = "/.sandbox/nothing";

/// Protects `at`. What is there is mounted onto itself, read-only; what is not there is taken by something empty, as are
/// the folders on the way to it. Each folder above becomes a mount point, which cannot be renamed. A link on the way can
/// no longer be replaced, and what it leads to is protected as well.
pub(crate) fn protect(tree: &mut Tree, at: &Path, shape: Shape) -> Result<(), TreeError> {
    if tree.writable_above(at).is_none() {
        return Ok(());
    }
    walk(tree, at, shape)
        .map_err(|error| TreeError::Protect { at: at.display().to_string(), reason: error.to_string() })
}

/// One step of a way.
enum Step {
    Root,
    Up,
    Into(OsString),
}

fn steps(path: &Path) -> impl DoubleEndedIterator<Item = Step> {
    path.components().filter_map(|part| match part {
        Component::RootDir => Some(Step::Root),
        Component::ParentDir => Some(Step::Up),
        Component::Normal(name) => Some(Step::Into(name.to_owned())),
        Component::CurDir | Component::Prefix(_) => None,
    })
}

/// Goes the way as the kernel would, link by link, so that `here` is always a true folder.
fn walk(tree: &mut Tree, at: &Path, shape: Shape) -> io::Result<()> {
    let mut rest: VecDeque<Step> = steps(at).collect();
    let mut here = PathBuf::from("/");
    let mut links = 0;
    while let Some(step) = rest.pop_front() {
        let name = match step {
            Step::Root => {
                here = PathBuf::from("/");
                continue;
            }
            Step::Up => {
                here.pop();
                continue;
            }
            Step::Into(name) => name,
        };
        let path = here.join(name);
        if tree.is_occupied(&path) {
            return Ok(());
        }
        let changeable = tree.writable_above(&path).is_some_and(|root| root != path);
        let found = match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return if changeable { occupy(tree, &path, shape, rest.is_empty()) } else { Ok(()) };
            }
            found => found?,
        };
        if found.is_symlink() {
            links += 1;
            if links > MOST_LINKS {
                return Err(io::Error::other("it leads over too many symbolic links"));
            }
            if changeable {
                pin_link(tree, &path)?;
            }
            for step in steps(&fs::read_link(&path)?).rev() {
                rest.push_front(step);
            }
        } else if found.is_dir() && !rest.is_empty() {
            if changeable {
                tree.pin(&path)?;
            }
            here = path;
        } else {
            return if changeable { read_only_again(&path) } else { Ok(()) };
        }
    }
    // A link led upwards to a folder that was on the way.
    if tree.writable_above(&here).is_some_and(|root| root != here) { read_only_again(&here) } else { Ok(()) }
}

/// Something empty in the place of what is not there.
fn occupy(tree: &mut Tree, path: &Path, shape: Shape, last: bool) -> io::Result<()> {
    tree.announce(path)?;
    match shape {
        Shape::Nothing => {
            symlink(NOWHERE, path)?;
            pin_link(tree, path)?;
        }
        Shape::File if last => {
            drop(OpenOptions::new().write(true).create_new(true).mode(FILE_MARK).open(path)?);
            cover(path, false)?;
        }
        Shape::File | Shape::Folder => {
            DirBuilder::new().mode(FOLDER_MARK).create(path)?;
            cover(path, true)?;
        }
    }
    tree.made(path)
}

/// A link that can be neither removed nor replaced.
fn pin_link(tree: &mut Tree, path: &Path) -> io::Result<()> {
    if !tree.is_new_pin(path) {
        return Ok(());
    }
    sys::pin_link(path).map_err(|error| {
        io::Error::other(format!("{} is a symbolic link, which cannot be pinned here ({error})", path.display()))
    })
}
