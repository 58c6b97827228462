import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { isPyAgentError } from '../kernel/index.ts';
import { type Operation, readOperations } from './index.ts';
import { gitMerge } from './testing/git-merge.ts';
import { snapshot, type TemporaryRepository, temporaryRepository } from './testing/temporary-repository.ts';

/** Flipped bits per test: a few of them in each check, more on request (`PYAGENT_DAMAGE_FLIPS=2000`). */
const FLIPS = Number(process.env.PYAGENT_DAMAGE_FLIPS ?? 40);

const write = (path: string, text: string, mode?: number): Operation => ({
  kind: 'write',
  path,
  bytes: Buffer.from(text),
  ...(mode === undefined ? {} : { mode }),
});

type Tree = Record<string, string>;

/** A repository at rest, and how to bring it back to that. */
interface Rest {
  repository: TemporaryRepository;
  before: Tree;
  after: Tree;
  reset(): void;
}

/** One run that landed, was undone in part and redone, or (`open`) was killed in the middle. */
async function atRest(t: TestContext, open: boolean): Promise<Rest> {
  const repository = temporaryRepository(t, {
    'a.ts': 'zero\n',
    'b.ts': 'none\n',
    'run.sh': 'x\n',
    'c/d.ts': 'deep\n',
  });
  const before = snapshot(repository.root);
  const { workspace, close } = await repository.open();
  const transaction = await workspace.begin({ run: 'run_1', title: 'title' });
  await transaction.writeAll([write('a.ts', 'one\n'), write('n/e.ts', 'new\n'), { kind: 'remove', path: 'c/d.ts' }]);
  await transaction.writeAll([write('b.ts', 'two\n'), write('run.sh', 'x\n', 0o755)]);
  if (!open) {
    await transaction.commit();
    await workspace.replay({ kind: 'undo', only: [{ given: 'a.ts', anyOf: ['a.ts'] }] });
    await workspace.redo();
  }
  await close();
  const kept = join(repository.root, '..', 'kept');
  const folders = [
    ['repository', repository.root],
    ['state', repository.stateFolder],
  ] as const;
  for (const [name, folder] of folders) cpSync(folder, join(kept, name), { recursive: true });
  const reset = () => {
    for (const [name, folder] of folders) {
      rmSync(folder, { recursive: true, force: true });
      cpSync(join(kept, name), folder, { recursive: true });
    }
  };
  return { repository, before, after: snapshot(repository.root), reset };
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  const bit = at % (bytes.length * 8);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  writeFileSync(path, bytes);
}

/** What the work came to; anything but an error with a code of these rooms is a crash. */
async function outcomeOf<T>(work: () => Promise<T>): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    assert.ok(isPyAgentError(error), String(error));
    assert.match(error.code, /^(state|store)\//, String(error));
    return error.code;
  }
}

/** Flips bits of `file` and has each one met by `use`, in a repository that is whole but for that bit. */
async function meet(rest: Rest, file: string, use: (trace: string) => Promise<void>): Promise<void> {
  const place = join(rest.repository.stateFolder, file);
  const runs = Math.max(4, Math.ceil(FLIPS * Math.min(1, statSync(place).size / 4096)));
  await fc.assert(
    fc.asyncProperty(fc.nat(2 ** 30), async (at) => {
      rest.reset();
      flip(place, at);
      await use(`bit ${at} of ${file}`);
    }),
    { numRuns: runs, endOnFailure: true },
  );
}

test('a flipped bit in the store or in kept bytes is a clear error or changes nothing that matters to an undo', async (t) => {
  const rest = await atRest(t, false);
  const { repository, before, after } = rest;
  const blobs = readdirSync(join(repository.stateFolder, 'objects')).map((name) => `objects/${name}`);
  for (const file of ['store.db', ...blobs]) {
    await meet(rest, file, async (trace) => {
      const outcome = await outcomeOf(async () => {
        const { workspace, store, close } = await repository.open(gitMerge);
        try {
          await workspace.recover();
          await readOperations(store);
          return (await workspace.undo('run_1')).kind;
        } finally {
          await close();
        }
      });
      assert.deepEqual(snapshot(repository.root), outcome === 'undone' ? before : after, `${trace}: ${outcome}`);
    });
  }
});

test('a flipped bit never makes a recovery put back what was not there', async (t) => {
  const rest = await atRest(t, true);
  const { repository, before, after } = rest;
  const blobs = readdirSync(join(repository.stateFolder, 'objects')).map((name) => `objects/${name}`);
  for (const file of ['store.db', ...blobs]) {
    await meet(rest, file, async (trace) => {
      const outcome = await outcomeOf(async () => {
        const { workspace, close } = await repository.open(gitMerge);
        try {
          const [recovered] = await workspace.recover();
          return recovered?.conflicts.map(({ path }) => path) ?? 'nothing';
        } finally {
          await close();
        }
      });
      const found = snapshot(repository.root);
      for (const path of Object.keys({ ...before, ...after, ...found })) {
        const known = found[path] === before[path] || found[path] === after[path];
        assert.ok(known, `${trace}: ${JSON.stringify(outcome)}: ${path}: ${found[path]}`);
        const left = typeof outcome === 'string' || outcome.includes(path);
        if (!left) assert.equal(found[path], before[path], `${trace}: ${path} was told to be back`);
      }
    });
  }
});

test('a store that was cut off is named, and every kept content is still there under its hash', async (t) => {
  const rest = await atRest(t, false);
  const { repository, after } = rest;
  const place = join(repository.stateFolder, 'store.db');
  const whole = readFileSync(place);
  for (const length of [0, 1, 100, 4096, whole.length >> 1, whole.length - 1]) {
    rest.reset();
    writeFileSync(place, whole.subarray(0, length));
    const outcome = await outcomeOf(async () => {
      const { workspace, close } = await repository.open();
      try {
        await workspace.recover();
        return (await workspace.undo()).kind;
      } finally {
        await close();
      }
    });
    // An empty file is a store in which nothing has happened yet.
    assert.match(outcome, length === 0 ? /^nothing$/ : /^(state|store)\//, String(length));
    assert.deepEqual(snapshot(repository.root), after);
    assert.ok(readdirSync(join(repository.stateFolder, 'objects')).length >= 6);
  }
});
