import { native, type SqlStatement, type SqlValue } from '../native/index.ts';
import { MIGRATIONS } from './migrations.ts';

export type { SqlStatement, SqlValue };

/** The codes that this room throws with. */
export type StoreErrorCode =
  /** The file was written by a newer version. */
  | 'store/newer'
  /** The file belongs to another program. */
  | 'store/foreign'
  | 'store/corrupt'
  /** The disk is full; nothing was written. */
  | 'store/full'
  | 'store/read-only'
  /** Another process writes it, or holds the lock. */
  | 'store/busy'
  | 'store/io'
  | 'store/migration'
  /** A statement changed another number of rows than it had to. */
  | 'store/guard'
  | 'store/constraint'
  | 'store/sql'
  | 'store/closed';

/** One row, by column name. */
export type Row = Record<string, SqlValue>;

/** The durable store of one workspace. */
export interface Store {
  /** The SQLite file. */
  readonly path: string;
  /**
   * Commits all statements or none, and resolves once they are on the disk, with the number of rows that each changed.
   * Calls that wait together share one flush.
   */
  commit(statements: readonly SqlStatement[]): Promise<number[]>;
  /** Runs one reading statement; sees every commit that has resolved. */
  query<R extends object = Row>(sql: string, ...params: SqlValue[]): Promise<R[]>;
  /** Reads the whole file and names what is damaged; empty when nothing is. */
  check(): Promise<string[]>;
  /** Finishes what is queued, then closes. Idempotent; later calls fail with `store/closed`. */
  close(): Promise<void>;
}

/** What {@link openStore} needs. */
export interface StoreOptions {
  /** The file; it and its folder are created when missing. */
  path: string;
  /** The schema as steps. Default: {@link MIGRATIONS}. */
  migrations?: readonly string[];
}

/**
 * Opens a store and brings it up to date; a file of an older format is first copied to `<path>.v<format>.backup`.
 * Fails with a {@link StoreErrorCode}.
 */
export async function openStore({ path, migrations = MIGRATIONS }: StoreOptions): Promise<Store> {
  const opened = await native().openStore(path, [...migrations]);
  return {
    path,
    commit: async (statements) => opened.commit([...statements]),
    query: async <R extends object>(sql: string, ...params: SqlValue[]) => {
      const { columns, rows } = await opened.query(sql, params);
      return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])) as R);
    },
    check: async () => opened.check(),
    close: async () => opened.close(),
  };
}
