use crate::check::{CheckError, check_merge};
use crate::grammar::Source;
use crate::language::Language;
use crate::node_merge::{Merger, Three, decided};

/// Larger files are left to the textual merge: 4 MiB.
const LARGEST: usize = 4 << 20;

/// What a merge by syntax came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyntaxMerge {
    /// Everything is decided, and the result was checked.
    Clean(String),
    /// Some places are decided and the rest is not: three texts that differ in the undecided places only.
    Partly { base: String, ours: String, theirs: String },
    /// Nothing is gained: a version has a syntax error, or the order of members is in doubt.
    Unchanged,
    /// A result was found and did not pass the check.
    Doubted(CheckError),
}

/// Merges three versions of a file whose textual merge has conflicts.
pub fn merge_syntax(language: Language, base: &str, ours: &str, theirs: &str) -> SyntaxMerge {
    if let Some(text) = decided(Three { base, ours, theirs }) {
        return SyntaxMerge::Clean(text);
    }
    if [base, ours, theirs].iter().any(|text| text.len() > LARGEST) {
        return SyntaxMerge::Unchanged;
    }
    let (Some(base_tree), Some(our_tree), Some(their_tree)) =
        (language.parse(base), language.parse(ours), language.parse(theirs))
    else {
        return SyntaxMerge::Unchanged;
    };
    let source = |text| Source { language, text };
    let merger = Merger { sources: Three { base: source(base), ours: source(ours), theirs: source(theirs) }, depth: 0 };
    let roots = Three { base: base_tree.root_node(), ours: our_tree.root_node(), theirs: their_tree.root_node() };
    let Some(sides) = merger.root(roots) else { return SyntaxMerge::Unchanged };
    if sides.conflict {
        // What cannot be read again is not worth more than the plain conflict.
        let readable = language.parse(&sides.ours).is_some() && language.parse(&sides.theirs).is_some();
        return if readable {
            SyntaxMerge::Partly { base: sides.base, ours: sides.ours, theirs: sides.theirs }
        } else {
            SyntaxMerge::Unchanged
        };
    }
    match check_merge(language, base, ours, theirs, &sides.ours) {
        Ok(()) => SyntaxMerge::Clean(sides.ours),
        Err(error) => SyntaxMerge::Doubted(error),
    }
}
