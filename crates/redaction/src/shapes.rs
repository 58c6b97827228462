//! What is private by its form alone: keys in text, web tokens, hashes of passwords, credentials in addresses and headers.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use crate::text::{at, before, is_word, run, run_back};

const LONGEST_PEM: usize = 32 * 1024;
const LONGEST_TOKEN: usize = 8 * 1024;

/// A block between `-----BEGIN … PRIVATE KEY-----` and its end, from the dashes at `start` (RFC 7468). Where the end is
/// missing, what looks like the block's lines.
pub(crate) fn pem(text: &[u8], start: usize) -> Option<usize> {
    let label_end =
        run(text, start + 11, 64, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
    let label = text.get(start + 11..label_end)?;
    let private = memchr::memmem::find(label, b"PRIVATE KEY").is_some();
    if !private || !text[label_end..].starts_with(b"-----") {
        return None;
    }
    let limit = text.len().min(start + LONGEST_PEM);
    let body = text.get(label_end + 5..limit)?;
    if let Some(end) = memchr::memmem::find(body, b"-----END") {
        let close = label_end + 5 + end + 8;
        let end = run(text, close, 80, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ');
        return Some(run(text, end, 5, |byte| byte == b'-'));
    }
    Some(run(text, label_end + 5, limit - label_end - 5, |byte| {
        is_base64(byte) || byte.is_ascii_whitespace() || matches!(byte, b'\\' | b':' | b',' | b'-')
    }))
}

/// PuTTY's `Private-Lines: n` and the lines that follow; `start` is behind the word.
pub(crate) fn putty(text: &[u8], end: usize) -> Option<(usize, usize)> {
    let digits = run(text, end + 2, 4, |byte| byte.is_ascii_digit());
    let from = run(text, digits, 2, |byte| matches!(byte, b'\r' | b'\n'));
    let to = run(text, from, LONGEST_PEM, |byte| is_base64(byte) || matches!(byte, b'\r' | b'\n'));
    let to = run_back(text, to, to - from, |byte| matches!(byte, b'\r' | b'\n')).max(from);
    // The last line of the block may run into the name of the next field.
    let to = text[from..to]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(to, |cut| if at(text, to) == b'-' { from + cut } else { to });
    (at(text, end) == b':' && to > from + 16).then_some((from, to))
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// A JSON web token from its first letter: three parts, of which the first is an object that names an algorithm.
pub(crate) fn jwt(text: &[u8], start: usize) -> Option<usize> {
    if is_word(before(text, start)) || before(text, start) == b'-' {
        return None;
    }
    let first = run(text, start, LONGEST_TOKEN, is_base64url);
    let second = run(text, first + 1, LONGEST_TOKEN, is_base64url);
    if at(text, first) != b'.' || at(text, second) != b'.' || second <= first + 1 {
        return None;
    }
    let third = run(text, second + 1, LONGEST_TOKEN, is_base64url);
    let header = URL_SAFE_NO_PAD.decode(&text[start..first]).ok()?;
    (memchr::memmem::find(&header, b"\"alg\"").is_some() && header.first() == Some(&b'{')).then_some(third)
}

/// The beginnings of hashes of passwords (crypt(5), RFC 2307).
pub(crate) const HASH_MARKS: [&str; 14] = [
    "$1$", "$2a$", "$2b$", "$2x$", "$2y$", "$5$", "$6$", "$7$", "$y$", "$apr1$", "$argon2", "$pbkdf2", "{ssha", "{sha}",
];

/// A hash of a password from its mark at `start`.
pub(crate) fn password_hash(text: &[u8], start: usize) -> Option<usize> {
    let end = run(text, start, 256, |byte| byte.is_ascii_alphanumeric() || b"$./+=,-_{}".contains(&byte));
    let word = &text[start..end];
    let dollars = word.iter().filter(|byte| **byte == b'$').count();
    let sound = if word[0] == b'{' { word.len() >= 30 } else { dollars >= 3 && word.len() >= 20 && word.len() < 250 };
    sound.then_some(end)
}

/// The password in `scheme://user:password@host`, from the colon at `start`.
pub(crate) fn url_password(text: &[u8], start: usize) -> Option<(usize, usize)> {
    let from = start + 3;
    let stop = |byte: u8| {
        byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'/' | b'\\' | b')' | b']')
    };
    let end = run(text, from, 512, |byte| !stop(byte));
    let authority = &text[from..end];
    let sign = authority.iter().rposition(|byte| *byte == b'@')?;
    let colon = authority[..sign].iter().position(|byte| *byte == b':')?;
    let password = &authority[colon + 1..sign];
    let placeholder = password.is_empty()
        || password.starts_with(b"$")
        || password.starts_with(b"{")
        || password.starts_with(b"%") && password.ends_with(b"%")
        || password.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X'))
        || password.starts_with(b"[REDACTED");
    (!placeholder && at(authority, sign + 1) != 0).then_some((from + colon + 1, from + sign))
}

/// The credentials behind `Authorization:`, and behind a scheme (`Bearer`, `Basic`, `Token`) elsewhere (RFC 9110, 11.4).
pub(crate) fn authorization(text: &[u8], end: usize) -> Option<(usize, usize)> {
    let closed = run(text, end, 3, |byte| matches!(byte, b'"' | b'\'' | b']'));
    let sign = run(text, closed, 3, |byte| byte == b' ');
    if !matches!(at(text, sign), b':' | b'=') {
        return None;
    }
    let from = run(text, sign + 1, 6, |byte| matches!(byte, b' ' | b'"' | b'\'' | b'`' | b'>'));
    let scheme = run(text, from, 20, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let from = if at(text, scheme) == b' ' { scheme + 1 } else { from };
    let to = run(text, from, LONGEST_TOKEN, |byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b',' | b'\\')
    });
    (to >= from + 6 && !is_template(&text[from..to])).then_some((from, to))
}

/// The token behind `bearer `.
pub(crate) fn bearer(text: &[u8], end: usize) -> Option<(usize, usize)> {
    let to =
        run(text, end, LONGEST_TOKEN, |byte| is_base64url(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'='));
    let word = &text[end..to];
    (word.len() >= 16 && word.iter().any(u8::is_ascii_digit)).then_some((end, to))
}

fn is_template(word: &[u8]) -> bool {
    word.iter().any(|byte| matches!(byte, b'$' | b'{' | b'(' | b'[')) || word.iter().all(|byte| *byte == b'*')
}

/// The values of a `Cookie:` or `Set-Cookie:` header (RFC 6265), behind its name, and where the header ends.
pub(crate) fn cookies(text: &[u8], end: usize) -> (Vec<(usize, usize)>, usize) {
    let closed = run(text, end, 2, |byte| matches!(byte, b'"' | b'\''));
    if at(text, closed) != b':' {
        return (Vec::new(), end);
    }
    let line = run(text, closed + 1, LONGEST_TOKEN, |byte| !matches!(byte, b'\n' | b'\r' | b'"' | b'\''));
    let mut found = Vec::new();
    let mut index = closed + 1;
    while index < line {
        let part = run(text, index, line - index, |byte| byte != b';');
        let name = run(text, index, part - index, |byte| byte != b'=');
        let attribute = text[index..name].trim_ascii().to_ascii_lowercase();
        let known = [b"path".as_slice(), b"domain", b"expires", b"max-age", b"samesite", b"priority"]
            .iter()
            .any(|word| attribute == *word);
        if name < part && !known && part - name > 4 && !is_template(&text[name + 1..part]) {
            found.push((name + 1, part));
        }
        index = part + 1;
    }
    (found, line)
}

/// `host:port:database:user:password`, a line of PostgreSQL's password file; `start` is where the line begins.
pub(crate) fn password_file_line(text: &[u8], start: usize, end: usize) -> Option<(usize, usize)> {
    let line = text.get(start..end)?;
    if line.len() > 512 || line.contains(&b' ') || line.first() == Some(&b'#') {
        return None;
    }
    let fields: Vec<&[u8]> = line.split(|byte| *byte == b':').collect();
    let [host, port, database, user, password] = fields[..] else { return None };
    let named = host == b"localhost"
        || host == b"*"
        || memchr::memchr(b'.', host).is_some()
            && !host.contains(&b'/')
            && host.iter().all(|byte| is_word(*byte) || matches!(byte, b'.' | b'-'));
    let ported = port == b"*" || (2..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit);
    let words =
        !database.is_empty() && !user.is_empty() && !database.iter().all(u8::is_ascii_digit) && password.len() >= 3;
    (named && ported && words).then(|| (end - password.len(), end))
}

/// What a run of base64 says, when that is text.
pub(crate) fn decoded(word: &[u8]) -> Option<Vec<u8>> {
    let bare: &[u8] = &word[..word.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1)];
    let bytes = STANDARD_NO_PAD.decode(bare).or_else(|_| URL_SAFE_NO_PAD.decode(bare)).ok()?;
    let odd =
        bytes.iter().filter(|byte| **byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t') || **byte >= 0x7F).count();
    (odd * 20 <= bytes.len()).then_some(bytes)
}
