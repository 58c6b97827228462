import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparePriority, PRIORITIES, parsePriority } from './index.ts';

test('every priority is read in any case and with white space around', () => {
  for (const priority of PRIORITIES) {
    for (const text of [priority, priority.toLowerCase(), ` ${priority[0]}${priority.slice(1).toLowerCase()} `]) {
      assert.deepEqual(parsePriority(text), { kind: 'priority', priority }, text);
    }
  }
});

test('HIGHEST is CRITICAL', () => {
  assert.deepEqual(parsePriority('highest'), { kind: 'priority', priority: 'CRITICAL' });
});

test('another word is refused with all allowed ones and the nearest', () => {
  const reading = parsePriority('hihg');
  assert.ok(reading.kind === 'unknown-priority');
  assert.equal(reading.nearest, 'HIGH');
  for (const allowed of [...PRIORITIES, 'HIGHEST', 'hihg']) assert.ok(reading.message.includes(allowed), allowed);
});

test('words that every object has are no priorities', () => {
  for (const text of ['', 'constructor', '__proto__', 'toString', '1']) {
    assert.equal(parsePriority(text).kind, 'unknown-priority', text);
  }
});

test('priorities sort with the most urgent first', () => {
  assert.deepEqual([...PRIORITIES].reverse().sort(comparePriority), [...PRIORITIES]);
});
