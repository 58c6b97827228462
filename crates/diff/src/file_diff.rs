//! The change of one file as git writes it: modes, links, names and content.

use crate::quote::{NO_FILE, quote_name};
use crate::script::Algorithm;
use crate::unified::{UnifiedOptions, write_diff};

/// One side of a change: what a path holds.
#[derive(Debug, Clone, Copy)]
pub struct FileSide<'a> {
    /// Below the root of the repository, without `a/`.
    pub path: &'a [u8],
    /// As git keeps it: `0o100644`, `0o100755`, or `0o120000` for a link, whose bytes are its target.
    pub mode: u32,
    pub bytes: &'a [u8],
}

/// The part of a mode that says what kind of thing a path is.
const KIND: u32 = 0o170000;

/// A patch that `git apply` accepts, with its `diff --git` line; empty when nothing differs. A side that is `None` does
/// not exist. What turns from a file into a link, or back, is removed and added again, as in git.
pub fn file_diff(
    before: Option<FileSide<'_>>,
    after: Option<FileSide<'_>>,
    context: u32,
    algorithm: Algorithm,
) -> Vec<u8> {
    let mut out = Vec::new();
    if let (Some(old), Some(new)) = (before, after)
        && old.mode & KIND != new.mode & KIND
    {
        write_change(&mut out, before, None, context, algorithm);
        write_change(&mut out, None, after, context, algorithm);
    } else {
        write_change(&mut out, before, after, context, algorithm);
    }
    out
}

fn write_change<'a>(
    out: &mut Vec<u8>,
    before: Option<FileSide<'a>>,
    after: Option<FileSide<'a>>,
    context: u32,
    algorithm: Algorithm,
) {
    let Some(shown) = before.or(after) else { return };
    let (old, new) = (before.unwrap_or(shown), after.unwrap_or(shown));
    let new_path = if after.is_none() { old.path } else { new.path };
    let start = out.len();
    let (from, to) = (prefixed(b"a/", old.path), prefixed(b"b/", new_path));
    line(out, b"diff --git ", &[quote_name(&from), b" ".to_vec(), quote_name(&to)].concat());
    let header = out.len();
    match (before, after) {
        (None, _) => line(out, b"new file mode ", octal(new.mode).as_bytes()),
        (_, None) => line(out, b"deleted file mode ", octal(old.mode).as_bytes()),
        _ => {
            if old.mode != new.mode {
                line(out, b"old mode ", octal(old.mode).as_bytes());
                line(out, b"new mode ", octal(new.mode).as_bytes());
            }
            if old.path != new.path {
                line(out, b"rename from ", &quote_name(old.path));
                line(out, b"rename to ", &quote_name(new.path));
            }
        }
    }
    let options = UnifiedOptions {
        from: if before.is_some() { &from } else { NO_FILE },
        to: if after.is_some() { &to } else { NO_FILE },
        context,
        algorithm,
    };
    let bytes = |side: Option<FileSide<'a>>| side.map_or(&[][..], |side| side.bytes);
    write_diff(out, bytes(before), bytes(after), &options);
    if out.len() == header {
        out.truncate(start);
    }
}

fn prefixed(prefix: &[u8], path: &[u8]) -> Vec<u8> {
    [prefix, path].concat()
}

fn octal(mode: u32) -> String {
    format!("{mode:06o}")
}

fn line(out: &mut Vec<u8>, word: &[u8], rest: &[u8]) {
    out.extend_from_slice(word);
    out.extend_from_slice(rest);
    out.push(b'\n');
}
