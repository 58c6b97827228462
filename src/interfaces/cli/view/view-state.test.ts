import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventEnvelope } from '../../../kernel/index.ts';
import { emptyView, reduceView, type ViewState } from './view-state.ts';

/** The state after events of one run; each is `[milliseconds, kind, data]`. */
function after(...events: [number, string, unknown][]): ViewState {
  return events.reduce((state, [time, kind, data], index) => {
    const event: EventEnvelope = { v: 1, seq: index + 1, time, run: 'run_1', kind, data };
    return reduceView(state, event);
  }, emptyView);
}

const step = (state: ViewState, id: string) => state.steps.find((each) => each.id === id);

test('a plan shows its steps as waiting, in its order, and a start does not move them', () => {
  const state = after(
    [0, 'run.started', { task: 'tidy', priority: 'HIGH', root: '/r', manifest: 'm' }],
    [1, 'plan.ready', { nodes: [{ id: 'a', title: 'Analyse' }, { id: 'b' }], edges: [] }],
    [2, 'step.started', { node: 'b', title: 'Build', iteration: 1 }],
  );
  assert.equal(state.task, 'tidy');
  assert.deepEqual(
    state.steps.map(({ title, status }) => [title, status]),
    [
      ['Analyse', 'waiting'],
      ['Build', 'running'],
    ],
  );
});

test('a step that runs again counts its rounds and forgets the last round’s result', () => {
  const state = after(
    [0, 'step.started', { node: 'a', title: 'A', iteration: 1 }],
    [50, 'step.finished', { node: 'a', iteration: 1, outcome: 'done', summary: '3 changed', durationMs: 50 }],
    [60, 'step.started', { node: 'a', title: 'A', iteration: 2 }],
  );
  assert.deepEqual(step(state, 'a'), { id: 'a', title: 'A', status: 'running', rounds: 2, startedAt: 60 });
});

test('progress is kept while a step runs and gone when it ends', () => {
  const running = after(
    [0, 'step.started', { node: 'a', title: 'A' }],
    [5, 'step.progress', { node: 'a', done: 3, total: 9, message: 'src/x.ts' }],
  );
  assert.deepEqual(step(running, 'a')?.progress, { done: 3, total: 9 });
  assert.equal(step(running, 'a')?.detail, 'src/x.ts');
  const event = {
    v: 1 as const,
    seq: 3,
    time: 40,
    run: 'r',
    kind: 'step.finished',
    data: { node: 'a', outcome: 'failed' },
  };
  const ended = step(reduceView(running, event), 'a');
  assert.deepEqual(ended, { id: 'a', title: 'A', status: 'failed', rounds: 1, startedAt: 0, durationMs: 40 });
});

test('a loop is shown by its steps, and a step that is not needed is skipped', () => {
  const body = { nodes: [{ id: 'imports', kind: 'skill' }], edges: [] };
  const nodes = [
    { id: 'until-stable', kind: 'loop', body },
    { id: 'if', kind: 'condition' },
    { id: 'land', kind: 'land' },
  ];
  const state = after([0, 'plan.ready', { nodes }], [1, 'step.skipped', { node: 'land', title: 'Land' }]);
  assert.deepEqual(
    state.steps.map(({ id, status }) => [id, status]),
    [
      ['imports', 'waiting'],
      ['land', 'skipped'],
    ],
  );
});

test('checks before and after are two steps', () => {
  const state = after(
    [0, 'check.started', { id: 'tsc', phase: 'before' }],
    [9, 'check.finished', { id: 'tsc', phase: 'before', outcome: 'passed' }],
    [10, 'check.started', { id: 'tsc', phase: 'after' }],
  );
  assert.deepEqual(
    state.steps.map(({ title, status }) => [title, status]),
    [
      ['tsc (before)', 'done'],
      ['tsc (after)', 'running'],
    ],
  );
});

test('a check is shown below the step that it is a part of', () => {
  const state = after(
    [0, 'plan.ready', { nodes: [{ id: 'baseline' }, { id: 'land' }] }],
    [1, 'step.started', { node: 'baseline' }],
    [2, 'check.started', { id: 'tsc', phase: 'before' }],
    [3, 'check.finished', { id: 'tsc', phase: 'before', outcome: 'passed' }],
    [4, 'check.started', { id: 'test', phase: 'before' }],
  );
  assert.deepEqual(
    state.steps.map(({ title }) => title),
    ['baseline', 'tsc (before)', 'test (before)', 'land'],
  );
});

test('events that are unknown or lack fields never break the view', () => {
  for (const data of [undefined, null, 1, 'x', [], {}, { node: 7, nodes: 'no', done: 'NaN' }, { nodes: [null, {}] }]) {
    const kinds = ['run.started', 'plan.ready', 'step.started', 'step.progress', 'step.finished', 'check.started'];
    for (const kind of [
      ...kinds,
      'check.finished',
      'bisect.step',
      'finding',
      'change.applied',
      'run.finished',
      'new.kind',
    ]) {
      assert.doesNotThrow(() => after([0, kind, data]), `${kind} ${JSON.stringify(data)}`);
    }
  }
});
