import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits } from './index.ts';
import { editMatrix } from './testing/edit-matrix.ts';

for (const { name, path, file, old, new: wanted, right, mayRefuse } of editMatrix) {
  test(`the edit matrix: ${name}`, () => {
    const outcome = applyEdits({ path, bytes: Buffer.from(file) }, [{ kind: 'replace', path, old, new: wanted }]);
    if (outcome.kind === 'refused') {
      assert.ok(mayRefuse, outcome.refusals[0]?.message);
      return;
    }
    assert.ok(right.length > 0, 'it must be refused');
    assert.ok(right.includes(Buffer.from(outcome.bytes ?? []).toString()));
  });
}
