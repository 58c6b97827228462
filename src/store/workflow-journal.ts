import type { SqlStatement, Store } from './store.ts';

/** One entry of a workflow's journal. */
export interface JournalRow<Entry = unknown> {
  /** Position in the journal of one run, from 1. */
  seq: number;
  /** Milliseconds since the Unix epoch. */
  time: number;
  entry: Entry;
}

/** Appends an entry; refused (`store/constraint`) when the position is taken. */
export function journalAppended(run: string, { seq, time, entry }: JournalRow): SqlStatement {
  return {
    sql: 'INSERT INTO workflow_journal (run, seq, time, entry) VALUES (?1, ?2, ?3, ?4)',
    params: [run, seq, time, JSON.stringify(entry)],
  };
}

/** The journal of one run, in order. */
export async function readJournal<Entry = unknown>(store: Store, run: string): Promise<JournalRow<Entry>[]> {
  const rows = await store.query<{ seq: number; time: number; entry: string }>(
    'SELECT seq, time, entry FROM workflow_journal WHERE run = ?1 ORDER BY seq',
    run,
  );
  return rows.map(({ seq, time, entry }) => ({ seq, time, entry: JSON.parse(entry) as Entry }));
}
