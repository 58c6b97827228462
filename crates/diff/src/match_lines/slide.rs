//! Moving groups of changed lines that could stand in several places.

use imara_diff::Token;

/// Moves each group of changed lines down as far as equal lines allow, merging groups that meet; a group that can stand
/// beside a change of the other side stays there, so that both are one edit.
pub(super) fn slide(lines: &[Token], changed: &mut [bool], other: &[bool]) {
    let mut group = Group::first(changed);
    let mut across = Group::first(other);
    loop {
        if group.start < group.end {
            settle(lines, changed, other, &mut group, &mut across);
        }
        if !group.next(changed) || !across.next(other) {
            return;
        }
    }
}

fn settle(lines: &[Token], changed: &mut [bool], other: &[bool], group: &mut Group, across: &mut Group) {
    let mut highest;
    let mut beside;
    loop {
        let size = group.end - group.start;
        while group.up(lines, changed) {
            across.previous(other);
        }
        highest = group.end;
        beside = across.start < across.end;
        while group.down(lines, changed) {
            across.next(other);
            beside |= across.start < across.end;
        }
        if size == group.end - group.start {
            break;
        }
    }
    if group.end == highest || !beside {
        return;
    }
    while across.start == across.end && group.up(lines, changed) {
        across.previous(other);
    }
}

/// A run of changed lines between two unchanged ones; it may be empty. Groups of both sides pair up one by one.
struct Group {
    start: usize,
    end: usize,
}

impl Group {
    fn first(changed: &[bool]) -> Self {
        let mut group = Self { start: 0, end: 0 };
        group.grow(changed);
        group
    }

    /// The group behind the next unchanged line; false at the end.
    fn next(&mut self, changed: &[bool]) -> bool {
        if self.end >= changed.len() {
            return false;
        }
        self.start = self.end + 1;
        self.end = self.start;
        self.grow(changed);
        true
    }

    fn previous(&mut self, changed: &[bool]) {
        if self.start == 0 {
            return;
        }
        self.end = self.start - 1;
        self.start = self.end;
        self.grow_up(changed);
    }

    fn down(&mut self, lines: &[Token], changed: &mut [bool]) -> bool {
        if self.end >= lines.len() || lines[self.start] != lines[self.end] {
            return false;
        }
        changed[self.start] = false;
        changed[self.end] = true;
        (self.start, self.end) = (self.start + 1, self.end + 1);
        self.grow(changed);
        true
    }

    fn up(&mut self, lines: &[Token], changed: &mut [bool]) -> bool {
        if self.start == 0 || lines[self.start - 1] != lines[self.end - 1] {
            return false;
        }
        (self.start, self.end) = (self.start - 1, self.end - 1);
        changed[self.start] = true;
        changed[self.end] = false;
        self.grow_up(changed);
        true
    }

    fn grow(&mut self, changed: &[bool]) {
        while self.end < changed.len() && changed[self.end] {
            self.end += 1;
        }
    }

    fn grow_up(&mut self, changed: &[bool]) {
        while self.start > 0 && changed[self.start - 1] {
            self.start -= 1;
        }
    }
}
