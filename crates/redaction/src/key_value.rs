//! Values of what is named like a secret, in the ways in which settings, code, markup and commands write a name and a value.

use crate::text::{at, before, entropy, is_word, run, run_back};

/// How sure a name makes that its value is private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sureness {
    /// Only if the value looks random.
    Random,
    /// If the value is not a plain word.
    Likely,
    Sure,
}

const LONGEST_NAME: usize = 64;
const LONGEST_VALUE: usize = 2048;

/// The words from which names are looked at; lower case.
pub(crate) const NAME_WORDS: [&str; 11] = [
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "auth",
    "credential",
    "salt",
    "encryptedusername",
    "identified by",
    "private-lines",
];

/// What was looked at: the value if it is private, and how far nothing needs to be looked at again.
pub(crate) struct Look {
    pub(crate) value: Option<(usize, usize)>,
    pub(crate) done: usize,
}

/// Looks at the name around `start..end`, where one of {@link NAME_WORDS} stands.
pub(crate) fn look(text: &[u8], start: usize, end: usize) -> Look {
    let nothing = Look { value: None, done: end };
    let name_start = run_back(text, start, LONGEST_NAME, is_name);
    let name_end = run(text, end, LONGEST_NAME, is_name);
    let Some(name) = text.get(name_start..name_end) else { return nothing };
    let Some(sure) = sureness(name) else { return nothing };
    let Some(place) = value_place(text, name_start, name_end) else { return Look { value: None, done: name_end } };
    let Some((from, to, quoted)) = value_at(text, &place) else { return Look { value: None, done: name_end } };
    let setting = Setting {
        upper: !name.iter().any(u8::is_ascii_lowercase),
        glued: place.glued,
        begins_line: place.begins_line,
        quoted,
        ends_line: place.ends_line(text, to),
    };
    let private = is_private(&text[from..to], sure, &setting, place.kind);
    Look { value: private.then_some((from, to)), done: to }
}

fn is_name(byte: u8) -> bool {
    is_word(byte) || byte == b'-' || byte == b'.'
}

/// The words of a name: `clientSecret`, `client_secret` and `CLIENT-SECRET` are client, secret.
fn words(name: &[u8]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut fresh = true;
    let mut lower = false;
    for byte in name {
        if !byte.is_ascii_alphanumeric() {
            fresh = true;
            continue;
        }
        if fresh || (byte.is_ascii_uppercase() && lower) {
            words.push(String::new());
        }
        fresh = false;
        lower = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if let Some(word) = words.last_mut() {
            word.push(char::from(byte.to_ascii_lowercase()));
        }
    }
    words
}

fn sureness(name: &[u8]) -> Option<Sureness> {
    let words = words(name);
    let joined = words.concat();
    if joined == "encryptedusername" {
        return Some(Sureness::Sure);
    }
    let last = words.last().map(String::as_str)?;
    let previous = words.len().checked_sub(2).and_then(|index| words.get(index)).map_or("", String::as_str);
    if previous == "prompt"
        || previous == "for"
        || previous == "no"
        || previous == "forgot"
        || previous == "reset"
        || previous == "public"
    {
        return None;
    }
    match last {
        "password" | "passwd" | "passphrase" | "pwd" | "pass" | "pw" | "passwort" | "userpass" | "dbpass"
        | "userpassword" | "dbpassword" | "sshpassword" | "adminpassword" | "rootpassword" | "encryptedpassword"
        | "encryptedusername" => Some(Sureness::Sure),
        "secret" | "secrets" | "clientsecret" | "secretkey" | "apisecret" | "privatekey" => Some(Sureness::Sure),
        "password1" | "password2" | "passwordhash" => Some(Sureness::Likely),
        "token" | "tokens" | "authtoken" | "accesstoken" | "apikey" | "apitoken" | "accesskey" | "credential"
        | "credentials" | "authkey" | "masterkey" | "encryptionkey" => Some(Sureness::Likely),
        "auth" if words.len() <= 2 => Some(Sureness::Likely),
        "key" => match previous {
            "api" | "access" | "secret" | "private" | "auth" | "master" | "encryption" | "signing" | "client"
            | "account" | "service" | "license" | "shared" | "storage" | "admin" | "app" | "session" => {
                Some(Sureness::Likely)
            }
            "in" | "nonce" | "secure" | "logged" => Some(Sureness::Likely),
            _ => Some(Sureness::Random),
        },
        "salt" | "session" | "signature" => Some(Sureness::Random),
        // `IDENTIFIED BY 'x'`
        "by" if previous == "identified" => Some(Sureness::Sure),
        _ => None,
    }
}

