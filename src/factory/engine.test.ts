// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders in plain strings are the subject here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPyAgentError, type JsonObject, manualClock, PyAgentError } from '../kernel/index.ts';
import {
  type JournalEntry,
  runWorkflow,
  type StepOutcome,
  type StepRequest,
  stepKeyText,
  type WorkflowDefinition,
  type WorkflowRun,
} from './index.ts';

const done = (changed = 0): StepOutcome => ({ kind: 'done', summary: 'ok', changed });
const failed = (code: `${string}/${string}`, retryable = true): StepOutcome => {
  return { kind: 'failed', code, message: `it was ${code}`, retryable };
};
const verify = (id: string, more: object = {}) => ({ id, kind: 'verify' as const, ...more });

function definition(nodes: WorkflowDefinition['nodes'], edges: WorkflowDefinition['edges'] = []): WorkflowDefinition {
  return { version: 1, name: 'test', nodes, edges };
}

function chain(...ids: string[]): WorkflowDefinition['edges'] {
  return ids.slice(1).map((to, index) => ({ from: ids[index] ?? '', to }));
}

/** Runs with an in-memory journal; `started` has the keys of the steps in the order in which they began. */
async function run(workflow: WorkflowDefinition, runTask: WorkflowRun['runTask'], more: Partial<WorkflowRun> = {}) {
  const journal: JournalEntry[] = [];
  const events: [kind: string, data: JsonObject][] = [];
  const started: string[] = [];
  const outcome = await runWorkflow({
    definition: workflow,
    clock: manualClock(),
    record: async (entry) => void journal.push(entry),
    emit: (kind, data) => events.push([kind, data]),
    ...more,
    runTask: (step, context) => {
      started.push(stepKeyText(step.key));
      return runTask(step, context);
    },
  });
  return { outcome, journal, events, started };
}

test('steps run in the order of their edges, and the workflow completes', async () => {
  const workflow = definition([verify('c'), verify('a'), verify('b')], chain('a', 'b', 'c'));
  const { outcome, started, journal } = await run(workflow, async () => done(1));
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(started, ['a', 'b', 'c']);
  assert.deepEqual(
    journal.map(({ type }) => type),
    ['started', ...Array.from({ length: 3 }, () => ['step-started', 'step-finished']).flat()],
  );
  assert.deepEqual(outcome.steps.a, { kind: 'done', changed: 1, summary: 'ok' });
});

test('steps that do not wait for each other run at once, up to the limit', async () => {
  let running = 0;
  let most = 0;
  const workflow = definition(['a', 'b', 'c', 'd', 'e'].map((id) => verify(id)));
  const task = async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return done();
  };
  await run(workflow, task, { parallelism: 3 });
  assert.equal(most, 3);
});

test('a loop repeats its body until its condition holds', async () => {
  const body = { nodes: [verify('imports'), verify('dependencies')], edges: chain('imports', 'dependencies') };
  const until = 'steps.imports.changed == 0 && steps.dependencies.changed == 0';
  let left = 2;
  const { outcome, started } = await run(definition([{ id: 'tidy', kind: 'loop', until, body }]), async ({ key }) =>
    key.node === 'imports' && left-- > 0 ? done(1) : done(0),
  );
  assert.deepEqual(
    started,
    ['imports', 'dependencies'].flatMap((id) => [`${id}@1`, `${id}@2`, `${id}@3`]).toSorted(byRound),
  );
  const { changed, iterations, reachedMax } = outcome.steps.tidy ?? {};
  assert.deepEqual([changed, iterations, reachedMax], [2, 3, false]);
});

function byRound(left: string, right: string): number {
  return Number(left.at(-1)) - Number(right.at(-1));
}

