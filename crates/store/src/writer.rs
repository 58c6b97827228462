use std::path::Path;
use std::sync::mpsc::Receiver;

use rusqlite::{Connection, params_from_iter};

use crate::error::{CommitError, StorageError};
use crate::value::Statement;

/// Called once with the fate of a batch.
pub type CommitReply = Box<dyn FnOnce(Result<Vec<u64>, CommitError>) + Send>;

/// Statements that are committed together or not at all.
pub(crate) struct Batch {
    pub(crate) statements: Vec<Statement>,
    pub(crate) reply: CommitReply,
}

/// Batches that share one SQLite transaction at most.
const GROUP: usize = 256;

type Outcome = Result<Vec<u64>, CommitError>;

/// Serves the queue until its last sender is gone.
pub(crate) fn run(connection: Connection, path: &Path, batches: &Receiver<Batch>) {
    while let Ok(first) = batches.recv() {
        let mut group = vec![first];
        group.extend(batches.try_iter().take(GROUP - 1));
        let outcomes = commit_group(&connection, path, &group);
        for (batch, outcome) in group.into_iter().zip(outcomes) {
            (batch.reply)(outcome);
        }
    }
}

fn commit_group(connection: &Connection, path: &Path, group: &[Batch]) -> Vec<Outcome> {
    match attempt(connection, path, group) {
        Ok(outcomes) => outcomes,
        // Each batch alone would wait as long again.
        Err(StorageError::Busy { path }) => {
            group.iter().map(|_| Err(StorageError::Busy { path: path.clone() }.into())).collect()
        }
        // The shared transaction is gone, nobody was answered: each batch gets its own chance and its own error.
        Err(_) if group.len() > 1 => {
            group.iter().map(|batch| commit_alone(connection, path, std::slice::from_ref(batch))).collect()
        }
        Err(error) => vec![Err(error.into())],
    }
}

fn commit_alone(connection: &Connection, path: &Path, batch: &[Batch]) -> Outcome {
    let mut outcomes = attempt(connection, path, batch)?;
    outcomes.pop().unwrap_or(Err(CommitError::Closed))
}

/// One SQLite transaction with a savepoint per batch. `Err`: the transaction as a whole did not happen.
fn attempt(connection: &Connection, path: &Path, group: &[Batch]) -> Result<Vec<Outcome>, StorageError> {
    let classify = |error| StorageError::classify(path, &error);
    let result = (|| {
        connection.execute_batch("BEGIN IMMEDIATE").map_err(classify)?;
        let mut outcomes = Vec::with_capacity(group.len());
        for batch in group {
            connection.execute_batch("SAVEPOINT batch").map_err(classify)?;
            let outcome = execute(connection, path, &batch.statements);
            match (&outcome, connection.is_autocommit()) {
                (Ok(_), _) => connection.execute_batch("RELEASE batch").map_err(classify)?,
                (Err(_), false) => connection.execute_batch("ROLLBACK TO batch; RELEASE batch").map_err(classify)?,
                // A full or failing disk made SQLite roll the whole transaction back.
                (Err(_), true) if group.len() == 1 => return Ok(vec![outcome]),
                (Err(_), true) => {
                    return Err(StorageError::Io { path: path.into(), reason: "rolled back".into() });
                }
            }
            outcomes.push(outcome);
        }
        connection.execute_batch("COMMIT").map_err(classify)?;
        Ok(outcomes)
    })();
    if result.is_err() && !connection.is_autocommit() {
        // After a failed COMMIT the transaction stays open; its error is already on the way to the caller.
        let _ = connection.execute_batch("ROLLBACK");
    }
    result
}

fn execute(connection: &Connection, path: &Path, statements: &[Statement]) -> Outcome {
    let classify = |error| StorageError::classify(path, &error);
    let mut changes = Vec::with_capacity(statements.len());
    for (index, statement) in statements.iter().enumerate() {
        let mut prepared = connection.prepare_cached(&statement.sql).map_err(classify)?;
        let found = prepared.execute(params_from_iter(&statement.params)).map_err(classify)? as u64;
        if let Some(expected) = statement.expect
            && expected != found
        {
            return Err(CommitError::Guard { statement: index, expected, found });
        }
        changes.push(found);
    }
    Ok(changes)
}
