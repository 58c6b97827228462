use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::sync::Arc;

use crate::dir::{Dir, FLUSHES_ALL, dress, has_no_second_name, is_link_in_the_way};
use crate::error::TreeError;
use crate::name::decode_name;
use crate::objects::MANY;
use crate::observe::observe_place;
use crate::os_name::os_name;
use crate::overwrite::overwrite;
use crate::state::{FileState, State};
use crate::tree::{Place, Places, TEMPORARY, Tree, split};

/// A path that shall go from what was seen there to another state.
#[derive(Clone, Debug)]
pub struct Change {
    pub path: String,
    /// Names the temporary file; unique within the transaction.
    pub seq: u32,
    pub seen: State,
    pub to: State,
    /// Change the bytes where they are, so that every other name of the file sees them too.
    pub in_place: bool,
    /// Put a file of its own here, also where only the mode differs: others may be names of what stands here.
    pub separate: bool,
    /// A path that holds the very file that shall stand here too: a second name is made instead of a copy.
    pub same_file: Option<String>,
}

impl Change {
    /// Only the permission bits differ.
    fn is_mode_only(&self) -> bool {
        match (&self.seen, &self.to) {
            (State::Folder(_), State::Folder(_)) => true,
            (State::File(seen), State::File(to)) => seen.hash == to.hash && !self.separate,
            _ => false,
        }
    }

    fn depth(&self) -> usize {
        self.path.matches('/').count()
    }
}

/// The name of a temporary file beside a path: recovery finds it by the transaction and the sequence number.
pub fn draft_path(transaction: &str, path: &str, seq: u32) -> String {
    let folder = path.rfind('/').map_or("", |at| &path[..=at]);
    format!("{folder}{TEMPORARY}{transaction}-{seq}.tmp")
}

/// Brings all paths to their states and returns those that somebody else changed in the meantime: they are left as they
/// are. Each path changes in one step, so a kill leaves it at one of its two states, and what it displaces is compared
/// with what was seen before it is deleted.
///
/// All new content, with owner and mode, is on the disk before the first existing file changes: a full disk, a damaged
/// object or a folder that cannot be written is noticed while the tree is whole. On an error some paths may have changed;
/// temporary files are gone.
pub fn apply(tree: &Tree, transaction: &str, changes: &[Change]) -> Result<Vec<String>, TreeError> {
    let mut work = Apply::new(tree, transaction);
    let done = work.run(changes);
    if done.is_err() {
        work.drop_drafts();
    }
    done.map(|()| work.conflicts)
}

/// What needs a folder that is still in the way or missing is tried again after the removals.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chance {
    First,
    Last,
}

/// Gets the name of a step and the path it is for.
#[cfg(test)]
type Meddle<'a> = dyn Fn(&str, &str) + 'a;

struct Apply<'tree> {
    places: Places<'tree>,
    transaction: String,
    conflicts: Vec<String>,
    drafts: HashSet<String>,
    /// Told before each step; tests change the tree there.
    #[cfg(test)]
    before: Option<&'tree Meddle<'tree>>,
}

impl<'tree> Apply<'tree> {
    fn new(tree: &'tree Tree, transaction: &str) -> Self {
        Self {
            places: Places::new(tree),
            transaction: transaction.into(),
            conflicts: Vec::new(),
            drafts: HashSet::new(),
            #[cfg(test)]
            before: None,
        }
    }

