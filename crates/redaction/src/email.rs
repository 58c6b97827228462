//! E-mail addresses (RFC 5321's Mailbox, as people write it), from their `@`.

use crate::text::{at, before, is_word, run, run_back};

const LONGEST_LOCAL: usize = 64;
const LONGEST_DOMAIN: usize = 253;

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte) || byte >= 0x80
}

fn is_domain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.' || byte >= 0x80
}

/// The address around the `@` at `sign`.
pub(crate) fn address(text: &[u8], sign: usize) -> Option<(usize, usize)> {
    let mut start = run_back(text, sign, LONGEST_LOCAL + 1, is_local);
    // What is glued to an address in code and markup is none of it.
    if let Some(cut) = text[start..sign].iter().rposition(|byte| b"/=`{|}'!#$%&*?^".contains(byte)) {
        start += cut + 1;
    }
    // The letter of `\n` belongs to the backslash.
    if before(text, start) == b'\\' {
        start += 1;
    }
    while start < sign && matches!(text[start], b'.' | b'-') {
        start += 1;
    }
    let longest = sign.saturating_sub(start) > LONGEST_LOCAL;
    // The user of an address of another sort.
    let in_url = text[..start].ends_with(b"://")
        || before(text, start) == b':'
            && text[..run_back(text, start - 1, 64, |byte| is_word(byte) || matches!(byte, b'-' | b'.' | b'%'))]
                .ends_with(b"://");
    if in_url {
        return None;
    }
    if start >= sign || before(text, sign) == b'.' || longest || text[start..sign].windows(2).any(|pair| pair == b"..")
    {
        return None;
    }
    let mut end = run(text, sign + 1, LONGEST_DOMAIN, is_domain);
    while end > sign + 1 && matches!(text[end - 1], b'.' | b'-') {
        end -= 1;
    }
    // A name of the top level has no hyphen: what follows is something else.
    if let Some(last) = text[sign + 1..end].iter().rposition(|byte| *byte == b'.') {
        let top = sign + 2 + last;
        end = run(text, top, end - top, |byte| byte != b'-');
    }
    let domain = &text[sign + 1..end];
    // `user@host:path` of git and scp is no mailbox; neither is `@` in front of a scope, a decorator or a version.
    if !is_mail_domain(domain) || at(text, end) == b'@' || (at(text, end) == b':' && &text[start..sign] == b"git") {
        return None;
    }
    Some((start, end))
}

fn is_mail_domain(domain: &[u8]) -> bool {
    let labels: Vec<&[u8]> = domain.split(|byte| *byte == b'.').collect();
    let Some(top) = labels.last().filter(|_| labels.len() >= 2) else { return false };
    let sound = labels
        .iter()
        .all(|label| !label.is_empty() && label.len() <= 63 && label[0] != b'-' && label[label.len() - 1] != b'-');
    let file = [
        b"ts".as_slice(),
        b"js",
        b"py",
        b"rs",
        b"go",
        b"json",
        b"md",
        b"html",
        b"css",
        b"png",
        b"jpg",
        b"svg",
        b"tgz",
        b"yml",
        b"yaml",
        b"toml",
        b"service",
        b"target",
        b"lock",
    ];
    sound
        && top.len() >= 2
        && top.iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
        && !file.iter().any(|name| top.eq_ignore_ascii_case(name))
}
