//! What begins with a digit, `+` or `(`: cards, social security numbers, addresses of the network, account and phone numbers.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::few::Few;
use crate::finding::Kind;
use crate::text::{at, before, is_word, run, run_back};

/// A number may take so many bytes, separators included.
const LONGEST: usize = 48;
const LONGEST_CARD: usize = 19;
/// Digits of a phone number (ITU-T E.164).
const LONGEST_PHONE: usize = 15;

/// Calls `found` for each number that means something.
pub(crate) fn numbers(text: &[u8], mut found: impl FnMut(usize, usize, Kind)) {
    let mut index = 0;
    while let Some(start) = next_start(text, index) {
        index = match number_at(text, start) {
            Some((from, end, kind)) => {
                found(from, end, kind);
                end
            }
            // A run of digits has one beginning.
            None => run(text, start + 1, usize::MAX, |byte| byte.is_ascii_digit()),
        };
    }
}

/// The next digit. Eight bytes are looked at together: most text has none.
fn next_start(text: &[u8], from: usize) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let rest = text.get(from..)?;
    let (eights, tail) = rest.as_chunks::<8>();
    for (index, eight) in eights.iter().enumerate() {
        // What was a digit is now below 10, so that adding 0x76 does not reach the highest bit; nor has it that bit.
        let word = u64::from_le_bytes(*eight) ^ (EACH * 0x30);
        let others = ((word & (EACH * 0x7F)) + EACH * 0x76) | word;
        let digits = !others & (EACH * 0x80);
        if digits != 0 {
            return Some(from + index * 8 + digits.trailing_zeros() as usize / 8);
        }
    }
    let position = tail.iter().position(u8::is_ascii_digit)?;
    Some(from + eights.len() * 8 + position)
}

fn number_at(text: &[u8], digit: usize) -> Option<(usize, usize, Kind)> {
    let left = before(text, digit);
    if left.is_ascii_alphabetic() {
        return iban(text, digit).map(|(start, end)| (start, end, Kind::Iban));
    }
    if is_word(left) || left >= 0x80 {
        return None;
    }
    let first = run(text, digit, 64, |byte| byte.is_ascii_digit());
    let length = first - digit;
    if length > LONGEST_CARD || is_plain(text, first, length) {
        return None;
    }
    if let Some(end) = ipv4(text, digit) {
        return Some((digit, end, Kind::Ip));
    }
    if let Some(end) = ssn(text, digit) {
        return Some((digit, end, Kind::Ssn));
    }
    if let Some(end) = card(text, digit) {
        return Some((digit, end, Kind::Card));
    }
    phone(text, digit).map(|(start, end)| (start, end, Kind::Phone))
}

/// Most digits of most texts: few ones that nothing follows, and the date of a time (RFC 3339). They are none of what is
/// looked for.
fn is_plain(text: &[u8], end: usize, length: usize) -> bool {
    match at(text, end) {
        b'-' if length == 4 => text.get(end..end + 7).is_some_and(|rest| {
            rest[3] == b'-' && rest[6] == b'T' && [1, 2, 4, 5].iter().all(|index| rest[*index].is_ascii_digit())
        }),
        b' ' | b'-' | b'.' | b'(' | b')' => false,
        _ => length < 7,
    }
}

/// Dotted decimal (RFC 3986, IPv4address), of an address that names a machine.
fn ipv4(text: &[u8], start: usize) -> Option<usize> {
    if at(text, run(text, start, 4, |byte| byte.is_ascii_digit())) != b'.' {
        return None;
    }
    let end = run(text, start, 16, |byte| byte.is_ascii_digit() || byte == b'.');
    let end = if before(text, end) == b'.' { end - 1 } else { end };
    if is_word(at(text, end))
        || before(text, start) == b'.'
        || at(text, end) == b'-' && at(text, end + 1).is_ascii_digit()
    {
        return None;
    }
    let address: Ipv4Addr = std::str::from_utf8(&text[start..end]).ok()?.parse().ok()?;
    let nobody =
        address.is_loopback() || address.is_unspecified() || address.is_broadcast() || address.octets()[0] == 0;
    (!nobody && !is_version(text, start)).then_some(end)
}

