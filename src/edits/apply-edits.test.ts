import assert from 'node:assert/strict';
import { test } from 'node:test';
import { native } from '../native/index.ts';
import { applyEdits, type FileEdit, lineHash, type RefusalReason } from './index.ts';

type Replace = Partial<Extract<FileEdit, { kind: 'replace' }>>;

function run(path: string, file: string | Uint8Array, edits: readonly FileEdit[]) {
  return applyEdits({ path, bytes: typeof file === 'string' ? Buffer.from(file) : file }, edits);
}

function replace(old: string, wanted: string, more: Replace = {}): FileEdit {
  return { kind: 'replace', path: 'a', old, new: wanted, ...more };
}

function result(path: string, file: string, ...edits: FileEdit[]): string {
  const outcome = run(path, file, edits);
  assert.equal(outcome.kind, 'applied', outcome.kind === 'refused' ? outcome.refusals[0]?.message : '');
  return outcome.kind === 'applied' ? Buffer.from(outcome.bytes ?? []).toString() : '';
}

function refusal(path: string, file: string | Uint8Array, ...edits: FileEdit[]) {
  const outcome = run(path, file, edits);
  assert.equal(outcome.kind, 'refused', outcome.kind === 'applied' ? Buffer.from(outcome.bytes ?? []).toString() : '');
  const [first] = outcome.kind === 'refused' ? outcome.refusals : [];
  assert.ok(first);
  assert.match(first.message, /Nothing was changed\./);
  return first;
}

function reason(path: string, file: string | Uint8Array, ...edits: FileEdit[]): RefusalReason {
  return refusal(path, file, ...edits).reason;
}

test('what was done is told: transformations and the written lines', () => {
  const outcome = run('a.ts', 'a\r\nb  \r\nc\r\n', [replace('a\nb\n', 'a\nx\ny\n')]);
  assert.ok(outcome.kind === 'applied');
  assert.deepEqual(outcome.transformations, [['trailing-blanks']]);
  assert.deepEqual(outcome.changed, [{ first: 2, last: 3 }]);
  assert.equal(Buffer.from(outcome.bytes ?? []).toString(), 'a\r\nx\r\ny\r\nc\r\n');
});

test('blanks at the end of lines that the edit does not change stay, whatever the edit has there', () => {
  assert.equal(result('a', 'a\t\nb\n', replace('a  \nb\n', 'a\nc\n')), 'a\t\nc\n');
});

test('a line hint picks one of several exact matches and nothing else', () => {
  assert.equal(result('a', 'f\ng\nf\n', replace('f', 'h', { line: 3 })), 'f\ng\nh\n');
  assert.deepEqual(refusal('a', 'f\ng\nf\n', replace('f', 'h', { line: 2 })).lines, [1, 3]);
  assert.equal(reason('a', '  f\n  g\n  f\n  g\n', replace('f\ng\n', 'h\ng\n', { line: 1 })), 'ambiguous');
});

test('all places, or a counted number of them', () => {
  assert.equal(result('a', 'f f\nf\n', replace('f', 'g', { all: true })), 'g g\ng\n');
  assert.equal(result('a', 'ff\n', replace('f', 'g', { count: 2 })), 'gg\n');
  assert.deepEqual(refusal('a', 'f\nx\nf\n', replace('f', 'g', { count: 3 })).lines, [1, 3]);
  assert.equal(reason('a', 'foo\nfood\n', replace('foo', 'bar', { all: true })), 'inside-word');
  assert.equal(reason('a', 'aaa\n', replace('aa', 'b', { all: true })), 'ambiguous');
  assert.equal(reason('a', '  f(1);\n  g(2);\n', replace('f(1);\ng(2);\n', 'h();\n', { all: true })), 'not-found');
});

test('a match inside a word or a number is refused', () => {
  assert.equal(reason('a', 'discount = 1\n', replace('count = 1', 'count = 2')), 'inside-word');
  assert.equal(reason('a', 'x = 1.5\n', replace('x = 1', 'x = 2')), 'inside-word');
  assert.equal(reason('a', 'x = 10\n', replace('x = 1', 'x = 2')), 'inside-word');
});

test('a place inside a line does not win over whole lines in another form', () => {
  assert.deepEqual(refusal('a.py', '#    f(x)\n\tf(x)\n', replace('    f(x)\n', '    g(x)\n')).lines, [1, 2]);
});

test('where both texts do not end alike, lines are neither joined nor split', () => {
  assert.equal(reason('a', 'f\ng\n', replace('f\n', 'h')), 'line-break');
  assert.equal(reason('a', 'f\ng\n', replace('f', 'h\n')), 'line-break');
  assert.equal(reason('a', 'f\ng\n', replace('f', '')), 'line-break');
  assert.equal(result('a', 'f\ng\n', replace('f\n', '')), 'g\n');
  assert.equal(result('a', 'f', replace('f', 'f\n')), 'f\n');
});

