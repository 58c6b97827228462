import type { NativeManifest, NativeTree } from '../native/index.ts';
import type { SqlStatement } from '../store/index.ts';
import { type FileState, fileState } from './file-state.ts';
import { ioError } from './io-error.ts';

/** How {@link Transaction.capture} looks at the tree. */
export interface CaptureOptions {
  /**
   * Leave out what tools make and can make again: `node_modules`, `__pycache__`, virtual environments and folders marked
   * with `CACHEDIR.TAG`. Default: nothing is left out but `.git`.
   */
  skipMade?: boolean;
  /** A file that remembers the hashes of what nothing touches. Default: every file is read. */
  cache?: string;
  /** Bytes: a tree with more of them is not captured, and the work not begun. Default: no limit. */
  most?: number;
}

/** What a work outside of this program did to the tree. */
export type CaptureOutcome<T> =
  /** `unread`: files that could not be read before; should the work change them, that cannot be taken back. */
  { kind: 'captured'; result: T; changes: CapturedChange[]; unread: string[] } | { kind: 'too-large'; bytes: number };

/** A path that changed between two looks. */
export interface CapturedChange {
  path: string;
  before: FileState;
  after: FileState;
}

/** The manifest is durable, with the contents of all its files, before the work begins. */
export function captureBegun(transaction: string, manifest: string): SqlStatement {
  return {
    sql: 'INSERT INTO file_captures (txn, manifest) VALUES (?1, ?2)',
    params: [transaction, manifest],
  };
}

/** What the work did stands in the journal now. */
export function captureEnded(transaction: string): SqlStatement {
  return { sql: 'DELETE FROM file_captures WHERE txn = ?1', params: [transaction] };
}

/** The hash of the manifest of a capture that has not ended. */
export const OPEN_CAPTURE = 'SELECT manifest FROM file_captures WHERE txn = ?1';

/** Keeps the whole tree; a file that changes under the eyes is looked at again, a few times. */
export async function keepTree(
  tree: NativeTree,
  { skipMade = false, cache, most }: CaptureOptions,
): Promise<{ kind: 'kept'; manifest: NativeManifest; hash: string } | { kind: 'too-large'; bytes: number }> {
  // What this transaction did before must not look like the doing of the work after a power cut.
  await tree.sync().catch(told('flush'));
  for (let attempt = 1; ; attempt += 1) {
    const manifest = await tree.scan(skipMade, cache).catch(told('read'));
    const bytes = manifest.size();
    if (most !== undefined && bytes > most) return { kind: 'too-large', bytes };
    const { hash, changed } = await manifest.keep().catch(told('keep originals of'));
    if (hash !== undefined) return { kind: 'kept', manifest, hash };
    if (attempt < 5) continue;
    throw ioError('keep', changed[0] ?? '', new Error('it changes faster than it can be read'));
  }
}

/** What differs from a manifest now, on the disk; the new contents are kept, so that it can be redone. */
export async function capturedChanges(tree: NativeTree, manifest: NativeManifest): Promise<CapturedChange[]> {
  // A program flushes what it wrote in its own time: the journal must not know a state that a power cut takes away.
  await tree.sync().catch(told('flush'));
  for (let attempt = 1; ; attempt += 1) {
    const found = await manifest.differences().catch(told('read'));
    const changes = found.map(({ path, before, after }) => ({
      path,
      before: fileState(before),
      after: fileState(after),
    }));
    const files = changes.flatMap(({ path, after }) => (after.kind === 'file' ? [{ path, hash: after.hash }] : []));
    const changed = await tree.keepFiles(files).catch(told('keep results of'));
    if (changed.length === 0 || attempt === 5) return changes.filter(({ path }) => !changed.includes(path));
  }
}

function told(operation: string) {
  return (cause: unknown): never => {
    throw ioError(operation, 'the workspace', cause);
  };
}