/// `v1.2.3.4`, `version 1.2.3.4`, `pkg@1.2.3.4`, `pkg-1.2.3.4`, `>=1.2.3.4`.
fn is_version(text: &[u8], start: usize) -> bool {
    if matches!(before(text, start), b'@' | b'-' | b'~' | b'^' | b'>' | b'<' | b'v' | b'V') {
        return true;
    }
    let words = text[start.saturating_sub(12)..start].trim_ascii_end();
    let words = words.strip_suffix(b":").or_else(|| words.strip_suffix(b"=")).unwrap_or(words);
    [b"version".as_slice(), b"release", b"section", b"chapter", b"ver.", b"ver", b"=="]
        .iter()
        .any(|word| ends_with_word(words.trim_ascii_end(), word))
}

/// `word` is in lower case.
fn ends_with_word(text: &[u8], word: &[u8]) -> bool {
    text.len().checked_sub(word.len()).is_some_and(|start| text[start..].eq_ignore_ascii_case(word))
}

/// Full and shortened IPv6 (RFC 4291), around the colon at `colon`.
pub(crate) fn ipv6(text: &[u8], colon: usize) -> Option<(usize, usize)> {
    let part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':' || byte == b'.';
    let start = run_back(text, colon, 45, part);
    let end = run(text, colon, 45, part);
    let mut end = end;
    while end > colon && matches!(text[end - 1], b'.' | b':') && !text[..end].ends_with(b"::") {
        end -= 1;
    }
    let word = text.get(start..end)?;
    let colons = word.iter().filter(|byte| **byte == b':').count();
    if colons < 2
        || word.len() < 6
        || is_word(before(text, start))
        || is_word(at(text, end))
        || !word.iter().any(u8::is_ascii_digit)
    {
        return None;
    }
    let address: Ipv6Addr = std::str::from_utf8(word).ok()?.parse().ok()?;
    let groups = word.split(|byte| *byte == b':').filter(|group| !group.is_empty()).count();
    (!address.is_loopback() && !address.is_unspecified() && groups >= 2).then_some((start, end))
}

/// `AAA-GG-SSSS` that the Social Security Administration can have given out (no 000, 666 and 9xx; no 00; no 0000).
fn ssn(text: &[u8], start: usize) -> Option<usize> {
    let word = text.get(start..start + 11)?;
    let separator = word[3];
    let shaped = matches!(separator, b'-' | b' ')
        && word[6] == separator
        && word.iter().enumerate().all(|(index, byte)| index == 3 || index == 6 || byte.is_ascii_digit());
    let glued = at(text, start + 11) == b'-'
        || is_word(at(text, start + 11))
        || matches!(before(text, start), b'-' | b'.' | b'/');
    if !shaped || glued || (separator == b' ' && at(text, start + 11) == b' ' && at(text, start + 12).is_ascii_digit())
    {
        return None;
    }
    let (area, group, serial) = (&word[..3], &word[4..6], &word[7..]);
    let given = area != b"000" && area != b"666" && area[0] != b'9' && group != b"00" && serial != b"0000";
    given.then_some(start + 11)
}

