import type { Conflict } from './conflict.ts';
import { ended, readEntries, readTransactions, type TransactionRecord } from './journal.ts';
import { restoreTargets } from './net-change.ts';
import { restoreKeepingBoth } from './restore-keeping-both.ts';
import { keepingContext, type TransactionContext } from './transaction.ts';

/** A transaction that a killed process left open, and that has been rolled back. */
export interface Recovered {
  transaction: string;
  run: string;
  title: string;
  /** How many paths it had touched. */
  paths: number;
  conflicts: Conflict[];
}

/** Transactions without a commit row. Only meaningful under the lock of the workspace. */
export async function openTransactions(context: TransactionContext): Promise<TransactionRecord[]> {
  return (await readTransactions(context.store)).filter(({ state }) => state === 'open');
}

/** Rolls back what a killed process left open, the newest first. Can be killed and repeated. */
export async function recover(context: TransactionContext): Promise<Recovered[]> {
  await context.objects.sweep();
  const recovered: Recovered[] = [];
  for (const { id, run, title } of (await openTransactions(context)).reverse()) {
    const targets = restoreTargets(await readEntries(context.store, id));
    const conflicts = await restoreKeepingBoth(targets, keepingContext(id, context));
    const paths = conflicts.map(({ path }) => path);
    const end = ended(id, { state: 'rolled-back', at: context.clock.now(), conflicts: paths });
    await context.store.commit([end]);
    recovered.push({ transaction: id, run, title, paths: targets.length, conflicts });
  }
  return recovered;
}