/// What leads from a name to its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Equals,
    Colon,
    Arrow,
    Comma,
    Blank,
    Tag,
}

struct Place {
    start: usize,
    kind: Sign,
    /// Nothing stands between the sign and its sides.
    glued: bool,
    begins_line: bool,
}

impl Place {
    fn ends_line(&self, text: &[u8], end: usize) -> bool {
        let rest = run(text, end, 4, |byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\r'));
        matches!(at(text, rest), b'\n' | 0 | b'#' | b'\r')
    }
}

fn value_place(text: &[u8], name_start: usize, name_end: usize) -> Option<Place> {
    let line_start = run_back(text, name_start, 16, |byte| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'-'));
    let begins_line = matches!(before(text, line_start), b'\n' | 0)
        || ends_with_word(&text[..line_start.max(name_start)], b"export ");
    if before(text, name_start) == b'<' {
        let tag = run(text, name_end, 128, |byte| byte != b'>' && byte != b'\n' && byte != b'<');
        let is_plain = at(text, tag) == b'>' && (at(text, name_end) == b'>' || at(text, name_end) == b' ');
        return is_plain.then_some(Place { start: tag + 1, kind: Sign::Tag, glued: true, begins_line });
    }
    let closed = run(text, name_end, 3, |byte| matches!(byte, b'"' | b'\'' | b'`' | b']' | b')' | b'\\'));
    let sign = run(text, closed, 8, |byte| matches!(byte, b' ' | b'\t'));
    let (kind, after) = match (at(text, sign), at(text, sign + 1)) {
        (b'=', b'>') | (b'-', b'>') => (Sign::Arrow, sign + 2),
        (b':', b'=') => (Sign::Equals, sign + 2),
        (b'=', b'=') | (b'!', b'=') => return None,
        (b'=', _) => (Sign::Equals, sign + 1),
        (b':', b':') => return None,
        (b':', _) => (Sign::Colon, sign + 1),
        (b',', _) if closed > name_end && opens_call(text, name_start) => (Sign::Comma, sign + 1),
        _ if sign > closed && blank_is_a_sign(text, name_start, begins_line) => (Sign::Blank, sign),
        _ => return None,
    };
    let start = run(text, after, 16, |byte| matches!(byte, b' ' | b'\t'));
    Some(Place { start, kind, glued: start == after && sign == closed, begins_line })
}

/// `--password x`, a line of `.netrc`, a line that is a name and a value.
fn blank_is_a_sign(text: &[u8], name_start: usize, begins_line: bool) -> bool {
    if before(text, name_start) == b'-' && name_start >= 2 && text[name_start - 2] == b'-'
        || text[name_start..].starts_with(b"--")
    {
        return true;
    }
    let line = &text[run_back(text, name_start, 256, |byte| byte != b'\n')..name_start];
    begins_line
        || [b"login ".as_slice(), b"machine ", b"identified "]
            .iter()
            .any(|word| memchr::memmem::find(&line.to_ascii_lowercase(), word).is_some())
}

fn ends_with_word(text: &[u8], word: &[u8]) -> bool {
    text.ends_with(word)
}

/// `define('NAME', …`: the name is the first argument.
fn opens_call(text: &[u8], name_start: usize) -> bool {
    let quote = run_back(text, name_start, 1, |byte| matches!(byte, b'"' | b'\''));
    before(text, run_back(text, quote, 2, |byte| byte == b' ')) == b'('
}

