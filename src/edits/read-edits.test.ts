import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits, readEdits } from './index.ts';

async function files(text: string) {
  const reading = await readEdits(text);
  assert.equal(reading.kind, 'edits', reading.kind === 'malformed' ? reading.message : '');
  return reading.kind === 'edits' ? reading.files : [];
}

async function message(text: string): Promise<string> {
  const reading = await readEdits(text);
  assert.equal(reading.kind, 'malformed');
  return reading.kind === 'malformed' ? reading.message : '';
}

async function applied(text: string, path: string, before?: string): Promise<string | undefined> {
  const edits = (await files(text)).find((file) => file.path === path)?.edits ?? [];
  const outcome = applyEdits({ path, ...(before === undefined ? {} : { bytes: Buffer.from(before) }) }, edits);
  assert.equal(outcome.kind, 'applied', outcome.kind === 'refused' ? outcome.refusals[0]?.message : '');
  return outcome.kind === 'applied' && outcome.bytes ? Buffer.from(outcome.bytes).toString() : undefined;
}

const BLOCK = '<<<<<<< SEARCH\nf()\n=======\ng()\n>>>>>>> REPLACE\n';

test('JSON is read by its schema, and each problem is named with its place', async () => {
  const json = {
    edits: [
      { kind: 'replace', path: './src/a.ts', old: 'f', new: 'g' },
      { kind: 'search-replace', path: 'b.ts', text: BLOCK },
    ],
  };
  assert.deepEqual(
    (await files(JSON.stringify(json))).map(({ path }) => path),
    ['src/a.ts', 'b.ts'],
  );
  assert.deepEqual((await files(`\`\`\`json\n${JSON.stringify(json)}\n\`\`\``)).length, 2);
  assert.match(
    await message('{"edits": [{"kind": "replac", "path": "a"}]}'),
    /\$\.edits\[0\]\.kind.*did you mean "replace"/,
  );
  assert.match(
    await message('{"edits": [{"kind": "replace", "path": "a", "old": "x", "new": "y", "olds": 1}]}'),
    /olds/,
  );
  assert.match(
    await message('{"edits": [{"kind": "lines", "path": "a", "start": 1, "end": 1, "new": ""}]}'),
    /hashes|old/,
  );
  assert.match(await message('{"edits": ['), /Expected JSON/);
  assert.match(await message('please change f to g'), /Expected edits/);
});

test('paths that lead outside are refused', async () => {
  for (const path of ['../a', '/etc/passwd', 'a/../../b', '']) {
    const text = JSON.stringify({ edits: [{ kind: 'write', path, content: '' }] });
    assert.equal((await readEdits(text)).kind, 'malformed', path);
  }
});

test('blocks: the path stands before each, decorated or not, fenced or not', async () => {
  for (const head of [
    'src/a.ts',
    '**src/a.ts**',
    '### `src/a.ts`',
    'File: src/a.ts',
    'src/a.ts:',
    'Change `src/a.ts` so:',
    'src/a.ts\n```ts',
    '```\nsrc/a.ts',
  ]) {
    assert.equal(await applied(`Text.\n\n${head}\n${BLOCK}`, 'src/a.ts', 'f()\n'), 'g()\n', head);
  }
  const two = await files(`a.ts\n${BLOCK}\nand again\n${BLOCK}b.ts\n${BLOCK}`);
  assert.deepEqual(
    two.map(({ path, edits }) => [path, edits.length]),
    [
      ['a.ts', 2],
      ['b.ts', 1],
    ],
  );
});

test('blocks: an empty search makes a new file, an empty replacement deletes lines', async () => {
  assert.equal(await applied('a.ts\n<<<<<<< SEARCH\n=======\nf()\n>>>>>>> REPLACE', 'a.ts'), 'f()\n');
  assert.equal(await applied('a.ts\n<<<<<<< SEARCH\nf()\n=======\n>>>>>>> REPLACE', 'a.ts', 'f()\ng()\n'), 'g()\n');
});

test('blocks with two readings, without a path or without an end are refused with their line', async () => {
  assert.match(await message(BLOCK), /^Line 1 .*path/);
  assert.match(
    await message('a.ts\n<<<<<<< SEARCH\nf()\n=======\na\n=======\ng()\n>>>>>>> REPLACE'),
    /^Line 6 .*two ways/,
  );
  assert.match(await message('a.ts\n<<<<<<< SEARCH\nf()\n=======\ng()\n'), /^Line 2 .*end of the text/);
  assert.match(await message(`a.ts\n<<<<<<< SEARCH\nf()\n${BLOCK}`), /^Line 4 .*next block/);
});

const PATCH = '--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,3 +1,3 @@\n a\n-f()\n+g()\n c\n';

test('patches: fenced, with wrong counts, without numbers, with bare empty lines', async () => {
  const variants = [
    PATCH,
    `Here:\n\`\`\`diff\n${PATCH}\`\`\`\nDone.`,
    PATCH.replace('-1,3 +1,3', '-1,9 +1,1'),
    PATCH.replace(' -1,3 +1,3 ', ' ... '),
  ];
  for (const patch of variants) assert.equal(await applied(patch, 'src/a.ts', 'a\nf()\nc\n'), 'a\ng()\nc\n', patch);
  const empty = '--- a/x\n+++ b/x\n@@ -1,4 +1,4 @@\n a\n\n-f()\n+g()\n c\n\n';
  assert.equal(await applied(empty, 'x', 'a\n\nf()\nc\n'), 'a\n\ng()\nc\n');
});

test('patches: CRLF files, a place that moved, several files', async () => {
  assert.equal(await applied(PATCH, 'src/a.ts', 'new\r\na\r\nf()\r\nc\r\n'), 'new\r\na\r\ng()\r\nc\r\n');
  assert.deepEqual(
    (await files(PATCH + PATCH.replaceAll('src/a.ts', 'b.ts'))).map(({ path }) => path),
    ['src/a.ts', 'b.ts'],
  );
});

test('patches: files are made and removed, and the last line break is changed', async () => {
  assert.equal(await applied('--- /dev/null\n+++ b/n.ts\n@@ -0,0 +1,2 @@\n+a\n+b\n', 'n.ts'), 'a\nb\n');
  const remove = '--- a/n.ts\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n';
  assert.equal(await applied(remove, 'n.ts', 'a\nb\n'), undefined);
  const open = '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n\\ No newline at end of file\n';
  assert.equal(await applied(open, 'x', 'a\nb\n'), 'a\nc');
  const closed = '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n';
  assert.equal(await applied(closed, 'x', 'a\nb'), 'a\nb\n');
});

test('patches that say more than edits can do, or that have two readings, are refused', async () => {
  const rename = 'diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n';
  assert.match(await message(rename), /rename/);
  assert.match(await message(`${PATCH}what is this\n@@ -9,1 +9,1 @@\n-x\n+y\n`), /begins with a blank/);
});
