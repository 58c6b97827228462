//! What a patch says, file by file.

use memchr::memchr;

/// What a patch does to one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FilePatch {
    /// The name before; `None` when the file is added.
    pub from: Option<Vec<u8>>,
    /// The name after; `None` when the file is removed.
    pub to: Option<Vec<u8>>,
    pub change: Change,
    pub old_mode: Option<u32>,
    pub new_mode: Option<u32>,
    /// Percent, as `similarity index` gives it.
    pub similarity: Option<u8>,
    /// The two object names of the `index` line, often shortened.
    pub index: Option<(Vec<u8>, Vec<u8>)>,
    /// Why the content cannot be applied, when the patch shows none as text.
    pub binary: Option<Binary>,
    pub hunks: Vec<Hunk>,
}

/// What becomes of the file itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change {
    #[default]
    Modify,
    Create,
    Delete,
    Rename,
    Copy,
}

/// How a patch stands for bytes that are not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// `Binary files … differ`: the content is not in the patch.
    Differ,
    /// `GIT binary patch`: the content is there, in a form that is not read here.
    GitPatch,
}

/// One contiguous change with the lines around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// First line before, counted from 1; with `old_count` 0 the line that the change follows.
    pub old_start: u32,
    pub old_count: u32,
    pub new_start: u32,
    pub new_count: u32,
    /// What follows the second `@@`.
    pub heading: Vec<u8>,
    /// The lines as they stand in the patch: each with its sign, `\` lines included.
    pub body: Vec<u8>,
}

/// What a line of a hunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    Context,
    Removed,
    Added,
}

/// One line of a hunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HunkLine<'a> {
    pub sign: Sign,
    /// Without the sign; with its terminator, unless a `\` line says that there is none.
    pub text: &'a [u8],
}

impl Hunk {
    /// The lines of the body; `None` when it is not one or does not hold as many lines as the header says.
    pub fn lines(&self) -> Option<Vec<HunkLine<'_>>> {
        let mut lines: Vec<HunkLine<'_>> = Vec::new();
        let (mut old, mut new) = (0u32, 0u32);
        let mut rest = self.body.as_slice();
        while let Some(&first) = rest.first() {
            let length = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let (line, later) = rest.split_at(length);
            rest = later;
            let sign = match first {
                b'\\' => {
                    let last = lines.last_mut()?;
                    last.text = last.text.strip_suffix(b"\n")?;
                    continue;
                }
                b' ' | b'\n' | b'\r' => Sign::Context,
                b'-' => Sign::Removed,
                b'+' => Sign::Added,
                _ => return None,
            };
            old += u32::from(sign != Sign::Added);
            new += u32::from(sign != Sign::Removed);
            // A mailer may have cut the blank off an empty line of context.
            let text = if matches!(first, b'\n' | b'\r') { line } else { &line[1..] };
            lines.push(HunkLine { sign, text });
        }
        (old == self.old_count && new == self.new_count).then_some(lines)
    }
}

/// The patch that takes back what this one does.
pub fn reverse_patch(patch: &FilePatch) -> FilePatch {
    let change = match patch.change {
        Change::Create => Change::Delete,
        Change::Delete => Change::Create,
        // The copy goes; what it was made of stays.
        Change::Copy => Change::Delete,
        same => same,
    };
    let copied = patch.change == Change::Copy;
    FilePatch {
        from: patch.to.clone(),
        to: if copied { None } else { patch.from.clone() },
        change,
        old_mode: patch.new_mode,
        new_mode: patch.old_mode,
        similarity: patch.similarity,
        index: patch.index.clone().map(|(old, new)| (new, old)),
        binary: patch.binary,
        hunks: if copied { Vec::new() } else { patch.hunks.iter().map(reverse_hunk).collect() },
    }
}

/// Within a run of changed lines the removed ones come first again.
fn reverse_hunk(hunk: &Hunk) -> Hunk {
    let mut body = Vec::with_capacity(hunk.body.len());
    let mut added: Vec<u8> = Vec::new();
    let mut last = b' ';
    let mut rest = hunk.body.as_slice();
    while let Some(&first) = rest.first() {
        let length = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, later) = rest.split_at(length);
        rest = later;
        let sign = if first == b'\\' { last } else { first };
        last = sign;
        match sign {
            b'-' => added.extend(if first == b'\\' { line.to_vec() } else { [b"+", &line[1..]].concat() }),
            b'+' => body.extend(if first == b'\\' { line.to_vec() } else { [b"-", &line[1..]].concat() }),
            _ => {
                body.append(&mut added);
                body.extend_from_slice(line);
            }
        }
    }
    body.append(&mut added);
    Hunk {
        old_start: hunk.new_start,
        old_count: hunk.new_count,
        new_start: hunk.old_start,
        new_count: hunk.old_count,
        heading: hunk.heading.clone(),
        body,
    }
}