test('what comes after a loop sees what its steps did last', async () => {
  const body = { nodes: [verify('a')], edges: [] };
  const workflow = definition(
    [{ id: 'l', kind: 'loop', until: 'steps.a.changed == 0', body }, verify('yes'), verify('no')],
    [
      { from: 'l', to: 'yes', when: 'steps.a.kind == "done" && steps.a.changed == 0' },
      { from: 'l', to: 'no', when: 'steps.a.changed > 0' },
    ],
  );
  let left = 2;
  const { started } = await run(workflow, async ({ key }) => done(key.node === 'a' ? left-- : 0));
  assert.deepEqual(started, ['a@1', 'a@2', 'a@3', 'yes']);
});

test('a loop that never settles ends at its limit and says so', async () => {
  const body = { nodes: [verify('a')], edges: [] };
  const { outcome } = await run(definition([{ id: 'l', kind: 'loop', until: 'false', body }]), async () => done(1));
  const { iterations, reachedMax, changed } = outcome.steps.l ?? {};
  assert.deepEqual([outcome.kind, iterations, reachedMax, changed], ['completed', 10, true, 10]);
});

test('loops nest, and steps in them are keyed by every round', async () => {
  const inner = {
    id: 'inner',
    kind: 'loop' as const,
    until: 'false',
    max: 2,
    body: { nodes: [verify('a')], edges: [] },
  };
  const workflow = definition([
    { id: 'outer', kind: 'loop', until: 'false', max: 2, body: { nodes: [inner], edges: [] } },
  ]);
  const { started } = await run(workflow, async () => done());
  assert.deepEqual(started, ['a@1.1', 'a@1.2', 'a@2.1', 'a@2.2']);
});

test('an edge whose condition is false is not taken, and nothing follows from a skipped node', async () => {
  const workflow = definition(
    [verify('a'), verify('b'), verify('c'), verify('d')],
    [{ from: 'a', to: 'b', when: 'steps.a.changed > 0' }, ...chain('b', 'c'), ...chain('a', 'd')],
  );
  const { outcome, started, events } = await run(workflow, async () => done(0));
  assert.deepEqual(started, ['a', 'd']);
  assert.deepEqual([outcome.kind, outcome.steps.c?.kind], ['completed', 'skipped']);
  assert.deepEqual(
    events.filter(([kind]) => kind === 'step.skipped').map(([, { node }]) => node),
    ['b', 'c'],
  );
});

test('a node with several edges runs when one of them is taken, after all are decided', async () => {
  const workflow = definition(
    [verify('a'), verify('b'), verify('join')],
    [
      { from: 'a', to: 'join', when: 'false' },
      { from: 'b', to: 'join' },
    ],
  );
  const { started } = await run(workflow, async () => done());
  assert.deepEqual(started, ['a', 'b', 'join']);
});

test('a condition chooses the branch', async () => {
  const workflow = definition(
    [verify('a'), { id: 'any', kind: 'condition', expression: 'steps.a.changed > 1' }, verify('yes'), verify('no')],
    [
      { from: 'a', to: 'any' },
      { from: 'any', to: 'yes', when: 'steps.any.result' },
      { from: 'any', to: 'no', when: '!steps.any.result' },
    ],
  );
  assert.deepEqual((await run(workflow, async () => done(2))).started, ['a', 'yes']);
  assert.deepEqual((await run(workflow, async () => done(0))).started, ['a', 'no']);
});

test('inputs reach the steps, with defaults for what is not given', async () => {
  const inputs: JsonObject[] = [];
  const node = { id: 'a', kind: 'skill' as const, skill: 's', input: { only: '${inputs.only}', n: '${inputs.n}' } };
  const workflow = { ...definition([node]), inputs: { only: { default: [] }, n: {} } };
  const task = async ({ input }: StepRequest) => {
    inputs.push(input);
    return done();
  };
  await run(workflow, task, { inputs: { n: 3 } });
  await run(workflow, task, { inputs: { n: 4, only: ['src'] } });
  assert.deepEqual(inputs, [
    { only: [], n: 3 },
    { only: ['src'], n: 4 },
  ]);
  await assert.rejects(run(workflow, task), (error) => isPyAgentError(error, 'factory/input-missing'));
  await assert.rejects(run(workflow, task, { inputs: { n: 1, m: 2 } }), (error) =>
    isPyAgentError(error, 'factory/input-unknown'),
  );
});

