import { join } from 'node:path';
import { manualClock } from '../../src/kernel/index.ts';
import { openWorkspace } from '../../src/state/index.ts';
import { openStore } from '../../src/store/index.ts';

/** A repository and its state folder. */
export interface Place {
  /** The folder that holds both. */
  folder: string;
  root: string;
  stateFolder: string;
}

/** The place within a folder; nothing is made. The state folder needs another one to be made first. */
export function placeIn(folder: string): Place {
  return { folder, root: join(folder, 'repository'), stateFolder: join(folder, 'data', 'state') };
}

/**
 * Opens store and workspace as a new process does, with ids that are the same in every run: `txn_<salt>_1`, …
 * `salt` keeps apart the processes that follow each other in one place.
 */
export async function openPlace({ root, stateFolder }: Place, salt: string) {
  const store = await openStore({ path: join(stateFolder, 'store.db') });
  let made = 0;
  const newId = (prefix: string) => {
    made += 1;
    return `${prefix}_${salt}_${made}`;
  };
  try {
    const workspace = await openWorkspace({ root, stateFolder, store, clock: manualClock(1_000), newId });
    const close = async () => {
      workspace.close();
      await store.close();
    };
    return { workspace, store, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}
