import { capturedChanges, captureEnded, OPEN_CAPTURE } from './capture.ts';
import { type Conflict, type KeepingContext, keepAside } from './conflict.ts';
import {
  ended,
  entriesAdded,
  type JournalEntry,
  readEntries,
  readTransactions,
  refuseOrphans,
  type TransactionRecord,
} from './journal.ts';
import { mergingBack } from './merge-back.ts';
import { restoreTargets } from './net-change.ts';
import { restoreKeepingBoth } from './restore-keeping-both.ts';
import type { MergedFile } from './three-way.ts';
import { keepingContext, type TransactionContext } from './transaction.ts';

/** A transaction that a killed process left open, and that has been rolled back. */
export interface Recovered {
  transaction: string;
  run: string;
  title: string;
  /** How many paths it had touched. */
  paths: number;
  conflicts: Conflict[];
  /** Files in which an edit of somebody else stayed while the transaction's own change went. */
  merged: MergedFile[];
}

/** Transactions without a commit row. Only meaningful under the lock of the workspace. */
export async function openTransactions(context: TransactionContext): Promise<TransactionRecord[]> {
  return (await readTransactions(context.store)).filter(({ state }) => state === 'open');
}

/** Rolls back what a killed process left open, the newest first. Can be killed and repeated. */
export async function recover(context: TransactionContext): Promise<Recovered[]> {
  await context.objects.sweep();
  await refuseOrphans(context.store);
  const recovered: Recovered[] = [];
  for (const { id, run, title } of (await openTransactions(context)).reverse()) {
    const keeping = keepingContext(id, context);
    const entries = await readEntries(context.store, id);
    const captured = await finishCapture(id, entries.at(-1)?.seq ?? 0, keeping, context);
    const targets = restoreTargets([...entries, ...captured.entries]);
    const restored = await restoreKeepingBoth(targets, keeping, mergingBack({ ...context, ...keeping }));
    const conflicts = [...captured.conflicts, ...restored.conflicts];
    const paths = conflicts.map(({ path }) => path);
    const end = ended(id, { state: 'rolled-back', at: context.clock.now(), conflicts: paths });
    await context.store.commit([end]);
    recovered.push({ transaction: id, run, title, paths: targets.length, conflicts, merged: restored.merged });
  }
  return recovered;
}

/**
 * A command was at work when the process was killed: what differs since becomes part of the transaction. Somebody may
 * have edited a file after the kill, so what was found is also kept aside, and told.
 */
async function finishCapture(
  transaction: string,
  lastSeq: number,
  keeping: KeepingContext,
  { store, tree }: TransactionContext,
): Promise<{ entries: JournalEntry[]; conflicts: Conflict[] }> {
  const [open] = await store.query<{ manifest: string }>(OPEN_CAPTURE, transaction);
  if (!open) return { entries: [], conflicts: [] };
  const changes = await capturedChanges(tree, await tree.loadManifest(open.manifest));
  const entries = changes.map((change, index) => ({ ...change, seq: lastSeq + 1 + index }));
  await store.commit([...entriesAdded(transaction, entries), captureEnded(transaction)]);
  const conflicts: Conflict[] = [];
  for (const { path, after } of changes) {
    const kept = await keepAside(keeping.folder, `${path}.found`, after, keeping.objects);
    const detail = 'it was changed by a command that was killed, or since; what was found was kept aside';
    if (kept !== undefined) conflicts.push({ path, detail, kept });
  }
  return { entries, conflicts };
}
