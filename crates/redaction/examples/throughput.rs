//! `throughput [--once] FILE…`: how fast the files' text is looked at, in MB/s; three times, or once.

use std::time::Instant;

use pyagent_redaction::{Scanner, Settings, Stream};

fn main() {
    let mut text = Vec::new();
    let (flags, paths): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word == "--once");
    for path in paths {
        text.extend(std::fs::read(path).unwrap_or_default());
    }
    let Ok(scanner) = Scanner::new(Settings::default()) else { return };
    let scanner = std::sync::Arc::new(scanner);
    for _ in 0..if flags.is_empty() { 3 } else { 1 } {
        let begun = Instant::now();
        let mut stream = Stream::new(std::sync::Arc::clone(&scanner));
        // In pieces, as a pipe gives them.
        let mut length: usize = text.chunks(1 << 20).map(|piece| stream.push(piece).len()).sum();
        length += stream.end().len();
        let seconds = begun.elapsed().as_secs_f64();
        println!("{:.0} MB/s, {} findings, {length} bytes", text.len() as f64 / 1e6 / seconds, stream.findings.len());
    }
}
