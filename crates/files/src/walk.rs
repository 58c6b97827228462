use std::collections::HashSet;
use std::ffi::OsStr;
use std::io;

use crate::dir::{Dir, Kind, Stat};
use crate::error::TreeError;
use crate::name::{decode_name, encode_name};
use crate::os_name::name_bytes;
use crate::tree::{TEMPORARY, Tree, is_missing};

impl Tree {
    /// Everything below a folder (`""`: the root), each folder before what is in it, names in order. `.git` is
    /// left out, and so are temporary files of this crate.
    pub fn below(&self, folder: &str) -> Result<Vec<String>, TreeError> {
        let mut paths = Vec::new();
        self.walk(folder, &mut |path, _| {
            paths.push(path.to_owned());
            true
        })?;
        Ok(paths)
    }

    /// The paths of the files that have one of these identities.
    pub fn find(&self, identities: &[String]) -> Result<Vec<(String, String)>, TreeError> {
        let wanted: HashSet<&str> = identities.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        self.walk("", &mut |path, stat| {
            if stat.kind == Kind::File {
                found.extend(stat.identity().filter(|id| wanted.contains(id.as_str())).map(|id| (id, path.to_owned())));
            }
            true
        })?;
        Ok(found)
    }

    /// Visits until `visit` says `false`. What vanishes meanwhile is left out.
    fn walk(&self, folder: &str, visit: &mut dyn FnMut(&str, &Stat) -> bool) -> Result<(), TreeError> {
        self.walk_some(folder, &|_, _| true, visit)
    }

    /// The same without the folders, named and open, that `enter` refuses; nothing of them is visited.
    pub(crate) fn walk_some(
        &self,
        folder: &str,
        enter: &dyn Fn(&OsStr, &Dir) -> bool,
        visit: &mut dyn FnMut(&str, &Stat) -> bool,
    ) -> Result<(), TreeError> {
        let failed = |path: &str, error| self.failure("reading", path, error);
        let mut open = vec![folder.to_owned()];
        while let Some(prefix) = open.pop() {
            // Opened one at a time: a tree has more folders than a process may hold open.
            let dir = match self.dir().beneath(&decode_name(&prefix)) {
                Err(error) if is_missing(&error) => continue,
                found => found.map_err(|error| failed(&prefix, error))?,
            };
            let mut below = Vec::new();
            for name in sorted(&dir).map_err(|error| failed(&prefix, error))? {
                let bytes = name_bytes(&name);
                if bytes.eq_ignore_ascii_case(b".git") || bytes.starts_with(TEMPORARY.as_bytes()) {
                    continue;
                }
                let path = join(&prefix, &bytes);
                let Some(stat) = dir.stat(&name).map_err(|error| failed(&path, error))? else { continue };
                if stat.kind == Kind::Folder && dir.beneath(&bytes).is_ok_and(|inner| !enter(&name, &inner)) {
                    continue;
                }
                if !visit(&path, &stat) {
                    return Ok(());
                }
                if stat.kind == Kind::Folder {
                    below.push(path);
                }
            }
            // The last one pushed is visited first: names stay in order.
            open.extend(below.into_iter().rev());
        }
        Ok(())
    }
}

fn sorted(dir: &Dir) -> io::Result<Vec<std::ffi::OsString>> {
    let mut names = dir.names()?;
    names.sort();
    Ok(names)
}

fn join(prefix: &str, name: &[u8]) -> String {
    let name = encode_name(name);
    if prefix.is_empty() { name } else { format!("{prefix}/{name}") }
}