    fn run(&mut self, all: &[Change]) -> Result<(), TreeError> {
        let (modes, changes): (Vec<&Change>, Vec<&Change>) = all.iter().partition(|change| change.is_mode_only());
        let (in_place, moved): (Vec<_>, Vec<_>) = changes.iter().copied().partition(|change| {
            change.in_place && matches!((&change.seen, &change.to), (State::File(_), State::File(_)))
        });
        let writes: Vec<&Change> = moved.iter().copied().filter(|change| change.to.is_content()).collect();
        let mut folders: Vec<&Change> =
            changes.iter().copied().filter(|change| matches!(change.to, State::Folder(_))).collect();
        folders.sort_by_key(|change| change.depth());
        let late_folders = self.make_folders(&folders, Chance::First)?;
        let late_writes = self.make_drafts(&writes, Chance::First)?;
        self.remove(&changes)?;
        self.make_folders(&late_folders, Chance::Last)?;
        self.make_drafts(&late_writes, Chance::Last)?;
        for change in writes {
            if !self.conflicts.contains(&change.path) {
                self.place(change)?;
            }
        }
        for change in in_place {
            self.overwrite(change)?;
        }
        for change in modes {
            self.set_mode(change)?;
        }
        Ok(())
    }

    fn drop_drafts(&mut self) {
        // The failure that led here is the one to report; recovery looks for leftovers again.
        for draft in std::mem::take(&mut self.drafts) {
            let _ = self.places.of(&draft).and_then(|place| place.folder.remove_file(&place.name));
        }
    }

