/**
 * The durable store of one workspace: one SQLite file inside the native addon, with the schema and the queries that
 * the product shares.
 *
 * A commit is all or nothing and on the disk when it resolves: a `kill -9` or a power cut after that loses nothing.
 * That makes one commit the commit point of a run: rows of several rooms (the run's record, its workflow journal, its
 * audit log, its file transaction) are passed as statements to one {@link Store.commit}, so they can never disagree.
 * The functions that write therefore return a {@link SqlStatement} instead of writing.
 *
 * The schema is {@link MIGRATIONS}, a list of steps. A file of a newer format is refused, one of an older format is
 * copied and then migrated, a damaged one is named.
 *
 * The store decides nothing: what a row means belongs to the room that writes it (file entries: the room `state`).
 */

export { type AuditEntry, auditAppended, readAudit } from './audit-log.ts';
export { MIGRATIONS } from './migrations.ts';
export { type ListedRun, listRuns, type RunRecord, readRun, runFinished, runStarted } from './run-record.ts';
export {
  openStore,
  type Row,
  type SqlStatement,
  type SqlValue,
  type Store,
  type StoreErrorCode,
  type StoreOptions,
} from './store.ts';
export { type JournalRow, journalAppended, readJournal } from './workflow-journal.ts';