test('each line break that is written is that of the file, line by line', () => {
  assert.equal(result('a', 'a\r\nb\nc\r\n', replace('a\nb\nc\n', 'A\nB\nC\n')), 'A\r\nB\nC\r\n');
  assert.equal(result('a', 'a\nb\n', replace('b', 'c\r\nd')), 'a\nc\nd\n');
});

test('indentation: lines that lost theirs are put back, whatever the edit adds', () => {
  const file = 'if a:\n    if b:\n        f()\n        g()\n';
  assert.equal(
    result('a.py', file, replace('if b:\n    f()\n', 'if b:\n    f()\n    if c:\n        h()\n')),
    'if a:\n    if b:\n        f()\n        if c:\n            h()\n        g()\n',
  );
  assert.equal(
    result('a.py', file, replace('        if b:\n            f()\n', '        if b:\n            h()\n')),
    'if a:\n    if b:\n        h()\n        g()\n',
  );
});

test('indentation: tabs and spaces are exchanged by the unit of the edit, comments stay aligned', () => {
  const file = '{\n\t/**\n\t * one\n\t */\n\tf();\n}\n';
  assert.equal(
    result('a.css', file, replace('  /**\n   * one\n   */\n', '  /**\n   * one\n   * two\n   */\n')),
    '{\n\t/**\n\t * one\n\t * two\n\t */\n\tf();\n}\n',
  );
});

test('indentation: what can be read in two ways is refused', () => {
  assert.equal(reason('a.py', 'if a:\n    f()\n', replace('f()', 'f()\ng()')), 'indentation');
  assert.equal(reason('a.py', 'if a:\n    f()\n', replace('f()', 'f()\n    g()')), 'indentation');
  assert.equal(reason('a.py', 'if a:\n    f()\n    g()\n', replace('f()\ng()\n', '    h()\n    g()\n')), 'indentation');
  assert.equal(reason('a.py', 'if a:\n    f()\n      g()\n', replace('f()\ng()\n', 'h()\ng()\n')), 'not-found');
});

test('indentation: lines inside a string that spans lines are not moved', () => {
  const python = 'def f():\n    a = """\n    one\n    """\n    return a\n';
  assert.equal(reason('a.py', python, replace('a = """\none\n"""\n', 'a = """\none\ntwo\n"""\n')), 'literal');
  const script = 'function f() {\n  return `\n  one\n  `;\n}\n';
  assert.equal(reason('a.ts', script, replace('return `\none\n`;\n', 'return `\ntwo\n`;\n')), 'literal');
  assert.equal(
    result('a.py', python, replace('"""\nreturn a\n', '"""\nreturn b\n')),
    python.replace('return a', 'return b'),
  );
  assert.equal(reason('a.unknown', '  x = `a`\n  f()\n  g()\n', replace('f()\ng()\n', 'f()\nh()\n')), 'literal');
});

test('Unicode: what the file has beside the change stays, and a form in question is refused', () => {
  assert.equal(result('a', 'say(“it”, x)\n', replace('say("it", x)\n', 'say("it", y)\n')), 'say(“it”, y)\n');
  assert.equal(
    result('a', 'cafe\u0301 x\ny\n', replace('caf\u00E9 x\ny\n', 'caf\u00E9 x\n\u00E9\n')),
    'cafe\u0301 x\ne\u0301\n',
  );
  assert.equal(reason('a', 'say(“it”, x)\n', replace('say("it", x)\n', 'say("it", "y")\n')), 'unicode');
});

test('several edits are made for the same file, whatever their order, all or none', () => {
  assert.equal(result('a', 'a\nb\nc\n', replace('c', 'z'), replace('a', 'b')), 'b\nb\nz\n');
  assert.equal(result('a', 'f(a, b)\n', replace('a,', 'x,'), replace('b)', 'y)')), 'f(x, y)\n');
  assert.equal(reason('a', 'a\nb\nc\n', replace('a\nb', 'a\nx'), replace('b\nc', 'b\ny')), 'overlap');
  assert.equal(reason('a', 'a\nb\n', replace('a', 'x'), replace('nowhere', 'y')), 'not-found');
});

test('a refusal names the nearest place and what differs there', () => {
  const found = refusal('a', 'one()\n\ttwo()\nthree()\n', replace('one()\n    two();\nthree()\n', 'x\n'));
  assert.equal(found.reason, 'not-found');
  assert.deepEqual([found.nearest?.firstLine, found.nearest?.lastLine], [1, 3]);
  assert.match(found.message, /line 2 differs: expected " {4}two\(\);", found "\\ttwo\(\)"/);
  const indent = refusal(
    'a',
    'one()\n\ttwo()\nthree()\nfour()\n',
    replace('one()\n    two()\n  three()\nfour()\n', 'x\n'),
  );
  assert.match(indent.message, /line 2 differs in indentation: expected 4 spaces, found 1 tab/);
});

