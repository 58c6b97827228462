import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PyAgentError } from '../../kernel/index.ts';
import { native } from '../../native/index.ts';
import { ioError, isErrno } from '../io-error.ts';

/** A file that says that a folder is ours to empty. */
export const MARKER = '.pyagent-parallel';

/** Where the parallel workspaces of a repository are. */
export function parallelFolder(stateFolder: string): string {
  return resolve(stateFolder, 'parallel');
}

/**
 * Unmounts and removes the workspaces that a killed process left. Only under the lock of the repository, which says that
 * nobody works in them. A folder without our marker was not made by us and is an error (`state/path`).
 */
export async function sweepWorkspaces(stateFolder: string): Promise<void> {
  const folder = parallelFolder(stateFolder);
  const names = await readdir(folder).catch((cause: unknown): string[] => {
    if (isErrno(cause, 'ENOENT')) return [];
    throw ioError('read', folder, cause);
  });
  if (names.length === 0) return;
  if (!names.includes(MARKER)) {
    throw new PyAgentError({
      code: 'state/path',
      message: `Expected the folder of parallel workspaces at ${folder}, found files of somebody else: move them away.`,
      details: { path: folder },
    });
  }
  await discardAll(folder);
}

/** Removes the folder of all workspaces; the marker last, so that a kill in between leaves a folder that is ours. */
export async function discardAll(folder: string): Promise<void> {
  const names = await readdir(folder).catch((cause: unknown): string[] => {
    if (isErrno(cause, 'ENOENT')) return [];
    throw ioError('read', folder, cause);
  });
  for (const name of names) if (name !== MARKER) await discard(join(folder, name));
  await discard(folder);
}

/** Unmounts what is below a folder, then removes it. */
export async function discard(folder: string): Promise<void> {
  try {
    await native().unmountAllBelow(folder);
    await native().removeWorkTree(folder);
  } catch (cause) {
    throw ioError('remove', folder, cause);
  }
}
