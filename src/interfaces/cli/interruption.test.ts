import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { interruption } from './interruption.ts';

test('the first signal aborts, the next ones are told to wait', () => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    const source = new EventEmitter();
    const said: string[] = [];
    const { signal } = interruption(source as never, (line) => said.push(line));
    assert.equal(signal.aborted, false);
    source.emit(name);
    assert.equal(signal.aborted, true);
    assert.equal(signal.reason.name, 'AbortError');
    source.emit('SIGINT');
    assert.deepEqual(said, [
      'Interrupted: rolling back. Please wait.',
      'Still rolling back. Please wait: it ends by itself.',
    ]);
  }
});

test('a lost terminal counts as a signal, and after the end signals are the system’s again', () => {
  const source = new EventEmitter();
  const said: string[] = [];
  const interrupted = interruption(source as never, (line) => said.push(line));
  interrupted.interrupt('the terminal went away');
  assert.match(String(interrupted.signal.reason.message), /terminal went away/);
  interrupted.dispose();
  assert.deepEqual(source.eventNames(), []);
  interrupted.interrupt('the output was closed');
  assert.deepEqual(said, ['Interrupted: rolling back. Please wait.']);
});
