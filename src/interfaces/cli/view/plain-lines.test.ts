import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainLines } from './plain-lines.ts';
import { emptyView } from './view-state.ts';

test('a log has one line per step and says more only when a step takes long', () => {
  const log = plainLines(emptyView);
  let seq = 0;
  const lines: string[] = [];
  const tell = (time: number, kind: string, data: unknown) => {
    seq += 1;
    lines.push(...log({ v: 1, seq, time, run: 'run_1', kind, data }));
  };
  tell(0, 'run.started', { task: 'tidy', priority: 'LOW', root: '/r' });
  tell(0, 'step.started', { node: 'a', title: 'Analyse' });
  for (let time = 0; time <= 25_000; time += 100) tell(time, 'step.progress', { node: 'a', done: time, total: 99_000 });
  tell(25_100, 'step.finished', { node: 'a', outcome: 'done', summary: '9 files', durationMs: 25_100 });
  tell(25_200, 'check.finished', { id: 'tsc', phase: 'after', outcome: 'failed', reason: '2 new', durationMs: 90 });
  assert.deepEqual(lines, [
    'run_1: tidy [LOW] /r',
    '  Analyse: 10000/99000',
    '  Analyse: 20000/99000',
    '  Analyse: ok, 9 files (25.1 s)',
    '  tsc (after): FAILED, 2 new (90 ms)',
  ]);
});
