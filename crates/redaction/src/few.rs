//! A short list in place: what is looked at for each number of a text must not ask for memory.

use std::ops::Deref;

/// More than any list here holds.
const MOST: usize = 48;

/// At most {@link MOST} items; further ones are dropped.
#[derive(Clone, Copy)]
pub(crate) struct Few<T> {
    items: [T; MOST],
    length: usize,
}

impl<T: Copy + Default> Few<T> {
    pub(crate) fn new() -> Self {
        Self { items: [T::default(); MOST], length: 0 }
    }

    pub(crate) fn push(&mut self, item: T) {
        if let Some(place) = self.items.get_mut(self.length) {
            *place = item;
            self.length += 1;
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        self.length = self.length.checked_sub(1)?;
        self.items.get(self.length).copied()
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.items[..self.length]
    }
}
