import type { SqlStatement, Store } from '../store/index.ts';
import type { FileState } from './file-state.ts';

/** What a file transaction is for. */
export type TransactionKind = 'change' | 'undo' | 'redo';

/** A file transaction as the journal knows it. */
export interface TransactionRecord {
  id: string;
  run: string;
  kind: TransactionKind;
  title: string;
  state: 'open' | 'committed' | 'rolled-back';
  /** Milliseconds since the Unix epoch. */
  begunAt: number;
  endedAt?: number;
}

/** One change of one path: written to the journal before the change is made. */
export interface JournalEntry {
  /** Position within the transaction, from 1. */
  seq: number;
  path: string;
  before: FileState;
  after: FileState;
}

interface TransactionRow {
  id: string;
  run: string;
  kind: TransactionKind;
  title: string;
  state: TransactionRecord['state'];
  begun_at: number;
  ended_at: number | null;
}

/** Opens the record of a transaction; part of the commit of its first entries. */
export function opened(record: Omit<TransactionRecord, 'state' | 'endedAt'>): SqlStatement {
  return {
    sql: `INSERT INTO file_transactions (id, run, kind, title, state, begun_at) VALUES (?1, ?2, ?3, ?4, 'open', ?5)`,
    params: [record.id, record.run, record.kind, record.title, record.begunAt],
  };
}

/** Adds entries. */
export function entriesAdded(transaction: string, entries: readonly JournalEntry[]): SqlStatement[] {
  return entries.map(({ seq, path, before, after }) => ({
    sql: 'INSERT INTO file_entries (txn, seq, path, before, after) VALUES (?1, ?2, ?3, ?4, ?5)',
    params: [transaction, seq, path, JSON.stringify(before), JSON.stringify(after)],
  }));
}

/** Takes back entries whose paths are where they were before them. */
export function entriesDropped(transaction: string, entries: readonly JournalEntry[]): SqlStatement[] {
  return entries.map(({ seq }) => ({
    sql: 'DELETE FROM file_entries WHERE txn = ?1 AND seq = ?2',
    params: [transaction, seq],
  }));
}

/** Ends an open transaction: as `committed` this row is the commit point. Refused when it is not open. */
export function ended(
  transaction: string,
  { state, at, conflicts }: { state: 'committed' | 'rolled-back'; at: number; conflicts?: readonly string[] },
): SqlStatement {
  return {
    sql: `UPDATE file_transactions SET state = ?2, ended_at = ?3, conflicts = ?4,
            ended_seq = (SELECT coalesce(max(ended_seq), 0) + 1 FROM file_transactions)
          WHERE id = ?1 AND state = 'open'`,
    params: [transaction, state, at, conflicts?.length ? JSON.stringify(conflicts) : null],
    expect: 1,
  };
}

/** Transactions in the order in which they ended; open ones last. Of one run when given. */
export async function readTransactions(store: Store, run?: string): Promise<TransactionRecord[]> {
  const rows = await store.query<TransactionRow>(
    `SELECT id, run, kind, title, state, begun_at, ended_at FROM file_transactions
     WHERE ?1 IS NULL OR run = ?1 ORDER BY ended_seq IS NULL, ended_seq, begun_at, id`,
    run ?? null,
  );
  return rows.map(({ begun_at, ended_at, ...row }) => ({
    ...row,
    begunAt: begun_at,
    ...(ended_at === null ? {} : { endedAt: ended_at }),
  }));
}

/** The entries of one transaction, in order. */
export async function readEntries(store: Store, transaction: string): Promise<JournalEntry[]> {
  const rows = await store.query<{ seq: number; path: string; before: string; after: string }>(
    'SELECT seq, path, before, after FROM file_entries WHERE txn = ?1 ORDER BY seq',
    transaction,
  );
  return rows.map(({ seq, path, before, after }) => ({
    seq,
    path,
    before: JSON.parse(before) as FileState,
    after: JSON.parse(after) as FileState,
  }));
}
