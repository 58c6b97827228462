import { native } from '../native/index.ts';
import type { Conflict, Transaction } from '../state/index.ts';
import type { RunFiles } from './run-files.ts';
import type { FileConflict } from './run-report.ts';

/** The files of a run as a transaction of the state room. */
export function transactionFiles(transaction: Transaction): RunFiles {
  return {
    read: async (path) => {
      const bytes = (await transaction.read(path)) ?? new Uint8Array();
      return { bytes, hash: native().hashBytes(bytes) };
    },
    write: async (files) => {
      const outcome = await transaction.writeAll(files.map((file) => ({ kind: 'write', ...file })));
      return outcome.kind === 'written' ? [] : outcome.conflicts.map(told);
    },
    commit: async (rows) => {
      const outcome = await transaction.commit(rows);
      return outcome.kind === 'committed' ? [] : outcome.conflicts.map(told);
    },
    rollback: async (rows) => {
      const { conflicts, merged } = await transaction.rollback(rows);
      return { conflicts: conflicts.map(told), merged };
    },
    savepoint: async (name) => {
      const savepoint = await transaction.savepoint(name);
      return async () => (await transaction.rollbackTo(savepoint)).conflicts.map(told);
    },
    changes: () => transaction.changes(),
    content: (hash) => transaction.content(hash),
  };
}

/** A conflict as a person reads it, with where the other versions are. */
export function told({ path, detail, ...copies }: Conflict): FileConflict {
  const { kept, present } = copies;
  const places = [
    kept === undefined ? '' : `the other version is at ${kept}`,
    present === undefined ? '' : `a copy of what is there at ${present}`,
  ].filter((place) => place !== '');
  return { path, detail: [detail, ...places].join('; '), ...copies };
}
