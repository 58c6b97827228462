/// A merge under way: three texts that are equal wherever the merge is decided, and differ where it is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sides {
    pub(crate) base: String,
    pub(crate) ours: String,
    pub(crate) theirs: String,
    /// Something is undecided.
    pub(crate) conflict: bool,
}

impl Sides {
    pub(crate) fn agreed(text: &str) -> Sides {
        let mut sides = Sides::default();
        sides.push(text);
        sides
    }

    pub(crate) fn undecided(base: &str, ours: &str, theirs: &str) -> Sides {
        Sides { base: base.to_string(), ours: ours.to_string(), theirs: theirs.to_string(), conflict: true }
    }

    /// Adds text that is decided.
    pub(crate) fn push(&mut self, text: &str) {
        self.base.push_str(text);
        self.ours.push_str(text);
        self.theirs.push_str(text);
    }

    pub(crate) fn append(&mut self, other: &Sides) {
        self.base.push_str(&other.base);
        self.ours.push_str(&other.ours);
        self.theirs.push_str(&other.theirs);
        self.conflict |= other.conflict;
    }
}
