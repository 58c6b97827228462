import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellWidth } from './cell-width.ts';
import { paint } from './paint.ts';
import { symbols } from './symbols.ts';
import { viewLines } from './view-lines.ts';
import type { StepView, ViewState } from './view-state.ts';

const look = { paint: paint(false), symbols: symbols({}, 'linux'), tick: 0, rows: 24 };
const step = (id: string, more: Partial<StepView> = {}): StepView => ({
  id,
  title: id,
  status: 'waiting',
  rounds: 1,
  ...more,
});
const view = (steps: StepView[], more: Partial<ViewState> = {}): ViewState => ({
  task: 'Optimize imports',
  startedAt: 0,
  steps,
  changedFiles: 0,
  findings: 0,
  finished: false,
  ...more,
});

test('the view shows what is done, what runs with its progress and time, and what waits', () => {
  const state = view(
    [
      step('survey', { status: 'done', durationMs: 400, detail: '412 files' }),
      step('imports', {
        status: 'running',
        startedAt: 1000,
        rounds: 2,
        progress: { done: 12, total: 40 },
        detail: 'src/a.ts',
      }),
      step('cycles'),
    ],
    { changedFiles: 3 },
  );
  assert.deepEqual(viewLines(state, { ...look, now: 3500, columns: 80 }), [
    'Optimize imports                                         3 files changed  3.5 s',
    '  ✓ survey                     412 files                                 400 ms',
    '  ⠋ imports (2)                12/40 src/a.ts                             2.5 s',
    '  · cycles                                                                     ',
  ]);
});

test('no line is ever as wide as the terminal, whatever the texts and the width', () => {
  const long = 'x/データ/'.repeat(40);
  const state = view(
    [
      step(long, { status: 'running', startedAt: 0, progress: { done: 1, total: 2 }, detail: long }),
      step('b', { status: 'done', durationMs: 5_000_000, detail: long }),
    ],
    { task: long, changedFiles: 123_456, findings: 99_999 },
  );
  for (const columns of [10, 20, 33, 40, 79, 80, 120, 200]) {
    for (const line of viewLines(state, { ...look, now: 1, columns })) {
      assert.ok(cellWidth(line) < columns, `${columns}: ${cellWidth(line)}: ${line}`);
    }
  }
});

test('a plan that is longer than the terminal keeps what runs in sight', () => {
  const steps = Array.from({ length: 50 }, (_, index) => step(`s${index}`, { status: 'done' }));
  steps[20] = step('here', { status: 'running', startedAt: 0 });
  const lines = viewLines(view(steps), { ...look, now: 0, columns: 80, rows: 10 });
  assert.ok(lines.length < 10, String(lines.length));
  assert.ok(lines.some((line) => line.includes('here')));
  assert.match(lines.at(-1) ?? '', /… and 44 more steps/);
});

test('a file name cannot move the cursor', () => {
  const state = view([step('a', { status: 'running', startedAt: 0, detail: 'evil\u001b[2J\u202e.ts' })]);
  const text = viewLines(state, { ...look, now: 0, columns: 80 }).join('\n');
  assert.ok(!text.includes('\u001b') && !text.includes('\u202e'), JSON.stringify(text));
});
