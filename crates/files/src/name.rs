//! Names of files as text that every layer above can carry: JSON, SQLite, a terminal.
//!
//! A name that is UTF-8 is itself. A byte that is not part of valid UTF-8 becomes one private-use character, U+EF80 for
//! 0x80 to U+EFFF for 0xFF: the OPTU-8 encoding of MirOS. The bytes of a name that holds such a character already are
//! written the same way, so the mapping is exact in both directions.

const FIRST: u32 = 0xEF80;
const LAST: u32 = 0xEFFF;

/// The text of a name.
pub fn encode_name(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if (FIRST..=LAST).contains(&u32::from(character)) {
                escape(character.encode_utf8(&mut [0; 4]).as_bytes(), &mut text);
            } else {
                text.push(character);
            }
        }
        escape(chunk.invalid(), &mut text);
    }
    text
}

fn escape(bytes: &[u8], text: &mut String) {
    // Only bytes from 0x80 on can be invalid or part of a longer character.
    text.extend(bytes.iter().filter_map(|byte| char::from_u32(FIRST + u32::from(byte & 0x7F))));
}

/// The bytes of a name.
pub fn decode_name(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        let code = u32::from(character);
        if (FIRST..=LAST).contains(&code) {
            // At most 0xFF by the range above.
            bytes.push((code - FIRST) as u8 | 0x80);
        } else {
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{decode_name, encode_name};

    #[test]
    fn every_name_comes_back_byte_for_byte() {
        for bytes in [
            b"plain.ts".to_vec(),
            "\u{fc}n\u{ef}\u{1F600}".as_bytes().to_vec(),
            vec![b'a', 0xFF, 0x80, b'b', 0xC3],
            "\u{EF80}\u{EFFF}".as_bytes().to_vec(),
            (1..=255).collect(),
        ] {
            assert_eq!(decode_name(&encode_name(&bytes)), bytes);
        }
    }

    #[test]
    fn a_name_that_is_text_stays_as_it_is() {
        assert_eq!(encode_name("\u{fc}n\u{ef} \u{a9}.ts".as_bytes()), "\u{fc}n\u{ef} \u{a9}.ts");
        assert_eq!(encode_name(&[b'a', 0xE9]), "a\u{EFE9}");
    }
}
