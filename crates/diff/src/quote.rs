//! Names of files as git writes them: quoted like a C string where a byte is unusual.

/// `/dev/null`, the name of a side that does not exist.
pub const NO_FILE: &[u8] = b"/dev/null";

const NAMED: [(u8, u8); 9] = [
    (0x07, b'a'),
    (0x08, b'b'),
    (b'\t', b't'),
    (b'\n', b'n'),
    (0x0b, b'v'),
    (0x0c, b'f'),
    (b'\r', b'r'),
    (b'"', b'"'),
    (b'\\', b'\\'),
];

/// The name as git prints it with `core.quotePath` on: unchanged, or in double quotes with octal escapes when it holds
/// a control byte, a quote, a backslash or a byte beyond ASCII.
pub fn quote_name(name: &[u8]) -> Vec<u8> {
    if !name.iter().any(|&byte| is_unusual(byte)) {
        return name.to_vec();
    }
    let mut quoted = vec![b'"'];
    for &byte in name {
        if !is_unusual(byte) {
            quoted.push(byte);
            continue;
        }
        quoted.push(b'\\');
        match NAMED.iter().find(|(raw, _)| *raw == byte) {
            Some((_, letter)) => quoted.push(*letter),
            None => quoted.extend([b'0' + (byte >> 6), b'0' + (byte >> 3 & 7), b'0' + (byte & 7)]),
        }
    }
    quoted.push(b'"');
    quoted
}

fn is_unusual(byte: u8) -> bool {
    !(0x20..0x7f).contains(&byte) || byte == b'"' || byte == b'\\'
}

/// Reads a quoted name at the start of `text`: the name and how many bytes it took, or `None` when it is not one.
pub(crate) fn unquote_name(text: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut name = Vec::new();
    let mut at = 1;
    if text.first() != Some(&b'"') {
        return None;
    }
    loop {
        match *text.get(at)? {
            b'"' => return Some((name, at + 1)),
            b'\\' => {
                let letter = *text.get(at + 1)?;
                if let Some((raw, _)) = NAMED.iter().find(|(_, named)| *named == letter) {
                    name.push(*raw);
                    at += 2;
                } else {
                    name.push(octal(text.get(at + 1..at + 4)?)?);
                    at += 4;
                }
            }
            byte => {
                name.push(byte);
                at += 1;
            }
        }
    }
}

fn octal(digits: &[u8]) -> Option<u8> {
    let mut value = 0u32;
    for &digit in digits {
        if !(b'0'..=b'7').contains(&digit) {
            return None;
        }
        value = value * 8 + u32::from(digit - b'0');
    }
    u8::try_from(value).ok()
}
