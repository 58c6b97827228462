// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders in plain strings are the subject here.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cycleOf, inOrder } from './graph-order.ts';
import { readWorkflow } from './index.ts';

const step = (id: string) => ({ id, kind: 'verify' });

async function problems(value: unknown, skills?: readonly string[]): Promise<string> {
  const reading = await readWorkflow(value, skills === undefined ? {} : { skills });
  return reading.kind === 'invalid' ? reading.message : '';
}

function workflow(nodes: unknown[], edges: unknown[] = [], more: object = {}): unknown {
  return { version: 1, name: 'x', nodes, edges, ...more };
}

test('a sound workflow is read', async () => {
  const loop = { id: 'l', kind: 'loop', until: 'steps.b.changed == 0', body: { nodes: [step('b')], edges: [] } };
  const value = workflow(
    [step('a'), loop, step('c')],
    [
      { from: 'a', to: 'l' },
      { from: 'l', to: 'c', when: 'steps.l.changed > 0 && steps.b.kind == "done"' },
    ],
  );
  const reading = await readWorkflow(value);
  assert.ok(reading.kind === 'workflow', reading.kind === 'invalid' ? reading.message : '');
  assert.deepEqual(reading.definition, value);
});

test('two nodes with one id are refused, in a loop body too', async () => {
  assert.match(await problems(workflow([step('a'), step('a')])), /\$\.nodes\[1\]\.id: expected an id that no other/);
  const loop = { id: 'l', kind: 'loop', until: 'true', body: { nodes: [step('a')], edges: [] } };
  assert.match(await problems(workflow([step('a'), loop])), /\$\.nodes\[1\]\.body\.nodes\[0\]\.id/);
});

test('an edge that leads nowhere names the nearest node', async () => {
  const message = await problems(workflow([step('alpha'), step('beta')], [{ from: 'alpha', to: 'bata' }]));
  assert.match(
    message,
    /\$\.edges\[0\]\.to: expected the id of a node of the same graph, found "bata"; did you mean "beta"/,
  );
});

test('an edge into a loop body is refused', async () => {
  const loop = { id: 'l', kind: 'loop', until: 'true', body: { nodes: [step('b')], edges: [] } };
  assert.match(
    await problems(workflow([step('a'), loop], [{ from: 'a', to: 'b' }])),
    /node of the same graph, found "b"/,
  );
});

test('a cycle is refused and shown', async () => {
  const edges = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'c' },
    { from: 'c', to: 'b' },
  ];
  assert.match(await problems(workflow([step('a'), step('b'), step('c')], edges)), /no cycle.*"b -> c -> b"/);
  assert.match(await problems(workflow([step('a')], [{ from: 'a', to: 'a' }])), /"a -> a"/);
});

test('a second edge between two nodes is refused', async () => {
  const edge = { from: 'a', to: 'b' };
  assert.match(await problems(workflow([step('a'), step('b')], [edge, { ...edge, when: 'true' }])), /one edge between/);
});

test('unknown kinds, keys and skills are refused with the nearest allowed word', async () => {
  assert.match(await problems(workflow([{ id: 'a', kind: 'verfiy' }])), /did you mean "verify"/);
  assert.match(await problems(workflow([{ id: 'a', kind: 'verify', titel: 'x' }])), /did you mean "title"/);
  const skill = { id: 'a', kind: 'skill', skill: 'import' };
  assert.match(await problems(workflow([skill]), ['imports', 'cycles']), /did you mean "imports"/);
  assert.equal(await problems(workflow([skill])), '');
});

test('an expression may read only what is decided before', async () => {
  const nodes = [step('a'), step('b'), step('c')];
  const read = (when: string) =>
    problems(
      workflow(nodes, [
        { from: 'a', to: 'b', when },
        { from: 'b', to: 'c' },
      ]),
    );
  assert.equal(await read('steps.a.kind == "done"'), '');
  assert.match(await read('steps.c.kind == "done"'), /a step that is decided before \(a\), found "c"/);
  assert.match(await read('step.a.kind'), /begins with inputs or steps.*did you mean "steps"/);
  assert.match(await read('inputs.none'), /a declared input \(none\)/);
  assert.match(await read('steps.a.kind =='), /at character 16/);
});

