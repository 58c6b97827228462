import type { SqlStatement, Store } from './store.ts';

/** A run as the store knows it. */
export interface RunRecord {
  run: string;
  task: string;
  /** Milliseconds since the Unix epoch. */
  startedAt: number;
  /** Absent: the run goes on, or its process was killed. */
  finishedAt?: number;
  outcome?: string;
  /** The final report as JSON. */
  report?: string;
}

/** A run in a list: counted by the store, so that no report has to be read for it. */
export interface ListedRun extends Omit<RunRecord, 'report'> {
  /** Length of the report's `changes`. Absent: there is no report. */
  changedFiles?: number;
}

interface RunRow {
  id: string;
  task: string;
  started_at: number;
  finished_at: number | null;
  outcome: string | null;
  report: string | null;
}

/** Records that a run has begun. */
export function runStarted({ run, task, startedAt }: Pick<RunRecord, 'run' | 'task' | 'startedAt'>): SqlStatement {
  return { sql: 'INSERT INTO runs (id, task, started_at) VALUES (?1, ?2, ?3)', params: [run, task, startedAt] };
}

/** Records how a run ended; refused (`store/guard`) when the run is unknown. The last record wins. */
export function runFinished(record: {
  run: string;
  finishedAt: number;
  outcome: string;
  /** JSON. */
  report: string;
}): SqlStatement {
  return {
    sql: 'UPDATE runs SET finished_at = ?2, outcome = ?3, report = ?4 WHERE id = ?1',
    params: [record.run, record.finishedAt, record.outcome, record.report],
    expect: 1,
  };
}

/** The newest runs first, without their reports. */
export async function listRuns(store: Store, limit = 100): Promise<ListedRun[]> {
  const rows = await store.query<RunRow & { changed_files: number | null }>(
    `SELECT id, task, started_at, finished_at, outcome, NULL AS report,
       json_array_length(report, '$.changes') AS changed_files
     FROM runs ORDER BY started_at DESC, id DESC LIMIT ?1`,
    limit,
  );
  return rows.map(({ changed_files: changedFiles, ...row }) => ({
    ...fromRow(row),
    ...(changedFiles === null ? {} : { changedFiles }),
  }));
}

/** One run with its report; the newest when no id is given. */
export async function readRun(store: Store, run?: string): Promise<RunRecord | undefined> {
  const [row] = await store.query<RunRow>(
    'SELECT * FROM runs WHERE ?1 IS NULL OR id = ?1 ORDER BY started_at DESC, id DESC LIMIT 1',
    run ?? null,
  );
  return row && fromRow(row);
}

function fromRow(row: RunRow): RunRecord {
  return {
    run: row.id,
    task: row.task,
    startedAt: row.started_at,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.outcome === null ? {} : { outcome: row.outcome }),
    ...(row.report === null ? {} : { report: row.report }),
  };
}
