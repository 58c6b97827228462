import assert from 'node:assert/strict';
import { chmodSync, existsSync, lstatSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergeTexts } from '../diff/index.ts';
import type { Conflict, MergeFile, Operation } from './index.ts';
import { snapshot, temporaryRepository } from './testing/temporary-repository.ts';

const merge: MergeFile = (versions) => ({ ...mergeTexts(versions), by: 'text' });

const NAMES = ['a', 'b', 'c', 'd'] as const;
const LINES = 14;
const original = (name: string) => `${Array.from({ length: LINES }, (_, n) => `${name} ${n}`).join('\n')}\n`;

/** One edit of a text: lines replaced, removed or put in, each recognisable as whose it is. */
interface Edit {
  at: number;
  remove: number;
  add: number;
}
const edit = fc.record({
  at: fc.nat(LINES),
  remove: fc.nat(2),
  add: fc.nat(2),
});
const edits = fc.array(edit, { minLength: 1, maxLength: 3 });

let unique = 0;

/** The text after the edits, and the lines that they put in. */
function edited(text: string, who: string, list: readonly Edit[]): { text: string; added: string[] } {
  const lines = text.split('\n').slice(0, -1);
  const added: string[] = [];
  for (const { at, remove, add } of list) {
    const fresh = Array.from({ length: add }, () => {
      unique += 1;
      return `${who} ${unique}`;
    });
    added.push(...fresh);
    lines.splice(Math.min(at, lines.length), remove, ...fresh);
  }
  return { text: lines.map((line) => `${line}\n`).join(''), added: added.filter((line) => lines.includes(line)) };
}

type Deed =
  | { kind: 'edit'; edits: Edit[] }
  | { kind: 'rewrite' }
  | { kind: 'remove' }
  | { kind: 'mode'; mode: number }
  | { kind: 'none' };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: edits.map((list): Deed => ({ kind: 'edit', edits: list })) },
  { weight: 1, arbitrary: fc.constant<Deed>({ kind: 'rewrite' }) },
  { weight: 1, arbitrary: fc.constant<Deed>({ kind: 'remove' }) },
  { weight: 1, arbitrary: fc.constantFrom(0o600, 0o755).map((mode): Deed => ({ kind: 'mode', mode })) },
  { weight: 3, arbitrary: fc.constant<Deed>({ kind: 'none' }) },
);
const deeds = fc.record(Object.fromEntries(NAMES.map((name) => [name, deed])) as Record<string, fc.Arbitrary<Deed>>);

/** What a person did to one file, as far as it must not be lost. */
interface Left {
  added: string[];
  removed: boolean;
  mode?: number;
}

/** The person's deed on a file as it is now. */
function act(root: string, name: string, given: Deed): Left {
  const place = join(root, name);
  if (given.kind === 'none' || !existsSync(place)) return { added: [], removed: false };
  if (given.kind === 'mode') {
    chmodSync(place, given.mode);
    return { added: [], removed: false, mode: given.mode };
  }
  if (given.kind === 'remove') {
    rmSync(place);
    return { added: [], removed: true };
  }
  const text = given.kind === 'rewrite' ? '' : readFileSync(place, 'utf8');
  const result = edited(text, 'person', given.kind === 'rewrite' ? [{ at: 0, remove: 0, add: 2 }] : given.edits);
  writeFileSync(place, result.text);
  return { added: result.added, removed: false };
}

/** Every line that the person put in is in the tree, and so are the removals and modes. */
function nothingLost(root: string, left: Record<string, Left>): void {
  for (const [name, { added, removed, mode }] of Object.entries(left)) {
    const place = join(root, name);
    if (removed) assert.equal(existsSync(place), false, `${name} was removed`);
    if (added.length === 0) continue;
    const lines = new Set(readFileSync(place, 'utf8').split('\n'));
    for (const line of added) assert.ok(lines.has(line), `${name}: "${line}" is gone`);
    if (mode !== undefined) assert.equal(lstatSync(place).mode & 0o777, mode, name);
  }
}

function operations(plan: Record<string, Deed>): Operation[] {
  return NAMES.flatMap((path): Operation[] => {
    const given = plan[path];
    if (given === undefined || given.kind === 'none') return [];
    if (given.kind === 'remove') return [{ kind: 'remove', path }];
    if (given.kind === 'mode') {
      return [{ kind: 'write', path, bytes: Buffer.from(original(path)), mode: given.mode }];
    }
    const text = given.kind === 'rewrite' ? 'run only\n' : edited(original(path), 'run', given.edits).text;
    return [{ kind: 'write', path, bytes: Buffer.from(text) }];
  });
}

