import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPyAgentError } from '../kernel/index.ts';
import type { Operation, Transaction } from './index.ts';
import { snapshot, temporaryRepository } from './testing/temporary-repository.ts';

/** A small world of names, so that operations meet: files where folders were, renames onto removed names. */
const path = fc.constantFrom('a', 'b', 'c/d', 'c/e', 'c', 'f/g/h', 'f/g', 'f', 'ünï ©.ts');
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom('', '\ufeffbom\r\n', 'text\n', '\0').map((text) => new Uint8Array(Buffer.from(text))),
);
const mode = fc.constantFrom(0o644, 0o755, 0o600, 0o444, 0o640);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('write' as const), path, bytes }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('write' as const), path, bytes, mode }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove' as const), path }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mkdir' as const), path }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rename' as const), from: path, to: path }) },
);

type Step = { do: 'batch'; operations: Operation[] } | { do: 'save' } | { do: 'back' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('batch' as const), operations: fc.array(operation, { maxLength: 4 }) }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'save' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'back' }) },
);

const tree = fc.dictionary(path, fc.oneof(bytes, fc.constant('link' as const), fc.constant('folder' as const)), {
  maxKeys: 5,
});

function plant(root: string, files: Record<string, Uint8Array | 'link' | 'folder'>): void {
  for (const [name, content] of Object.entries(files)) {
    try {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      if (content === 'link') symlinkSync('nowhere', join(root, name));
      else if (content === 'folder') mkdirSync(join(root, name));
      else {
        writeFileSync(join(root, name), content, { flag: 'wx' });
        chmodSync(join(root, name), content.length % 2 ? 0o755 : 0o640);
      }
    } catch {
      // A name that needs another one to be both file and folder is left out.
    }
  }
}

/** Carries out the steps; after each the tree is either changed as a whole or as it was. */
async function perform(transaction: Transaction, root: string, steps: readonly Step[]): Promise<void> {
  const saved: { savepoint: Awaited<ReturnType<Transaction['savepoint']>>; tree: Record<string, string> }[] = [];
  for (const action of steps) {
    if (action.do === 'save') saved.push({ savepoint: await transaction.savepoint('s'), tree: snapshot(root) });
    else if (action.do === 'back') {
      const last = saved.pop();
      if (!last) continue;
      assert.deepEqual((await transaction.rollbackTo(last.savepoint)).conflicts, []);
      assert.deepEqual(snapshot(root), last.tree);
    } else {
      const before = snapshot(root);
      try {
        const outcome = await transaction.writeAll(action.operations);
        if (outcome.kind === 'conflict') assert.deepEqual(snapshot(root), before);
      } catch (error) {
        assert.ok(isPyAgentError(error), String(error));
        assert.deepEqual(snapshot(root), before, `${error.message}: nothing of a refused batch may remain`);
      }
    }
  }
}

test('whatever a transaction does, rollback, undo and redo are exact', async (t) => {
  await fc.assert(
    fc.asyncProperty(tree, fc.array(step, { maxLength: 8 }), async (files, steps) => {
      const repository = temporaryRepository(t);
      const { root } = repository;
      plant(root, files);
      const before = snapshot(root);
      const { workspace, close } = await repository.open();
      const first = await workspace.begin({ run: 'run_1', title: 'rolled back' });
      await perform(first, root, steps);
      assert.deepEqual((await first.rollback()).conflicts, []);
      assert.deepEqual(snapshot(root), before);

      const second = await workspace.begin({ run: 'run_2', title: 'landed' });
      await perform(second, root, steps);
      const changed = second.changes().length > 0;
      assert.equal((await second.commit()).kind, 'committed');
      const after = snapshot(root);
      for (let round = 0; round < 2; round += 1) {
        assert.equal((await workspace.undo()).kind, changed ? 'undone' : 'nothing');
        assert.deepEqual(snapshot(root), before);
        assert.equal((await workspace.redo()).kind, changed ? 'redone' : 'nothing');
        assert.deepEqual(snapshot(root), after);
      }
      await close();
    }),
    { numRuns: 40 },
  );
});
