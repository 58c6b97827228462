use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use crate::name::encode_name;

/// The name that these bytes are: any bytes on Unix, WTF-8 on Windows. `InvalidInput` for what no file can be called.
#[cfg(unix)]
pub(crate) fn os_name(bytes: Vec<u8>) -> io::Result<OsString> {
    Ok(std::os::unix::ffi::OsStringExt::from_vec(bytes))
}

/// The bytes of a name; [`os_name`] the other way.
#[cfg(unix)]
pub(crate) fn name_bytes(name: &OsStr) -> Cow<'_, [u8]> {
    Cow::Borrowed(std::os::unix::ffi::OsStrExt::as_bytes(name))
}

#[cfg(windows)]
pub(crate) fn os_name(bytes: Vec<u8>) -> io::Result<OsString> {
    use std::os::windows::ffi::OsStringExt;
    let wide = crate::wtf8::to_wide(&bytes).ok_or(io::ErrorKind::InvalidInput)?;
    Ok(OsString::from_wide(&wide))
}

#[cfg(windows)]
pub(crate) fn name_bytes(name: &OsStr) -> Cow<'_, [u8]> {
    use std::os::windows::ffi::OsStrExt;
    Cow::Owned(crate::wtf8::from_wide(name.encode_wide()))
}

/// The bytes of a relative path, `/` between its parts.
pub(crate) fn path_bytes(path: &Path) -> Vec<u8> {
    let parts: Vec<_> = path.components().map(|part| name_bytes(part.as_os_str())).collect();
    parts.join(&b'/')
}

/// A path below `folder`. What no file on this system can be called is spelt as [`encode_name`] does.
pub(crate) fn path_below(folder: &Path, relative: &[u8]) -> PathBuf {
    folder.join(os_name(relative.to_vec()).unwrap_or_else(|_| encode_name(relative).into()))
}

/// The path as text, spelt as [`encode_name`] does: for messages and answers, where every path has to be text.
pub fn encode_path(path: &Path) -> String {
    encode_name(&name_bytes(path.as_os_str()))
}