/** Both versions of what was refused are there. */
function bothKept(conflicts: readonly Conflict[], root: string): void {
  for (const { path, kept, present } of conflicts) {
    if (kept !== undefined) assert.ok(existsSync(kept), path);
    const isFile = existsSync(join(root, path));
    if (present !== undefined) assert.deepEqual(readFileSync(present), readFileSync(join(root, path)), path);
    assert.ok(kept !== undefined || present !== undefined || !isFile, `${path}: no version was kept`);
  }
}

const repositoryOf = (t: Parameters<typeof temporaryRepository>[0]) =>
  temporaryRepository(t, Object.fromEntries(NAMES.map((name) => [name, original(name)])));

test('whatever a person edits after a run, undo and redo lose nothing of it or are refused and touch nothing', async (t) => {
  await fc.assert(
    fc.asyncProperty(deeds, deeds, deeds, async (run, first, second) => {
      const repository = repositoryOf(t);
      const { root } = repository;
      const before = snapshot(root);
      const { workspace, close } = await repository.open(merge);
      const transaction = await workspace.begin({ run: 'run_1', title: 'title' });
      await transaction.writeAll(operations(run));
      assert.equal((await transaction.commit()).kind, 'committed');
      const after = snapshot(root);
      const left = Object.fromEntries(NAMES.map((name) => [name, act(root, name, first[name] ?? { kind: 'none' })]));
      const met = snapshot(root);
      const undone = await workspace.undo();
      nothingLost(root, left);
      if (undone.kind !== 'undone') {
        assert.deepEqual(snapshot(root), met);
        if (undone.kind === 'conflict') bothKept(undone.conflicts, root);
      } else {
        // What nobody else touched is exactly as before the run.
        const result = snapshot(root);
        for (const name of NAMES) if (met[name] === after[name]) assert.equal(result[name], before[name], name);
        // Taken back at once, it was as if it had never been.
        assert.equal((await workspace.undo(undone.operation)).kind, 'redone');
        assert.deepEqual(snapshot(root), met);
        assert.equal((await workspace.undo('run_1')).kind, 'undone');
        const more = Object.fromEntries(NAMES.map((name) => [name, act(root, name, second[name] ?? { kind: 'none' })]));
        const again = snapshot(root);
        const redone = await workspace.redo('run_1');
        nothingLost(root, more);
        if (redone.kind !== 'redone') assert.deepEqual(snapshot(root), again);
      }
      await close();
    }),
    { numRuns: Number(process.env.PYAGENT_EDIT_CASES ?? 25) },
  );
});

test('whatever a person edits during a run, commit, rollback and recovery lose nothing of it', async (t) => {
  await fc.assert(
    fc.asyncProperty(deeds, deeds, fc.constantFrom('commit', 'rollback', 'recover'), async (run, person, ending) => {
      const repository = repositoryOf(t);
      const { root } = repository;
      const before = snapshot(root);
      const opened = await repository.open(merge);
      const transaction = await opened.workspace.begin({ run: 'run_1', title: 'title' });
      await transaction.writeAll(operations(run));
      const after = snapshot(root);
      const left = Object.fromEntries(NAMES.map((name) => [name, act(root, name, person[name] ?? { kind: 'none' })]));
      const met = snapshot(root);
      let landed = false;
      if (ending === 'commit') {
        const outcome = await transaction.commit();
        landed = outcome.kind === 'committed';
        if (outcome.kind === 'conflict') {
          bothKept(outcome.conflicts, root);
          await transaction.rollback();
        }
      } else if (ending === 'rollback') await transaction.rollback();
      await opened.close();
      const { workspace, close } = await repository.open(merge);
      await workspace.recover();
      nothingLost(root, left);
      const result = snapshot(root);
      for (const name of NAMES) {
        if (met[name] === after[name]) assert.equal(result[name], (landed ? after : before)[name], `${name} ${ending}`);
      }
      if (landed && (await workspace.undo()).kind === 'undone') nothingLost(root, left);
      await close();
    }),
    { numRuns: Number(process.env.PYAGENT_EDIT_CASES ?? 25) },
  );
});
