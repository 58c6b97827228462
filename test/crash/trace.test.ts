import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileCalls, watchable } from './file-call.ts';
import { planInjections } from './injection.ts';
import { parseTrace, pathsOf } from './trace.ts';

const hex = (text: string) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
const quoted = (text: string) => `"${hex(text)}"`;
const descriptor = (number: number, path: string) => `${number}<${hex(path)}>`;

test('calls are read with their arguments, results and errors, also when another thread comes in between', () => {
  const calls = parseTrace(
    [
      `7  renameat2(${descriptor(5, '/w/a')}, ${quoted('one')}, ${descriptor(6, '/w/b')}, ${quoted('two')}, RENAME_EXCHANGE) = 0`,
      `7  pwrite64(${descriptor(4, '/w/f')}, ${quoted('a, b) = 3')}, 8, 4096 <unfinished ...>`,
      `8  unlink(${quoted('/w/gone')}) = -1 ENOENT (No such file or directory)`,
      '7  <... pwrite64 resumed>) = 8',
      '8  +++ killed by SIGKILL +++',
      `8  openat(AT_FDCWD<${hex('/')}>, ${quoted('w/x')}, O_RDWR|O_CREAT, 0644) = 9<${hex('/w/x')}>`,
      `8  fsync(${descriptor(9, '/w/x')} <unfinished ...>`,
    ].join('\n'),
  );
  assert.deepEqual(
    calls.map(({ name, result, error }) => [name, result, error]),
    [
      ['renameat2', 0, undefined],
      ['pwrite64', 8, undefined],
      ['unlink', -1, 'ENOENT'],
      ['openat', 9, undefined],
      ['fsync', undefined, undefined],
    ],
  );
  assert.deepEqual(calls.map(pathsOf), [['/w/a/one', '/w/b/two'], ['/w/f'], ['/w/gone'], ['/w/x'], ['/w/x']]);
  assert.deepEqual([calls[1]?.began, calls[1]?.ended], [1, 3]);
});

test('what only reads is no boundary, and what lies elsewhere neither', () => {
  const calls = parseTrace(
    [
      `7  openat(AT_FDCWD<${hex('/')}>, ${quoted('/w/read')}, O_RDONLY|O_CLOEXEC) = 3<${hex('/w/read')}>`,
      `7  openat2(${descriptor(5, '/w')}, ${quoted('made')}, {flags=O_WRONLY|O_CREAT|O_EXCL, mode=0600, resolve=0}, 24) = 4<${hex('/w/made')}>`,
      `7  unlink(${quoted('/elsewhere/f')}) = 0`,
      `7  symlink(${quoted('/w/target')}, ${quoted('/w/link')}) = 0`,
      `7  fsync(${descriptor(4, '/w/made')}) = 0`,
    ].join('\n'),
  );
  const found = fileCalls(calls, '/w');
  assert.deepEqual(
    found.map(({ call, paths, changes }) => [call.name, paths, changes]),
    [
      ['openat2', ['made'], true],
      ['symlink', ['link'], true],
      ['fsync', ['made'], false],
    ],
  );
  assert.deepEqual(watchable(calls[3] as (typeof calls)[0], '/w'), ['/w/link']);
});

test('a call that another thread reaches first is met by counting from the opening on, or is missed', () => {
  const write = (thread: number) => `${thread}  pwrite64(${descriptor(4, '/w/log')}, ${quoted('x')}, 1, 0) = 1`;
  const said = (word: string) => `1  write(${descriptor(1, 'pipe:[1]')}, ${quoted(`${word}\n`)}, 7) = 7`;
  const calls = parseTrace([write(7), write(7), said('opened'), write(8), write(9)].join('\n'));
  const { planned, missed } = planInjections(calls, '/w');
  assert.deepEqual(
    planned.map(({ target, when, late }) => [target.call.index, when, late]),
    [
      [0, 1, false],
      [1, 2, false],
      [3, 1, true],
    ],
  );
  assert.deepEqual(
    missed.map(({ call }) => call.index),
    [4],
  );
});
