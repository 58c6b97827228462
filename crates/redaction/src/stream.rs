//! Text that comes in pieces, of any length.

use std::sync::Arc;

use crate::finding::Finding;
use crate::scanner::Scanner;

/// So much is looked at before anything of it is let go.
const BLOCK: usize = 256 * 1024;
/// So much in front of the end is kept back: nothing that is found is longer.
const HOLD: usize = 40 * 1024;
/// So much that is gone is still seen, as what stands before.
const LOOK_BACK: usize = 1024;

/// Takes out what is private. The result does not depend on how the text was cut.
pub struct Stream {
    scanner: Arc<Scanner>,
    /// The end of what is gone, then what is not.
    buffer: Vec<u8>,
    gone: usize,
    /// Position of the buffer's first byte in the whole text.
    position: usize,
    /// What was found, by its place in the whole text.
    pub findings: Vec<Finding>,
}

impl Stream {
    /// A new text.
    #[must_use]
    pub fn new(scanner: Arc<Scanner>) -> Self {
        Self { scanner, buffer: Vec::new(), gone: 0, position: 0, findings: Vec::new() }
    }

    /// Takes the next piece, and gives what can be let go.
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        self.buffer.extend_from_slice(piece);
        let ready = self.buffer.len() - self.gone;
        let mut out = Vec::with_capacity(if ready < BLOCK + HOLD { 0 } else { ready });
        while self.buffer.len() - self.gone >= BLOCK + HOLD {
            let seen = self.gone + BLOCK + HOLD;
            self.release(seen, seen - HOLD, &mut out);
        }
        self.forget();
        out
    }

    /// Gives the rest.
    pub fn end(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        let all = self.buffer.len();
        self.release(all, all, &mut out);
        out
    }

    /// Looks at the buffer up to `seen`, and lets go what lies before `safe` and what was found there.
    fn release(&mut self, seen: usize, safe: usize, out: &mut Vec<u8>) {
        let first = self.gone.saturating_sub(LOOK_BACK);
        let found = self.scanner.find(&self.buffer[first..seen]);
        let mut done = self.gone;
        for finding in found {
            let finding = Finding { start: finding.start + first, end: finding.end + first, ..finding };
            if finding.end <= done || finding.start >= safe {
                continue;
            }
            let start = finding.start.max(done);
            out.extend_from_slice(&self.buffer[done..start]);
            out.extend_from_slice(replacement(&finding).as_bytes());
            done = finding.end;
            self.findings.push(Finding { start: start + self.position, end: done + self.position, ..finding });
        }
        if done < safe {
            out.extend_from_slice(&self.buffer[done..safe]);
            done = safe;
        }
        self.gone = done;
    }

    /// Lets the bytes go that are not seen any more.
    fn forget(&mut self) {
        let drop = self.gone.saturating_sub(LOOK_BACK);
        self.buffer.drain(..drop);
        self.position += drop;
        self.gone -= drop;
    }
}

/// What stands in the place of something private.
#[must_use]
pub fn replacement(finding: &Finding) -> String {
    format!("[REDACTED:{}]", finding.kind.name())
}
