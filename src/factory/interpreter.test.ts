import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isPyAgentError, manualClock } from '../kernel/index.ts';
import {
  type Edge,
  interpret,
  type JournalEntry,
  runWorkflow,
  type StepOutcome,
  stepKeyText,
  type WorkflowDefinition,
  type WorkflowNode,
  type WorkflowRun,
  workflowProblems,
} from './index.ts';
import { commandsText } from './interpreter.ts';

/** Workflows without problems: random edges forward, conditions, retries, a loop in the middle. */
const workflows: fc.Arbitrary<WorkflowDefinition> = fc
  .record({
    size: fc.integer({ min: 1, max: 6 }),
    edges: fc.array(fc.tuple(fc.nat({ max: 5 }), fc.nat({ max: 5 }), fc.boolean()), { maxLength: 10 }),
    loopAt: fc.nat({ max: 6 }),
    attempts: fc.integer({ min: 1, max: 3 }),
    mayFail: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
  })
  .map(({ size, edges, loopAt, attempts, mayFail }): WorkflowDefinition => {
    const step = (id: string, index: number): WorkflowNode => {
      return { id, kind: 'verify', retry: { attempts }, onFailure: mayFail[index] ? 'continue' : 'fail' };
    };
    const body = { nodes: [step('x', 0), step('y', 1)], edges: [{ from: 'x', to: 'y', when: 'steps.x.changed > 0' }] };
    const nodes = Array.from(
      { length: size },
      (_, index): WorkflowNode =>
        index === loopAt
          ? { id: `n${index}`, kind: 'loop', until: 'steps.x.changed == 0', max: 3, body }
          : step(`n${index}`, index),
    );
    const forward = new Map<string, Edge>();
    for (const [one, two, conditional] of edges) {
      const [from, to] = [Math.min(one, two), Math.max(one, two)];
      if (from === to || to >= size) continue;
      const when = conditional ? { when: `steps.n${from}.changed > 0` } : {};
      forward.set(`${from} ${to}`, { from: `n${from}`, to: `n${to}`, ...when });
    }
    return { version: 1, name: 'random', nodes, edges: [...forward.values()] };
  });

/** Ends in an order that `seed` decides, each step with an outcome that its key decides. */
function scripted(seed: number): WorkflowRun['runTask'] {
  let state = seed;
  return async ({ key }) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    for (let turns = state % 5; turns > 0; turns -= 1) await Promise.resolve();
    return outcomeOf(stepKeyText(key), seed);
  };
}

function outcomeOf(key: string, seed: number): StepOutcome {
  let hash = seed % 97;
  for (const character of key) hash = (hash * 31 + character.charCodeAt(0)) % 1_009;
  if (hash % 5 === 0) return { kind: 'failed', code: 'test/failed', message: key };
  return hash % 3 === 0 ? { kind: 'nothing-to-do', summary: '' } : { kind: 'done', summary: '', changed: hash % 4 };
}

async function record(definition: WorkflowDefinition, seed: number, recorded: readonly JournalEntry[] = []) {
  const journal = [...recorded];
  const outcome = await runWorkflow({
    definition,
    clock: manualClock(),
    runTask: scripted(seed),
    record: async (entry) => void journal.push(entry),
    recorded,
    parallelism: 1 + (seed % 4),
  });
  return { journal, outcome };
}

const seeds = fc.nat({ max: 1_000_000 });

test('every generated workflow is sound, so the properties below speak of real ones', () => {
  fc.assert(fc.property(workflows, (definition) => assert.deepEqual(workflowProblems(definition), [])));
});

test('each recorded start is a command of the journal before it, and replay gives the same commands', async () => {
  await fc.assert(
    fc.asyncProperty(workflows, seeds, async (definition, seed) => {
      const { journal } = await record(definition, seed);
      const copy = JSON.parse(JSON.stringify(journal)) as JournalEntry[];
      for (const [at, entry] of journal.entries()) {
        const before = interpret(definition, journal.slice(0, at)).commands;
        assert.equal(commandsText(interpret(definition, copy.slice(0, at)).commands), commandsText(before));
        if (entry.type !== 'step-started') continue;
        const starts = before.flatMap((command) => (command.type === 'start' ? [stepKeyText(command.step.key)] : []));
        assert.ok(starts.includes(stepKeyText(entry.key)), `${stepKeyText(entry.key)} of ${starts}`);
      }
    }),
    { numRuns: 60 },
  );
});

