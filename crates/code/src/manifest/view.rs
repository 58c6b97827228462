use rustc_hash::{FxHashMap, FxHashSet};

use super::installed::Installed;
use super::package::{Packages, Section};
use super::usage::Usage;
use crate::javascript::project::Project;

/// A dependency of a package.
pub(super) type Key = (usize, String);

/// The tree as the analysis of manifests needs it.
pub(super) struct View<'a> {
    pub(super) project: &'a Project<'a>,
    pub(super) packages: &'a Packages,
    pub(super) installed: &'a FxHashMap<Key, Installed>,
    /// The package of each file of the tree.
    pub(super) file_owners: Vec<Option<usize>>,
    /// The package of each module.
    pub(super) module_owners: Vec<Option<usize>>,
    /// The names of all packages of the tree.
    pub(super) names: FxHashSet<&'a str>,
}

impl<'a> View<'a> {
    pub(super) fn new(
        project: &'a Project<'a>,
        packages: &'a Packages,
        installed: &'a FxHashMap<Key, Installed>,
    ) -> Self {
        Self {
            project,
            packages,
            installed,
            file_owners: project.tree.files.iter().map(|file| packages.owner(&file.path)).collect(),
            module_owners: project.modules.iter().map(|module| packages.owner(&module.path)).collect(),
            names: packages.list.iter().filter_map(|package| package.name.as_deref()).collect(),
        }
    }

    /// The packages above a package (itself first) that a use of `name` counts for: the nearest that declares it, and
    /// the ones above that provide it to a package that only asks for it as a peer.
    pub(super) fn declaring(&self, from: usize, name: &str) -> Vec<usize> {
        let mut found = Vec::new();
        for at in self.packages.chain(from) {
            let package = &self.packages.list[at];
            if package.declares(name) {
                found.push(at);
                if package.sections(name).any(|declared| declared.section != Section::Peer) {
                    break;
                }
            }
        }
        found
    }

    /// Records a use that is not an import, for whoever declares the dependency.
    pub(super) fn name(&self, usage: &mut Usage, from: usize, name: &str) {
        for at in self.declaring(from, name) {
            usage.named.insert((at, name.to_string()));
        }
    }
}
