import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Edit, filesOf, gitRepository, type TestRepository } from './testing/git-repository.ts';

const WORDS = { title: 'Tidy imports', description: '' };

/** The patch of `edits` in a file outside of the repository. */
async function patch(repository: TestRepository, edits: Readonly<Record<string, Edit>>): Promise<string> {
  const file = join(repository.folder, 'out', 'run.patch');
  mkdirSync(join(repository.folder, 'out'), { recursive: true });
  const landing = repository.landing({ mode: 'patch', folder: repository.folder, file });
  assert.deepEqual(await landing.check(), { kind: 'ready' });
  const outcome = await landing.land({ ...repository.work(edits), ...WORDS });
  assert.deepEqual(outcome, { kind: 'landed', as: { kind: 'patch', file }, leftOut: [], merged: [], uncommitted: [] });
  return file;
}

/** The tree with `edits`, and the tree without. */
function trees(repository: TestRepository, edits: Readonly<Record<string, Edit>>) {
  const now = () => filesOf(repository.root, ['.git']);
  const before = now();
  repository.write(edits);
  const after = now();
  repository.git('checkout', '-q', '--', '.');
  repository.git('clean', '-fdqx');
  assert.deepEqual(now(), before);
  return { now, before, after };
}

const TEXTS = {
  'a.js': 'one\ntwo\nthree\n',
  'no end.js': 'a\nb',
  'run.sh': { content: '#!/bin/sh\n', mode: 0o755 },
  'gone/deep.js': 'bye\n',
  'empty.txt': '',
  'crlf.txt': 'a\r\nb\r\nc\r\n',
};
const TEXT_EDITS: Record<string, Edit> = {
  'a.js': 'one\nTWO\nthree\nfour\n',
  'no end.js': 'a\nB\n',
  'run.sh': { content: '#!/bin/sh\necho\n', mode: 0o644 },
  'gone/deep.js': null,
  'new/with blank.js': 'x',
  'ünicode "q"\t.js': 'y\n',
  'crlf.txt': 'a\r\nB\r\nc\r\n',
  'latin1.txt': Buffer.from([0xe4, 0x0a, 0xff]),
};

test('git apply makes exactly the tree of the run, and apply -R takes it back', async (t) => {
  const binary = new Uint8Array(300).map((_, index) => index * 7);
  const repository = gitRepository(t, { ...TEXTS, 'b.bin': binary, link: { target: 'a.js' }, file: 'f\n' });
  const edits = {
    ...TEXT_EDITS,
    'b.bin': binary.toReversed(),
    'new.bin': new Uint8Array([0]),
    'empty.txt': null,
    'fresh-empty.txt': '',
    link: { target: 'run.sh' },
    file: { target: 'a.js' },
  };
  const { now, before, after } = trees(repository, edits);
  const file = await patch(repository, edits);
  assert.deepEqual(now(), before);
  repository.git('apply', '--whitespace=nowarn', file);
  assert.deepEqual(now(), after);
  repository.git('apply', '-R', '--whitespace=nowarn', file);
  assert.deepEqual(now(), before);
});

test('patch -p1 takes what is not binary', async (t) => {
  if (spawnSync('patch', ['--version']).error) return t.skip('the program patch is not installed');
  const repository = gitRepository(t, TEXTS);
  const edits = { ...TEXT_EDITS, 'empty.txt': 'full\n' };
  const { now, after } = trees(repository, edits);
  const file = await patch(repository, edits);
  const done = spawnSync('patch', ['-p1', '--binary', '-i', file], { cwd: repository.root, encoding: 'utf8' });
  assert.equal(done.status, 0, done.stdout + done.stderr);
  assert.deepEqual(now(), after);
});

