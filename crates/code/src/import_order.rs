//! Whether somebody who sorted the imports of a file did only that.
//!
//! The languages give an [`Outline`] of the file before and after; [`compare`] accepts the second one when it has the
//! same imports in an order that no program can notice, the same comments at the same statements, and the same code.

mod outline;

use std::collections::BTreeMap;
use std::path::PathBuf;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

pub(crate) use outline::{Binding, Item, Load, Outline, Statement};

use crate::EdgeKind;
use crate::graph::Edge;
use outline::{Part, parts};

/// A file before and after a tool sorted its imports.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SortedFile {
    /// Relative to the root, with `/`.
    pub path: String,
    /// What the file holds now.
    pub before: String,
    pub after: String,
}

/// What [`crate::Index::import_orders`] is asked.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrderRequest {
    /// The repository: an absolute, existing folder.
    pub root: PathBuf,
    /// As in [`crate::Request::cache`].
    #[serde(default)]
    pub cache: Option<PathBuf>,
    pub files: Vec<SortedFile>,
}

/// Whether the second text may take the place of the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum OrderVerdict {
    /// Only the order of imports differs, and no import moved across one whose target may have effects.
    Kept,
    Refused {
        /// Continues the sentence "the order was kept, because …".
        reason: String,
    },
}

impl OrderVerdict {
    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into() }
    }
}

/// Compares the outlines of the two texts.
pub(crate) fn compare(before: &Outline, after: &Outline) -> OrderVerdict {
    match first_difference(before, after) {
        Some(reason) => OrderVerdict::Refused { reason },
        None => OrderVerdict::Kept,
    }
}

const MORE: &str = "more than the order of imports would change";

fn first_difference(before: &Outline, after: &Outline) -> Option<String> {
    if line_ends(before.text) != line_ends(after.text) || is_marked(before.text) != is_marked(after.text) {
        return Some("the line endings or the byte order mark would change".into());
    }
    let (Some(old), Some(new)) = (parts(before), parts(after)) else {
        return Some("the layout of the imports is not one that can be compared".into());
    };
    if old.len() != new.len() {
        return Some(MORE.into());
    }
    if header(&old) != header(&new) {
        return Some("the comment at the top of the file would move".into());
    }
    let parts = old.iter().zip(&new);
    parts.into_iter().find_map(|(old, new)| part_difference(old, new)).or_else(|| collision(&old, &new)).or_else(|| {
        let (old, new) = (loads(&old), loads(&new));
        crossing(&old, &new)
    })
}

/// Which line endings a text has: with and without a carriage return.
fn line_ends(text: &str) -> (bool, bool) {
    let ends = text.bytes().filter(|byte| *byte == b'\n').count();
    let pairs = text.matches("\r\n").count();
    (pairs > 0, ends > pairs)
}

fn is_marked(text: &str) -> bool {
    text.starts_with('\u{feff}')
}

fn header<'t>(parts: &[Part<'t>]) -> Vec<&'t str> {
    parts.first().map(|part| part.header.clone()).unwrap_or_default()
}

fn part_difference(old: &Part, new: &Part) -> Option<String> {
    if old.code != new.code {
        return Some(MORE.into());
    }
    if sorted(bindings(old)) != sorted(bindings(new)) {
        return Some("it would change what is imported".into());
    }
    (sorted(old.comments.iter()) != sorted(new.comments.iter()))
        .then(|| "a comment would be lost, or stand at another import".into())
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items
}

fn bindings<'p>(part: &'p Part) -> impl Iterator<Item = &'p str> {
    part.statements.iter().flat_map(|statement| &statement.bindings).map(|binding| binding.text.as_str())
}

/// A name that two imports bind belongs to the later one, so those two keep their order.
fn collision(old: &[Part], new: &[Part]) -> Option<String> {
    let (old, new) = (by_local(old), by_local(new));
    let broken = old.iter().find(|(local, values)| new.get(*local) != Some(values));
    broken.map(|(local, _)| format!("it would change which import the name \"{local}\" is of"))
}

fn by_local<'p>(parts: &'p [Part]) -> BTreeMap<&'p str, Vec<&'p str>> {
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for binding in parts.iter().flat_map(|part| &part.statements).flat_map(|statement| &statement.bindings) {
        if let Some(local) = &binding.local {
            found.entry(local).or_default().push(&binding.value);
        }
    }
    found
}

/// The modules that the statements load, in the order in which that happens first.
fn loads<'p>(parts: &'p [Part]) -> Vec<&'p Load> {
    let mut seen = FxHashSet::default();
    let all = parts.iter().flat_map(|part| &part.statements).flat_map(|statement| &statement.loads);
    all.filter(|load| seen.insert(load.name.as_str())).collect()
}

/// The first module that changes sides of one that may have effects.
fn crossing(old: &[&Load], new: &[&Load]) -> Option<String> {
    let names = |loads: &[&Load]| sorted(loads.iter().map(|load| load.name.clone()));
    if names(old) != names(new) {
        return Some("it would change which modules are loaded".into());
    }
    for (at, barrier) in old.iter().enumerate().filter(|(_, load)| load.may_act) {
        let here = new.iter().position(|load| load.name == barrier.name)?;
        let earlier: FxHashSet<&str> = old.iter().take(at).map(|load| load.name.as_str()).collect();
        let now: FxHashSet<&str> = new.iter().take(here).map(|load| load.name.as_str()).collect();
        if let Some(moved) = sorted(earlier.symmetric_difference(&now)).first() {
            return Some(format!("\"{moved}\" would move across \"{}\", which may have effects", barrier.name));
        }
    }
    None
}

/// For each node whether loading it enters a cycle of value edges: there, who is loaded first can be noticed.
pub(crate) fn reaches_cycle(nodes: usize, edges: &[Edge]) -> Vec<bool> {
    let mut importers: Vec<Vec<u32>> = vec![Vec::new(); nodes];
    let mut open = vec![0_u32; nodes];
    for edge in edges.iter().filter(|edge| edge.kind == EdgeKind::Value) {
        if let (Some(list), Some(count)) = (importers.get_mut(edge.to as usize), open.get_mut(edge.from as usize)) {
            list.push(edge.from);
            *count += 1;
        }
    }
    // What is left after taking away, again and again, the modules that import nothing that is left.
    let mut ready: Vec<u32> = (0..).zip(&open).filter(|(_, count)| **count == 0).map(|(node, _)| node).collect();
    while let Some(node) = ready.pop() {
        for from in importers.get(node as usize).into_iter().flatten() {
            if let Some(count) = open.get_mut(*from as usize) {
                *count -= 1;
                if *count == 0 {
                    ready.push(*from);
                }
            }
        }
    }
    open.into_iter().map(|count| count > 0).collect()
}
