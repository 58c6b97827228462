import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readEdits } from '../edits/index.ts';
import { idFactory, systemClock } from '../kernel/index.ts';
import type { Transaction } from '../state/index.ts';
import { editFiles } from './edit-files.ts';
import { runJournal } from './run-journal.ts';
import { holdWorkspace } from './workspace-folder.ts';

const newId = idFactory(systemClock, (bytes) => crypto.getRandomValues(bytes));

test('an edit of somebody else between reading and writing is a conflict, and everything goes back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pyagent-edit-files-'));
  const root = await mkdtemp(join(tmpdir(), 'pyagent-edit-root-'));
  await writeFile(join(root, 'a.txt'), 'one\n');
  await writeFile(join(root, 'b.txt'), 'two\n');
  const holding = await holdWorkspace({ root, stateHome: folder, clock: systemClock, newId, claim: {} });
  assert.ok(holding.kind === 'held');
  const { files: workspace, store, close } = holding.workspace;
  try {
    const reading = await readEdits(
      JSON.stringify({
        edits: [
          { kind: 'replace', path: 'a.txt', old: 'one', new: 'ours' },
          { kind: 'replace', path: 'b.txt', old: 'two', new: 'ours' },
        ],
      }),
    );
    assert.ok(reading.kind === 'edits');
    const run = newId('run');
    const transaction = await workspace.begin({ run, title: 'edit' });
    const meddled: Transaction = {
      ...transaction,
      read: async (path) => {
        const bytes = await transaction.read(path);
        if (path === 'b.txt') await writeFile(join(root, path), 'theirs\n');
        return bytes;
      },
    };
    const journal = runJournal(store, run, systemClock);
    const { files } = reading;
    const report = await editFiles({
      run,
      root,
      files,
      dryRun: false,
      transaction: meddled,
      journal,
      clock: systemClock,
    });
    assert.deepEqual([report.outcome, report.exitCode], ['conflict', 5]);
    assert.deepEqual(
      report.conflicts.map(({ path }) => path),
      ['b.txt'],
    );
    assert.equal(await readFile(join(root, 'a.txt'), 'utf8'), 'one\n');
    assert.equal(await readFile(join(root, 'b.txt'), 'utf8'), 'theirs\n');
  } finally {
    await close();
    for (const each of [folder, root]) await rm(each, { recursive: true, force: true });
  }
});