test('long runs of blanks and of empty lines take no longer than others', () => {
  const blanks = ' '.repeat(50_000);
  assert.equal(reason('a', `${blanks}x\ny\n`, replace(`f()${'\n'.repeat(200)}g()\n`, 'h()\n')), 'not-found');
  assert.equal(result('a', `${blanks}x${blanks}y\nz\n`, replace('z\n', 'w\n')), `${blanks}x${blanks}y\nw\n`);
});

test('mistakes that models make are named', () => {
  assert.match(refusal('a', 'f()\ng()\n', replace('1\tf()\n2\tg()\n', '1\tf()\n')).message, /line numbers/);
  assert.match(refusal('a', 'f()\ng()\n', replace('f()\\ng()', 'h()')).message, /escaped once too often/);
  assert.match(refusal('a', 'f()\ng()\n', replace('\n\ng()\n\n', 'h()\n')).message, /blank lines at its ends/);
});

test('bytes that are not UTF-8 stay as they are, and nothing is encoded by a guess', () => {
  const latin = Buffer.from('caf\xE9\nf()\n', 'latin1');
  const outcome = run('a', latin, [replace('f()', 'g()')]);
  assert.ok(outcome.kind === 'applied');
  assert.deepEqual(Buffer.from(outcome.bytes ?? []), Buffer.from('caf\xE9\ng()\n', 'latin1'));
  assert.equal(reason('a', latin, replace('f()', 'é()')), 'encoding');
  assert.equal(reason('a', Buffer.from('f\0g\n'), replace('f', 'g')), 'binary');
  assert.equal(reason('a', 'f()\n', replace('f()', '\uDC80')), 'malformed');
});

test('a whole file is written when it is new, or when its content is the known one', () => {
  const write = (content: string, hash?: string): FileEdit => ({
    kind: 'write',
    path: 'a',
    content,
    ...(hash === undefined ? {} : { hash }),
  });
  const hash = native().hashBytes(Buffer.from('old\n'));
  assert.equal(applyEdits({ path: 'a' }, [write('new\n')]).kind, 'applied');
  assert.equal(result('a', 'old\n', write('new\r\n', hash)), 'new\r\n');
  assert.equal(reason('a', 'old\n', write('new\n')), 'file-exists');
  assert.equal(reason('a', 'newer\n', write('new\n', hash)), 'hash-mismatch');
  assert.equal(reason('a', 'old\n', write('old\n', hash)), 'no-op');
  assert.equal(reason('a', 'old\n', write('new\n', hash), replace('old', 'x')), 'overlap');
  const missing = applyEdits({ path: 'a' }, [replace('a', 'b')]);
  assert.ok(missing.kind === 'refused' && missing.refusals[0]?.reason === 'file-missing');
});

test('lines by number hold while their content is the named one, or stands at one other place', () => {
  const lines = (start: number, wanted: readonly string[], text: string): FileEdit => ({
    kind: 'lines',
    path: 'a',
    start,
    end: start + wanted.length - 1,
    hashes: wanted.map(lineHash),
    new: text,
  });
  assert.equal(result('a', 'a\nb\nc\n', lines(2, ['b'], 'x\ny\n')), 'a\nx\ny\nc\n');
  assert.equal(result('a', 'a\nb\nc\n', lines(2, ['b', 'c'], '')), 'a\n');
  assert.equal(result('a', 'new\na\nb\n', lines(2, ['b'], 'x')), 'new\na\nx\n');
  assert.match(refusal('a', 'a\nB\nc\n', lines(2, ['b'], 'x')).message, /line 2 is "B" \(hash [0-9a-f]{8}\)/);
  assert.deepEqual(refusal('a', 'b\na\nb\n', lines(2, ['b'], 'x')).lines, [1, 3]);
  assert.equal(reason('a', 'a\n', { kind: 'lines', path: 'a', start: 1, end: 2, old: 'a\n', new: 'b\n' }), 'malformed');
});

test('the guard of the caller has the last word', () => {
  const guard = ({ after }: { after: Uint8Array }) =>
    Buffer.from(after).includes('bad') ? 'It does not parse.' : undefined;
  const outcome = applyEdits({ path: 'a', bytes: Buffer.from('f\n') }, [replace('f', 'bad')], { guard });
  assert.ok(outcome.kind === 'refused' && outcome.refusals[0]?.reason === 'rejected');
  assert.equal(applyEdits({ path: 'a', bytes: Buffer.from('f\n') }, [replace('f', 'g')], { guard }).kind, 'applied');
});
