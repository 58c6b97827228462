import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellWidth, fit, pad } from './cell-width.ts';
import { wantsColours } from './paint.ts';

test('wide characters take two cells, combining marks none', () => {
  assert.equal(cellWidth('abc'), 3);
  assert.equal(cellWidth('データ'), 6);
  assert.equal(cellWidth('e\u0301'), 1);
  assert.equal(cellWidth('🎉'), 2);
});

test('a text is cut to fit, at the end that tells less', () => {
  assert.equal(fit('src/view/a.ts', 20), 'src/view/a.ts');
  assert.equal(fit('src/view/a.ts', 8), 'src/vie…');
  assert.equal(fit('src/view/a.ts', 8, 'end'), '…ew/a.ts');
  assert.equal(fit('データ', 4), 'デ…');
  assert.equal(fit('abc', 0), '');
  assert.equal(pad('データ', 8), 'データ  ');
});

test('colours: FORCE_COLOR wins, then NO_COLOR, then the terminal', () => {
  assert.equal(wantsColours({}, true), true);
  assert.equal(wantsColours({}, false), false);
  assert.equal(wantsColours({ NO_COLOR: '1' }, true), false);
  assert.equal(wantsColours({ NO_COLOR: '' }, true), true);
  assert.equal(wantsColours({ FORCE_COLOR: '1' }, false), true);
  assert.equal(wantsColours({ FORCE_COLOR: '0' }, true), false);
  assert.equal(wantsColours({ FORCE_COLOR: '1', NO_COLOR: '1' }, false), true);
  assert.equal(wantsColours({ TERM: 'dumb' }, true), false);
});
