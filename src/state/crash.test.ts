import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, linkSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { snapshot, type TemporaryRepository, temporaryRepository } from './testing/temporary-repository.ts';

const CHILD = fileURLToPath(new URL('testing/crash-child.ts', import.meta.url));

/** Kills per kind of run: all effects would take a minute. `PYAGENT_CRASH_KILLS=1000` meets each of them. */
const KILLS = Number(process.env.PYAGENT_CRASH_KILLS ?? 6);

const stride = (effects: number) => Math.max(1, Math.floor(effects / KILLS));

type Ending = 'commit' | 'rollback' | 'undo' | 'redo' | 'recover';
type Batch = [path: string, content: string | null][];

const FILES = Object.fromEntries(
  Array.from({ length: 6 }, (_, n) => [`src/m${n}.ts`, `export const m${n} = ${n};\n`.repeat(n + 1)]),
);

const BATCHES: Batch[] = [
  [
    ['src/m0.ts', 'changed once\n'],
    ['src/m1.ts', null],
    ['fresh/deep/n.ts', 'new\n'],
  ],
  [
    ['src/m0.ts', 'changed twice\n'],
    ['src/m2.ts', ''],
    ['linked.ts', 'a shorter text for both names\n'],
    ['fresh/deep/n.ts', null],
  ],
  [
    ['fresh/deep', null],
    ['src/m3.ts', 'x'.repeat(100_000)],
  ],
];

/** Runs the child until it is dead, and returns the effects it announced. */
function crash(
  { root, stateFolder }: TemporaryRepository,
  plan: { ending: Ending; killAt?: number },
  killAfter?: number,
): Promise<string[]> {
  const input = JSON.stringify({ root, stateFolder, batches: BATCHES, ...plan });
  const child = spawn(process.execPath, [CHILD, input], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (killAfter !== undefined && output.split('\n').length > killAfter) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(output.split('\n').slice(0, -1));
      else reject(new Error(`the child ended with ${code} ${signal}`));
    });
  });
}

function repositoryWithLinks(t: Parameters<typeof temporaryRepository>[0]): TemporaryRepository {
  const repository = temporaryRepository(t, {
    ...FILES,
    'linked.ts': 'the same bytes under two names, long\n'.repeat(9),
  });
  linkSync(join(repository.root, 'linked.ts'), join(repository.root, 'other-name.ts'));
  return repository;
}

/** Brings root and state back to a kept copy, hard links included. */
function reset({ root, stateFolder }: TemporaryRepository, kept: string): void {
  for (const [from, to] of [
    ['repository', root],
    ['state', stateFolder],
  ] as const) {
    rmSync(to, { recursive: true, force: true });
    cpSync(join(kept, from), to, { recursive: true, preserveTimestamps: true });
  }
  rmSync(join(root, 'other-name.ts'));
  linkSync(join(root, 'linked.ts'), join(root, 'other-name.ts'));
}

function keep({ root, stateFolder }: TemporaryRepository, name: string): string {
  const place = join(root, '..', name);
  cpSync(root, join(place, 'repository'), { recursive: true });
  cpSync(stateFolder, join(place, 'state'), { recursive: true });
  return place;
}

async function recoverHere(repository: TemporaryRepository): Promise<void> {
  const { workspace, close } = await repository.open();
  for (const { conflicts } of await workspace.recover()) assert.deepEqual(conflicts, []);
  await close();
}

for (const ending of ['commit', 'rollback', 'undo', 'redo'] as const) {
  test(`a kill before each effect of a run that ends in ${ending} leaves the tree before or after it`, async (t) => {
    const repository = repositoryWithLinks(t);
    await (await repository.open()).close();
    if (ending === 'undo' || ending === 'redo') await crash(repository, { ending: 'commit' });
    if (ending === 'redo') await crash(repository, { ending: 'undo' });
    const kept = keep(repository, 'kept');
    const before = snapshot(repository.root);
    const effects = await crash(repository, { ending });
    assert.equal(effects.pop(), 'end');
    const after = snapshot(repository.root);
    if (ending === 'rollback') assert.deepEqual(after, before);
    else assert.notDeepEqual(after, before);
    const decided = effects.indexOf('committed');
    for (let killAt = 1; killAt <= effects.length; killAt += stride(effects.length)) {
      reset(repository, kept);
      await crash(repository, { ending, killAt });
      await recoverHere(repository);
      const expected = decided >= 0 && killAt > decided ? after : before;
      assert.deepEqual(snapshot(repository.root), expected, `killed before "${effects[killAt - 1]}" (${killAt})`);
    }
  });
}

test('a recovery that is killed itself is finished by the next one', async (t) => {
  const repository = repositoryWithLinks(t);
  await (await repository.open()).close();
  const before = snapshot(repository.root);
  const killAt = 40;
  await crash(repository, { ending: 'commit', killAt });
  for (let step = 1; step <= 6; step += 1) await crash(repository, { ending: 'recover', killAt: step });
  await recoverHere(repository);
  assert.deepEqual(snapshot(repository.root), before);
});

test('a kill from outside at any instant leaves the tree before or after, and no leftovers', async (t) => {
  const repository = repositoryWithLinks(t);
  await (await repository.open()).close();
  const kept = keep(repository, 'kept');
  const before = snapshot(repository.root);
  await crash(repository, { ending: 'commit' });
  const after = snapshot(repository.root);
  for (let round = 1; round <= 4; round += 1) {
    reset(repository, kept);
    await crash(repository, { ending: 'commit' }, round * 14);
    await recoverHere(repository);
    const found = snapshot(repository.root);
    const landed = JSON.stringify(found) === JSON.stringify(after);
    assert.deepEqual(found, landed ? after : before);
    assert.ok(readdirSync(join(repository.stateFolder, 'objects')).every((name) => !name.endsWith('.draft')));
  }
});
