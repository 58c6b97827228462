import type { NativeChange, NativeTree } from '../native/index.ts';
import { type FileState, type Observation, sameState } from './file-state.ts';
import { ioError } from './io-error.ts';
import type { ObjectFolder } from './object-folder.ts';

/** A path that shall go from what was seen there to another state. */
export interface PendingChange {
  /** Relative to the root, as the tree resolved it. */
  path: string;
  seen: Observation;
  to: FileState;
  /** Names the temporary file; unique within the transaction. */
  seq: number;
  /** Change the bytes where they are, so that every other name of the file sees them too. Default: no. */
  inPlace?: boolean;
  /** A path that holds the very file that shall stand here: it was renamed. */
  sameFile?: string;
}

/** Where a transaction works. */
export interface TreeContext {
  /** Absolute. */
  root: string;
  tree: NativeTree;
  objects: ObjectFolder;
  /** Part of the names of temporary files. */
  transaction: string;
}

/** The start of the names of temporary files in a tree; `crates/files` reserves it. */
const TEMPORARY = '.pyagent-';

/** The temporary file beside `path`. Recovery finds it by the transaction and the sequence number. */
export function draftPath(transaction: string, { path, seq }: { path: string; seq: number }): string {
  return `${path.slice(0, path.lastIndexOf('/') + 1)}${TEMPORARY}${transaction}-${seq}.tmp`;
}

/**
 * Brings all paths to their states and returns those that somebody else changed in the meantime: they are left as they
 * are. A path that was, and shall be again, a name of a file with several names becomes one where that file still
 * exists, and else joins the others of this batch.
 */
export async function applyChanges(changes: readonly PendingChange[], context: TreeContext): Promise<string[]> {
  const joining = changes.filter(joins);
  const conflicts = await apply(
    changes.filter((change) => !joining.includes(change)),
    context,
  );
  return joining.length === 0 ? conflicts : [...conflicts, ...(await join(joining, context))];
}

type Goal = Omit<PendingChange, 'path' | 'seq'>;

/** Shall be a name of a file with several names, and is not. */
export function joins({ seen, to, sameFile, inPlace }: Goal): boolean {
  return !inPlace && sameFile === undefined && to.kind === 'file' && to.linked === true && to.id !== seen.identity;
}

/** Is a name of a file with several names, and shall be a file of its own. */
export function parts({ seen, to, inPlace }: Goal): boolean {
  return !inPlace && to.kind === 'file' && seen.state.kind === 'file' && seen.state.linked === true;
}

/** The first of a group whose file is gone brings a new one; the others become names of that. */
async function join(changes: readonly PendingChange[], context: TreeContext): Promise<string[]> {
  const idOf = ({ to }: PendingChange) => (to.kind === 'file' ? (to.id ?? '') : '');
  const found = await context.tree.find([...new Set(changes.map(idOf))]);
  const places = new Map(found.map(({ identity, path }) => [identity, path]));
  const first: PendingChange[] = [];
  const others: PendingChange[] = [];
  for (const change of changes) {
    const sameFile = places.get(idOf(change));
    if (sameFile !== undefined) others.push({ ...change, sameFile });
    else {
      first.push(change);
      places.set(idOf(change), change.path);
    }
  }
  const fresh = first.filter(({ seen, to }) => !sameState(seen.state, to));
  return [...(await apply(fresh, context)), ...(await apply(others, context))];
}

async function apply(changes: readonly PendingChange[], { tree, root, transaction }: TreeContext): Promise<string[]> {
  if (changes.length === 0) return [];
  try {
    const wanted = changes.map((change): NativeChange => {
      const separate = change.sameFile !== undefined || parts(change);
      return { ...change, seen: change.seen.state, separate };
    });
    return await tree.apply(transaction, wanted);
  } catch (cause) {
    throw ioError('write', root, cause);
  }
}
