import { PyAgentError } from '../kernel/index.ts';
import { native } from '../native/index.ts';
import type { Store } from '../store/index.ts';

/**
 * The sum of a row's values, as it stands beside them. SQLite keeps no checksums: a flipped bit in a kept mode or name
 * would be restored as if it had been there.
 */
export function rowSum(...values: (string | number | null)[]): string {
  return native().hashBytes(new TextEncoder().encode(JSON.stringify(values)));
}

/** The error for rows of a transaction that are not what was written. */
export function damagedRows(store: Store, transaction: string, what: string): PyAgentError {
  return new PyAgentError({
    code: 'state/journal',
    message:
      `Expected the journal of transaction ${transaction} as it was written, found ${what} in ${store.path}: ` +
      'the file is damaged, and nothing was touched. Restore it from a backup. The kept contents are beside it in ' +
      '`objects`, each named by the BLAKE3 of its bytes; `pyagent audit --deep` checks them.',
    details: { transaction, path: store.path },
  });
}
