import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { safeTerminal } from './safe-terminal.ts';

const all = (text: string) => safeTerminal().push(text);

test('text, colours and the cursor pass', () => {
  const text = 'plain ä\t\r\n\u001b[1;31mred\u001b[0m\u001b[2K\u001b[1A\u001b[38;2;1;2;3mtrue colour';
  assert.equal(all(text), text);
});

test('what acts on the terminal or makes it answer is left out', () => {
  for (const [what, sequence] of [
    ['title', '\u001b]0;owned\u0007'],
    ['clipboard', '\u001b]52;c;ZXZpbA==\u001b\\'],
    ['link', '\u001b]8;;file:///etc/passwd\u001b\\'],
    ['device string', '\u001bP+q544e\u001b\\'],
    ['application string', '\u001b_evil\u001b\\'],
    ['cursor report', '\u001b[6n'],
    ['device attributes', '\u001b[c'],
    ['window operation', '\u001b[21t'],
    ['private mode', '\u001b[?1049h'],
    ['media copy', '\u001b[5i'],
    ['reset', '\u001bc'],
    ['eight-bit sequence', '\u009b6n'],
    ['eight-bit string', '\u009d0;owned\u009c'],
    ['character set', '\u001b(0'],
    ['bell', '\u0007'],
  ] as const) {
    assert.equal(all(`a${sequence}b`), 'ab', what);
  }
});

test('however the text is cut, the same passes', () => {
  const piece = fc.constantFrom('\u001b', '[', ']', '6', 'n', 'm', '1', ';', '\u0007', '\\', 'P', 'x', '\n', '\u009b');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.nat(40), (pieces, at) => {
      const text = pieces.join('');
      const cut = safeTerminal();
      assert.equal(cut.push(text.slice(0, at)) + cut.push(text.slice(at)), all(text));
    }),
  );
});
