import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Person, person } from '../support/pyagent.ts';
import { repository, tidyShop, treeOf } from '../support/repository.ts';

const TASK = ['run', '--task', 'Analyze dependencies and optimize imports', '--verify', 'none'];

/** A shop in which a run changes `src/a.js` and `src/c.js`. */
const shop = () =>
  repository(
    tidyShop({
      'src/a.js':
        "import { add, unused } from './b.js';\n\nexport const total = (list) => list.reduce(add, 0);\nexport * from './c.js';\n",
      'src/c.js': "import { unused } from './b.js';\n\nexport const three = 3;\n",
    }),
  );

async function landed(): Promise<{ root: string; someone: Person; run: string; before: object; after: object }> {
  const [root, someone] = [await shop(), await person()];
  const before = await treeOf(root);
  const { code, stdout } = await someone.pyagent([...TASK, '--path', root]);
  assert.equal(code, 0, stdout);
  const run = /run_[0-9a-z]{26}/.exec(stdout)?.[0] ?? '';
  return { root, someone, run, before, after: await treeOf(root) };
}

const json = async (someone: Person, ...args: string[]) =>
  JSON.parse((await someone.pyagent([...args, '--json'])).stdout);

test('a preview says exactly what would happen and changes nothing, not even its own state', async () => {
  const { root, someone, run, before, after } = await landed();
  const state = await treeOf(someone.home);
  const shown = await someone.pyagent(['undo', '--preview', '--path', root]);
  assert.equal(shown.code, 0, shown.stdout);
  assert.match(shown.stdout, new RegExp(`^Would undo 2 files of ${run}\\. Nothing was changed\\.`));
  assert.match(shown.stdout, /^ {2}restore {2}src\/a\.js$/m);
  assert.match(shown.stdout, /^\+import \{ add, unused \} from/m);
  assert.deepEqual(await treeOf(root), after);
  const preview = await json(someone, 'undo', '--preview', '--path', root);
  assert.deepEqual([preview.would, preview.exitCode], ['undone', 0]);
  assert.deepEqual(
    preview.files.map(({ path, action }: { path: string; action: string }) => [path, action]),
    [
      ['src/a.js', 'restore'],
      ['src/c.js', 'restore'],
    ],
  );
  // What the preview shows, applied by git, is what the undo does.
  const patch = preview.files.map(({ diff }: { diff: string }) => diff).join('');
  const applied = spawnSync('git', ['apply', '--unsafe-paths', '-'], { cwd: root, input: patch });
  assert.equal(applied.status, 0, applied.stderr.toString());
  assert.deepEqual(await treeOf(root), before);
  const cache = (path: string) => !path.includes('.cache');
  const kept = async () => Object.entries(await treeOf(someone.home)).filter(([path]) => cache(path));
  assert.deepEqual(
    await kept(),
    Object.entries(state).filter(([path]) => cache(path)),
  );
  const redo = await someone.pyagent(['redo', '--preview', '--path', root]);
  assert.equal(redo.code, 0);
  assert.match(redo.stdout, /There is no run to redo/);
});

test('some files of a run are undone, runs and show say so, and undo takes the rest', async () => {
  const { root, someone, run, before, after } = await landed();
  const part = await someone.pyagent(['undo', run, '--only', 'src/a.js', '--path', root]);
  assert.equal(part.code, 0, part.stdout + part.stderr);
  assert.match(part.stdout, /^Undone: 1 file of run_.*\nIn part: pyagent undo run_/);
  assert.match((await someone.pyagent(['runs', '--path', root])).stdout, /partly undone/);
  assert.match((await someone.pyagent(['show', run, '--path', root])).stdout, /It was undone in part/);
  const [listed] = await json(someone, 'runs', '--path', root);
  assert.deepEqual([listed.files, listed.undone], ['partly-undone', false]);
  const rest = await json(someone, 'undo', '--path', root);
  assert.deepEqual([rest.kind, rest.paths, rest.runState], ['undone', ['src/c.js'], 'undone']);
  assert.deepEqual(await treeOf(root), before);
  assert.match((await someone.pyagent(['show', run, '--path', root])).stdout, /It was undone\. Redo: pyagent redo/);
  const back = await someone.pyagent(['redo', '--only', 'src/**', '--path', root]);
  assert.equal(back.code, 0, back.stdout);
  assert.deepEqual(await treeOf(root), after);
  const wrong = await someone.pyagent(['undo', run, '--only', 'src/nope.js', '--path', root]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /src\/nope\.js/);
  const inside = await someone.pyagent(['undo', '--only', 'c.js', '--path', root], { cwd: join(root, 'src') });
  assert.equal(inside.code, 0, inside.stderr);
  assert.match(inside.stdout, /Undone: 1 file/);
});

test('an undo is an operation with an id: listed with all the others, and undone itself', async () => {
  const { root, someone, run, before, after } = await landed();
  const undone = await json(someone, 'undo', '--path', root);
  assert.deepEqual(await treeOf(root), before);
  const back = await someone.pyagent(['undo', undone.operation, '--path', root]);
  assert.equal(back.code, 0, back.stdout);
  assert.match(back.stdout, new RegExp(`^Redone: 2 files of ${run}, which takes back ${undone.operation}`));
  assert.deepEqual(await treeOf(root), after);
  const operations = await json(someone, 'runs', '--all', '--path', root);
  assert.deepEqual(
    operations.map(({ kind, takesBack }: { kind: string; takesBack?: string }) => [kind, takesBack]),
    [
      ['redo', undone.operation],
      ['undo', undefined],
      ['change', undefined],
    ],
  );
  const lines = (await someone.pyagent(['runs', '--operations', '--path', root])).stdout.trim().split('\n');
  assert.equal(lines.length, 3);
  assert.match(lines[0] ?? '', new RegExp(`^txn_\\S+ .* ${run} .*redo, now landed, takes back ${undone.operation}`));
  assert.equal((await someone.pyagent(['undo', 'txn_nope', '--path', root])).code, 2);
});