/// A payment card number (ISO/IEC 7812): an issuer's prefix and length, and Luhn's check digit. Of numbers side by side
/// the longest that is one.
fn card(text: &[u8], start: usize) -> Option<usize> {
    if matches!(before(text, start), b'.' | b'-' | b'+') {
        return None;
    }
    // Most numbers are too short, and no card begins with such a group.
    let first = run(text, start, LONGEST_CARD + 1, |byte| byte.is_ascii_digit());
    let grouped = matches!(at(text, first), b' ' | b'-') && at(text, first + 1).is_ascii_digit();
    if !((12..=LONGEST_CARD).contains(&(first - start)) || grouped && (3..=7).contains(&(first - start))) {
        return None;
    }
    if first - start < 12 && !(3..=7).contains(&(run(text, first + 1, 8, |byte| byte.is_ascii_digit()) - first - 1)) {
        return None;
    }
    let mut digits = Few::new();
    let mut groups = Few::new();
    let mut ends = Few::new();
    let mut index = start;
    let mut separator = None;
    while digits.len() <= LONGEST_CARD {
        let end = run(text, index, LONGEST_CARD + 1, |byte| byte.is_ascii_digit());
        for byte in &text[index..end] {
            digits.push(byte - b'0');
        }
        groups.push(end - index);
        ends.push((end, digits.len(), groups.len()));
        let byte = at(text, end);
        let goes_on = matches!(byte, b' ' | b'-') && at(text, end + 1).is_ascii_digit();
        if !goes_on || *separator.get_or_insert(byte) != byte {
            break;
        }
        index = end + 1;
    }
    ends.iter().rev().find_map(|&(end, length, groups_used)| {
        let number = digits.get(..length).filter(|_| length <= LONGEST_CARD)?;
        // In groups a card has groups of four to seven, not any numbers side by side.
        let shaped = groups_used == 1
            || groups[..groups_used].iter().all(|group| (4..=7).contains(group) || *group == 3 && length == 19);
        let glued = is_word(at(text, end)) || at(text, end) == b'.' && at(text, end + 1).is_ascii_digit();
        (shaped && !glued && is_issued(number) && luhn(number)).then_some(end)
    })
}

fn is_issued(digits: &[u8]) -> bool {
    let prefix = |length: usize| digits.iter().take(length).fold(0u32, |number, digit| number * 10 + u32::from(*digit));
    let (two, three, four) = (prefix(2), prefix(3), prefix(4));
    match digits.len() {
        12 => two == 50 || (56..=59).contains(&two) || two == 63 || two == 67,
        13 => digits[0] == 4 || two == 50 || (56..=58).contains(&two) || two == 67,
        14 => (300..=305).contains(&three) || three == 309 || two == 36 || two == 38 || two == 39,
        15 => two == 34 || two == 37 || four == 1800 || four == 2131,
        16 => {
            digits[0] == 4
                || (51..=55).contains(&two)
                || (2221..=2720).contains(&four)
                || four == 6011
                || two == 62
                || two == 64
                || two == 65
                || (3528..=3589).contains(&four)
                || two == 35
                || two == 30
                || two == 36
                || two == 38
                || two == 50
                || (56..=58).contains(&two)
                || two == 60
                || two == 63
                || two == 67
        }
        17 | 18 => two == 62 || two == 67 || two == 50,
        19 => digits[0] == 4 || two == 62 || two == 63 || two == 67 || two == 65 || four == 6011 || two == 50,
        _ => false,
    }
}

/// Luhn's algorithm (ISO/IEC 7812-1, annex B).
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| {
            let doubled = u32::from(*digit) * if index % 2 == 1 { 2 } else { 1 };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10) && digits.windows(2).any(|pair| pair[0] != pair[1])
}

/// Lengths of account numbers by country (ISO 13616, IBAN registry).
const IBAN_LENGTHS: &[u8] = b"AD24AE23AL28AT20AZ28BA20BE16BG22BH22BR29BY28CH21CR22CY28CZ24DE22DK18DO28EE20EG29ES24FI18FO18FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MR27MT31MU30NL18NO15PK24PL28PS29PT25QA29RO24RS22SA24SC31SD18SE24SI19SK24SM27ST25SV28TL23TN24TR26UA29VA22VG24XK20";

/// An international bank account number, from the first digit behind its country.
fn iban(text: &[u8], digit: usize) -> Option<(usize, usize)> {
    let start = digit.checked_sub(2)?;
    let glued = is_word(before(text, start));
    if glued || !text[start].is_ascii_alphabetic() || !at(text, digit + 1).is_ascii_digit() {
        return None;
    }
    let country = [text[start].to_ascii_uppercase(), text[start + 1].to_ascii_uppercase()];
    let entry = IBAN_LENGTHS.chunks_exact(4).find(|entry| entry[..2] == country)?;
    let length = usize::from(entry[2] - b'0') * 10 + usize::from(entry[3] - b'0');
    let mut characters = Vec::with_capacity(length);
    let mut index = start;
    while characters.len() < length {
        let byte = at(text, index);
        if byte.is_ascii_alphanumeric() {
            characters.push(byte.to_ascii_uppercase());
        } else if !(matches!(byte, b' ' | b'-')
            && characters.len() % 4 == 0
            && at(text, index + 1).is_ascii_alphanumeric())
        {
            return None;
        }
        index += 1;
    }
    (!is_word(at(text, index)) && mod_97(&characters) == 1).then_some((start, index))
}