test('the output of a step reaches a later one', async () => {
  const node = { id: 'b', kind: 'skill' as const, skill: 's', input: { files: '${steps.a.output.files}' } };
  let seen: JsonObject = {};
  await run(definition([verify('a'), node], chain('a', 'b')), async ({ key, input }) => {
    if (key.node === 'b') seen = input;
    return { ...done(), output: { files: ['x'] } } as StepOutcome;
  });
  assert.deepEqual(seen, { files: ['x'] });
});

test('a failed step fails the workflow, and what would follow does not begin', async () => {
  const { outcome, started } = await run(definition([verify('a'), verify('b')], chain('a', 'b')), async () =>
    failed('verify/red'),
  );
  assert.deepEqual(started, ['a']);
  assert.ok(outcome.kind === 'failed');
  assert.deepEqual([outcome.key.node, outcome.code, outcome.message], ['a', 'verify/red', 'it was verify/red']);
});

test('a failure stops what runs beside it, and the workflow ends only when that has ended', async () => {
  let ended = false;
  const workflow = definition([verify('bad'), verify('long')]);
  const { outcome } = await run(workflow, async ({ key }, { signal }) => {
    if (key.node === 'bad') return failed('x/y');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await new Promise((resolve) => setImmediate(resolve));
    ended = true;
    return failed('x/stopped');
  });
  assert.equal(ended, true);
  assert.ok(outcome.kind === 'failed' && outcome.code === 'x/y');
});

test('a step that may fail lets the workflow go on, and conditions see its failure', async () => {
  const workflow = definition(
    [verify('a', { onFailure: 'continue' }), verify('b'), verify('c')],
    [
      { from: 'a', to: 'b', when: 'steps.a.kind == "failed" && steps.a.code == "x/y"' },
      { from: 'a', to: 'c', when: 'steps.a.kind == "done"' },
    ],
  );
  const { outcome, started } = await run(workflow, async ({ key }) => (key.node === 'a' ? failed('x/y') : done()));
  assert.deepEqual([outcome.kind, started], ['completed', ['a', 'b']]);
});

test('a step is tried again as often as it says, with a key per try, and not when trying cannot help', async () => {
  const retry = { attempts: 3, delayMs: 50 };
  const waited: number[] = [];
  const delay = async (milliseconds: number) => void waited.push(milliseconds);
  const workflow = definition([verify('a', { retry })]);
  let tries = 0;
  const third = async () => (++tries < 3 ? failed('x/flaky') : done());
  const { outcome, started } = await run(workflow, third, { delay });
  assert.deepEqual([outcome.kind, started, waited], ['completed', ['a', 'a#2', 'a#3'], [50, 50]]);
  const hopeless = await run(workflow, async () => failed('x/never', false), { delay });
  assert.deepEqual([hopeless.outcome.kind, hopeless.started], ['failed', ['a']]);
});

test('a step that throws is a failed step with the code of its error', async () => {
  const broken = new PyAgentError({ code: 'store/full', message: 'no space left' });
  const { outcome } = await run(definition([verify('a', { retry: { attempts: 3 } })]), async () => {
    throw broken;
  });
  assert.ok(outcome.kind === 'failed' && outcome.code === 'store/full' && outcome.message === 'no space left');
  assert.equal(outcome.finished.length, 1);
});

