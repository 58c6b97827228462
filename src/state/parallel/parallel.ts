import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PyAgentError } from '../../kernel/index.ts';
import { type NativeBasePool, native } from '../../native/index.ts';
import { ioError } from '../io-error.ts';
import { type ObjectFolder, objectFolder } from '../object-folder.ts';
import type { Transaction, Workspace } from '../workspace.ts';
import type { MergeOutcome } from './merge-back.ts';
import { mergeBack } from './merge-back.ts';
import type { MergeConflict } from './merge-conflict.ts';
import type { MergeContents } from './merge-path.ts';
import { makeWorkspace, type ParallelWorkspace } from './parallel-workspace.ts';
import { type ConflictResolution, type ResolveOutcome, resolveConflict } from './resolve-conflict.ts';
import { discardAll, MARKER, parallelFolder, sweepWorkspaces } from './sweep-workspaces.ts';

/** What {@link openParallel} needs. */
export interface ParallelOptions {
  /** The repository, open: its lock says that no other process uses the folder. */
  workspace: Pick<Workspace, 'root'>;
  /** The state folder that the workspace was opened with. Its folder `parallel` is emptied. */
  stateFolder: string;
  /** Merges the contents of a file that two sides changed; `mergeFile` of the room `diff`. */
  merge: MergeContents;
  /** Whether dependency folders may be put under an overlay where the process may mount. Default: yes. */
  mayMount?: boolean;
}

/** Copies of one repository for agents that work at the same time. */
export interface Parallel {
  /** A copy of the repository as it is now. `name`: letters, digits, `.`, `_` and `-`, at most 64, unique. */
  create(name: string): Promise<ParallelWorkspace>;
  /**
   * Brings what the agents changed into the transaction, one workspace after the other in the order given (that of the
   * tasks, never that of their ends), each in one batch. What cannot be merged is returned and left as it is.
   */
  mergeBack(workspaces: readonly ParallelWorkspace[], transaction: Transaction): Promise<MergeOutcome>;
  /** Puts the answer to a conflict into the transaction. */
  resolve(conflict: MergeConflict, answer: ConflictResolution, transaction: Transaction): Promise<ResolveOutcome>;
  /** The bytes behind a hash of a conflict. They outlive the workspaces. */
  read(hash: string): Promise<Uint8Array>;
  /** Removes all workspaces. Idempotent. */
  close(): Promise<void>;
}

/** Removes what a killed process left, and opens the folder of the copies. */
export async function openParallel(options: ParallelOptions): Promise<Parallel> {
  const { merge, mayMount = true } = options;
  const source = options.workspace.root;
  const folder = parallelFolder(options.stateFolder);
  mustBeSupported();
  await sweepWorkspaces(options.stateFolder);
  const pool = await prepare(folder);
  const objects = objectFolder(join(options.stateFolder, 'objects'));
  return {
    create: async (name) => {
      checkName(name);
      return makeWorkspace({ source, folder: join(folder, name), name, pool, mayMount });
    },
    mergeBack: (workspaces, transaction) =>
      mergeBack(workspaces, { transaction, objects, merge, tree: openTree(objects, source) }),
    resolve: (conflict, answer, transaction) => resolveConflict(conflict, answer, { transaction, objects }),
    read: objects.read,
    close: () => {
      pool.close();
      return discardAll(folder);
    },
  };
}

function openTree(objects: ObjectFolder, root: string) {
  try {
    return objects.native.openTree(root);
  } catch (cause) {
    throw ioError('open', root, cause);
  }
}

async function prepare(folder: string): Promise<NativeBasePool> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, MARKER), '');
    return native().createBasePool(join(folder, '.bases'));
  } catch (cause) {
    throw ioError('create', folder, cause);
  }
}

function checkName(name: string): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return;
  throw new PyAgentError({
    code: 'state/path',
    message: `Expected a name of at most 64 letters, digits, ".", "_" and "-", found ${JSON.stringify(name)}: rename it.`,
    details: { name },
  });
}

function mustBeSupported(): void {
  if (typeof native().createBasePool === 'function') return;
  throw new PyAgentError({
    code: 'state/unsupported',
    message: `Expected a platform with folder descriptors, found ${process.platform}: let the agents work one after the other.`,
    details: { platform: process.platform },
  });
}
