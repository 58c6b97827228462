/// How many bytes at the start of a file git looks at.
const LOOKED_AT: usize = 8000;

/// Whether git would call these bytes binary: a NUL among the first 8000.
pub fn is_binary(bytes: &[u8]) -> bool {
    memchr::memchr(0, &bytes[..bytes.len().min(LOOKED_AT)]).is_some()
}
