import type { SqlStatement, Store } from '../store/index.ts';
import type { FileState } from './file-state.ts';
import { damagedRows, rowSum } from './row-sum.ts';

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
  /** The operation that an undo or a redo takes back; absent: what the run itself did. */
  takesBack?: string;
  /** How the run stands after an undo or a redo. Absent in stores of format 1, where each was about the whole run. */
  runState?: RunFileState;
  /** When its entries were dropped, in milliseconds since the Unix epoch. */
  prunedAt?: number;
  /** {@link entriesSum} at its commit. Absent in stores of format 1. */
  entriesSum?: string;
  pathsSum?: string;
}

/** How much of what a run changed is in the tree. */
export type RunFileState = 'landed' | 'partly-undone' | 'undone';

/** One change of one path: written to the journal before the change is made. */
export interface JournalEntry {
  /** Position within the transaction, from 1. */
  seq: number;
  path: string;
  before: FileState;
  after: FileState;
  /** Set where `before` is an edit of somebody else that the entry keeps: what the path is without this transaction. */
  origin?: FileState;
}

/** One path that an undo or a redo was about: taking it back goes from `after` to `before`. */
export interface OperationPath {
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
  takes_back: string | null;
  run_state: RunFileState | null;
  pruned_at: number | null;
  entries_sum: string | null;
  paths_sum: string | null;
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
  return entries.map((entry) => {
    const [path, before, after, origin] = entryValues(entry);
    return {
      sql: 'INSERT INTO file_entries (txn, seq, path, before, after, origin, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)',
      params: [transaction, entry.seq, path, before, after, origin, entrySum(transaction, entry)],
    };
  });
}

type EntryValues = [path: string, before: string, after: string, origin: string | null];

function entryValues({ path, before, after, origin }: Omit<JournalEntry, 'seq'>): EntryValues {
  return [path, JSON.stringify(before), JSON.stringify(after), origin === undefined ? null : JSON.stringify(origin)];
}

function entrySum(transaction: string, entry: JournalEntry): string {
  return rowSum(transaction, entry.seq, ...entryValues(entry));
}

/** The sum of a whole transaction: of what it is, and of every entry in order. */
export function entriesSum(
  { id, run, kind }: Pick<TransactionRecord, 'id' | 'run' | 'kind'>,
  entries: readonly JournalEntry[],
): string {
  return rowSum(id, run, kind, ...entries.map((entry) => entrySum(id, entry)));
}

/** Takes back entries whose paths are where they were before them. */
export function entriesDropped(transaction: string, entries: readonly JournalEntry[]): SqlStatement[] {
  return entries.map(({ seq }) => ({
    sql: 'DELETE FROM file_entries WHERE txn = ?1 AND seq = ?2',
    params: [transaction, seq],
  }));
}

/** How a transaction ends. */
export interface TransactionEnd {
  state: 'committed' | 'rolled-back';
  /** Milliseconds since the Unix epoch. */
  at: number;
  /** Paths where a rollback met an edit of somebody else. */
  conflicts?: readonly string[];
  /** {@link entriesSum} of what is committed. */
  sum?: string;
}

/** Ends an open transaction: as `committed` this row is the commit point. Refused when it is not open. */
export function ended(transaction: string, { state, at, conflicts, sum }: TransactionEnd): SqlStatement {
  return {
    sql: `UPDATE file_transactions SET state = ?2, ended_at = ?3, conflicts = ?4, entries_sum = ?5,
            ended_seq = (SELECT coalesce(max(ended_seq), 0) + 1 FROM file_transactions)
          WHERE id = ?1 AND state = 'open'`,
    params: [transaction, state, at, conflicts?.length ? JSON.stringify(conflicts) : null, sum ?? null],
    expect: 1,
  };
}

/** What an undo or a redo was about; committed with its end. */
export function operationRecorded(
  transaction: string,
  { takesBack, runState, paths }: { takesBack: string | undefined; runState: RunFileState; paths: OperationPath[] },
): SqlStatement[] {
  const sorted = [...paths].sort((a, b) => (a.path < b.path ? -1 : 1));
  return [
    {
      sql: 'UPDATE file_transactions SET takes_back = ?2, run_state = ?3, paths_sum = ?4 WHERE id = ?1',
      params: [transaction, takesBack ?? null, runState, pathsSum(transaction, takesBack, runState, sorted)],
      expect: 1,
    },
    ...sorted.map((about) => {
      const [path, before, after] = entryValues(about);
      const sum = rowSum(transaction, path, before, after);
      return {
        sql: 'INSERT INTO operation_paths (txn, path, before, after, sum) VALUES (?1, ?2, ?3, ?4, ?5)',
        params: [transaction, path, before, after, sum],
      };
    }),
  ];
}

