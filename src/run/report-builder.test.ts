import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkflowOutcome } from '../factory/index.ts';
import { ChangeSet } from './change-set.ts';
import type { CheckedOutcome } from './project-checks.ts';
import { judgeRun, type RunEnd, runReport } from './report-builder.ts';
import type { RunRequest } from './run-request.ts';

const completed: WorkflowOutcome = { kind: 'completed', steps: {}, finished: [] };
const failed = (code: `${string}/${string}`): WorkflowOutcome => ({
  kind: 'failed',
  key: { node: 'x', attempt: 1, iteration: [] },
  code,
  message: 'It went wrong.',
  steps: {},
  finished: [],
});

/** A set with one change in it. */
async function changed(): Promise<ChangeSet> {
  const bytes = new TextEncoder().encode('a');
  const set = new ChangeSet({
    read: async () => ({ bytes, hash: '1' }),
    write: async () => [],
    savepoint: async () => async () => [],
  });
  await set.apply([
    { path: 'a.ts', hash: '1', groups: [{ title: 'remove a', edits: [{ start: 0, end: 1, text: '' }] }] },
  ]);
  return set;
}

async function judged(rest: Partial<RunEnd>) {
  const base = { stoppedBy: undefined, checked: undefined, proposals: [], mayLand: true, dryRun: false };
  return judgeRun({ workflow: completed, changes: await changed(), ...base, ...rest });
}

const partly: CheckedOutcome = { kind: 'partly', kept: [], rejected: [{ path: 'b.ts', titles: ['x'], reason: 'y' }] };
const CASES: [sentence: string, end: Partial<RunEnd>, outcome: string, land: boolean][] = [
  ['a change that the checks passed lands as done', { checked: { kind: 'verified' } }, 'done', true],
  [
    'a change that nothing could check lands as unverified',
    { checked: { kind: 'unverified', why: 'no tests' } },
    'unverified',
    true,
  ],
  ['a flow that checks nothing lands as unverified', {}, 'unverified', true],
  ['a change of which a part broke something lands in part', { checked: partly }, 'partly', true],
  ['a change that broke everything is taken back', { workflow: failed('run/broken') }, 'failed', false],
  ['a flow that never reaches its land step is taken back', { mayLand: false }, 'failed', false],
  ['an edit of somebody else is a conflict', { workflow: failed('run/conflict') }, 'conflict', false],
  ['what the manifest does not permit is refused', { workflow: failed('run/permission-denied') }, 'refused', false],
  [
    'an interruption wins over whatever the checks said',
    { checked: { kind: 'verified' }, stoppedBy: 'interrupted' },
    'interrupted',
    false,
  ],
  ['a run out of time is taken back', { checked: { kind: 'verified' }, stoppedBy: 'timed-out' }, 'timed-out', false],
  ['a dry run lands nothing', { dryRun: true, changes: undefined }, 'dry-run', false],
  ['a run without changes has nothing to land', { changes: undefined }, 'nothing-to-do', false],
];
for (const [sentence, end, outcome, land] of CASES) {
  test(sentence, async () => {
    const verdict = await judged(end);
    assert.deepEqual([verdict.outcome, verdict.land], [outcome, land]);
    assert.notEqual(verdict.message, '');
  });
}

test('an unverified landing exits with 0, and with 6 when it was asked to be strict', () => {
  const request = { task: 't', root: '/r', priority: 'NORMAL', strict: false } as RunRequest;
  const parts = { run: 'run_1', startedAt: 0, durationMs: 0, outcome: 'unverified', message: 'm' } as const;
  assert.equal(runReport({ ...parts, request }).exitCode, 0);
  assert.equal(runReport({ ...parts, request: { ...request, strict: true } }).exitCode, 6);
});
