import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budget, FULL_GRANT, manualClock, permission, rootTask, type Task } from '../kernel/index.ts';
import { type Skill, skillRegistry } from '../skills/index.ts';
import { type AgentStep, becomeAgent, type Manifest, type Mixin, type MixinFactory } from './index.ts';

const skill = (name: string): Skill => ({
  name,
  version: '1.2.0',
  description: name,
  effect: 'report',
  permissions: {},
  input: {},
  output: {},
  run: async () => ({ kind: 'nothing-to-do', summary: '' }),
});

const manifest: Manifest = {
  version: '1',
  name: 'tester',
  role: 'tester',
  description: 'Tests.',
  intents: ['test'],
  skills: [{ name: 'imports', range: '^1.0.0' }],
  permissions: { read: ['**'], write: ['src/**'] },
  flow: { nodes: [], edges: [] },
};

function parent(limits = {}): Task {
  const open = { permission: permission(FULL_GRANT), budget: budget(limits, manualClock()) };
  return rootTask({ id: 'task_0', signature: 'root', ...open });
}

const step = (node: AgentStep['node']): AgentStep => ({ title: `Step ${node.id}`, node });
const importsStep = step({ id: 'a', kind: 'skill', skill: 'imports' });

type Outcome = { kind: 'done' } | { kind: 'failed'; code: `${string}/${string}`; message: string };

function become(
  change: Partial<Manifest> = {},
  more: { mixins?: Record<string, MixinFactory>; parent?: Task; runTask?: (task: Task) => Outcome } = {},
) {
  return becomeAgent<AgentStep, Outcome, undefined>({
    manifest: { ...manifest, ...change },
    parent: more.parent ?? parent(),
    id: 'task_1',
    signature: 'tester',
    skills: skillRegistry([skill('imports'), skill('cycles')]),
    runTask: async (_step, _context, task) => more.runTask?.(task) ?? { kind: 'done' },
    ...(more.mixins === undefined ? {} : { mixins: more.mixins }),
  });
}

async function agent(...given: Parameters<typeof become>) {
  const became = await become(...given);
  assert.ok(became.kind === 'agent', became.kind);
  return became.agent;
}

test('the agent may do what both its parent and its manifest allow', async () => {
  const narrow = parent().delegate({ id: 'task_p', signature: 'p', permission: { read: ['docs/**'], write: ['**'] } });
  assert.ok(narrow.kind === 'delegated');
  const { task } = await agent({}, { parent: narrow.task });
  const may = (kind: 'read' | 'write', path: string) => task.permission.allows({ kind, path }).kind === 'allowed';
  assert.deepEqual(
    [may('read', 'docs/a'), may('read', 'src/a'), may('write', 'src/a'), may('write', 'docs/a')],
    [true, false, true, false],
  );
  assert.deepEqual([task.parent, task.root, task.depth], ['task_p', 'task_0', 2]);
});

test('a step is carried out as the agent, not as its parent', async () => {
  const seen: string[] = [];
  const one = await agent(
    {},
    {
      runTask: (task) => {
        seen.push(task.id);
        return { kind: 'done' };
      },
    },
  );
  assert.deepEqual(await one.runStep(importsStep, undefined), { kind: 'done' });
  assert.deepEqual(seen, ['task_1']);
});

test('skills that are missing or too old are told before anything runs', async () => {
  const unfit = await become({ skills: [{ name: 'imports', range: '^2.0.0' }, { name: 'cycle' }] });
  assert.ok(unfit.kind === 'skills-unmet');
  assert.deepEqual(
    unfit.mismatches.map(({ kind }) => kind),
    ['wrong-version', 'missing'],
  );
  assert.match(unfit.message, /"tester" cannot run: .*did you mean "cycles"/);
});

test('an unknown mixin and bad options are told with the mixin', async () => {
  const unknown = await become({ mixins: [{ name: 'governnance' }] });
  assert.ok(unknown.kind === 'mixin-unknown');
  assert.match(unknown.message, /did you mean "governance"/);
  const strict: MixinFactory = () => ({ kind: 'bad-options', message: 'expected x' });
  const options = await become({ mixins: [{ name: 'strict' }] }, { mixins: { strict } });
  assert.ok(options.kind === 'mixin-options' && options.mixin === 'strict');
});

test('a task that an ancestor is already doing is not begun', async () => {
  const first = await agent();
  const again = await become({}, { parent: first.task });
  assert.ok(again.kind === 'not-delegated' && again.refusal.reason === 'repeats-ancestor');
});

test('governance refuses a skill that the manifest does not declare', async () => {
  let ran = false;
  const runTask = (): Outcome => {
    ran = true;
    return { kind: 'done' };
  };
  const one = await agent({}, { runTask });
  const outcome = await one.runStep(step({ id: 'b', kind: 'skill', skill: 'cycles' }), undefined);
  assert.ok(outcome.kind === 'failed' && outcome.code === 'agent/skill-not-declared');
  assert.equal(ran, false);
});