    /// Returns those whose parent stands only after removals.
    fn make_folders<'a>(&mut self, folders: &[&'a Change], chance: Chance) -> Result<Vec<&'a Change>, TreeError> {
        let mut late = Vec::new();
        for change in folders {
            let State::Folder(mode) = change.to else { continue };
            self.step("mkdir", change);
            let made = self.places.of(&change.path).and_then(|Place { folder, name }| folder.make_folder(&name, mode));
            match made {
                Ok(()) => {}
                Err(error) if is_in_the_way(&error) && chance == Chance::First => late.push(*change),
                Err(error) if is_in_the_way(&error) => self.conflicts.push(change.path.clone()),
                Err(error) => return Err(self.failure("creating", change, error)),
            }
        }
        self.places.forget();
        Ok(late)
    }

    /// Returns those whose folder stands only after removals.
    fn make_drafts<'a>(&mut self, writes: &[&'a Change], chance: Chance) -> Result<Vec<&'a Change>, TreeError> {
        let mut late = Vec::new();
        let mut made = Vec::new();
        for change in writes {
            self.step("draft", change);
            let draft = self.draft_of(change);
            let Place { folder, name } = match self.places.of(&draft) {
                Ok(place) => place,
                Err(error) if is_in_the_way(&error) => {
                    if chance == Chance::First {
                        late.push(*change);
                    } else {
                        self.conflicts.push(change.path.clone());
                    }
                    continue;
                }
                Err(error) => return Err(self.failure("writing", change, error)),
            };
            self.drafts.insert(draft);
            if let Some(file) = self.fill_draft(change, &folder, &name)? {
                made.push(file);
            }
        }
        self.flush_drafts(writes.len() - late.len(), made)?;
        Ok(late)
    }

    /// `None` for what cannot be flushed by its own descriptor.
    fn fill_draft(
        &mut self,
        change: &Change,
        folder: &Arc<Dir>,
        name: &std::ffi::OsStr,
    ) -> Result<Option<File>, TreeError> {
        let failed = |work: &Self, error| work.failure("writing", change, error);
        match &change.to {
            State::Symlink(target) => folder.symlink(target, name).map(|()| None).map_err(|error| failed(self, error)),
            State::File(to) => {
                let linked = self.second_name(change, to, folder, name);
                if let Some(file) = linked.map_err(|error| failed(self, error))? {
                    return Ok(Some(file));
                }
                let mut file = folder.create(name).map_err(|error| failed(self, error))?;
                let tree = self.places.tree;
                let relative = os_name(decode_name(&change.path)).map_err(|error| failed(self, error))?;
                let place = tree.path().join(relative);
                tree.objects().copy_to(&to.hash, &mut file, &place)?;
                dress(&file, to.mode, to.owner).map_err(|error| failed(self, error))?;
                Ok(Some(file))
            }
            _ => Ok(None),
        }
    }

    /// The draft as a second name of the file that it shall be; `None` where that is not to be had: the file is another one
    /// by now, or the file system has no second names for it.
    fn second_name(
        &mut self,
        change: &Change,
        to: &FileState,
        folder: &Arc<Dir>,
        name: &std::ffi::OsStr,
    ) -> io::Result<Option<File>> {
        let Some(path) = change.same_file.as_deref() else { return Ok(None) };
        let source = match self.places.of(path) {
            Err(error) if crate::tree::is_missing(&error) => return Ok(None),
            found => found?,
        };
        match source.folder.hard_link(&source.name, folder, name) {
            Err(error) if has_no_second_name(&error) => return Ok(None),
            linked => linked?,
        }
        let draft = Place { folder: Arc::clone(folder), name: name.to_owned() };
        if observe_place(&draft)?.state.same(&State::File(to.clone())) {
            match folder.open_to_flush(name) {
                Err(error) if has_no_second_name(&error) => {}
                opened => return opened.map(Some),
            }
        }
        folder.remove_file(name).map(|()| None)
    }

    fn flush_drafts(&self, count: usize, made: Vec<File>) -> Result<(), TreeError> {
        let tree = self.places.tree;
        // Symbolic links have no descriptor of their own: with one among them the file system is flushed.
        let flushed = if FLUSHES_ALL && (count > MANY || made.len() < count) {
            tree.dir().sync_file_system()
        } else {
            made.iter().try_for_each(File::sync_all)
        };
        flushed.map_err(|error| tree.failure("flushing", "", error))
    }

    /// Files first, then folders from the deepest.
    fn remove(&mut self, changes: &[&Change]) -> Result<(), TreeError> {
        let goes = |change: &&&Change| change.seen.is_content() && !change.to.is_content();
        for change in changes.iter().filter(goes) {
            self.step("remove", change);
            let taken = self.take_away(change).map_err(|error| self.failure("removing", change, error))?;
            if !taken {
                self.conflicts.push(change.path.clone());
            }
        }
        let mut folders: Vec<_> = changes
            .iter()
            .filter(|change| matches!(change.seen, State::Folder(_)) && !matches!(change.to, State::Folder(_)))
            .collect();
        folders.sort_by_key(|change| std::cmp::Reverse(change.depth()));
        // An open handle of a folder that goes must not be used for the one that takes its name.
        self.places.forget();
        for change in folders {
            self.step("rmdir", change);
            let removed = self.places.of(&change.path).and_then(|Place { folder, name }| folder.remove_folder(&name));
            match removed.as_ref().map_err(io::Error::kind) {
                Ok(()) | Err(io::ErrorKind::NotFound) => {}
                Err(io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory) => {
                    self.conflicts.push(change.path.clone());
                }
                Err(_) => removed.map_err(|error| self.failure("removing", change, error))?,
            }
        }
        self.places.forget();
        Ok(())
    }

    /// Moves a file out of the way, looks at it, and deletes it. `false`: it was another one, and is back.
    fn take_away(&mut self, change: &Change) -> io::Result<bool> {
        let Place { folder, name } = match self.places.of(&change.path) {
            Err(error) if crate::tree::is_missing(&error) => return Ok(true),
            found => found?,
        };
        let draft = self.draft_name(change)?;
        match folder.rename_new(&name, &draft) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            Err(error) if is_unsupported(&error) => {
                if !is_still(&folder, &name, &change.seen)? {
                    return Ok(false);
                }
                return folder.remove_file(&name).map(|()| true);
            }
            Err(error) => return Err(error),
        }
        if is_still(&folder, &draft, &change.seen)? {
            return folder.remove_file(&draft).map(|()| true);
        }
        folder.rename_new(&draft, &name).map(|()| false)
    }

    fn place(&mut self, change: &Change) -> Result<(), TreeError> {
        self.step("place", change);
        let placed = self.put_in_place(change).map_err(|error| self.failure("writing", change, error))?;
        if !placed {
            self.conflicts.push(change.path.clone());
        }
        Ok(())
    }

    fn put_in_place(&mut self, change: &Change) -> io::Result<bool> {
        let Place { folder, name } = self.places.of(&change.path)?;
        let draft = self.draft_name(change)?;
        let placed = if change.seen.is_content() {
            replace(&folder, &draft, &name, &change.seen)?
        } else {
            create(&folder, &draft, &name)?
        };
        match folder.remove_file(&draft) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        self.drafts.remove(&self.draft_of(change));
        Ok(placed)
    }

    /// A file with several names keeps them all: its bytes change where they are, and recovery knows such a mix.
    fn overwrite(&mut self, change: &Change) -> Result<(), TreeError> {
        let State::File(to) = &change.to else { return Ok(()) };
        self.step("overwrite", change);
        let place = self.places.of(&change.path).map_err(|error| self.failure("writing", change, error))?;
        // Another of its names may stand in the same batch, and has brought it there already.
        let seen = observe_place(&place).map_err(|error| self.failure("reading", change, error))?.state;
        if seen.same(&change.to) {
            return Ok(());
        }
        if !seen.same(&change.seen) {
            self.conflicts.push(change.path.clone());
            return Ok(());
        }
        overwrite(self.places.tree, &change.path, &place, to)
    }

    fn set_mode(&mut self, change: &Change) -> Result<(), TreeError> {
        let mode = match &change.to {
            State::File(to) => to.mode,
            State::Folder(mode) => *mode,
            _ => return Ok(()),
        };
        self.step("chmod", change);
        let set = self.places.of(&change.path).and_then(|Place { folder, name }| folder.set_mode(&name, mode));
        set.map_err(|error| self.failure("changing the mode of", change, error))
    }

    fn draft_of(&self, change: &Change) -> String {
        draft_path(&self.transaction, &change.path, change.seq)
    }

    fn draft_name(&self, change: &Change) -> io::Result<OsString> {
        os_name(split(&decode_name(&self.draft_of(change))).1.to_vec())
    }

    fn failure(&self, operation: &'static str, change: &Change, source: io::Error) -> TreeError {
        self.places.tree.failure(operation, &change.path, source)
    }

    #[cfg(test)]
    fn step(&self, name: &str, change: &Change) {
        if let Some(before) = self.before {
            before(name, &change.path);
        }
    }

    #[cfg(not(test))]
    fn step(&self, _name: &str, _change: &Change) {}
}

