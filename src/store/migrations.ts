/**
 * The schema as steps: step `n` (from 0) takes a store of format `n` to `n + 1`. A published step is never edited;
 * a change is a new step at the end.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One row per run. Without finished_at it is running, or its process was killed.
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    task TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    outcome TEXT,
    report TEXT
  ) STRICT;
  CREATE INDEX runs_by_start ON runs (started_at, id);

  -- What a workflow recorded, in order: the input of a replay.
  CREATE TABLE workflow_journal (
    run TEXT NOT NULL,
    seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    entry TEXT NOT NULL,
    PRIMARY KEY (run, seq)
  ) STRICT, WITHOUT ROWID;

  -- A file transaction. Its state 'committed' is the commit point; the order of commits is ended_seq.
  CREATE TABLE file_transactions (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('change', 'undo', 'redo')),
    title TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'committed', 'rolled-back')),
    begun_at INTEGER NOT NULL,
    ended_at INTEGER,
    ended_seq INTEGER,
    -- JSON: where a rollback met an edit of somebody else, and kept both.
    conflicts TEXT
  ) STRICT;
  CREATE INDEX file_transactions_by_run ON file_transactions (run, ended_seq);
  CREATE INDEX file_transactions_by_state ON file_transactions (state);

  -- Each change of a path, written before the change: what was there, and what will be (JSON).
  CREATE TABLE file_entries (
    txn TEXT NOT NULL REFERENCES file_transactions (id),
    seq INTEGER NOT NULL,
    path TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (txn, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE audit_entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    run TEXT,
    kind TEXT NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_entries_by_run ON audit_entries (run, seq);
  `,
  `
  -- A command works on the tree of an open transaction: the hash of the manifest of before.
  CREATE TABLE file_captures (
    txn TEXT PRIMARY KEY REFERENCES file_transactions (id),
    manifest TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- An undo or a redo says which operation it takes back (NULL: what a run did) and how the run stands after it.
  ALTER TABLE file_transactions ADD COLUMN takes_back TEXT;
  ALTER TABLE file_transactions ADD COLUMN run_state TEXT;
  -- When its entries were dropped: what it did can no longer be taken back.
  ALTER TABLE file_transactions ADD COLUMN pruned_at INTEGER;
  -- Sums of all entries, and of all operation paths, once it has committed; a damaged file shows in them.
  ALTER TABLE file_transactions ADD COLUMN entries_sum TEXT;
  ALTER TABLE file_transactions ADD COLUMN paths_sum TEXT;

  -- JSON: set where an entry met an edit of somebody else and kept it: what the path is without the transaction.
  ALTER TABLE file_entries ADD COLUMN origin TEXT;
  -- Of the values of the row.
  ALTER TABLE file_entries ADD COLUMN sum TEXT;

  -- The paths that an undo or a redo was about, with what taking it back goes from (after) and to (before), as JSON.
  CREATE TABLE operation_paths (
    txn TEXT NOT NULL REFERENCES file_transactions (id),
    path TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    sum TEXT NOT NULL,
    PRIMARY KEY (txn, path)
  ) STRICT, WITHOUT ROWID;
  `,
];
