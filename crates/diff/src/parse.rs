//! Reading patches: git's, and those of `diff -u`.

use memchr::{memchr, memmem};
use thiserror::Error;

use crate::header::{Named, header_names, name_of};
use crate::patch::{Binary, Change, FilePatch, Hunk};

/// Why a text is no patch. `line` counts from 1.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum ParseError {
    #[error("line {line}: a hunk header says `@@ -line,count +line,count @@`; found `{found}`")]
    HunkHeader { line: usize, found: String },
    #[error(
        "line {line}: the hunk of line {header} is not complete: its header promises {old} more old and {new} more new lines"
    )]
    HunkBody { line: usize, header: usize, old: u32, new: u32 },
    #[error("line {line}: a hunk stands before any `---` and `+++` line, so nobody knows which file it changes")]
    NoFile { line: usize },
    #[error("line {line}: `--- {from}` must be followed by a `+++` line and a hunk")]
    HalfHeader { line: usize, from: String },
    #[error("line {line}: `{found}` is not a value for this header")]
    Header { line: usize, found: String },
    #[error("line {line}: a combined diff of a merge (`@@@`) cannot be applied: make one against a single parent")]
    Combined { line: usize },
    #[error(
        "no file header and no hunk was found: expected `--- name`, `+++ name` and `@@ -line,count +line,count @@`"
    )]
    Nothing,
}

impl ParseError {
    /// The line that it speaks of.
    pub fn line(&self) -> Option<usize> {
        match self {
            Self::Nothing => None,
            Self::HunkHeader { line, .. }
            | Self::HunkBody { line, .. }
            | Self::NoFile { line }
            | Self::HalfHeader { line, .. }
            | Self::Header { line, .. }
            | Self::Combined { line } => Some(*line),
        }
    }
}

/// Reads a patch over any number of files. What stands between them (a mail's text, a signature) is skipped. Names lose
/// git's `a/` and `b/`; in a patch without git's headers only where both sides have them.
pub fn parse_patch(patch: &[u8]) -> Result<Vec<FilePatch>, ParseError> {
    let mut reader = Reader { rest: patch, line: 1 };
    let mut files = Vec::new();
    while let Some(line) = reader.peek() {
        if line.starts_with(b"diff --git ") {
            files.push(git_file(&mut reader)?);
        } else if line.starts_with(b"diff --cc ") || line.starts_with(b"diff --combined ") || line.starts_with(b"@@@ ")
        {
            return Err(ParseError::Combined { line: reader.line });
        } else if line.starts_with(b"--- ") && reader.second().starts_with(b"+++ ") {
            let mut file = FilePatch::default();
            names(&mut reader, &mut file, false)?;
            hunks(&mut reader, &mut file)?;
            files.push(file);
        } else if is_hunk(line) {
            return Err(ParseError::NoFile { line: reader.line });
        } else {
            reader.next();
        }
    }
    if files.is_empty() { Err(ParseError::Nothing) } else { Ok(files) }
}

struct Reader<'a> {
    rest: &'a [u8],
    line: usize,
}

impl<'a> Reader<'a> {
    /// The next line with its terminator.
    fn peek(&self) -> Option<&'a [u8]> {
        if self.rest.is_empty() { None } else { Some(first_line(self.rest)) }
    }

    fn second(&self) -> &'a [u8] {
        first_line(&self.rest[first_line(self.rest).len()..])
    }

    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.peek()?;
        self.rest = &self.rest[line.len()..];
        self.line += 1;
        Some(line)
    }
}

fn first_line(text: &[u8]) -> &[u8] {
    &text[..memchr(b'\n', text).map_or(text.len(), |at| at + 1)]
}

