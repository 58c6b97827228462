import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budget, FULL_GRANT, isPyAgentError, manualClock, permission, rootTask } from '../kernel/index.ts';
import { type Skill, type SkillContext, type SkillOutcome, skillRegistry } from './index.ts';

const count: Skill<unknown, { words: string[] }, { number: number }> = {
  name: 'count',
  version: '1.4.2',
  description: 'Counts words.',
  effect: 'report',
  permissions: {},
  input: {
    type: 'object',
    required: ['words'],
    properties: { words: { type: 'array', items: { type: 'string' } } },
    additionalProperties: false,
  },
  output: { type: 'object', required: ['number'], properties: { number: { type: 'integer' } } },
  run: async (_, { words }) => {
    return { kind: 'done', summary: `${words.length} words`, output: { number: words.length }, changedFiles: [] };
  },
};

function context(signal = new AbortController().signal): SkillContext {
  const task = rootTask({
    id: 'task_1',
    signature: 's',
    permission: permission(FULL_GRANT),
    budget: budget({}, manualClock()),
  });
  return { root: '/', signal, task, services: undefined, emit: () => {} };
}

test('a skill is found by its name, and the list is in alphabetical order', () => {
  const registry = skillRegistry([count, { ...count, name: 'add' }]);
  assert.equal(registry.get('count'), count);
  assert.equal(registry.get('none'), undefined);
  assert.deepEqual(
    registry.list().map(({ name }) => name),
    ['add', 'count'],
  );
});

test('a bad name, a bad version and a taken name are refused', () => {
  const registry = skillRegistry([count]);
  for (const wrong of [
    { name: 'Count' },
    { name: 'a_b' },
    { name: 'x', version: '1' },
    { name: 'x', version: 'v1.0.0' },
    {},
  ]) {
    assert.throws(
      () => registry.register({ ...count, ...wrong }),
      (error) => isPyAgentError(error, 'skills/skill-invalid'),
      JSON.stringify(wrong),
    );
  }
});

test('requirements are met by version ranges as npm writes them', async () => {
  const registry = skillRegistry([count]);
  const met = ['^1.0.0', '~1.4.0', '>=1.4.2 <2', '1.x', '*', '1.4.2', '^2 || ^1.3'];
  assert.deepEqual(await registry.unmet([{ name: 'count' }, ...met.map((range) => ({ name: 'count', range }))]), []);
  const mismatches = await registry.unmet(['^2.0.0', '1.4.1', 'latest?'].map((range) => ({ name: 'count', range })));
  assert.deepEqual(
    mismatches.map(({ kind }) => kind),
    ['wrong-version', 'wrong-version', 'bad-range'],
  );
  assert.match(mismatches[0]?.message ?? '', /"count" in version \^2\.0\.0, found 1\.4\.2/);
});

test('a missing skill names the nearest one', async () => {
  const [mismatch] = await skillRegistry([count]).unmet([{ name: 'cuont', range: '^1.0.0' }]);
  assert.ok(mismatch?.kind === 'missing');
  assert.equal(mismatch.nearest, 'count');
});

test('a skill runs with an input that fits', async () => {
  const outcome = await skillRegistry([count]).run('count', context(), { words: ['a', 'b'] });
  assert.deepEqual(outcome, { kind: 'done', summary: '2 words', output: { number: 2 }, changedFiles: [] });
});

test('an input that does not fit never reaches the skill', async () => {
  let ran = false;
  const spy = {
    ...count,
    run: async (): Promise<SkillOutcome> => {
      ran = true;
      return { kind: 'nothing-to-do', summary: '' };
    },
  };
  const outcome = await skillRegistry([spy]).run('count', context(), { words: ['a', 1], more: true });
  assert.ok(outcome.kind === 'failed' && outcome.code === 'skills/input-invalid');
  assert.match(outcome.message, /\$\.words\[1\]: expected a string, found 1/);
  assert.match(outcome.message, /the key "more"/);
  assert.equal(ran, false);
});

test('an output that does not fit is a defect of the skill, not an answer', async () => {
  const broken = {
    ...count,
    run: async (): Promise<SkillOutcome> => ({ kind: 'nothing-to-do', summary: '', output: {} }),
  };
  await assert.rejects(skillRegistry([broken]).run('count', context(), { words: [] }), (error) =>
    isPyAgentError(error, 'skills/output-invalid'),
  );
});

test('a skill that has nothing to say needs no output', async () => {
  const quiet = { ...count, run: async (): Promise<SkillOutcome> => ({ kind: 'nothing-to-do', summary: 'nothing' }) };
  assert.equal((await skillRegistry([quiet]).run('count', context(), { words: [] })).kind, 'nothing-to-do');
});

test('a skill that nobody knows and one that was cancelled fail with their own codes', async () => {
  const registry = skillRegistry([count]);
  const unknown = await registry.run('cuont', context(), {});
  assert.ok(unknown.kind === 'failed' && unknown.code === 'skills/unknown-skill');
  assert.match(unknown.message, /did you mean "count"/);
  const cancelled = await registry.run('count', context(AbortSignal.abort()), { words: [] });
  assert.ok(cancelled.kind === 'failed' && cancelled.code === 'skills/cancelled');
});