/// ISO/IEC 7064, MOD 97-10, over the number with its first four characters at the end.
fn mod_97(characters: &[u8]) -> u32 {
    let rotated = characters[4..].iter().chain(&characters[..4]);
    rotated.fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - b'A') + 10) % 97,
    })
}

/// The digits of a number in groups, and what stands between them.
struct Groups {
    start: usize,
    end: usize,
    lengths: Few<u8>,
    separators: Few<u8>,
    international: bool,
    parenthesis: bool,
    digits: usize,
}

fn phone(text: &[u8], digit: usize) -> Option<(usize, usize)> {
    let groups = read_groups(text, digit)?;
    let shape = shape_of(text, &groups);
    let words = match shape {
        Shape::None => return None,
        Shape::Sure => return Some((groups.start, groups.end)),
        Shape::Likely if groups.lengths.len() == 1 => CLEAR_WORDS,
        Shape::Likely => WORDS.len(),
    };
    speaks_of(words, text, groups.start, groups.end).then_some((groups.start, groups.end))
}

fn read_groups(text: &[u8], digit: usize) -> Option<Groups> {
    let mut start = digit;
    let mut parenthesis = false;
    if before(text, start) == b'(' {
        start -= 1;
        parenthesis = true;
    }
    let international = before(text, start) == b'+';
    if international {
        start -= 1;
    }
    if is_word(before(text, start))
        || matches!(
            before(text, start),
            b'.' | b'-' | b'/' | b'#' | b'$' | b'=' | b',' | b':' | b'%' | b'^' | b'~' | b'\\'
        ) && !(international || before(text, start) == b':' || before(text, start) == b',')
    {
        return None;
    }
    let mut groups = Groups {
        start,
        end: digit,
        lengths: Few::new(),
        separators: Few::new(),
        international,
        parenthesis,
        digits: 0,
    };
    let mut index = digit;
    let most = text.len().min(digit + LONGEST);
    while index < most {
        let end = run(text, index, most - index, |byte| byte.is_ascii_digit());
        if end == index {
            break;
        }
        if groups.digits + end - index > LONGEST_PHONE && groups.lengths.len() > 1 {
            // Another number begins here.
            groups.separators.pop();
            break;
        }
        groups.lengths.push(u8::try_from(end - index).unwrap_or(u8::MAX));
        groups.digits += end - index;
        groups.end = end;
        let (separator, next) = separator_at(text, end, &mut groups.parenthesis);
        match separator {
            Some(separator) if at(text, next).is_ascii_digit() => {
                groups.separators.push(separator);
                index = next;
            }
            _ => break,
        }
    }
    // An extension: x123.
    if at(text, groups.end) == b'x' && at(text, groups.end + 1).is_ascii_digit() {
        groups.end = run(text, groups.end + 1, 6, |byte| byte.is_ascii_digit());
    }
    // What goes on belongs to something else; so does the group that it begins with.
    while goes_on(text, groups.end) {
        let (Some(b' '), Some(length)) = (groups.separators.pop(), groups.lengths.pop()) else { return None };
        groups.digits -= usize::from(length);
        groups.end -= usize::from(length) + 1;
    }
    Some(groups)
}

fn goes_on(text: &[u8], end: usize) -> bool {
    let (right, next) = (at(text, end), at(text, end + 1));
    is_word(right)
        || matches!(right, b'-' | b'/' | b'.' | b':') && next.is_ascii_digit()
        || matches!(right, b'/' | b'.') && is_word(next)
}

