//! The names in a patch's headers.

use memchr::memchr;

use crate::quote::{NO_FILE, unquote_name};

/// A name of a `---` or `+++` line.
pub(crate) struct Named {
    name: Vec<u8>,
    /// `/dev/null`, or the time stamp with which `diff -N` says that there is no file.
    absent: bool,
}

impl Named {
    pub(crate) fn read(text: &[u8]) -> Option<Self> {
        let (name, rest) = match unquote_name(text) {
            Some((name, taken)) => (name, &text[taken..]),
            None => {
                let end = memchr(b'\t', text).unwrap_or(text.len());
                (text[..end].to_vec(), &text[end..])
            }
        };
        let absent = name == NO_FILE || is_epoch(rest);
        (!name.is_empty()).then_some(Self { name, absent })
    }

    pub(crate) fn prefixed(&self, prefix: &[u8]) -> bool {
        self.absent || self.name.starts_with(prefix)
    }

    /// The path; with `strip` without its first component.
    pub(crate) fn path(self, strip: bool) -> Option<Vec<u8>> {
        if self.absent {
            return None;
        }
        Some(if strip { stripped(&self.name).to_vec() } else { self.name })
    }
}

/// The start of 1970 in some time zone, as `diff -N` stamps a file that is not there.
fn is_epoch(stamp: &[u8]) -> bool {
    let stamp = stamp.trim_ascii();
    let at = |day: &[u8]| {
        stamp.starts_with(day) && (stamp.len() < 20 || stamp[19] == b' ' || stamp[19..].starts_with(b".0"))
    };
    (at(b"1970-01-01 ") || at(b"1969-12-31 ")) && stamp.get(14..19) == Some(b"00:00") && offset_fits(stamp)
}

/// Whether the hour and the zone of the stamp name the same instant: 01:00 +0100.
fn offset_fits(stamp: &[u8]) -> bool {
    let number = |bytes: Option<&[u8]>| std::str::from_utf8(bytes?).ok()?.parse::<i32>().ok();
    let Some(hour) = number(stamp.get(11..13)) else { return false };
    let zone = stamp.iter().rposition(|byte| matches!(byte, b'+' | b'-')).filter(|&at| at > 18);
    let offset = match zone {
        None => 0,
        Some(at) => match number(stamp.get(at + 1..at + 3)) {
            None => return false,
            Some(hours) if stamp[at] == b'-' => -hours,
            Some(hours) => hours,
        },
    };
    let day = if stamp.starts_with(b"1969") { -24 } else { 0 };
    day + hour - offset == 0
}

fn stripped(name: &[u8]) -> &[u8] {
    memchr(b'/', name).map_or(name, |at| &name[at + 1..])
}

/// A whole value that is one name, quoted or not.
pub(crate) fn name_of(value: &[u8]) -> Option<Vec<u8>> {
    match unquote_name(value) {
        Some((name, taken)) if taken == value.len() => Some(name),
        Some(_) => None,
        None => (!value.is_empty()).then(|| value.to_vec()),
    }
}

/// The two names of a `diff --git` line, without prefixes. Unquoted names may hold blanks, so they are told apart only
/// when both are the same, which is all that git needs: other changes repeat the names in later lines.
pub(crate) fn header_names(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    if let Some((first, taken)) = unquote_name(text) {
        let second = name_of(text.get(taken + 1..)?)?;
        return Some((stripped(&first).to_vec(), stripped(&second).to_vec()));
    }
    for (at, _) in text.iter().enumerate().filter(|(_, byte)| **byte == b' ') {
        let Some(second) = name_of(&text[at + 1..]) else { continue };
        let (first, second) = (stripped(&text[..at]), stripped(&second));
        if first == second && !first.is_empty() {
            return Some((first.to_vec(), second.to_vec()));
        }
    }
    None
}