test('a patch of a SHA-256 repository, and one of a folder without git, apply too', async (t) => {
  const repository = gitRepository(t, { 'b.bin': new Uint8Array([0, 1]) }, '--object-format=sha256');
  const edits = { 'b.bin': new Uint8Array([0, 2]) };
  const { now, after } = trees(repository, edits);
  repository.git('apply', await patch(repository, edits));
  assert.deepEqual(now(), after);
  const plain = join(repository.folder, 'plain');
  mkdirSync(plain);
  writeFileSync(join(plain, 'a.js'), '1\n');
  const file = join(repository.folder, 'plain.patch');
  const landing = repository.landing({ mode: 'patch', folder: plain, file }, { root: plain, env: { PATH: '/none' } });
  const outcome = await landing.land({ ...repository.work({ 'a.js': '2\n' }, plain), ...WORDS });
  assert.equal(outcome.kind, 'landed');
  const done = spawnSync('git', ['apply', file], { cwd: plain, env: repository.env });
  assert.equal(done.status, 0, String(done.stderr));
  assert.equal(readFileSync(join(plain, 'a.js'), 'utf8'), '2\n');
});

test('any bytes come through a patch unharmed', async (t) => {
  const repository = gitRepository(t, { 'seed.txt': 'seed\n' });
  const text = fc.array(fc.constantFrom('a', 'b', '\n', '\r\n', 'ü', '-- ', '+', '@@ '), { maxLength: 40 });
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    text.map((parts) => Buffer.from(parts.join(''))),
  );
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(content, content), { minLength: 1, maxLength: 40 }), async (pairs) => {
      const folder = `r${round++}`;
      const side = (which: 0 | 1) =>
        Object.fromEntries(pairs.map((pair, index) => [`${folder}/${index}`, pair[which]]));
      repository.write({ ...side(0), [`${folder}/x`]: 'x' });
      const work = repository.work({ ...side(1), [`${folder}/x`]: 'y' });
      const file = join(repository.folder, `${folder}.patch`);
      const changes = work.changes.filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
      const landing = repository.landing({ mode: 'patch', folder: '/', file });
      assert.equal((await landing.land({ ...work, changes, ...WORDS })).kind, 'landed');
      repository.git('apply', '--whitespace=nowarn', file);
      for (const [path, after] of Object.entries(side(1))) {
        assert.deepEqual(readFileSync(join(repository.root, path)), Buffer.from(after));
      }
    }),
    { numRuns: 12 },
  );
});

test('a patch never takes the place of a file, and a folder that cannot be written to is told before the run', async (t) => {
  const repository = gitRepository(t, { 'a.js': '1\n' });
  const landing = repository.landing({ mode: 'patch', folder: repository.folder });
  const outcome = await landing.land({ ...repository.work({ 'a.js': '2\n' }), ...WORDS });
  const file = join(repository.folder, 'run_1.patch');
  assert.deepEqual(outcome.kind === 'landed' && outcome.as, { kind: 'patch', file });
  const text = readFileSync(file, 'utf8');
  const checked = await landing.check();
  assert.match(checked.kind === 'refused' ? checked.reason : '', /run_1\.patch exists already.*--patch-file/);
  const again = await landing.land({ ...repository.work({ 'a.js': '3\n' }), ...WORDS });
  assert.match(again.kind === 'refused' ? again.reason : '', /exists by now/);
  assert.equal(readFileSync(file, 'utf8'), text);
  const missing = await repository.landing({ mode: 'patch', folder: join(repository.folder, 'no/such') }).check();
  assert.match(missing.kind === 'refused' ? missing.reason : '', /there is no such folder/);
  if (process.getuid?.() !== 0) {
    mkdirSync(join(repository.folder, 'locked'));
    chmodSync(join(repository.folder, 'locked'), 0o500);
    const locked = await repository.landing({ mode: 'patch', folder: join(repository.folder, 'locked') }).check();
    assert.match(locked.kind === 'refused' ? locked.reason : '', /cannot be written to/);
  }
});

test('what a patch cannot hold is named; a patch of nothing is refused', async (t) => {
  const repository = gitRepository(t, { 'a.js': { content: '1\n', mode: 0o600 } });
  const file = join(repository.folder, 'x.patch');
  const landing = repository.landing({ mode: 'patch', folder: '/', file });
  const work = repository.work({ 'a.js': { content: '1\n', mode: 0o644 } });
  const outcome = await landing.land({ ...work, ...WORDS });
  assert.match(
    outcome.kind === 'refused' ? outcome.reason : '',
    /hold nothing of this run: a\.js: git keeps of the mode/,
  );
  assert.ok(!existsSync(file));
});
