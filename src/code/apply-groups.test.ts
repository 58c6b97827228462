import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyGroups } from './apply-groups.ts';
import type { ChangeGroup } from './report.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

test('offsets count bytes, not characters', () => {
  const groups: ChangeGroup[] = [{ title: '', edits: [{ start: 3, end: 4, text: 'é' }] }];
  assert.equal(text(applyGroups(bytes('é:x;'), groups)), 'é:é;');
});

test('an insertion before a replacement at the same place comes first', () => {
  const groups: ChangeGroup[] = [
    { title: '', edits: [{ start: 1, end: 2, text: 'B' }] },
    { title: '', edits: [{ start: 1, end: 1, text: '+' }] },
  ];
  assert.equal(text(applyGroups(bytes('abc'), groups)), 'a+Bc');
});

test('edits that put back what was there change nothing, whichever groups are taken', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(fc.nat(60)), (original, cuts) => {
      const ascii = original.map((byte) => byte & 0x7f);
      const places = [...new Set(cuts.map((cut) => Math.min(cut, ascii.length)))].sort((a, b) => a - b);
      const groups = places.slice(1).map((end, index) => {
        const start = places[index] ?? 0;
        return { title: '', edits: [{ start, end, text: text(ascii.subarray(start, end)) }] };
      });
      assert.deepEqual(
        applyGroups(
          ascii,
          groups.filter((_, index) => index % 2 === 0),
        ),
        ascii,
      );
    }),
  );
});
