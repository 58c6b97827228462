import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Clock, type IdPrefix, isPyAgentError } from '../kernel/index.ts';
import { native } from '../native/index.ts';
import {
  type LeaseClaim,
  type LeaseHolder,
  type LeaseWait,
  openWorkspace,
  type Recovered,
  type Workspace,
} from '../state/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { mergeOutside } from './merge-outside.ts';

/** Where PyAgent keeps what belongs to one repository; all of it outside the repository. */
export interface WorkspaceFolder {
  path: string;
  store: string;
  /** Of the analysis; may be deleted at any time. */
  cache: string;
  /** Caches of the repository's own checks; may be deleted at any time. */
  scratch: string;
}

/** The folder of the repository at `root` (its true path), named so that a person can recognise it. */
export function workspaceFolder(stateHome: string, root: string): WorkspaceFolder {
  const name = basename(root).replace(/[^A-Za-z0-9._-]/g, '_') || 'root';
  const key = native().hashBytes(new TextEncoder().encode(root)).slice(0, 16);
  const path = join(stateHome, 'workspaces', `${name}-${key}`);
  return { path, store: join(path, 'store.db'), cache: join(path, 'cache'), scratch: join(path, 'scratch') };
}

/** A repository held by this process: lock, store and file transactions. */
export interface HeldWorkspace {
  folder: WorkspaceFolder;
  store: Store;
  files: Workspace;
  /** What a killed process had left open, rolled back now. */
  recovered: readonly Recovered[];
  close(): Promise<void>;
}

/** What {@link holdWorkspace} gives. */
export type Holding =
  | { kind: 'held'; workspace: HeldWorkspace }
  | {
      kind: 'busy';
      message: string;
      /** Who has it, as far as that is known. */
      holder?: LeaseHolder;
    };

/** What {@link holdWorkspace} needs. */
export interface HoldOptions {
  root: string;
  stateHome: string;
  clock: Clock;
  newId: (prefix: IdPrefix) => string;
  /** What others are told who find the repository in use. */
  claim: LeaseClaim;
  /** Default: a repository in use is told at once. */
  wait?: LeaseWait;
}

/**
 * Takes the lock, opens the store and recovers. Busy is an outcome; anything else that goes wrong is thrown, the reason
 * of `wait.signal` included.
 */
export async function holdWorkspace(options: HoldOptions): Promise<Holding> {
  const { root, stateHome, clock, newId, claim, wait } = options;
  const folder = workspaceFolder(stateHome, root);
  const store = await openStore({ path: folder.store });
  try {
    const files = await openWorkspace({
      root,
      stateFolder: folder.path,
      store,
      clock,
      newId,
      merge: mergeOutside,
      claim,
      ...(wait === undefined ? {} : { wait }),
    });
    const close = async () => {
      await store.close();
      files.close();
    };
    try {
      return { kind: 'held', workspace: { folder, store, files, recovered: await files.recover(), close } };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    await store.close();
    if (!isPyAgentError(error, 'state/busy')) throw error;
    const { holder } = error.details as { holder?: LeaseHolder };
    return { kind: 'busy', message: error.message, ...(holder === undefined ? {} : { holder }) };
  }
}

/** Reads the store of a repository without its lock; `otherwise` when nothing was ever recorded for it. */
export async function readWorkspace<T>(
  folder: Pick<WorkspaceFolder, 'store'>,
  read: (store: Store) => Promise<T>,
  otherwise: T,
): Promise<T> {
  if (!existsSync(folder.store)) return otherwise;
  const store = await openStore({ path: folder.store });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}
