import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPyAgentError } from '../kernel/index.ts';
import type { Operation, Transaction } from './index.ts';
import { snapshot, temporaryRepository } from './testing/temporary-repository.ts';

/** Random trees and sequences per property; `PYAGENT_PROPERTY_RUNS=2000` is the long form. */
const RUNS = Number(process.env.PYAGENT_PROPERTY_RUNS ?? 40);

/** A small world of names, so that operations meet: files where folders were, renames onto removed names. */
const path = fc.constantFrom('a', 'A', 'b', 'c/d', 'c/e', 'c', 'f/g/h', 'f/g', 'f', 'ünï ©.ts', 'new\nline');
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

/** What a command does with the calls of the system; one that fails does nothing. */
const deed = fc.oneof(
  fc.record({ do: fc.constant('write' as const), at: path, bytes }),
  fc.record({ do: fc.constant('append' as const), at: path, bytes }),
  fc.record({ do: fc.constant('truncate' as const), at: path }),
  fc.record({ do: fc.constant('remove' as const), at: path }),
  fc.record({ do: fc.constant('mkdir' as const), at: path }),
  fc.record({ do: fc.constant('chmod' as const), at: path, mode }),
  fc.record({ do: fc.constant('move' as const), at: path, to: path }),
  fc.record({ do: fc.constant('link' as const), at: path, to: path }),
  fc.record({ do: fc.constant('symlink' as const), at: path, to: path }),
);
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

type Step =
  | { do: 'batch'; operations: Operation[] }
  | { do: 'command'; deeds: Deed[] }
  | { do: 'save' }
  | { do: 'back' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('batch' as const), operations: fc.array(operation, { maxLength: 4 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('command' as const), deeds: fc.array(deed, { maxLength: 5 }) }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'save' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'back' }) },
);
const steps = fc.array(step, { maxLength: 8 });

const tree = fc.array(deed, { maxLength: 10 });

function perform(root: string, deeds: readonly Deed[]): void {
  for (const one of deeds) {
    try {
      carryOut(root, one);
    } catch {
      // A name that needs another one to be both file and folder, a file that is not there: nothing happens.
    }
  }
}

function carryOut(root: string, one: Deed): void {
  const place = join(root, one.at);
  mkdirSync(dirname(place), { recursive: true });
  if (one.do === 'write') writeFileSync(place, one.bytes);
  if (one.do === 'append') appendFileSync(place, one.bytes);
  if (one.do === 'truncate') truncateSync(place, 1);
  if (one.do === 'remove') rmSync(place, { recursive: true });
  if (one.do === 'mkdir') mkdirSync(place);
  if (one.do === 'chmod') chmodSync(place, one.mode);
  if (one.do === 'move') renameSync(place, join(root, one.to));
  if (one.do === 'link') linkSync(place, join(root, one.to));
  if (one.do === 'symlink') symlinkSync(one.to, place);
}

/** Carries out the steps; after each the tree is either changed as a whole or as it was. */
async function carryOutAll(transaction: Transaction, root: string, all: readonly Step[]): Promise<void> {
  const saved: { savepoint: Awaited<ReturnType<Transaction['savepoint']>>; tree: Record<string, string> }[] = [];
  for (const action of all) {
    if (action.do === 'save') saved.push({ savepoint: await transaction.savepoint('s'), tree: snapshot(root) });
    else if (action.do === 'back') {
      const last = saved.pop();
      if (!last) continue;
      assert.deepEqual((await transaction.rollbackTo(last.savepoint)).conflicts, []);
      assert.deepEqual(snapshot(root), last.tree);
    } else if (action.do === 'command') {
      const outcome = await transaction.capture(async () => perform(root, action.deeds));
      assert.equal(outcome.kind, 'captured');
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

test('whatever a transaction and its commands do, rollback, undo and redo are exact', async (t) => {
  await fc.assert(
    fc.asyncProperty(tree, steps, async (planted, all) => {
      const repository = temporaryRepository(t);
      const { root } = repository;
      perform(root, planted);
      const before = snapshot(root);
      const { workspace, close } = await repository.open();
      const first = await workspace.begin({ run: 'run_1', title: 'rolled back' });
      await carryOutAll(first, root, all);
      assert.deepEqual((await first.rollback()).conflicts, []);
      assert.deepEqual(snapshot(root), before);

      const second = await workspace.begin({ run: 'run_2', title: 'landed' });
      await carryOutAll(second, root, all);
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
    { numRuns: RUNS },
  );
});

test('whatever a transaction did before its process ended, recovery is exact', async (t) => {
  await fc.assert(
    fc.asyncProperty(tree, steps, async (planted, all) => {
      const repository = temporaryRepository(t);
      perform(repository.root, planted);
      const before = snapshot(repository.root);
      const killed = await repository.open();
      const transaction = await killed.workspace.begin({ run: 'run_1', title: 'abandoned' });
      await carryOutAll(transaction, repository.root, all);
      await killed.close();
      const { workspace, close } = await repository.open();
      for (const { conflicts } of await workspace.recover()) assert.deepEqual(conflicts, []);
      assert.deepEqual(snapshot(repository.root), before);
      await close();
    }),
    { numRuns: RUNS },
  );
});
