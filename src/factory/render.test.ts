import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderJson, renderText, type WorkflowDefinition } from './index.ts';

const definition: WorkflowDefinition = {
  version: 1,
  name: 'x',
  nodes: [
    { id: 'land', kind: 'land', title: 'Land the changes' },
    { id: 'baseline', kind: 'baseline', title: "Run the project's checks" },
    {
      id: 'tidy',
      kind: 'loop',
      title: 'Tidy',
      until: 'steps.b.changed == 0',
      body: {
        nodes: [
          { id: 'a', kind: 'skill', skill: 'imports', title: 'Optimize imports' },
          { id: 'b', kind: 'skill', skill: 'dependencies' },
        ],
        edges: [{ from: 'a', to: 'b' }],
      },
    },
  ],
  edges: [
    { from: 'baseline', to: 'tidy' },
    { from: 'tidy', to: 'land', when: 'steps.tidy.changed > 0' },
  ],
};

test('a plan is numbered in the order in which it can run, with what each step waits for', () => {
  assert.deepEqual(renderText(definition), [
    "1 Run the project's checks (baseline)",
    '2 Tidy (repeat until steps.b.changed == 0, at most 10 times), after 1',
    '  2.1 Optimize imports (skill imports)',
    '  2.2 b (skill dependencies), after 2.1',
    '3 Land the changes (land), after 2 if steps.tidy.changed > 0',
  ]);
});

test('the plan as data has the same numbers and the same order', () => {
  const plan = renderJson(definition) as { nodes: { number: string; id: string; after: unknown; body?: unknown[] }[] };
  assert.deepEqual(
    plan.nodes.map(({ number, id, after }) => [number, id, after]),
    [
      ['1', 'baseline', []],
      ['2', 'tidy', [{ node: 'baseline' }]],
      ['3', 'land', [{ node: 'tidy', when: 'steps.tidy.changed > 0' }]],
    ],
  );
  assert.equal(plan.nodes[1]?.body?.length, 2);
  assert.deepEqual(JSON.parse(JSON.stringify(plan)), plan);
});
