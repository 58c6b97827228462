use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::dir::{Dir, Kind, Stat};
use crate::error::TreeError;
use crate::flush::hash_reader;
use crate::state::{FileState, Observation, State};
use crate::tree::{Place, Places, is_missing};

/// What stands at a path, without following a symbolic link.
pub(crate) fn observe_at(places: &mut Places<'_>, path: &str) -> Result<Observation, TreeError> {
    let tree = places.tree;
    let seen = match places.of(path) {
        Ok(place) => observe_place(&place),
        Err(error) if is_missing(&error) => Ok(absent()),
        // A symbolic link where a folder was: whatever lies behind it is not ours.
        Err(error) if is_link_in_the_way(&error) => Ok(Observation { state: State::Other, identity: None }),
        Err(error) => Err(error),
    };
    seen.map_err(|source| tree.failure("reading", path, source))
}

/// The same for a name in an open folder.
pub(crate) fn observe_place(Place { folder, name }: &Place) -> io::Result<Observation> {
    let Some(stat) = folder.stat(name)? else {
        return Ok(absent());
    };
    if !is_spelt_so(folder, name, &stat)? {
        return Ok(absent());
    }
    let state = match stat.kind {
        Kind::Folder => State::Folder(stat.mode),
        Kind::Symlink => State::Symlink(folder.read_link(name)?),
        Kind::Other => State::Other,
        Kind::File => return observe_file(folder, name),
    };
    Ok(Observation { state, identity: Some(stat.identity()) })
}

fn observe_file(folder: &Dir, name: &OsStr) -> io::Result<Observation> {
    let (file, stat) = folder.open_file(name)?;
    if stat.kind != Kind::File {
        return Ok(Observation { state: State::Other, identity: Some(stat.identity()) });
    }
    let (hash, size) = hash_reader(file, stat.size)?;
    let (id, linked) = (Some(stat.identity()), stat.names > 1);
    let file = FileState { hash, mode: stat.mode, size, owner: Some(stat.owner), id, linked };
    Ok(Observation { state: State::File(file), identity: Some(stat.identity()) })
}

/// On a file system that does not tell upper case from lower, `A` also finds a file named `a`: that is another path.
fn is_spelt_so(folder: &Dir, name: &OsStr, stat: &Stat) -> io::Result<bool> {
    let other: Vec<u8> = name.as_bytes().iter().map(|byte| swap_case(*byte)).collect();
    if other == name.as_bytes() {
        return Ok(true);
    }
    match folder.stat(&OsString::from_vec(other))? {
        Some(twin) if twin.device == stat.device && twin.inode == stat.inode => {
            Ok(folder.names()?.iter().any(|found| found == name))
        }
        _ => Ok(true),
    }
}

fn swap_case(byte: u8) -> u8 {
    if byte.is_ascii_alphabetic() { byte ^ 0x20 } else { byte }
}

fn absent() -> Observation {
    Observation { state: State::Absent, identity: None }
}

/// `ELOOP`, which the standard library has no stable kind for.
pub(crate) fn is_link_in_the_way(error: &io::Error) -> bool {
    rustix::io::Errno::from_io_error(error) == Some(rustix::io::Errno::LOOP)
}