/// One separator between groups: a blank, `-`, `.`, `/`, or a parenthesis with a blank.
fn separator_at(text: &[u8], end: usize, parenthesis: &mut bool) -> (Option<u8>, usize) {
    match at(text, end) {
        b')' if *parenthesis => {
            *parenthesis = true;
            let next = if matches!(at(text, end + 1), b' ' | b'-') { end + 2 } else { end + 1 };
            (Some(b')'), next)
        }
        b' ' if at(text, end + 1) == b'(' && at(text, end + 2).is_ascii_digit() => {
            *parenthesis = true;
            (Some(b'('), end + 2)
        }
        b'(' if at(text, end + 1).is_ascii_digit() => {
            *parenthesis = true;
            (Some(b'('), end + 1)
        }
        separator @ (b' ' | b'-' | b'.') => (Some(separator), end + 1),
        _ => (None, end),
    }
}

enum Shape {
    None,
    /// So are hardly any other numbers written.
    Sure,
    /// So are others written too: words nearby decide.
    Likely,
}

fn shape_of(text: &[u8], groups: &Groups) -> Shape {
    let Groups { lengths, separators, international, parenthesis, digits, start, .. } = groups;
    let first = text.get(*start..).unwrap_or_default();
    if !(7..=LONGEST_PHONE).contains(digits)
        || lengths.iter().any(|length| usize::from(*length) > if *international { 15 } else { 11 })
        || lengths.len() > 7
    {
        return Shape::None;
    }
    let dashes = separators.iter().filter(|separator| **separator == b'-').count();
    let is_date = lengths.len() == 3
        && dashes == 2
        && (lengths[0] == 4 && lengths[1] <= 2 && lengths[2] <= 2
            || lengths[2] == 4 && lengths[0] <= 2 && lengths[1] <= 2);
    let dotted = separators.iter().all(|separator| *separator == b'.') && !separators.is_empty();
    if is_date || dotted && lengths.len() < 3 {
        return Shape::None;
    }
    if *international {
        return if *digits >= 8 { Shape::Sure } else { Shape::Likely };
    }
    let american = |rest: &[u8]| rest == [3, 3, 4];
    let plus_one = lengths.len() == 4 && lengths[0] <= 3 && american(&lengths[1..]);
    if american(lengths) || plus_one {
        return Shape::Sure;
    }
    if *parenthesis && *digits >= 8 && separators.iter().any(|separator| matches!(separator, b')' | b'(')) {
        return Shape::Sure;
    }
    let national = first.first() == Some(&b'0') && (9..=12).contains(digits);
    if national && lengths.len() >= 3 && lengths.iter().skip(1).all(|length| (2..=4).contains(length)) {
        return Shape::Sure;
    }
    let single = lengths.iter().skip(1).any(|length| *length == 1) || lengths.len() > 1 && lengths[0] == 1;
    if single && !*parenthesis || lengths.len() == 2 && lengths[0] > lengths[1] {
        return Shape::None;
    }
    if lengths.len() == 1 {
        return if (9..=12).contains(digits) || national { Shape::Likely } else { Shape::None };
    }
    Shape::Likely
}

const CLEAR_WORDS: usize = 14;
/// Words that come with phone numbers; the first {@link CLEAR_WORDS} with hardly anything else.
const WORDS: [&[u8]; 27] = [
    b"phone",
    b"call",
    b"tel",
    b"mobile",
    b"cell",
    b"fax",
    b"contact",
    b"dial",
    b"sms",
    b"whatsapp",
    b"hotline",
    b"telefon",
    b"handy",
    b"desk",
    b"number",
    b"reach",
    b"text me",
    b"ring",
    b"line",
    b"numero",
    b"toll",
    b"voice",
    b"t:",
    b"office",
    b"answer",
    b"message",
    b"registered",
];

/// All words at once; `None` never happens, and would find no phone number that needs a word.
static SPOKEN: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder().ascii_case_insensitive(true).kind(Some(AhoCorasickKind::DFA)).build(WORDS).ok()
});

fn speaks_of(words: usize, text: &[u8], start: usize, end: usize) -> bool {
    let near = |from: usize, to: usize| {
        let around = text.get(from..to).unwrap_or_default();
        SPOKEN
            .as_ref()
            .is_some_and(|spoken| spoken.find_overlapping_iter(around).any(|found| found.pattern().as_usize() < words))
    };
    near(start.saturating_sub(64), start) || near(end, text.len().min(end + 32))
}
