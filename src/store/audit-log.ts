import type { SqlStatement, Store } from './store.ts';

/** One line of the audit log. */
export interface AuditEntry {
  /** Milliseconds since the Unix epoch. */
  time: number;
  /** `noun.verb`: `files.committed`. */
  kind: string;
  /** Absent: not part of a run. */
  run?: string;
  data: unknown;
}

/** Appends to the audit log; commit it with what it tells about. */
export function auditAppended({ time, kind, run, data }: AuditEntry): SqlStatement {
  return {
    sql: 'INSERT INTO audit_entries (time, run, kind, data) VALUES (?1, ?2, ?3, ?4)',
    params: [time, run ?? null, kind, JSON.stringify(data)],
  };
}

/** The log in order; of one run when given. */
export async function readAudit(store: Store, run?: string): Promise<AuditEntry[]> {
  const rows = await store.query<{ time: number; run: string | null; kind: string; data: string }>(
    'SELECT time, run, kind, data FROM audit_entries WHERE ?1 IS NULL OR run = ?1 ORDER BY seq',
    run ?? null,
  );
  return rows.map(({ time, run: of, kind, data }) => ({
    time,
    kind,
    ...(of === null ? {} : { run: of }),
    data: JSON.parse(data) as unknown,
  }));
}
