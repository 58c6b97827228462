import type { Store } from '../store/index.ts';

/** Every state that the rows of a run mention, with its size. */
export async function contentsByRun(store: Store): Promise<Map<string, Map<string, number>>> {
  const states = ['before', 'after', 'origin'].map((name) => `SELECT txn, ${name} AS content FROM file_entries`);
  const about = ['before', 'after'].map((name) => `SELECT txn, ${name} AS content FROM operation_paths`);
  const rows = await store.query<{ run: string; hash: string; size: number | null }>(
    `SELECT DISTINCT run, json_extract(content, '$.hash') AS hash, json_extract(content, '$.size') AS size
     FROM (${[...states, ...about].join(' UNION ALL ')}) JOIN file_transactions ON id = txn
     WHERE json_extract(content, '$.hash') IS NOT NULL`,
  );
  const runs = new Map<string, Map<string, number>>();
  for (const { run, hash, size } of rows) {
    const hashes = runs.get(run) ?? new Map<string, number>();
    runs.set(run, hashes.set(hash, size ?? 0));
  }
  return runs;
}
