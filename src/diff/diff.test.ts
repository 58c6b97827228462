import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyPatch,
  bytesOfPath,
  fileDiff,
  mergeTexts,
  parsePatch,
  pathOfBytes,
  reversePatch,
  unifiedDiff,
  unifiedDiffs,
} from './index.ts';

const bytes = (text: string) => Buffer.from(text);
const text = (data: Uint8Array | string) => (typeof data === 'string' ? data : Buffer.from(data).toString('latin1'));
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');

test('a diff names both sides, keeps three lines of context and marks a missing newline', () => {
  const diff = unifiedDiff(bytes(numbers(9)), bytes(`${numbers(8)}nine`), { from: 'a/n', to: 'b/n' });
  assert.equal(diff, '--- a/n\n+++ b/n\n@@ -6,4 +6,4 @@\n 6\n 7\n 8\n-9\n+nine\n\\ No newline at end of file\n');
  assert.equal(unifiedDiff(bytes('same'), bytes('same')), '');
});

test('many pairs are answered in their order, bytes that are not UTF-8 as bytes, binary ones with a line', () => {
  const diffs = unifiedDiffs([
    { before: bytes('a\n'), after: bytes('b\n'), from: 'a/x', to: 'b/x' },
    { before: bytes(''), after: Buffer.from([0xff, 0x0a]), from: '/dev/null', to: 'b/y' },
    { before: bytes('a'), after: Buffer.from([0]), from: 'a/z', to: 'b/z' },
  ]);
  assert.equal(diffs[0], '--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n');
  assert.ok(diffs[1] instanceof Uint8Array);
  assert.equal(text(diffs[1]), '--- /dev/null\n+++ b/y\n@@ -0,0 +1 @@\n+\xff\n');
  assert.equal(diffs[2], 'Binary files a/z and b/z differ\n');
});

test('a path that is not UTF-8 survives a patch, quoted as git quotes it', () => {
  const path = pathOfBytes(Buffer.from([0x61, 0x20, 0xff, 0xc3, 0xa9]));
  assert.equal(path, 'a \udcffé');
  assert.deepEqual([...bytesOfPath(path)], [0x61, 0x20, 0xff, 0xc3, 0xa9]);
  const patch = fileDiff(undefined, { path, mode: 0o100644, bytes: bytes('x\n') });
  assert.match(text(patch), /^diff --git "a\/a \\377\\303\\251" "b\/a \\377\\303\\251"\nnew file mode 100644\n/);
  const parsed = parsePatch(patch);
  assert.ok(parsed.kind === 'parsed');
  assert.equal(parsed.files[0]?.to, path);
  assert.equal(parsed.files[0]?.change, 'create');
});

test('a patch is applied at an offset, taken back, and refused with the nearest place', () => {
  const [before, after] = [numbers(20), numbers(20).replace('10\n', 'ten\n')];
  const parsed = parsePatch(unifiedDiff(bytes(before), bytes(after)));
  assert.ok(parsed.kind === 'parsed');
  const [file] = parsed.files;
  assert.ok(file);
  const applied = applyPatch(bytes(`0\n${before}`), file);
  assert.ok(applied.kind === 'applied');
  assert.equal(text(applied.bytes), `0\n${after}`);
  assert.deepEqual(applied.hunks, [{ line: 8, offset: 1, fuzz: 0 }]);
  const back = applyPatch(bytes(after), reversePatch(file));
  assert.ok(back.kind === 'applied');
  assert.equal(text(back.bytes), before);
  const refused = applyPatch(bytes(after), file);
  assert.ok(refused.kind === 'refused');
  const [failure] = refused.failures;
  assert.equal(failure?.reason, 'no-match');
  assert.equal(failure?.nearest?.line, 7);
  assert.equal(failure?.nearest?.matching, 6);
  assert.equal(text(failure?.nearest?.differs[0]?.found ?? ''), 'ten\n');
});

test('what is no patch says which line is wrong', () => {
  assert.deepEqual(parsePatch('--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n'), {
    kind: 'refused',
    line: 5,
    message: 'line 5: the hunk of line 3 is not complete: its header promises 1 more old and 1 more new lines',
  });
});

test('changes of both sides are merged, and the same lines changed twice are a conflict', () => {
  const base = bytes(numbers(9));
  const ours = bytes(numbers(9).replace('2\n', 'two\n'));
  const merged = mergeTexts({ base, ours, theirs: bytes(numbers(9).replace('8\n', 'eight\n')) });
  assert.equal(merged.kind, 'clean');
  assert.equal(text(merged.bytes), numbers(9).replace('2\n', 'two\n').replace('8\n', 'eight\n'));
  const theirs = bytes(numbers(9).replace('2\n', 'deux\n'));
  const conflict = mergeTexts({ base, ours, theirs }, { style: 'diff3', labels: { base: '' }, markerSize: 3 });
  assert.ok(conflict.kind === 'conflict');
  assert.match(text(conflict.bytes), /^1\n<<< ours\ntwo\n\|\|\|\n2\n===\ndeux\n>>> theirs\n3\n/);
  assert.equal(conflict.conflicts[0]?.line, 2);
});