test('a workflow ends exactly once, and never while steps run', async () => {
  await fc.assert(
    fc.asyncProperty(workflows, seeds, async (definition, seed) => {
      const { journal, outcome } = await record(definition, seed);
      const last = interpret(definition, journal);
      assert.deepEqual(last.running, []);
      assert.deepEqual(
        last.commands.length === 1 && last.commands[0]?.type,
        outcome.kind === 'completed' ? 'complete' : 'fail',
      );
      const keys = journal.flatMap((entry) => (entry.type === 'step-started' ? [stepKeyText(entry.key)] : []));
      assert.equal(new Set(keys).size, keys.length);
      assert.equal(outcome.finished.length, keys.length);
    }),
    { numRuns: 60 },
  );
});

test('a workflow that is resumed from any point of its journal ends as it would have', async () => {
  await fc.assert(
    fc.asyncProperty(workflows, seeds, fc.nat(), async (definition, seed, cut) => {
      // One step at a time, so that the order in which steps end is the same in both lives.
      const first = await record(definition, seed - (seed % 4));
      const at = 1 + (cut % first.journal.length);
      const second = await record(definition, seed - (seed % 4), first.journal.slice(0, at));
      assert.deepEqual([second.outcome.kind, second.outcome.steps], [first.outcome.kind, first.outcome.steps]);
    }),
    { numRuns: 60 },
  );
});

test('whenever a workflow is cancelled or its journal cannot be kept, no step of it is left running', async () => {
  await fc.assert(
    fc.asyncProperty(workflows, seeds, fc.nat({ max: 20 }), fc.boolean(), async (definition, seed, at, cancels) => {
      const stop = new AbortController();
      const journal: JournalEntry[] = [];
      let running = 0;
      const task = scripted(seed);
      const ended = runWorkflow({
        definition,
        clock: manualClock(),
        signal: stop.signal,
        runTask: async (step, context) => {
          running += 1;
          try {
            return await task(step, context);
          } finally {
            running -= 1;
          }
        },
        record: async (entry) => {
          if (journal.length === at && !cancels) throw new Error('disk full');
          journal.push(entry);
          if (journal.length === at && cancels) stop.abort('interrupted');
        },
      });
      const outcome = await ended.catch((error: Error) => error.message);
      assert.equal(running, 0);
      const reached = cancels ? stop.signal.aborted : journal.length === at && typeof outcome === 'string';
      if (!reached || !cancels) return assert.ok(reached ? outcome === 'disk full' : typeof outcome === 'object');
      // A workflow may have ended by itself at the moment of the cancellation.
      assert.ok(typeof outcome === 'object' && interpret(definition, journal).running.length === 0);
      const cancelledAt = journal.findIndex(({ type }) => type === 'cancelled');
      const later = cancelledAt === -1 ? [] : journal.slice(cancelledAt).map(({ type }) => type);
      assert.ok(!later.includes('step-started'), String(later));
    }),
    { numRuns: 150 },
  );
});

test('a step that was running when the process went is tried again under its key, without a second start', async () => {
  const definition: WorkflowDefinition = { version: 1, name: 'x', nodes: [{ id: 'a', kind: 'land' }], edges: [] };
  const first = await record(definition, 4);
  const { journal, outcome } = await record(definition, 4, first.journal.slice(0, 2));
  assert.equal(outcome.kind, 'completed');
  assert.deepEqual(
    journal.map(({ type }) => type),
    ['started', 'step-started', 'step-finished'],
  );
});

test('a journal is not continued with another definition, but with the same in another order of keys', async () => {
  const definition: WorkflowDefinition = { version: 1, name: 'x', nodes: [{ id: 'a', kind: 'land' }], edges: [] };
  const { journal } = await record(definition, 4);
  const { edges, nodes, name, version } = definition;
  assert.equal((await record({ edges, nodes, name, version }, 4, journal)).outcome.kind, 'completed');
  const other: WorkflowDefinition = { ...definition, nodes: [{ id: 'a', kind: 'verify' }] };
  const isForeign = (error: unknown) => isPyAgentError(error, 'factory/journal-foreign');
  await assert.rejects(record(other, 4, journal), isForeign);
  await assert.rejects(record(definition, 4, journal.slice(1)), isForeign);
});

test('a journal that says a step ended which never began is refused', () => {
  const definition: WorkflowDefinition = { version: 1, name: 'x', nodes: [{ id: 'a', kind: 'land' }], edges: [] };
  const key = { node: 'a', attempt: 1, iteration: [] };
  const outcome: StepOutcome = { kind: 'nothing-to-do', summary: '' };
  const finished: JournalEntry = { type: 'step-finished', key, outcome, durationMs: 1 };
  const broken = (error: unknown) => isPyAgentError(error, 'factory/journal-broken');
  assert.throws(() => interpret(definition, [finished]), broken);
  assert.throws(() => interpret(definition, [{ type: 'step-started', key }, finished, finished]), broken);
});
