use std::ffi::OsStr;
use std::io;

use crate::dir::{Dir, Kind, is_link_in_the_way};
use crate::error::TreeError;
use crate::flush::hash_reader;
use crate::state::{FileState, Observation, State};
use crate::tree::{Place, Places, is_missing};

/// What stands at a path, without following a symbolic link.
pub(crate) fn observe_at(places: &mut Places<'_>, path: &str) -> Result<Observation, TreeError> {
    let tree = places.tree;
    let seen = match places.of(path) {
        Ok(place) => observe_place(&place),
        // A symbolic link where a folder was: what lies behind it is not in this tree.
        Err(error) if is_missing(&error) || is_link_in_the_way(&error) => Ok(absent()),
        Err(error) => Err(error),
    };
    seen.map_err(|source| tree.failure("reading", path, source))
}

/// The same for a name in an open folder.
pub(crate) fn observe_place(Place { folder, name }: &Place) -> io::Result<Observation> {
    let Some(stat) = folder.stat(name)? else {
        return Ok(absent());
    };
    if !folder.is_spelt_so(name, &stat)? {
        return Ok(absent());
    }
    let state = match stat.kind {
        Kind::Folder => State::Folder(stat.mode),
        Kind::Symlink => State::Symlink(folder.read_link(name)?),
        Kind::Other => State::Other,
        Kind::File => return observe_file(folder, name),
    };
    Ok(Observation { state, identity: stat.identity() })
}

fn observe_file(folder: &Dir, name: &OsStr) -> io::Result<Observation> {
    let (file, stat) = folder.open_file(name)?;
    if stat.kind != Kind::File {
        return Ok(Observation { state: State::Other, identity: stat.identity() });
    }
    let (hash, size) = hash_reader(file, stat.size)?;
    let (id, linked) = (stat.identity(), stat.names > 1);
    let file = FileState { hash, mode: stat.mode, size, owner: stat.owner, id, linked };
    Ok(Observation { state: State::File(file), identity: stat.identity() })
}

fn absent() -> Observation {
    Observation { state: State::Absent, identity: None }
}