test('a step that takes too long is told to stop and fails with its limit', async () => {
  const workflow = definition([verify('slow', { timeoutMs: 5 })]);
  const { outcome } = await run(workflow, async (_, { signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return done(1);
  });
  assert.ok(outcome.kind === 'failed' && outcome.code === 'factory/step-timed-out', JSON.stringify(outcome));
  assert.match(outcome.message, /5 ms/);
});

test('a step that does not stop is abandoned, nothing follows it, and it is named even if it may fail', async () => {
  const workflow = definition(
    [verify('deaf', { timeoutMs: 1, onFailure: 'continue' }), verify('b')],
    chain('deaf', 'b'),
  );
  const { outcome, started } = await run(workflow, () => new Promise(() => {}), { graceMs: 1 });
  assert.ok(outcome.kind === 'failed' && outcome.code === 'factory/step-abandoned');
  assert.deepEqual(started, ['deaf']);
});

test('cancelling stops what runs, begins nothing more, and says why', async () => {
  const stop = new AbortController();
  const { outcome, started, journal } = await run(
    definition([verify('a'), verify('b')], chain('a', 'b')),
    async (_, { signal }) => {
      queueMicrotask(() => stop.abort('interrupted'));
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return failed('x/stopped');
    },
    { signal: stop.signal },
  );
  assert.ok(outcome.kind === 'cancelled' && outcome.reason === 'interrupted');
  assert.deepEqual(started, ['a']);
  assert.deepEqual(
    journal.map(({ type }) => type),
    ['started', 'step-started', 'cancelled', 'step-finished'],
  );
});

test('a try that waits for its turn is not begun after the workflow was cancelled', async () => {
  const stop = new AbortController();
  const delay = async () => stop.abort('interrupted');
  const workflow = definition([verify('a', { retry: { attempts: 2, delayMs: 5 } })]);
  const { outcome, started } = await run(workflow, async () => failed('x/flaky'), { signal: stop.signal, delay });
  assert.deepEqual([outcome.kind, started], ['cancelled', ['a']]);
});

test('a step that throws because it was told to stop is a stopped step, not a broken one', async () => {
  const stop = new AbortController();
  const { outcome } = await run(
    definition([verify('a')]),
    async (_, { signal }) => {
      queueMicrotask(() => stop.abort('interrupted'));
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      signal.throwIfAborted();
      return done();
    },
    { signal: stop.signal },
  );
  const [only] = outcome.finished;
  assert.ok(only?.outcome.kind === 'failed' && only.outcome.code === 'factory/step-stopped');
});

test('no timer of a step outlives it', async () => {
  const waits: AbortSignal[] = [];
  const delay = (_: number, signal: AbortSignal) => {
    waits.push(signal);
    return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  };
  await run(definition([verify('a', { timeoutMs: 60_000 })]), async () => done(), { delay });
  assert.deepEqual(
    waits.map(({ aborted }) => aborted),
    [true],
  );
});

test('a workflow that is cancelled before it begins runs nothing', async () => {
  const { outcome, started } = await run(definition([verify('a')]), async () => done(), {
    signal: AbortSignal.abort('early'),
  });
  assert.deepEqual([outcome.kind, started], ['cancelled', []]);
});

test('when the journal cannot be kept, running steps are stopped before the error is thrown', async () => {
  let stopped = 0;
  const full = new PyAgentError({ code: 'store/full', message: 'no space left' });
  let records = 0;
  const running = runWorkflow({
    definition: definition([verify('a'), verify('b')]),
    clock: manualClock(),
    record: async () => {
      records += 1;
      if (records === 3) throw full;
    },
    runTask: async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      await new Promise((resolve) => setImmediate(resolve));
      stopped += 1;
      return done();
    },
  });
  await assert.rejects(running, (error) => error === full);
  assert.equal(stopped, 1);
});

test('events tell the start, the progress and the end of each step with its round', async () => {
  const clock = manualClock();
  const body = { nodes: [verify('a', { title: 'Check it' })], edges: [] };
  const { events } = await run(
    definition([{ id: 'l', kind: 'loop', until: 'true', body }]),
    async (_, { progress }) => {
      progress({ done: 1, total: 2 });
      clock.advance(30);
      return done(2);
    },
    { clock },
  );
  const head = { node: 'a', nodeKind: 'verify', title: 'Check it', iteration: 1 };
  assert.deepEqual(events, [
    ['step.started', head],
    ['step.progress', { ...head, done: 1, total: 2 }],
    ['step.finished', { ...head, outcome: 'done', summary: 'ok', changed: 2, durationMs: 30 }],
  ]);
});