test('governance lets no agent land that may write nothing', async () => {
  const reader = await agent({ permissions: { read: ['**'] } });
  const outcome = await reader.runStep(step({ id: 'l', kind: 'land' }), undefined);
  assert.ok(outcome.kind === 'failed' && outcome.code === 'agent/not-permitted');
  assert.equal((await (await agent()).runStep(step({ id: 'l', kind: 'land' }), undefined)).kind, 'done');
});

test('governance stops when the budget is used up', async () => {
  const one = await agent({ budget: { tokens: 10 } });
  assert.equal((await one.runStep(importsStep, undefined)).kind, 'done');
  one.task.budget.spend({ tokens: 10 });
  const outcome = await one.runStep(importsStep, undefined);
  assert.ok(outcome.kind === 'failed' && outcome.code === 'agent/budget-exhausted');
});

test('governance remembers failures and opens the circuit at the third identical one', async () => {
  let runs = 0;
  const runTask = (): Outcome => {
    runs += 1;
    return { kind: 'failed', code: 'x/same', message: 'm' };
  };
  const one = await agent({}, { runTask });
  for (let time = 0; time < 3; time += 1) await one.runStep(importsStep, undefined);
  const outcome = await one.runStep(importsStep, undefined);
  assert.ok(outcome.kind === 'failed' && outcome.code === 'agent/circuit-open');
  assert.equal(runs, 3);
  assert.equal(one.task.failures.list().length, 3);
});

test('governance begins nothing after the task was cancelled', async () => {
  const one = await agent();
  one.task.cancel('enough');
  const outcome = await one.runStep(importsStep, undefined);
  assert.ok(outcome.kind === 'failed' && outcome.code === 'agent/cancelled');
});

test('mixins are asked in the order of the manifest, told in reverse, and the first refusal wins', async () => {
  const calls: string[] = [];
  const talking =
    (name: string, refuses = false): MixinFactory =>
    () => {
      const mixin: Mixin = {
        name,
        beforeStep: async () => {
          calls.push(`${name} before`);
          return refuses ? { kind: 'refuse', code: 'test/no', message: 'no' } : { kind: 'go' };
        },
        afterStep: async (_, outcome) => void calls.push(`${name} after ${outcome.kind}`),
      };
      return { kind: 'mixin', mixin };
    };
  const mixins = { one: talking('one'), two: talking('two', true), three: talking('three') };
  const names = ['one', 'two', 'three'].map((name) => ({ name }));
  const outcome = await (await agent({ mixins: names }, { mixins })).runStep(importsStep, undefined);
  assert.ok(outcome.kind === 'failed' && outcome.code === 'test/no');
  assert.deepEqual(calls, ['one before', 'two before', 'three after failed', 'two after failed', 'one after failed']);
});

test('prompt parts and tools of mixins are added to the manifest, each tool once', async () => {
  const adding: MixinFactory = ({ options }) => {
    const mixin = { name: 'adding', systemPrompt: () => `Remember ${options.what}.`, tools: () => ['search', 'grep'] };
    return { kind: 'mixin', mixin };
  };
  const change = { tools: ['search'], mixins: [{ name: 'adding', options: { what: 'this' } }] };
  const one = await agent(change, { mixins: { adding } });
  assert.equal(one.systemPrompt(), 'You are a tester. Tests.\n\nRemember this.');
  assert.deepEqual(one.tools(), ['search', 'grep']);
});

test('what mixins remember goes back to the moment of a snapshot', async () => {
  const counting: MixinFactory = () => {
    let count = 0;
    const mixin: Mixin = {
      name: 'counting',
      beforeStep: async () => {
        count += 1;
        return { kind: 'go' };
      },
      systemPrompt: () => `count ${count}`,
      snapshot: () => count,
      restore: (state) => {
        count = Number(state);
      },
    };
    return { kind: 'mixin', mixin };
  };
  const one = await agent({ mixins: [{ name: 'counting' }] }, { mixins: { counting } });
  await one.runStep(importsStep, undefined);
  const state = JSON.parse(JSON.stringify(one.snapshot()));
  await one.runStep(importsStep, undefined);
  one.restore(state);
  assert.deepEqual([state, one.systemPrompt().endsWith('count 1')], [{ counting: 1 }, true]);
});

test('governance cannot be left out or replaced by a manifest', async () => {
  const loose: MixinFactory = () => ({ kind: 'mixin', mixin: { name: 'governance' } });
  const one = await agent({ mixins: [{ name: 'governance' }] }, { mixins: { governance: loose } });
  const outcome = await one.runStep(step({ id: 'b', kind: 'skill', skill: 'cycles' }), undefined);
  assert.equal(outcome.kind, 'failed');
});

test('governance is there once, also when a manifest lists it', async () => {
  const runTask = (): Outcome => ({ kind: 'failed', code: 'x/y', message: 'm' });
  const one = await agent({ mixins: [{ name: 'governance' }] }, { runTask });
  await one.runStep(importsStep, undefined);
  assert.equal(one.task.failures.list().length, 1);
});
