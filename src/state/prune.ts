import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { SqlStatement, Store } from '../store/index.ts';
import { type HistoryEntry, readHistory } from './history.ts';
import { ioError, isErrno } from './io-error.ts';
import { readCommitted, readEntries, readOperationPaths, readTransactions, refuseOrphans } from './journal.ts';
import { limited } from './limited.ts';
import { contentsByRun } from './needed-contents.ts';
import { choosePruned, type HistoryLimits } from './prune-choice.ts';
import { damagedRows } from './row-sum.ts';
import type { TransactionContext } from './transaction.ts';

/** What to prune. */
export interface PruneRequest extends HistoryLimits {
  /** Say what would go and change nothing. Default false. */
  dryRun?: boolean;
}

/** How much the history of a workspace takes, in bytes. */
export interface HistorySize {
  /** Kept contents. */
  contents: number;
  objects: number;
  /** Copies of versions that collided, and stores of older formats. */
  copies: number;
  /** Runs that can be undone or redone. */
  runs: number;
}

/** What was pruned, or would be. */
export interface PruneOutcome {
  dryRun: boolean;
  runs: Pick<HistoryEntry, 'run' | 'title' | 'state' | 'changedAt'>[];
  /** Absolute paths of copies and backups that are gone. */
  copies: string[];
  /** Contents that no run needs any more; those of a prune that was killed are among them. */
  objects: number;
  before: HistorySize;
  after: HistorySize;
}

/**
 * Bounds the history. Rows first, durably, then what no row needs: a kill in between leaves files that the next prune
 * removes, never a row without its contents. Only under the lock of the workspace and with no open transaction.
 */
export async function prune(request: PruneRequest, context: PruneContext): Promise<PruneOutcome> {
  const { store, clock, objects: folder } = context;
  const { dryRun = false } = request;
  const now = clock.now();
  await refuseDamage(store);
  const history = await readHistory(store);
  const contents = await contentsByRun(store);
  const runs = choosePruned(history, request, now, (run) => contents.get(run) ?? new Map());
  const gone = new Set(runs.map(({ run }) => run));
  const needed = new Set([...contents].filter(([run]) => !gone.has(run)).flatMap(([, hashes]) => [...hashes.keys()]));
  const objects = await folder.list();
  const useless = objects.filter(({ hash }) => !needed.has(hash));
  const copies = await listCopies(context, now);
  const old = request.olderThan === undefined ? [] : copies.filter(({ age }) => age > (request.olderThan ?? 0));
  if (!dryRun) {
    if (runs.length > 0) await store.commit(runs.flatMap(({ run }) => rowsPruned(run, now)));
    await folder.remove(useless.map(({ hash }) => hash));
    await limited(old, ({ path }) => remove(path));
  }
  const sum = (sizes: readonly number[]) => sizes.reduce((total, bytes) => total + bytes, 0);
  const sizes = (found: readonly { size: number }[]) => sum(found.map(({ size }) => size));
  const live = history.filter(({ state, prunedAt }) => state !== 'rolled-back' && prunedAt === undefined);
  const before = { contents: sizes(objects), objects: objects.length, copies: sizes(copies), runs: live.length };
  return {
    dryRun,
    runs: runs.map(({ run, title, state, changedAt }) => ({ run, title, state, changedAt })),
    copies: old.map(({ path }) => path),
    objects: useless.length,
    before,
    after: {
      contents: before.contents - sizes(useless),
      objects: before.objects - useless.length,
      copies: before.copies - sizes(old),
      runs: live.filter(({ run }) => !gone.has(run)).length,
    },
  };
}

/** Whether limits are reached, by rows alone: what a run asks at its end, where every file of the history is too many. */
export async function exceeds(limits: HistoryLimits, { store, clock }: Pick<PruneContext, 'store' | 'clock'>) {
  const contents = await contentsByRun(store);
  const history = await readHistory(store);
  return choosePruned(history, limits, clock.now(), (run) => contents.get(run) ?? new Map()).length > 0;
}

/** What pruning works with. */
export type PruneContext = Pick<TransactionContext, 'store' | 'clock' | 'objects' | 'conflictFolder'>;

/** A damaged row could name other contents than it did, and what it needs would be taken for useless. */
async function refuseDamage(store: Store): Promise<void> {
  const [damage] = await store.check();
  if (damage !== undefined) throw damagedRows(store, 'of every run', damage);
  await refuseOrphans(store);
  for (const record of await readTransactions(store)) {
    if (record.state === 'committed') await readCommitted(store, record);
    else await readEntries(store, record.id);
    await readOperationPaths(store, record);
  }
}

function rowsPruned(run: string, at: number): SqlStatement[] {
  const ofRun = 'SELECT id FROM file_transactions WHERE run = ?1';
  return [
    { sql: `DELETE FROM file_entries WHERE txn IN (${ofRun})`, params: [run] },
    { sql: `DELETE FROM operation_paths WHERE txn IN (${ofRun})`, params: [run] },
    { sql: 'UPDATE file_transactions SET pruned_at = ?2 WHERE run = ?1', params: [run, at] },
  ];
}

/** Conflict copies by transaction, and copies of the store from before a migration. */
async function listCopies({ conflictFolder, store }: PruneContext, now: number) {
  const folder = dirname(store.path);
  const backups = (await namesIn(folder)).filter(
    (name) => name.startsWith(`${basename(store.path)}.v`) && name.endsWith('.backup'),
  );
  const paths = [
    ...(await namesIn(conflictFolder)).map((name) => join(conflictFolder, name)),
    ...backups.map((name) => join(folder, name)),
  ];
  return limited(paths.sort(), async (path) => {
    const { bytes, changedAt } = await sizeOf(path);
    return { path, size: bytes, age: now - changedAt };
  });
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return [];
    throw ioError('list', folder, cause);
  }
}

async function sizeOf(path: string): Promise<{ bytes: number; changedAt: number }> {
  try {
    const stats = await stat(path);
    if (!stats.isDirectory()) return { bytes: stats.size, changedAt: stats.mtimeMs };
    const below = await limited(await namesIn(path), (name) => sizeOf(join(path, name)));
    return {
      bytes: below.reduce((total, { bytes }) => total + bytes, 0),
      changedAt: Math.max(stats.mtimeMs, ...below.map(({ changedAt }) => changedAt)),
    };
  } catch (cause) {
    if (isErrno(cause, 'ENOENT')) return { bytes: 0, changedAt: 0 };
    throw ioError('look at', path, cause);
  }
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (cause) {
    throw ioError('remove', path, cause);
  }
}
