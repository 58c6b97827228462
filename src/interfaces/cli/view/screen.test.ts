import assert from 'node:assert/strict';
import { test } from 'node:test';
import { screen } from './screen.ts';

/** A terminal that knows what the screen uses: text, new lines, up, erase to the end of line and below, modes. */
function terminal(columns: number): {
  write(text: string): void;
  columns(): number;
  shown(): string[];
  writes(): number;
} {
  const rows: string[] = [''];
  let [row, column, writes] = [0, 0, 0];
  const put = (character: string) => {
    const line = (rows[row] ?? '').padEnd(column);
    rows[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  const control = (code: string, amount: number) => {
    if (code === 'A') row = Math.max(0, row - amount);
    if (code === 'K') rows[row] = (rows[row] ?? '').slice(0, column);
    if (code === 'J') {
      rows[row] = (rows[row] ?? '').slice(0, column);
      rows.length = row + 1;
    }
  };
  const write = (text: string) => {
    writes += 1;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is read here
    for (const [, mode, amount, code, character] of text.matchAll(/\u001b\[(\?)?(\d*)([A-Za-z])|([\s\S])/g)) {
      if (mode !== undefined) continue;
      if (code !== undefined) control(code, Number(amount || 1));
      else if (character === '\n') [row, column] = [row + 1, 0];
      else if (character === '\r') column = 0;
      else put(character ?? '');
      rows[row] ??= '';
    }
  };
  return { write, columns: () => columns, shown: () => rows.map((line) => line.trimEnd()), writes: () => writes };
}

test('a block is redrawn in place: longer, shorter, and gone without a trace', () => {
  const target = terminal(80);
  target.write('$ pyagent run\n');
  const block = screen(target);
  block.draw(['one', 'two']);
  block.draw(['one!', 'two', 'three']);
  assert.deepEqual(target.shown(), ['$ pyagent run', 'one!', 'two', 'three', '']);
  block.draw(['1']);
  assert.deepEqual(target.shown(), ['$ pyagent run', '1', '']);
  block.clear();
  target.write('report\n');
  assert.deepEqual(target.shown(), ['$ pyagent run', 'report', '']);
});

test('each drawing is one write, and an unchanged block is not written again', () => {
  const target = terminal(80);
  const block = screen(target);
  block.draw(['a', 'b']);
  block.draw(['a', 'b']);
  assert.equal(target.writes(), 1);
  block.clear();
  block.clear();
  assert.equal(target.writes(), 2);
});
