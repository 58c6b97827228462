//! Small questions about bytes.

pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

pub(crate) fn at(text: &[u8], index: usize) -> u8 {
    text.get(index).copied().unwrap_or(0)
}

pub(crate) fn before(text: &[u8], index: usize) -> u8 {
    index.checked_sub(1).map_or(0, |index| at(text, index))
}

/// How far bytes of a sort go from `start` on, at most `most`.
pub(crate) fn run(text: &[u8], start: usize, most: usize, of: impl Fn(u8) -> bool) -> usize {
    let end = text.len().min(start.saturating_add(most));
    text.get(start..end).unwrap_or_default().iter().position(|byte| !of(*byte)).map_or(end, |length| start + length)
}

/// How far bytes of a sort go backwards from `end`, at most `most`.
pub(crate) fn run_back(text: &[u8], end: usize, most: usize, of: impl Fn(u8) -> bool) -> usize {
    let start = end.saturating_sub(most);
    let found = text.get(start..end).unwrap_or_default().iter().rposition(|byte| !of(*byte));
    found.map_or(start, |index| start + index + 1)
}

/// Bits per byte (Shannon).
pub(crate) fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text {
        counts[usize::from(*byte)] += 1;
    }
    let length = text.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length)
        .map(|share| -share * share.log2())
        .sum()
}