test('an edge may read whatever its target waits for', async () => {
  const nodes = [step('a'), step('b'), step('c')];
  const edges = [
    { from: 'a', to: 'c' },
    { from: 'b', to: 'c', when: 'steps.a.changed > 0' },
  ];
  assert.equal(await problems(workflow(nodes, edges)), '');
});

test('placeholders must parse and lead to something that is there', async () => {
  const skill = (input: object) => ({ id: 'b', kind: 'skill', skill: 's', input });
  const read = (input: object) =>
    problems(workflow([step('a'), skill(input)], [{ from: 'a', to: 'b' }], { inputs: { only: {} } }));
  assert.equal(await read({ x: '${inputs.only} ${steps.a.output.y}' }), '');
  assert.match(await read({ x: '${inputs.olny}' }), /a declared input \(only\), found "olny"; did you mean "only"/);
  assert.match(await read({ x: '${steps.b.output}' }), /decided before/);
  assert.match(await read({ x: ['${'] }), /no closing brace/);
});

test('a body sees what comes before its loop, and its own steps in order', async () => {
  const body = (when: string) => ({
    nodes: [step('b'), step('c')],
    edges: [{ from: 'b', to: 'c', when }],
  });
  const loop = (when: string) => ({ id: 'l', kind: 'loop', until: 'steps.c.changed == 0', body: body(when) });
  const read = (when: string) => problems(workflow([step('a'), loop(when)], [{ from: 'a', to: 'l' }]));
  assert.equal(await read('steps.a.changed == steps.b.changed'), '');
  assert.match(await read('steps.c.changed > 0'), /decided before/);
  assert.match(await read('steps.l.changed > 0'), /decided before/);
});

test('a node that nothing can reach is refused, and what only it leads to as well', async () => {
  const edges = [
    { from: 'a', to: 'b', when: '1 > 2' },
    { from: 'b', to: 'c' },
  ];
  const message = await problems(workflow([step('a'), step('b'), step('c')], edges));
  assert.match(message, /\$\.nodes\[1\]: expected a node that can be reached, found "b"; \$\.nodes\[2\]/);
});

test('loops nest three deep and no deeper', async () => {
  const nest = (depth: number): unknown =>
    depth === 0
      ? step('a')
      : { id: `l${depth}`, kind: 'loop', until: 'true', body: { nodes: [nest(depth - 1)], edges: [] } };
  assert.equal(await problems(workflow([nest(3)])), '');
  assert.match(await problems(workflow([nest(4)])), /nested at most 3 deep/);
});

test('order respects every edge, and a cycle is found exactly when there is one', () => {
  const edge = fc.record({ from: fc.nat({ max: 7 }), to: fc.nat({ max: 7 }) });
  fc.assert(
    fc.property(fc.array(edge, { maxLength: 14 }), (pairs) => {
      const nodes = Array.from({ length: 8 }, (_, id) => ({ id: `n${id}`, kind: 'verify' as const }));
      const edges = pairs.map(({ from, to }) => ({ from: `n${from}`, to: `n${to}` }));
      const order = inOrder({ nodes, edges }).map(({ id }) => id);
      const cycle = cycleOf({ nodes, edges });
      assert.equal(order.length === nodes.length, cycle === undefined);
      if (cycle === undefined) for (const { from, to } of edges) assert.ok(order.indexOf(from) < order.indexOf(to));
      for (const [index, id] of (cycle ?? []).entries()) {
        const next = cycle?.[index + 1];
        if (next !== undefined)
          assert.ok(
            edges.some(({ from, to }) => from === id && to === next),
            cycle?.join(),
          );
      }
      if (cycle !== undefined) assert.equal(cycle[0], cycle.at(-1));
    }),
    { numRuns: 500 },
  );
});
