//! The same text without the ways in which others write it: percent-encoding, JSON escapes, invisible and wide characters.

/// How far in front of an escape the decoded text begins, and how far behind it it ends.
const BEFORE_ESCAPE: usize = 512;
const BEHIND_ESCAPE: usize = 1024;

/// A stretch of decoded text, and where each of its bytes came from.
pub(crate) struct View {
    pub(crate) text: Vec<u8>,
    from: Vec<usize>,
    end: usize,
}

impl View {
    /// The stretches around everything that is written in another way. They do not overlap.
    pub(crate) fn all(text: &[u8]) -> Vec<Self> {
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        for escape in escapes(text) {
            let end = text.len().min(escape + BEHIND_ESCAPE);
            match stretches.last_mut() {
                Some(last) if escape.saturating_sub(BEFORE_ESCAPE) <= last.1 => last.1 = end,
                _ => stretches.push((escape.saturating_sub(BEFORE_ESCAPE), end)),
            }
        }
        stretches.into_iter().map(|(start, end)| Self::of(text, start, end)).collect()
    }

    fn of(text: &[u8], start: usize, end: usize) -> Self {
        let mut view = Self { text: Vec::with_capacity(end - start), from: Vec::with_capacity(end - start), end };
        let mut index = start;
        while index < end {
            let (byte, length) = decode(&text[index..end]);
            if let Some(byte) = byte {
                view.text.push(byte);
                view.from.push(index);
            }
            index += length;
        }
        view
    }

    /// The bytes of the original that `start..end` was decoded from.
    pub(crate) fn original(&self, start: usize, end: usize) -> (usize, usize) {
        let place = |index: usize| self.from.get(index).copied().unwrap_or(self.end);
        (place(start), place(end))
    }
}

/// Where something is written in another way. What only needs a backslash in front is read as it is everywhere.
fn escapes(text: &[u8]) -> impl Iterator<Item = usize> {
    let written = memchr::memchr2_iter(b'%', b'\\', text).filter(|index| match text[*index] {
        b'%' => text.get(index + 1..index + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)),
        _ => text.get(index + 1..index + 4).is_some_and(|next| next == b"u00"),
    });
    let drawn = memchr::memchr3_iter(0xE2, 0xEF, 0x1B, text).filter(|index| decode(&text[*index..]).1 > 1);
    let mut all: Vec<usize> = written.chain(drawn).collect();
    all.sort_unstable();
    all.into_iter()
}

/// The byte that stands at the beginning, and how many bytes it takes; `None`: nothing that is seen.
fn decode(text: &[u8]) -> (Option<u8>, usize) {
    match text {
        [b'%', high, low, ..] => match (hex(*high), hex(*low)) {
            (Some(high), Some(low)) if (0x20..0x7F).contains(&(high * 16 + low)) => (Some(high * 16 + low), 3),
            _ => (Some(b'%'), 1),
        },
        [b'\\', b'u', a, b, c, d, ..] => match (hex(*a), hex(*b), hex(*c), hex(*d)) {
            (Some(0), Some(0), Some(c), Some(d)) if (0x20..0x7F).contains(&(c * 16 + d)) => (Some(c * 16 + d), 6),
            _ => (Some(b'\\'), 1),
        },
        [b'\\', b'/', ..] => (Some(b'/'), 2),
        [b'\\', b'"', ..] => (Some(b'"'), 2),
        // Zero width space, non-joiner, joiner, word joiner, byte order mark.
        [0xE2, 0x80, 0x8B..=0x8D, ..] | [0xE2, 0x81, 0xA0, ..] | [0xEF, 0xBB, 0xBF, ..] => (None, 3),
        // Full-width forms of ASCII: U+FF01 to U+FF5E.
        [0xEF, 0xBC, low @ 0x81..=0xBF, ..] => (Some(low - 0x81 + b'!'), 3),
        [0xEF, 0xBD, low @ 0x80..=0x9E, ..] => (Some(low - 0x80 + b'`'), 3),
        // A colour in the middle of a word.
        [0x1B, b'[', rest @ ..] => {
            let length = rest.iter().take(32).position(|byte| (0x40..=0x7E).contains(byte));
            length.map_or((Some(0x1B), 1), |length| (None, length + 3))
        }
        [byte, ..] => (Some(*byte), 1),
        [] => (None, 1),
    }
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
