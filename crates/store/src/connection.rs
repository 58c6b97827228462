use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::error::StorageError;

/// How long a statement waits for another process before it reports `store/busy`. Tests do not wait as long.
const BUSY: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 5 });

/// Bytes that the write-ahead log is cut back to after a checkpoint.
const LOG_LIMIT: i64 = 16 * 1024 * 1024;

/// The writing connection. Creates the folder (closed to other users) and the file when they are missing.
pub(crate) fn writer(path: &Path) -> Result<Connection, StorageError> {
    if let Some(folder) = path.parent() {
        pyagent_files::make_folder(folder).map_err(|error| StorageError::from_io(folder, &error))?;
        if !path.exists() {
            flush_above(folder);
        }
    }
    refuse_cut_off(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags)?;
    configure(&connection).map_err(|error| StorageError::classify(path, &error))?;
    Ok(connection)
}

/// The smallest page of SQLite's file format; it takes a shorter file for a new one, and would write over what is left.
const SMALLEST: u64 = 512;

fn refuse_cut_off(path: &Path) -> Result<(), StorageError> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() && (1..SMALLEST).contains(&found.len()) => {
            let reason = format!("it was cut off after {} bytes", found.len());
            Err(StorageError::Corrupt { path: path.into(), reason })
        }
        // What cannot be looked at is told by the opening.
        _ => Ok(()),
    }
}

/// The reading connection of an existing store.
pub(crate) fn reader(path: &Path) -> Result<Connection, StorageError> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StorageError> {
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    };
    open().map_err(|error| StorageError::classify(path, &error))
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", LOG_LIMIT)
}

/// A process that was killed may have made the folders and not flushed their names. Whoever sees a store knows that they
/// are on the disk.
fn flush_above(folder: &Path) {
    for above in folder.ancestors().skip(1).take(3) {
        // A folder of the system that may not be opened was not made by us.
        let _ = pyagent_files::sync_path(above);
    }
}
