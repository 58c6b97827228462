use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use rusqlite::{Connection, params_from_iter};

use crate::connection;
use crate::error::{CommitError, OpenError, QueryError, StorageError};
use crate::migration;
use crate::value::{Statement, Value};
use crate::writer::{self, Batch, CommitReply};

/// The answer to a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

/// An open store. Closing flushes; dropping closes.
pub struct Store {
    path: PathBuf,
    queue: Mutex<Option<Sender<Batch>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    reader: Mutex<Option<Connection>>,
}

impl Store {
    /// Opens the file, creating it and its folder when missing, and brings it to format `migrations.len()`.
    pub fn open(path: &Path, migrations: &[String]) -> Result<Self, OpenError> {
        let mut connection = connection::writer(path)?;
        migration::migrate(&mut connection, path, migrations)?;
        let reader = connection::reader(path)?;
        let (queue, batches) = mpsc::channel();
        let owned = path.to_path_buf();
        let thread = Builder::new()
            .name("store-writer".into())
            .spawn(move || writer::run(connection, &owned, &batches))
            .map_err(|error| StorageError::from_io(path, &error))?;
        Ok(Self {
            path: path.into(),
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread)),
            reader: Mutex::new(Some(reader)),
        })
    }

    /// Queues a batch; `reply` is called on the writer's thread once it is durable or refused, with the number of rows
    /// that each statement changed.
    pub fn commit_with(&self, statements: Vec<Statement>, reply: CommitReply) {
        let batch = Batch { statements, reply };
        let refused = match lock(&self.queue).as_ref() {
            Some(queue) => queue.send(batch).err().map(|error| error.0),
            None => Some(batch),
        };
        if let Some(batch) = refused {
            (batch.reply)(Err(CommitError::Closed));
        }
    }

    /// [`Store::commit_with`], waiting for the answer.
    pub fn commit(&self, statements: Vec<Statement>) -> Result<Vec<u64>, CommitError> {
        let (sender, answer) = mpsc::channel();
        self.commit_with(statements, Box::new(move |result| drop(sender.send(result))));
        answer.recv().unwrap_or(Err(CommitError::Closed))
    }

    /// Runs one reading statement.
    pub fn query(&self, sql: &str, params: &[Value]) -> Result<Rows, QueryError> {
        let guard = lock(&self.reader);
        let connection = guard.as_ref().ok_or(QueryError::Closed)?;
        let classify = |error| StorageError::classify(&self.path, &error);
        let mut statement = connection.prepare_cached(sql).map_err(classify)?;
        if !statement.readonly() {
            return Err(QueryError::Writes { sql: sql.into() });
        }
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let width = columns.len();
        let rows = statement
            .query_map(params_from_iter(params), |row| (0..width).map(|index| Ok(row.get_ref(index)?.into())).collect())
            .and_then(Iterator::collect)
            .map_err(classify)?;
        Ok(Rows { columns, rows })
    }

    /// Reads the whole file and names what is damaged; empty when nothing is.
    pub fn check(&self) -> Result<Vec<String>, QueryError> {
        let rows = self.query("PRAGMA integrity_check(20)", &[])?.rows;
        let texts = rows.into_iter().flatten().filter_map(|value| match value {
            Value::Text(text) if text != "ok" => Some(text),
            _ => None,
        });
        Ok(texts.collect())
    }

    /// Finishes what is queued, then closes both connections. What comes later is refused. Idempotent.
    pub fn close(&self) {
        // The writer closes last: only it can move the log into the file.
        drop(lock(&self.reader).take());
        drop(lock(&self.queue).take());
        if let Some(thread) = lock(&self.thread).take() {
            // A writer that panicked has answered nobody since; its callers already see `Closed`.
            let _ = thread.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// The data behind these locks is replaced whole, so a panic elsewhere leaves it usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
