import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { idFactory, systemClock } from '../../src/kernel/index.ts';
import { openWorkspace, type Workspace } from '../../src/state/index.ts';
import { openStore } from '../../src/store/index.ts';
import { contentOf, pathOf } from './files.ts';

/**
 * Changes every file of a tree in one way and prints how many milliseconds that took, without the start of the process:
 * `node act.ts plain|flushed|transaction|undo <root> <state folder> <files> <round>`.
 */
const [act = '', root = '', stateFolder = '', files = '', round = ''] = process.argv.slice(2);

const wanted = () =>
  Array.from({ length: Number(files) }, (_, n) => ({ path: pathOf(n), bytes: Buffer.from(contentOf(n, round)) }));

async function plain(flush: boolean): Promise<void> {
  for (const { path, bytes } of wanted()) {
    if (!flush) await writeFile(join(root, path), bytes);
    else {
      const file = await open(join(root, path), 'w');
      await file.writeFile(bytes);
      await file.sync();
      await file.close();
    }
  }
}

async function inWorkspace(work: (workspace: Workspace) => Promise<void>): Promise<void> {
  const store = await openStore({ path: join(stateFolder, 'store.db') });
  const newId = idFactory(systemClock, (bytes) => crypto.getRandomValues(bytes));
  const workspace = await openWorkspace({ root, stateFolder, store, clock: systemClock, newId });
  await workspace.recover();
  await work(workspace);
  workspace.close();
  await store.close();
}

const acts: Record<string, () => Promise<void>> = {
  plain: () => plain(false),
  flushed: () => plain(true),
  transaction: () =>
    inWorkspace(async (workspace) => {
      const transaction = await workspace.begin({ run: `run_${round}`, title: 'bench' });
      await transaction.writeAll(wanted().map((file) => ({ kind: 'write', ...file })));
      if ((await transaction.commit()).kind !== 'committed') throw new Error('expected a commit, found a conflict');
    }),
  undo: () =>
    inWorkspace(async (workspace) => {
      const outcome = await workspace.undo();
      if (outcome.kind !== 'undone') throw new Error(`expected an undo, found ${outcome.kind}`);
    }),
};

const begun = performance.now();
await acts[act]?.();
process.stdout.write(`${performance.now() - begun}\n`);