fn value_at(text: &[u8], place: &Place) -> Option<(usize, usize, bool)> {
    let mut start = place.start;
    let limit = LONGEST_VALUE;
    if place.kind == Sign::Tag {
        let end = run(text, start, limit, |byte| byte != b'<' && byte != b'\n');
        return (at(text, end) == b'<' && end > start).then_some((start, end, true));
    }
    // `\"` is a quote inside of a string.
    let escaped = at(text, start) == b'\\' && matches!(at(text, start + 1), b'"' | b'\'');
    if escaped {
        start += 1;
    }
    if matches!(at(text, start), b'b' | b'r' | b'f' | b'u' | b'@') && matches!(at(text, start + 1), b'"' | b'\'') {
        start += 1;
    }
    let quote = at(text, start);
    if matches!(quote, b'"' | b'\'' | b'`') {
        let from = start + 1;
        let mut end = from;
        let last = text.len().min(from + limit);
        while end < last && text[end] != quote && text[end] != b'\n' {
            end += if text[end] == b'\\' && !escaped { 2 } else { 1 };
        }
        let end = end.min(last);
        let end = if escaped && before(text, end) == b'\\' { end - 1 } else { end };
        return (end > from).then_some((from, end, true));
    }
    let stop = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>');
    let more =
        |byte: u8| place.kind != Sign::Blank && matches!(byte, b',' | b';' | b')' | b'}' | b'&') && !place.begins_line;
    let mut end = run(text, start, limit, |byte| !stop(byte) && !more(byte));
    while end > start && matches!(text[end - 1], b',' | b';' | b'.' | b')') && !place.begins_line {
        end -= 1;
    }
    (end > start).then_some((start, end, false))
}

struct Setting {
    upper: bool,
    glued: bool,
    begins_line: bool,
    quoted: bool,
    ends_line: bool,
}

fn is_private(value: &[u8], sure: Sureness, setting: &Setting, kind: Sign) -> bool {
    if is_placeholder(value) || value.starts_with(b"[REDACTED") || value.starts_with(b"<<") {
        return false;
    }
    if !setting.quoted {
        if looks_like_code(value) || kind == Sign::Comma {
            return false;
        }
        // Assignments of settings have nothing around the sign, or a line of their own; in code a bare word is a name.
        let setting_like = setting.glued && (setting.upper || setting.begins_line)
            || setting.begins_line && setting.ends_line
            || kind == Sign::Blank;
        let plain_word = value.iter().all(|byte| is_word(*byte)) && !value.iter().any(u8::is_ascii_digit);
        if plain_word && (!setting_like || value.first().is_some_and(u8::is_ascii_uppercase) && !setting.glued) {
            return false;
        }
        if !(setting_like || is_random(value) || sure == Sureness::Sure && setting.glued) {
            return false;
        }
    }
    let has_blank = value.contains(&b' ');
    match sure {
        Sureness::Sure => value.len() >= 3 && !(has_blank && value.len() > 40 && is_prose(value)),
        Sureness::Likely => {
            let config = setting.upper && setting.glued && value.len() >= 8;
            !has_blank
                && (config
                    || value.len() >= 8 && value.iter().any(u8::is_ascii_digit)
                    || value.len() >= 16 && is_random(value)
                    || is_base64(value))
        }
        Sureness::Random => !has_blank && value.len() >= 16 && is_random(value) && !is_path_or_name(value),
    }
}

fn is_prose(value: &[u8]) -> bool {
    value.split(|byte| *byte == b' ').filter(|word| word.len() > 2 && word.iter().all(u8::is_ascii_alphabetic)).count()
        >= 4
}

fn is_base64(value: &[u8]) -> bool {
    value.len() >= 12
        && (value.ends_with(b"=") || value.len().is_multiple_of(4))
        && value.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte))
        && value.iter().any(u8::is_ascii_uppercase)
        && value.iter().any(u8::is_ascii_lowercase)
}