/// A header line without its terminator; a patch that went through Windows has `\r\n` here.
pub(crate) fn bare(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn is_hunk(line: &[u8]) -> bool {
    line.starts_with(b"@@ -")
}

fn git_file(reader: &mut Reader<'_>) -> Result<FilePatch, ParseError> {
    let mut file = FilePatch::default();
    let start = reader.line;
    let first = bare(reader.next().unwrap_or_default());
    let mut named = header_names(first.strip_prefix(b"diff --git ").unwrap_or(first));
    while let Some(line) = reader.peek() {
        let text = bare(line);
        if text.starts_with(b"--- ") && reader.second().starts_with(b"+++ ") {
            names(reader, &mut file, true)?;
            named = None;
            break;
        }
        if text.starts_with(b"Binary files ") || text == b"GIT binary patch" {
            file.binary = Some(if text.starts_with(b"GIT") { Binary::GitPatch } else { Binary::Differ });
            reader.next();
            break;
        }
        if !extended(text, &mut file, reader.line)? {
            break;
        }
        reader.next();
    }
    match (named, file.change) {
        (Some(_), Change::Rename | Change::Copy) if file.from.is_some() && file.to.is_some() => {}
        (Some((from, to)), change) => {
            file.from = (change != Change::Create).then_some(from);
            file.to = (change != Change::Delete).then_some(to);
        }
        (None, _) if file.from.is_some() || file.to.is_some() => {}
        (None, _) => return Err(ParseError::Header { line: start, found: lossy(first) }),
    }
    hunks(reader, &mut file)?;
    Ok(file)
}

type ReadValue = fn(&mut FilePatch, &[u8]) -> Option<()>;

/// One of git's extended header lines. False when it is none.
fn extended(text: &[u8], file: &mut FilePatch, line: usize) -> Result<bool, ParseError> {
    let wrong = || ParseError::Header { line, found: lossy(text) };
    let words: [(&[u8], ReadValue); 11] = [
        (b"old mode ", |file, value| mode(value).map(|mode| file.old_mode = Some(mode))),
        (b"new mode ", |file, value| mode(value).map(|mode| file.new_mode = Some(mode))),
        (b"new file mode ", |file, value| {
            file.change = Change::Create;
            mode(value).map(|mode| file.new_mode = Some(mode))
        }),
        (b"deleted file mode ", |file, value| {
            file.change = Change::Delete;
            mode(value).map(|mode| file.old_mode = Some(mode))
        }),
        (b"rename from ", |file, value| moved(file, Change::Rename, value, true)),
        (b"rename to ", |file, value| moved(file, Change::Rename, value, false)),
        (b"copy from ", |file, value| moved(file, Change::Copy, value, true)),
        (b"copy to ", |file, value| moved(file, Change::Copy, value, false)),
        (b"similarity index ", |file, value| percent(value).map(|value| file.similarity = Some(value))),
        (b"dissimilarity index ", |_, value| percent(value).map(drop)),
        (b"index ", index),
    ];
    for (word, read) in words {
        if let Some(value) = text.strip_prefix(word) {
            return read(file, value).map(|()| true).ok_or_else(wrong);
        }
    }
    Ok(false)
}

fn mode(value: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(value).ok()?, 8).ok()
}

fn percent(value: &[u8]) -> Option<u8> {
    std::str::from_utf8(value.strip_suffix(b"%")?).ok()?.parse().ok()
}

fn moved(file: &mut FilePatch, change: Change, value: &[u8], from: bool) -> Option<()> {
    file.change = change;
    let name = Some(name_of(value)?);
    if from {
        file.from = name
    } else {
        file.to = name
    }
    Some(())
}

fn index(file: &mut FilePatch, value: &[u8]) -> Option<()> {
    let (objects, mode_text) = match memchr(b' ', value) {
        Some(at) => (&value[..at], Some(&value[at + 1..])),
        None => (value, None),
    };
    let dots = memmem::find(objects, b"..")?;
    file.index = Some((objects[..dots].to_vec(), objects[dots + 2..].to_vec()));
    if let Some(text) = mode_text {
        let same = mode(text)?;
        (file.old_mode, file.new_mode) = (Some(same), Some(same));
    }
    Some(())
}