function pathsSum(
  transaction: string,
  takesBack: string | undefined,
  runState: RunFileState,
  paths: readonly OperationPath[],
): string {
  return rowSum(transaction, takesBack ?? null, runState, ...paths.flatMap((about) => entryValues(about)));
}

/** Transactions in the order in which they ended; open ones last. Of one run when given. */
export async function readTransactions(store: Store, run?: string): Promise<TransactionRecord[]> {
  const rows = await store.query<TransactionRow>(
    `SELECT id, run, kind, title, state, begun_at, ended_at, takes_back, run_state, pruned_at,
            entries_sum, paths_sum FROM file_transactions
     WHERE ?1 IS NULL OR run = ?1 ORDER BY ended_seq IS NULL, ended_seq, begun_at, id`,
    run ?? null,
  );
  return rows.map(({ begun_at, ended_at, takes_back, run_state, pruned_at, entries_sum, paths_sum, ...row }) => ({
    ...known(store, row),
    begunAt: begun_at,
    ...(ended_at === null ? {} : { endedAt: ended_at }),
    ...(takes_back === null ? {} : { takesBack: takes_back }),
    ...(run_state === null ? {} : { runState: run_state }),
    ...(pruned_at === null ? {} : { prunedAt: pruned_at }),
    ...(entries_sum === null ? {} : { entriesSum: entries_sum }),
    ...(paths_sum === null ? {} : { pathsSum: paths_sum }),
  }));
}

const KINDS = new Set<string>(['change', 'undo', 'redo']);
const STATES = new Set<string>(['open', 'committed', 'rolled-back']);

/** A word that no version writes is a damaged file, and would make an open transaction invisible to recovery. */
function known<T extends { id: string; kind: string; state: string }>(store: Store, row: T): T {
  if (KINDS.has(row.kind) && STATES.has(row.state)) return row;
  throw damagedRows(store, row.id, `the words ${JSON.stringify(row.kind)} and ${JSON.stringify(row.state)}`);
}

/** The entries of one transaction, in order. Fails with `state/journal` when a row is not what was written. */
export async function readEntries(store: Store, transaction: string): Promise<JournalEntry[]> {
  const rows = await store.query<{
    seq: number;
    path: string;
    before: string;
    after: string;
    origin: string | null;
    sum: string | null;
  }>('SELECT seq, path, before, after, origin, sum FROM file_entries WHERE txn = ?1 ORDER BY seq', transaction);
  return rows.map(({ seq, path, before, after, origin, sum }) => {
    if (sum !== null && sum !== rowSum(transaction, seq, path, before, after, origin)) {
      throw damagedRows(store, transaction, `another entry ${seq}`);
    }
    return {
      seq,
      path,
      before: JSON.parse(before) as FileState,
      after: JSON.parse(after) as FileState,
      ...(origin === null ? {} : { origin: JSON.parse(origin) as FileState }),
    };
  });
}

/** The entries of a transaction that has committed; none when it was pruned. Fails with `state/journal`. */
export async function readCommitted(store: Store, record: TransactionRecord): Promise<JournalEntry[]> {
  const entries = await readEntries(store, record.id);
  const isWhole = record.entriesSum === undefined || record.entriesSum === entriesSum(record, entries);
  if (isWhole || record.prunedAt !== undefined) return entries;
  throw damagedRows(store, record.id, 'other entries');
}

/** The paths that an undo or a redo was about, sorted; none when it was pruned. Fails with `state/journal`. */
export async function readOperationPaths(store: Store, record: TransactionRecord): Promise<OperationPath[]> {
  const { id, takesBack, runState, pathsSum: sum, prunedAt } = record;
  const rows = await store.query<{ path: string; before: string; after: string; sum: string }>(
    'SELECT path, before, after, sum FROM operation_paths WHERE txn = ?1',
    id,
  );
  const paths = rows.map(({ path, before, after, sum: own }) => {
    if (own !== rowSum(id, path, before, after)) throw damagedRows(store, id, 'another path');
    return { path, before: JSON.parse(before) as FileState, after: JSON.parse(after) as FileState };
  });
  paths.sort((a, b) => (a.path < b.path ? -1 : 1));
  const isWhole = sum === undefined || runState === undefined || sum === pathsSum(id, takesBack, runState, paths);
  if (isWhole || prunedAt !== undefined) return paths;
  throw damagedRows(store, id, 'other paths');
}

/** Fails with `state/journal` when there are entries of a transaction that there is not: recovery would miss them. */
export async function refuseOrphans(store: Store): Promise<void> {
  const [orphan] = await store.query<{ txn: string }>(
    'SELECT txn FROM file_entries WHERE txn NOT IN (SELECT id FROM file_transactions) LIMIT 1',
  );
  if (orphan) throw damagedRows(store, orphan.txn, 'entries without it');
}