test('what a person edited since is kept by undo and by redo', async () => {
  const { root, someone } = await landed();
  const file = join(root, 'src/a.js');
  await appendFile(file, 'export const mine = 1;\n');
  const edited = await readFile(file, 'utf8');
  const preview = await someone.pyagent(['undo', '--preview', '--path', root]);
  assert.match(preview.stdout, /^ {2}merge {4}src\/a\.js: both edits, by text$/m);
  const undone = await someone.pyagent(['undo', '--path', root]);
  assert.equal(undone.code, 0, undone.stdout);
  assert.match(undone.stdout, /src\/a\.js: merged with what you edited since/);
  const now = await readFile(file, 'utf8');
  assert.match(now, /^import \{ add, unused \}[\s\S]*export const mine = 1;\n$/);
  assert.equal((await someone.pyagent(['redo', '--path', root])).code, 0);
  assert.equal(await readFile(file, 'utf8'), edited);
});

const MINE = 'const unused = 4; // mine\n';

test('what cannot be merged is refused with 5, and both versions are kept and named', async () => {
  const { root, someone, run } = await landed();
  const original = "import { unused } from './b.js';\n\nexport const three = 3;\n";
  // The import that would come back declares the same name.
  await writeFile(join(root, 'src/c.js'), MINE);
  const before = await treeOf(root);
  const preview = await someone.pyagent(['undo', '--preview', '--path', root]);
  assert.equal(preview.code, 5);
  assert.match(preview.stdout, new RegExp(`^Would refuse to undo ${run}[\\s\\S]*conflict src/c\\.js: `));
  const told = await someone.pyagent(['undo', '--path', root]);
  assert.equal(told.code, 5, told.stdout);
  const { conflicts, exitCode, paths } = await json(someone, 'undo', '--path', root);
  assert.deepEqual([exitCode, paths], [5, ['src/c.js']]);
  assert.equal(await readFile(conflicts[0].kept, 'utf8'), original);
  assert.equal(await readFile(conflicts[0].present, 'utf8'), MINE);
  assert.match(await readFile(conflicts[0].marked, 'utf8'), /<{7} what is there now[\s\S]*>{7} what pyagent wanted/);
  for (const name of ['wanted/src/c.js', 'present/src/c.js']) assert.ok(told.stdout.includes(name), told.stdout);
  assert.deepEqual(await treeOf(root), before);
  // The rest can still go.
  assert.equal((await someone.pyagent(['undo', run, '--only', 'src/a.js', '--path', root])).code, 0);
});

test('show --diff prints one patch that git can apply backwards', async () => {
  const { root, someone, before } = await landed();
  const { code, stdout } = await someone.pyagent(['show', '--diff', '--path', root]);
  assert.equal(code, 0);
  const applied = spawnSync('git', ['apply', '-R', '--unsafe-paths', '-'], { cwd: root, input: stdout });
  assert.equal(applied.status, 0, applied.stderr.toString());
  assert.deepEqual(await treeOf(root), before);
});

test('a damaged original refuses the undo, names the file and its kept bytes, and says what can still go', async () => {
  const { root, someone, run } = await landed();
  const state = await treeOf(someone.home);
  const objects = Object.keys(state).filter((path) => /objects\/[0-9a-f]{64}$/.test(path));
  const texts = await Promise.all(objects.map(async (path) => readFile(join(someone.home, path), 'utf8')));
  const lost = join(
    someone.home,
    objects[texts.findIndex((text) => text.includes('three') && text.includes('unused'))] ?? '',
  );
  await writeFile(lost, (await readFile(lost, 'utf8')).replace('three', 'threE'));
  const before = await treeOf(root);
  for (const preview of [['--preview'], []]) {
    const refused = await someone.pyagent(['undo', ...preview, '--path', root]);
    assert.equal(refused.code, 1, refused.stdout);
    assert.ok(refused.stdout.includes(`src/c.js: ${lost}`), refused.stdout);
    assert.match(refused.stdout, new RegExp(`pyagent undo ${run} --only src/a\\.js`));
    assert.deepEqual(await treeOf(root), before);
  }
  assert.equal((await someone.pyagent(['undo', run, '--only', 'src/a.js', '--path', root])).code, 0);
  const audit = await someone.pyagent(['audit', '--deep', '--path', root]);
  assert.equal(audit.code, 1);
  assert.ok(audit.stdout.includes(`${lost} is damaged, needed by ${run}`), audit.stdout);
});

test('a damaged store is told with where the originals are, and they are there', async () => {
  const { root, someone, after } = await landed();
  const found = Object.keys(await treeOf(someone.home)).find((path) => path.endsWith('/store.db')) ?? '';
  const store = join(someone.home, found);
  await writeFile(store, (await readFile(store)).subarray(0, 3000));
  const refused = await someone.pyagent(['undo', '--path', root]);
  assert.equal(refused.code, 1, refused.stdout);
  assert.match(refused.stderr, /store\.db is damaged[\s\S]*in the folder objects beside it/);
  assert.deepEqual(await treeOf(root), after);
  const audit = await someone.pyagent(['audit', '--path', root]);
  assert.equal(audit.code, 1);
  assert.match(audit.stdout, /store: .*damaged[\s\S]*kept contents: 4 of 4 hash to their names/);
});