fn create(folder: &Dir, draft: &OsString, name: &OsString) -> io::Result<bool> {
    match folder.rename_new(draft, name) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) if is_unsupported(&error) => {
            if folder.stat(name)?.is_some() {
                return Ok(false);
            }
            folder.rename(draft, name).map(|()| true)
        }
        Err(error) => Err(error),
    }
}

/// Swaps the two names, looks at what came out, and swaps back when it is not what was seen.
fn replace(folder: &Dir, draft: &OsString, name: &OsString, seen: &State) -> io::Result<bool> {
    match folder.exchange(draft, name) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) if is_unsupported(&error) => {
            if !is_still(folder, name, seen)? {
                return Ok(false);
            }
            return folder.rename(draft, name).map(|()| true);
        }
        Err(error) => return Err(error),
    }
    if is_still(folder, draft, seen)? {
        return Ok(true);
    }
    folder.exchange(draft, name).map(|()| false)
}

fn is_still(folder: &Dir, name: &OsString, seen: &State) -> io::Result<bool> {
    // Both share one descriptor: the folder is the same whatever happens to its path.
    let dir = folder.beneath(b"")?;
    let place = Place { folder: Arc::new(dir), name: name.clone() };
    Ok(observe_place(&place)?.state.same(seen))
}

fn is_unsupported(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput)
}

/// Something stands where a folder has to be, or a folder is not there yet.
fn is_in_the_way(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AlreadyExists || crate::tree::is_missing(error) || is_link_in_the_way(error)
}

#[cfg(test)]
mod tests;
