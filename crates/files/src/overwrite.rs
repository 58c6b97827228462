use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use crate::dir::dress;
use crate::error::TreeError;
use crate::observe::observe_at;
use crate::state::{FileState, State};
use crate::tree::{Place, Places, Tree, is_missing};

/// What a disk writes as a whole, at least.
const SECTOR: usize = 512;

/// Writes kept bytes over a file from the first byte on, cuts it to length, sets its mode and flushes it. The file keeps
/// all its names, and needs no more space than it has when the new bytes are not longer.
pub(crate) fn overwrite(tree: &Tree, path: &str, place: &Place, to: &FileState) -> Result<(), TreeError> {
    let bytes = tree.objects().read(&to.hash)?;
    let write = || -> io::Result<()> {
        let mut file: File = place.folder.open_update(&place.name)?;
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&bytes)?;
        file.set_len(bytes.len() as u64)?;
        dress(&file, to.mode, to.owner)?;
        file.sync_all()
    };
    write().map_err(|error| tree.failure("writing", path, error))
}

impl Tree {
    /// Writes kept bytes over a file where it is: for a restore on a disk that has no space for a second copy.
    pub fn overwrite(&self, path: &str, to: &FileState) -> Result<(), TreeError> {
        let place = Places::new(self).of(path).map_err(|error| self.failure("writing", path, error))?;
        overwrite(self, path, &place, to)
    }

    /// The bytes of the file at a path.
    pub fn read_file(&self, path: &str) -> Result<Vec<u8>, TreeError> {
        let read = || -> io::Result<Vec<u8>> {
            let place = Places::new(self).of(path)?;
            let (mut file, _) = place.folder.open_file(&place.name)?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        read().map_err(|error| self.failure("reading", path, error))
    }

    /// Removes a file or a symbolic link, if it is there.
    pub fn remove_file(&self, path: &str) -> Result<(), TreeError> {
        let removed = Places::new(self).of(path).and_then(|place| place.folder.remove_file(&place.name));
        match removed {
            Err(error) if !is_missing(&error) => Err(self.failure("removing", path, error)),
            _ => Ok(()),
        }
    }

    /// Whether a file is what an overwriting between two of these contents left when it was cut off: each sector is the
    /// one of either content, or empty where the disk had not got to it. Damaged contents count for nothing.
    pub fn is_torn(&self, path: &str, hashes: &[String]) -> Result<bool, TreeError> {
        let mut places = Places::new(self);
        let State::File(seen) = observe_at(&mut places, path)?.state else { return Ok(false) };
        let mut contents = Vec::new();
        for hash in hashes {
            match self.objects().read(hash) {
                Ok(bytes) => contents.push(bytes),
                Err(TreeError::Object { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let longest = contents.iter().map(Vec::len).max().unwrap_or(0);
        if seen.size > longest as u64 {
            return Ok(false);
        }
        let bytes = self.read_file(path)?;
        let mixed = |before: &[u8], after: &[u8]| is_mix(&bytes, before, after);
        Ok(contents
            .iter()
            .enumerate()
            .any(|(at, after)| contents.iter().enumerate().any(|(other, before)| at != other && mixed(before, after))))
    }

    /// Whether the first bytes of one of these contents are all that a file holds: what is left of a draft that was cut
    /// off, with empty sectors where the disk had not got to it.
    pub fn is_draft_of(&self, path: &str, hashes: &[String]) -> Result<bool, TreeError> {
        let bytes = self.read_file(path)?;
        for hash in hashes {
            match self.objects().read(hash) {
                Ok(content) if bytes.len() <= content.len() && is_mix(&bytes, &content, &content) => return Ok(true),
                Ok(_) | Err(TreeError::Object { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }
}

/// New bytes up to some point within a sector, old ones from there on; whole sectors of either, in any order; or zeros.
/// Where a content ends within a sector, zeros follow.
fn is_mix(bytes: &[u8], before: &[u8], after: &[u8]) -> bool {
    bytes.chunks(SECTOR).enumerate().all(|(index, sector)| {
        let (old, new) = (padded(before, index), padded(after, index));
        let written = sector.iter().zip(&new).take_while(|(found, wanted)| found == wanted).count();
        old[written..sector.len()] == sector[written..] || sector.iter().all(|byte| *byte == 0)
    })
}

fn padded(content: &[u8], index: usize) -> [u8; SECTOR] {
    let mut sector = [0; SECTOR];
    let start = (index * SECTOR).min(content.len());
    let part = &content[start..(start + SECTOR).min(content.len())];
    sector[..part.len()].copy_from_slice(part);
    sector
}
