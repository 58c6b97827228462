import { PyAgentError } from '../kernel/index.ts';
import type { Transaction } from '../state/index.ts';

/** Lets a work change the tree and takes back what it did. */
export type TakeBack = <T>(work: () => Promise<T>) => Promise<TakenBack<T>>;

/** What a work did to the tree, by path. */
export interface TakenBack<T> {
  result: T;
  written: string[];
  deleted: string[];
  /** What could not be taken back, in sentences. */
  notes: string[];
}

/** Bytes: a tree with more of them is not copied for the sake of its checks. */
const MOST = 2 ** 30;

/**
 * {@link TakeBack} within a run's transaction. What tools make and can make again (`node_modules`, virtual environments,
 * marked caches) is left to the work. `cache` remembers the hashes of files that nothing touches.
 */
export function takeBack(transaction: Transaction, cache: string, most = MOST): TakeBack {
  return async (work) => {
    const savepoint = await transaction.savepoint('before a command');
    const outcome = await transaction.capture(work, { skipMade: true, cache, most });
    if (outcome.kind === 'conflict') throw conflict(outcome.conflicts.map(({ path }) => path));
    if (outcome.kind === 'too-large') {
      const size = `${Math.round(outcome.bytes / 2 ** 20)} MiB`;
      const note = `the tree is too large to be kept for it (${size}): what it wrote was not looked at and stays`;
      return { result: await work(), written: [], deleted: [], notes: [note] };
    }
    const { conflicts } = await transaction.rollbackTo(savepoint);
    const left = new Set(conflicts.map(({ path }) => path));
    const changes = outcome.changes.filter(
      ({ path, before, after }) => !left.has(path) && (before.kind !== 'folder' || after.kind !== 'absent'),
    );
    return {
      result: outcome.result,
      written: changes.filter(({ after }) => after.kind !== 'absent' && after.kind !== 'folder').map(pathOf),
      deleted: changes.filter(({ after }) => after.kind === 'absent').map(pathOf),
      notes: conflicts.map(({ path, detail }) => `${path} was changed while it ran, and stays: ${detail}`),
    };
  };
}

const pathOf = ({ path }: { path: string }) => path;

function conflict(paths: readonly string[]): PyAgentError {
  return new PyAgentError({
    code: 'run/conflict',
    message: `Somebody else changed ${paths.join(', ')} during the run; the run is rolled back and leaves those edits alone.`,
    details: { paths },
  });
}
