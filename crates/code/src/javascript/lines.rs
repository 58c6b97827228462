use crate::javascript::record::Position;

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Where lines start, to turn byte offsets into what an editor shows.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(breaks.filter_map(|(at, _)| u32::try_from(at + 1).ok())).collect();
        Self { text, starts }
    }

    pub(crate) fn count(&self) -> u32 {
        let ends_open = self.starts.last().is_some_and(|start| (*start as usize) < self.text.len());
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX) - u32::from(!ends_open)
    }

    pub(crate) fn line(&self, offset: u32) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX)
    }

    pub(crate) fn position(&self, offset: u32) -> Position {
        let line = self.line(offset);
        let start = self.starts.get(line.saturating_sub(1) as usize).copied().unwrap_or_default();
        let before = self.text.get(start as usize..offset as usize).unwrap_or_default();
        let units = before.trim_start_matches(BYTE_ORDER_MARK).encode_utf16().count();
        Position { line, column: u32::try_from(units).unwrap_or(u32::MAX).saturating_add(1) }
    }
}