/// The `---` and `+++` lines.
fn names(reader: &mut Reader<'_>, file: &mut FilePatch, git: bool) -> Result<(), ParseError> {
    let line = reader.line;
    let (first, second) = (bare(reader.next().unwrap_or_default()), bare(reader.next().unwrap_or_default()));
    let wrong = |found: &[u8]| ParseError::Header { line, found: lossy(found) };
    let from = Named::read(first.get(4..).unwrap_or_default()).ok_or_else(|| wrong(first))?;
    let to = Named::read(second.get(4..).unwrap_or_default()).ok_or_else(|| wrong(second))?;
    if !git && !reader.peek().is_some_and(is_hunk) {
        return Err(ParseError::HalfHeader { line, from: lossy(first.get(4..).unwrap_or_default()) });
    }
    let strip = git || (from.prefixed(b"a/") && to.prefixed(b"b/"));
    if file.change != Change::Rename && file.change != Change::Copy {
        file.from = from.path(strip);
        file.to = to.path(strip);
    }
    if file.change == Change::Modify {
        file.change = match (&file.from, &file.to) {
            (None, _) => Change::Create,
            (_, None) => Change::Delete,
            _ => Change::Modify,
        };
    }
    Ok(())
}

fn hunks(reader: &mut Reader<'_>, file: &mut FilePatch) -> Result<(), ParseError> {
    while let Some(line) = reader.peek().filter(|line| is_hunk(line)) {
        let header = reader.line;
        let mut hunk =
            hunk_header(bare(line)).ok_or_else(|| ParseError::HunkHeader { line: header, found: lossy(bare(line)) })?;
        reader.next();
        hunk_body(reader, &mut hunk, header)?;
        file.hunks.push(hunk);
    }
    Ok(())
}

fn hunk_header(line: &[u8]) -> Option<Hunk> {
    let ranges = line.strip_prefix(b"@@ -")?;
    let end = memmem::find(ranges, b" @@")?;
    let heading = ranges[end + 3..].strip_prefix(b" ").unwrap_or(&ranges[end + 3..]).to_vec();
    let plus = memmem::find(&ranges[..end], b" +")?;
    let (old_start, old_count) = range(&ranges[..plus])?;
    let (new_start, new_count) = range(&ranges[plus + 2..end])?;
    Some(Hunk { old_start, old_count, new_start, new_count, heading, body: Vec::new() })
}

fn range(text: &[u8]) -> Option<(u32, u32)> {
    let text = std::str::from_utf8(text).ok()?;
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    Some((start.parse().ok()?, count.parse().ok()?))
}

fn hunk_body(reader: &mut Reader<'_>, hunk: &mut Hunk, header: usize) -> Result<(), ParseError> {
    let (mut old, mut new) = (hunk.old_count, hunk.new_count);
    while old > 0 || new > 0 {
        let broken = ParseError::HunkBody { line: reader.line, header, old, new };
        let Some(line) = reader.peek() else { return Err(broken) };
        let (took_old, took_new) = match line.first() {
            Some(b' ' | b'\n' | b'\r') => (1, 1),
            Some(b'-') => (1, 0),
            Some(b'+') => (0, 1),
            Some(b'\\') if !hunk.body.is_empty() => (0, 0),
            _ => return Err(broken),
        };
        let (Some(less_old), Some(less_new)) = (old.checked_sub(took_old), new.checked_sub(took_new)) else {
            return Err(broken);
        };
        (old, new) = (less_old, less_new);
        push_line(hunk, line);
        reader.next();
    }
    if let Some(line) = reader.peek().filter(|line| line.starts_with(b"\\") && !hunk.body.is_empty()) {
        push_line(hunk, line);
        reader.next();
    }
    Ok(())
}

/// A patch cut off behind its last character still ends that line.
fn push_line(hunk: &mut Hunk, line: &[u8]) {
    hunk.body.extend_from_slice(line);
    if line.last() != Some(&b'\n') {
        hunk.body.push(b'\n');
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(120)]).into_owned()
}
