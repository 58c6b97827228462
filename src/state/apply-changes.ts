import type { NativeChange, NativeTree } from '../native/index.ts';
import type { FileState, Observation } from './file-state.ts';
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
  /** A path of the same batch that holds the very file that shall stand here: it was renamed. */
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
 * are. A file with several names (or one of `links`, which had several) is changed where it is, and one that comes back
 * becomes a name of the file it was a name of, where that still exists.
 */
export async function applyChanges(
  changes: readonly PendingChange[],
  context: TreeContext,
  links: ReadonlySet<string>,
): Promise<string[]> {
  const prepared = changes.map((change) => ({ ...change, inPlace: isInPlace(change, links) }));
  const rejoining = prepared.filter((change) => !change.inPlace && rejoins(change));
  const conflicts = await apply(
    prepared.filter((change) => !rejoining.includes(change)),
    context,
  );
  return rejoining.length === 0 ? conflicts : [...conflicts, ...(await rejoin(rejoining, context))];
}

type Prepared = PendingChange & { inPlace: boolean };

function isInPlace({ seen, to }: PendingChange, links: ReadonlySet<string>): boolean {
  if (seen.state.kind !== 'file' || to.kind !== 'file') return false;
  return seen.state.link !== undefined || (seen.identity !== undefined && links.has(seen.identity));
}

/** Shall be a name of a file that has, or had, others, and is not. */
function rejoins({ seen, to, sameFile }: PendingChange): boolean {
  return sameFile === undefined && to.kind === 'file' && to.link !== undefined && to.link !== seen.identity;
}

/** The first of a group whose file is gone brings a new one; the others become names of that. */
async function rejoin(changes: readonly Prepared[], context: TreeContext): Promise<string[]> {
  const linkOf = ({ to }: Prepared) => (to.kind === 'file' ? (to.link ?? '') : '');
  const found = await context.tree.find([...new Set(changes.map(linkOf))]);
  const places = new Map(found.map(({ identity, path }) => [identity, path]));
  const first = changes.filter((change) => {
    const isFirst = !places.has(linkOf(change));
    if (isFirst) places.set(linkOf(change), change.path);
    return isFirst;
  });
  const others = changes
    .filter((change) => !first.includes(change))
    .map((change) => ({ ...change, sameFile: places.get(linkOf(change)) as string }));
  return [...(await apply(first, context)), ...(await apply(others, context))];
}

async function apply(changes: readonly Prepared[], { tree, root, transaction }: TreeContext): Promise<string[]> {
  if (changes.length === 0) return [];
  try {
    const wanted = changes.map(({ seen, ...change }): NativeChange => ({ ...change, seen: seen.state }));
    return await tree.apply(transaction, wanted);
  } catch (cause) {
    throw ioError('write', root, cause);
  }
}