/// Enough different characters, of more than one sort, for a text that nobody chose.
pub(crate) fn is_random(value: &[u8]) -> bool {
    let sorts = [
        value.iter().any(u8::is_ascii_digit),
        value.iter().any(u8::is_ascii_lowercase),
        value.iter().any(u8::is_ascii_uppercase),
        value.iter().any(u8::is_ascii_punctuation),
    ];
    let needed = if value.len() >= 32 { 3.0 } else { 3.3 };
    sorts.iter().filter(|has| **has).count() >= 2 && sorts[0] && entropy(value) >= needed
}

fn is_path_or_name(value: &[u8]) -> bool {
    value.starts_with(b"/")
        || value.starts_with(b"./")
        || value.starts_with(b"~/")
        || memchr::memmem::find(value, b"://").is_some()
        || value
            .split(|byte| matches!(byte, b'-' | b'.' | b'/' | b'_'))
            .filter(|word| word.len() >= 3 && word.iter().all(u8::is_ascii_alphabetic))
            .count()
            >= 3
}

const NO_VALUES: [&[u8]; 50] = [
    b"null",
    b"none",
    b"nil",
    b"undefined",
    b"true",
    b"false",
    b"yes",
    b"no",
    b"string",
    b"str",
    b"text",
    b"number",
    b"int",
    b"integer",
    b"bool",
    b"boolean",
    b"any",
    b"object",
    b"bytes",
    b"optional",
    b"required",
    b"default",
    b"example",
    b"empty",
    b"auto",
    b"on",
    b"off",
    b"unknown",
    b"void",
    b"var",
    b"const",
    b"let",
    b"self",
    b"this",
    b"password",
    b"passwd",
    b"secret",
    b"token",
    b"username",
    b"user",
    b"key",
    b"env",
    b"input",
    b"prompt",
    b"hidden",
    b"redacted",
    b"and",
    b"or",
    b"is",
    b"the",
];

/// What stands where a value will be.
fn is_placeholder(value: &[u8]) -> bool {
    let bare: &[u8] = value;
    let marks = [(b"${".as_slice()), b"$(", b"{{", b"<%", b"%(", b"#{", b"[[", b"__", b"@@"];
    if marks.iter().any(|mark| bare.starts_with(mark))
        || bare.starts_with(b"<") && bare.ends_with(b">")
        || bare.starts_with(b"{") && bare.ends_with(b"}")
        || bare.starts_with(b"%") && bare.ends_with(b"%")
        || bare.starts_with(b"[") && bare.ends_with(b"]")
    {
        return true;
    }
    let variable = bare.first() == Some(&b'$')
        && bare.len() > 1
        && bare[1..].iter().all(|byte| is_word(*byte))
        && !bare[1].is_ascii_digit();
    let same = bare.len() >= 3 && bare.windows(2).all(|pair| pair[0] == pair[1]);
    let masked = bare.iter().filter(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.')).count() * 10 >= bare.len() * 8;
    let lower = bare.to_ascii_lowercase();
    let told = [
        b"your".as_slice(),
        b"my-",
        b"insert",
        b"replace",
        b"enter your",
        b"todo",
        b"fixme",
        b"placeholder",
        b"changeme-",
        b"dummy-value",
    ]
    .iter()
    .any(|word| lower.starts_with(word));
    variable || same || masked || told || NO_VALUES.iter().any(|word| lower == *word)
}

/// A call, an index, a chain of names, an expression.
fn looks_like_code(value: &[u8]) -> bool {
    let first = at(value, 0);
    if value.iter().any(|byte| matches!(byte, b'(' | b'[' | b'{' | b'|'))
        || matches!(first, b'&' | b'*' | b'!' | b'?' | b':' | b'=' | b'.' | b'-' | b'/' | b'~' | b'@' | b',' | b';')
            && !(first == b'!' || first == b'@')
    {
        return true;
    }
    let chain = value.split(|byte| *byte == b'.').collect::<Vec<_>>();
    chain.len() >= 2
        && chain
            .iter()
            .all(|name| !name.is_empty() && name.iter().all(|byte| is_word(*byte)) && !name[0].is_ascii_digit())
}
