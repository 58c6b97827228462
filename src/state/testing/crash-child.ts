import { writeSync } from 'node:fs';
import type { Operation } from '../index.ts';
import { openAt } from './temporary-repository.ts';

/**
 * The process that the crash test kills: it recovers, then does what its plan says, and prints each effect.
 * `plan.killAt` is the number of the effect before which it kills itself; without it, it waits to be killed.
 */
interface CrashPlan {
  root: string;
  stateFolder: string;
  /** Batches of one transaction, with a savepoint rolled back to after the second. */
  batches: (readonly [path: string, content: string | null])[][];
  ending: 'commit' | 'rollback' | 'undo' | 'redo' | 'recover';
  killAt?: number;
}

const plan = JSON.parse(process.argv[2] ?? '') as CrashPlan;
let effects = 0;

function beforeEffect(name: string): void {
  effects += 1;
  // Not console: the line must be out before the kill.
  writeSync(1, `${name}\n`);
  if (effects === plan.killAt) process.kill(process.pid, 'SIGKILL');
}

function operation([path, content]: readonly [string, string | null]): Operation {
  return content === null ? { kind: 'remove', path } : { kind: 'write', path, bytes: Buffer.from(content) };
}

const { workspace } = await openAt(plan.root, plan.stateFolder, beforeEffect);
await workspace.recover();
if (plan.ending === 'undo' || plan.ending === 'redo') await workspace[plan.ending]();
if (plan.ending === 'commit' || plan.ending === 'rollback') {
  const transaction = await workspace.begin({ run: 'run_1', title: 'crash' });
  const [first = [], ...others] = plan.batches;
  await transaction.writeAll(first.map(operation));
  const savepoint = await transaction.savepoint('after the first');
  for (const batch of others) await transaction.writeAll(batch.map(operation));
  await transaction.rollbackTo(savepoint);
  for (const batch of others) await transaction.writeAll(batch.map(operation));
  await transaction[plan.ending]();
}
writeSync(1, 'end\n');
// Killed at the end at the latest: the lock and the store are never closed in order.
process.kill(process.pid, 'SIGKILL');
