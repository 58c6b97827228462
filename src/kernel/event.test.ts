import assert from 'node:assert/strict';
import { test } from 'node:test';
import eventSchema from '../../schemas/event.v1.json' with { type: 'json' };
import { type EventEnvelope, eventStream, manualClock, validate } from './index.ts';

test('events are numbered from 1 without gaps and stamped with time and run', () => {
  const clock = manualClock(5);
  const stream = eventStream('run_1', clock);
  const seen: EventEnvelope[] = [];
  stream.subscribe((event) => seen.push(event));
  stream.emit({ kind: 'run.started', data: { a: 1 } });
  clock.advance(10);
  stream.emit({ kind: 'step.started', data: null, task: 'task_1', parent: 'task_0' });
  assert.deepEqual(seen, [
    { v: 1, seq: 1, time: 5, run: 'run_1', kind: 'run.started', data: { a: 1 } },
    { v: 1, seq: 2, time: 15, run: 'run_1', task: 'task_1', parent: 'task_0', kind: 'step.started', data: null },
  ]);
});

test('a listener hears from its subscription until it stops, and the numbers go on without it', () => {
  const stream = eventStream('run_1', manualClock());
  const heard: number[] = [];
  stream.emit({ kind: 'a.b', data: 0 });
  const stop = stream.subscribe(({ seq }) => heard.push(seq));
  stream.emit({ kind: 'a.b', data: 0 });
  stop();
  stream.emit({ kind: 'a.b', data: 0 });
  assert.deepEqual(heard, [2]);
});

test('every event fits the published schema, and a changed envelope does not', async () => {
  const seen: EventEnvelope[] = [];
  const stream = eventStream('run_1', manualClock());
  stream.subscribe((event) => seen.push(event));
  stream.emit({ kind: 'finding', data: {} });
  stream.emit({ kind: 'step.started', data: { node: 'a' }, task: 't' });
  for (const event of seen) assert.equal((await validate(eventSchema, event)).kind, 'valid', event.kind);
  for (const wrong of [
    { ...seen[1], seq: 0 },
    { ...seen[1], v: 2 },
    { ...seen[1], more: 1 },
    { ...seen[1], kind: 'X' },
  ]) {
    assert.equal((await validate(eventSchema, wrong)).kind, 'invalid', JSON.stringify(wrong));
  }
});
