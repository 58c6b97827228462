/// Where the lines of a text start.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<u32>,
    has_mark: bool,
}

impl Lines {
    pub(super) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (at, &byte) in bytes.iter().enumerate() {
            let ends = byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
            if ends {
                starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
            }
        }
        Self { starts, has_mark: text.starts_with('\u{feff}') }
    }

    pub(super) fn count(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    /// The line of an offset, from 1.
    pub(super) fn line(&self, offset: u32) -> u32 {
        u32::try_from(self.starts.partition_point(|&start| start <= offset)).unwrap_or(u32::MAX)
    }

    /// The offset at which the line of `offset` starts.
    pub(super) fn start(&self, offset: u32) -> u32 {
        let at = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
        self.starts.get(at).copied().unwrap_or(0)
    }

    /// The offset after the line end of the line of `offset`.
    pub(super) fn next(&self, offset: u32, text: &str) -> u32 {
        let at = self.starts.partition_point(|&start| start <= offset);
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.starts.get(at).copied().unwrap_or(end)
    }

    /// Line and column of an offset, from 1; columns in UTF-16 units, the byte order mark not counted.
    pub(super) fn position(&self, text: &str, offset: u32) -> (u32, u32) {
        let start = self.start(offset);
        let before = text.get(start as usize..offset as usize).unwrap_or_default();
        let units = before.encode_utf16().count() - usize::from(start == 0 && self.has_mark && offset >= 3);
        (self.line(offset), u32::try_from(units + 1).unwrap_or(u32::MAX))
    }

    /// Whether only white space stands before `offset` on its line.
    pub(super) fn is_own_line(&self, text: &str, offset: usize) -> bool {
        let start = self.start(u32::try_from(offset).unwrap_or(u32::MAX)) as usize;
        let before = text.get(start..offset).unwrap_or_default();
        before.trim_start_matches('\u{feff}').trim().is_empty()
    }
}
