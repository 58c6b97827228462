//! WTF-8 (<https://simonsapin.github.io/wtf-8/>): UTF-8 in which a surrogate that has no partner, as names on Windows may
//! have, is written in three bytes like any other code point.

/// The bytes of UTF-16 that may be ill-formed.
pub(crate) fn from_wide(units: impl IntoIterator<Item = u16>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for unit in char::decode_utf16(units) {
        match unit {
            Ok(character) => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(alone) => {
                let unit = alone.unpaired_surrogate();
                // 0xED, then ten bits in two bytes.
                bytes.extend([0xED, 0x80 | (unit >> 6 & 0x3F) as u8, 0x80 | (unit & 0x3F) as u8]);
            }
        }
    }
    bytes
}

/// The UTF-16 of such bytes; `None` for what [`from_wide`] never gives.
pub(crate) fn to_wide(bytes: &[u8]) -> Option<Vec<u16>> {
    let mut wide: Vec<u16> = Vec::with_capacity(bytes.len());
    let mut alone = false;
    let mut rest = bytes;
    loop {
        let valid = rest.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        wide.extend(valid.encode_utf16());
        alone &= valid.is_empty();
        rest = match &rest[valid.len()..] {
            [] => return Some(wide),
            [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, after @ ..] => {
                let unit = 0xD000 | u16::from(second & 0x3F) << 6 | u16::from(third & 0x3F);
                // Two halves that meet are one character of four bytes.
                if alone && unit >= 0xDC00 {
                    return None;
                }
                alone = unit < 0xDC00;
                wide.push(unit);
                after
            }
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{from_wide, to_wide};

    #[test]
    fn every_wide_name_comes_back_unit_for_unit() {
        let interesting = [0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0xE000, 0xFFFF];
        for first in interesting {
            for second in interesting {
                for third in interesting {
                    let wide = [first, second, third];
                    assert_eq!(to_wide(&from_wide(wide)).as_deref(), Some(&wide[..]), "{wide:x?}");
                }
            }
        }
        for unit in 0..=u16::MAX {
            assert_eq!(to_wide(&from_wide([unit])), Some(vec![unit]));
        }
    }

    #[test]
    fn text_is_its_utf8() {
        let text = "\u{fc}n\u{ef} \u{1F600}.ts";
        assert_eq!(from_wide(text.encode_utf16()), text.as_bytes());
        assert_eq!(from_wide([0xD83D, 0x61]), [0xED, 0xA0, 0xBD, b'a']);
    }

    #[test]
    fn bytes_that_no_wide_name_has_are_refused() {
        for bytes in [&[0xFF][..], &[b'a', 0x80], &[0xED, 0xA0], &[0xC3], &[0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]] {
            assert_eq!(to_wide(bytes), None, "{bytes:x?}");
        }
    }
}
