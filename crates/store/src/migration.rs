use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::backup::Backup;
use rusqlite::{Connection, TransactionBehavior};

use crate::connection;
use crate::error::{OpenError, StorageError};

/// Marks the file as ours (`PRAGMA application_id`): "PYAG".
const APPLICATION: i32 = 0x5059_4147;

/// Brings the database to format `migrations.len()`, or refuses it. Step `n` takes format `n` to `n + 1`.
///
/// The write lock is taken first, so two processes that open an old file together migrate it once.
pub(crate) fn migrate(writer: &mut Connection, path: &Path, migrations: &[String]) -> Result<(), OpenError> {
    let expected = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    if read_format(writer, path)? == Format::Ours(expected) {
        return Ok(());
    }
    let transaction = writer
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|error| StorageError::classify(path, &error))?;
    let from = match read_format(&transaction, path)? {
        Format::Foreign(found) => {
            return Err(OpenError::Foreign { path: path.into(), found });
        }
        Format::Ours(found) if found > expected => {
            return Err(OpenError::Newer { path: path.into(), expected, found });
        }
        Format::Ours(found) => found,
        Format::Empty => 0,
    };
    if from > 0 && from < expected {
        let backup = backup_path(path, from);
        copy(path, &backup).map_err(|source| OpenError::Backup { path: path.into(), backup, source })?;
    }
    let apply = || {
        for step in migrations.iter().skip(from as usize) {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", expected)
    };
    let failed = |error: rusqlite::Error| {
        let source = StorageError::classify(path, &error);
        OpenError::Migration { path: path.into(), from, to: expected, source }
    };
    apply().map_err(failed)?;
    transaction.commit().map_err(failed)
}

#[derive(PartialEq, Eq)]
enum Format {
    /// No table yet.
    Empty,
    Ours(u32),
    /// With tables, and with this application id.
    Foreign(i32),
}

fn read_format(connection: &Connection, path: &Path) -> Result<Format, StorageError> {
    let read = || {
        let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let format: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let objects: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok(match application {
            APPLICATION => Format::Ours(format),
            0 if objects == 0 && format == 0 => Format::Empty,
            found => Format::Foreign(found),
        })
    };
    read().map_err(|error| StorageError::classify(path, &error))
}

/// `store.db` of format 3 is kept as `store.db.v3.backup`.
fn backup_path(path: &Path, format: u32) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".v{format}.backup"));
    PathBuf::from(name)
}

/// A complete, flushed copy under the final name, or none.
fn copy(path: &Path, backup: &Path) -> Result<(), StorageError> {
    let draft = backup.with_extension(format!("backup.{}", std::process::id()));
    let _ = fs::remove_file(&draft);
    let result = copy_to(path, &draft, backup);
    if result.is_err() {
        let _ = fs::remove_file(&draft);
    }
    result
}

fn copy_to(path: &Path, draft: &Path, backup: &Path) -> Result<(), StorageError> {
    let source = connection::reader(path)?;
    let write = || {
        let mut target = Connection::open(draft)?;
        Backup::new(&source, &mut target)?.run_to_completion(1024, std::time::Duration::ZERO, None)?;
        // A lone file: without this the copy would need its own log beside it.
        target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))
    };
    write().map_err(|error| StorageError::classify(draft, &error))?;
    let keep = || {
        pyagent_files::sync_path(draft)?;
        fs::rename(draft, backup)?;
        backup.parent().map_or(Ok(()), pyagent_files::sync_path)
    };
    keep().map_err(|error| StorageError::from_io(backup, &error))
}
