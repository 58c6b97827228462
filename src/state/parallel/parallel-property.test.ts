import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { mergeFile } from '../../diff/index.ts';
import { openParallel, type ParallelWorkspace } from '../index.ts';
import { temporaryRepository } from '../testing/temporary-repository.ts';

/** A file is three blocks; lines that nobody edits stand between them. */
type Blocks = readonly [string, string, string];

/** What an agent makes of one file: new texts for some of its blocks, or its removal. */
type Edit = { kind: 'blocks'; blocks: readonly (string | undefined)[] } | { kind: 'remove' };

const FILES = ['a.txt', 'b.txt', 'folder/c.txt', 'folder/deep/d.txt'];
const base: Blocks = ['first', 'second', 'third'];

function textOf(file: string, blocks: readonly string[]): string {
  return blocks.map((block, index) => `${file} ${index} top\n-\n--\n${block}\n--\n-\n${file} ${index} end\n`).join('');
}

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(fc.option(fc.constantFrom('x', 'y', 'z\nz', ''), { nil: undefined }), { minLength: 3, maxLength: 3 })
      .map((blocks) => ({ kind: 'blocks' as const, blocks })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'remove' as const }) },
);
const agent = fc.dictionary(fc.constantFrom(...FILES), edit, { maxKeys: 3, noNullPrototype: true });

const scenario = fc.array(agent, { minLength: 2, maxLength: 4 }).chain((agents) => {
  const order = fc.shuffledSubarray([...agents.keys()], { minLength: agents.length });
  return fc.record({ agents: fc.constant(agents), created: order, finished: order });
});

type Agents = readonly Record<string, Edit>[];

/** One agent after the other on three plain lists: what a merge has to come to, and what it must refuse. */
function oneAfterTheOther(agents: Agents) {
  const files = new Map<string, Blocks | undefined>(FILES.map((file) => [file, base]));
  const conflicts: string[] = [];
  for (const [index, edits] of agents.entries()) {
    for (const file of Object.keys(edits).sort()) {
      const ours = files.get(file);
      const theirs = edited(edits[file] as Edit);
      const merged = mergedBlocks(ours, theirs);
      if (merged === 'conflict') conflicts.push(`${index} ${file}`);
      else files.set(file, merged);
    }
  }
  return { files, conflicts };
}

function edited(made: Edit): Blocks | undefined {
  if (made.kind === 'remove') return undefined;
  return base.map((block, index) => made.blocks[index] ?? block) as unknown as Blocks;
}

const same = (a: Blocks | undefined, b: Blocks | undefined) => JSON.stringify(a) === JSON.stringify(b);

function mergedBlocks(ours: Blocks | undefined, theirs: Blocks | undefined): Blocks | undefined | 'conflict' {
  if (same(theirs, base) || same(ours, theirs)) return ours;
  if (same(ours, base)) return theirs;
  if (!ours || !theirs) return 'conflict';
  const clash = base.some((block, index) => {
    const [mine, other] = [ours[index], theirs[index]];
    return mine !== other && mine !== block && other !== block;
  });
  if (clash) return 'conflict';
  return base.map((block, index) => (theirs[index] === block ? ours[index] : theirs[index])) as unknown as Blocks;
}

function carryOut(root: string, edits: Record<string, Edit>): void {
  for (const [file, made] of Object.entries(edits)) {
    const blocks = edited(made);
    if (blocks) writeFileSync(join(root, file), textOf(file, blocks));
    else rmSync(join(root, file));
  }
}

test('a merge comes to what one agent after the other comes to, however they were created and ended', async (t) => {
  const property = fc.asyncProperty(scenario, async ({ agents, created, finished }) => {
    const repository = temporaryRepository(t, Object.fromEntries(FILES.map((file) => [file, textOf(file, base)])));
    const { workspace, close } = await repository.open();
    const parallel = await openParallel({ workspace, stateFolder: repository.stateFolder, merge: mergeFile });
    const transaction = await workspace.begin({ run: 'run_1', title: 'agents' });
    const copies = new Map<number, ParallelWorkspace>();
    for (const index of created) copies.set(index, await parallel.create(`agent-${index}`));
    for (const index of finished) carryOut(copies.get(index)?.root ?? '', agents[index] ?? {});
    const ordered = [...agents.keys()].flatMap((index) => copies.get(index) ?? []);
    const outcome = await parallel.mergeBack(ordered, transaction);
    const expected = oneAfterTheOther(agents);
    const conflicts = outcome.kind === 'conflict' ? outcome.conflicts : [];
    assert.deepEqual(
      conflicts.map(({ workspace: name, path }) => `${name.slice('agent-'.length)} ${path}`),
      expected.conflicts,
    );
    for (const [file, blocks] of expected.files) {
      const path = join(repository.root, file);
      if (blocks) assert.equal(readFileSync(path, 'utf8'), textOf(file, blocks));
      else assert.equal(existsSync(path), false, file);
    }
    await transaction.rollback();
    for (const file of FILES) assert.equal(readFileSync(join(repository.root, file), 'utf8'), textOf(file, base));
    await parallel.close();
    await close();
  });
  await fc.assert(property, { numRuns: 12 });
});
