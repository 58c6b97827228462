import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffSize } from './diff-size.ts';

test('a diff is counted without what only git writes, and a removed line that looks like a header is a line', () => {
  const hunks = ' a\n--- x\n+b\n\\ No newline at end of file\n';
  const plain = `--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n${hunks}`;
  const git = `diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@ heading\n${hunks}`;
  assert.deepEqual(diffSize(plain), { files: 1, changed: 2, bytes: '@@ -1,2 +1,2 @@\n'.length + hunks.length });
  assert.deepEqual(diffSize(git), diffSize(plain));
  assert.deepEqual(diffSize(''), { files: 0, changed: 0, bytes: 0 });
});
