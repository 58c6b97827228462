import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { type OutputStream, output } from './output.ts';

function stream(fail?: NodeJS.ErrnoException): { stream: Writable & OutputStream; text: () => string } {
  let written = '';
  const writable = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      if (fail === undefined) written += chunk;
      done(fail);
    },
  });
  return { stream: writable, text: () => written };
}

test('what is written arrives, and flushed waits for it', async () => {
  const { stream: writable, text } = stream();
  const out = output(writable);
  out.write('a');
  out.write('b');
  await out.flushed();
  assert.equal(text(), 'ab');
});

test('a reader that went away is told once, and later writing is harmless', async () => {
  for (const code of ['EPIPE', 'EIO', 'ENOSPC']) {
    const { stream: writable } = stream(Object.assign(new Error(code), { code }));
    const out = output(writable);
    let told = 0;
    out.onBroken(() => {
      told += 1;
    });
    out.write('x');
    await out.flushed();
    await new Promise((next) => setImmediate(next));
    out.write('y');
    await out.flushed();
    assert.equal(told, 1, code);
    out.onBroken(() => {
      told += 1;
    });
    assert.equal(told, 2);
  }
});
