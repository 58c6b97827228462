import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  budget,
  FULL_GRANT,
  failureHistory,
  MAX_DEPTH,
  manualClock,
  permission,
  rootTask,
  type Task,
} from './index.ts';

function root(limits = {}, signal?: AbortSignal): Task {
  return rootTask({
    id: 'task_0',
    signature: 'root',
    permission: permission(FULL_GRANT),
    budget: budget(limits, manualClock()),
    ...(signal === undefined ? {} : { signal }),
  });
}

function child(parent: Task, id: string, more: object = {}): Task {
  const delegation = parent.delegate({ id, signature: id, ...more });
  assert.ok(delegation.kind === 'delegated', delegation.kind === 'refused' ? delegation.message : '');
  return delegation.task;
}

test('a child knows its parent, its root and its depth', () => {
  const grandchild = child(child(root(), 'a'), 'b');
  assert.deepEqual([grandchild.parent, grandchild.root, grandchild.depth], ['a', 'task_0', 2]);
  assert.deepEqual([root().parent, root().root, root().depth], [undefined, 'task_0', 0]);
});

test('a line goes down ten levels and no further', () => {
  let task = root();
  for (let depth = 1; depth <= MAX_DEPTH; depth += 1) task = child(task, `d${depth}`);
  assert.equal(task.depth, MAX_DEPTH);
  const refused = task.delegate({ id: 'x', signature: 'x' });
  assert.ok(refused.kind === 'refused' && refused.reason === 'too-deep');
});

test('work that an ancestor is doing is refused; a cousin may do it', () => {
  const task = root();
  const first = child(task, 'optimize');
  const again = child(first, 'other').delegate({ id: 'x', signature: 'optimize' });
  assert.ok(again.kind === 'refused' && again.reason === 'repeats-ancestor' && again.ancestor === 'optimize');
  assert.equal(first.delegate({ id: 'x', signature: 'root' }).kind, 'refused');
  assert.equal(child(task, 'branch').delegate({ id: 'x', signature: 'optimize' }).kind, 'delegated');
});

test('a child may do at most what its parent may', () => {
  const narrow = child(root(), 'a', { permission: { read: ['**'], write: ['src/**'] } });
  const wider = child(narrow, 'b', { permission: FULL_GRANT });
  assert.equal(wider.permission.allows({ kind: 'write', path: 'docs/a' }).kind, 'denied');
  assert.equal(wider.permission.allows({ kind: 'write', path: 'src/a' }).kind, 'allowed');
});

test('a child draws from its parent, and a used up budget makes no more children', () => {
  const task = root({ tokens: 10 });
  const first = child(task, 'a', { budget: { tokens: 100 } });
  assert.equal(first.budget.spend({ tokens: 10 }).kind, 'spent');
  assert.equal(task.budget.spent().tokens, 10);
  const refused = task.delegate({ id: 'b', signature: 'b' });
  assert.ok(refused.kind === 'refused' && refused.reason === 'budget-exhausted');
});

test('cancelling goes down and never up', () => {
  const outside = new AbortController();
  const task = root({}, outside.signal);
  const [left, right] = [child(task, 'left'), child(task, 'right')];
  const below = child(left, 'below');
  left.cancel('enough');
  assert.deepEqual(
    [task, left, below, right].map(({ signal }) => signal.aborted),
    [false, true, true, false],
  );
  assert.equal(below.signal.reason, 'enough');
  const refused = left.delegate({ id: 'x', signature: 'x' });
  assert.ok(refused.kind === 'refused' && refused.reason === 'cancelled');
  outside.abort();
  assert.equal(right.signal.aborted, true);
});

test('the third identical failure opens the circuit for the whole line', () => {
  const task = root();
  const [left, right] = [child(task, 'left'), child(task, 'right')];
  left.failures.record({ task: left.id, stage: 'verify', error: 'verify/red' });
  right.failures.record({ task: right.id, stage: 'verify', error: 'verify/red' });
  right.failures.record({ task: right.id, stage: 'verify', error: 'verify/other' });
  assert.equal(task.delegate({ id: 'x', signature: 'x' }).kind, 'delegated');
  const state = left.failures.record({ task: left.id, stage: 'verify', error: 'verify/red' });
  assert.ok(state.kind === 'circuit-open' && state.stage === 'verify' && state.error === 'verify/red');
  const refused = right.delegate({ id: 'y', signature: 'y' });
  assert.ok(refused.kind === 'refused' && refused.reason === 'circuit-open');
});

test('two failed self-improvements stop the line, whatever their errors', () => {
  const task = root();
  task.failures.record({ task: 'a', stage: 'improve', error: 'x/one', selfImprovement: true });
  assert.equal(task.failures.state().kind, 'running');
  task.failures.record({ task: 'b', stage: 'other', error: 'x/two', selfImprovement: true });
  const refused = task.delegate({ id: 'c', signature: 'c' });
  assert.ok(refused.kind === 'refused' && refused.reason === 'line-stopped');
});

test('a line that was stopped for one reason stays stopped for that reason', () => {
  const history = failureHistory([1, 2, 3].map((n) => ({ task: `t${n}`, stage: 's', error: 'e/e' })));
  assert.equal(history.record({ task: 't', stage: 'other', error: 'e/f' }).kind, 'circuit-open');
  assert.equal(history.record({ task: 't', stage: 's', error: 'e/e', selfImprovement: true }).kind, 'circuit-open');
});

test('a history that is put back from its record is in the same state', () => {
  const failures = [1, 2, 3].map((n) => ({ task: `t${n}`, stage: 's', error: 'e/e' }));
  const history = failureHistory(failures);
  assert.equal(history.state().kind, 'circuit-open');
  assert.deepEqual(history.list(), failures);
});

test('a stage and an error are not confused with another pair that reads the same', () => {
  const history = failureHistory();
  history.record({ task: 't', stage: 'a', error: 'b c' });
  history.record({ task: 't', stage: 'a b', error: 'c' });
  assert.equal(history.record({ task: 't', stage: 'a b c', error: '' }).kind, 'running');
});

test('a result is attributed to the task that made it', () => {
  const task = child(root(), 'a');
  assert.deepEqual(task.attribute({ files: 1 }), { task: 'a', parent: 'task_0', root: 'task_0', value: { files: 1 } });
});
