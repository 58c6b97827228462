import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { builtinManifests, type CatalogueEntry, type Manifest } from '../agent/index.ts';
import { MATCH_THRESHOLD, type Plan, planTask, rank } from './index.ts';

const entries: CatalogueEntry[] = builtinManifests.map((manifest) => ({ manifest, origin: { kind: 'builtin' } }));

const plan = (text: string, more: object = {}): Promise<Plan> => planTask(text, { entries, ...more });

/** The name of the manifest that `text` is planned with; absent when it matches none. */
async function chosen(text: string): Promise<string | undefined> {
  const result = await plan(text);
  return result.kind === 'planned' ? result.entry.manifest.name : undefined;
}

const UNDERSTOOD: Readonly<Record<string, readonly string[]>> = {
  'dependency-optimizer': [
    'Analyze dependencies and optimize imports',
    'analyse the dependencies and optimise the imports',
    'Please analyze all dependencies of my project and optimize its imports, thanks!',
    'optimize imports',
    'Optimise imports in the backend',
    'optimize import statements',
    'Optimize the imports and dependencies of this TypeScript monorepo',
    'clean up imports',
    'Clean up the unused imports in src/utils',
    'remove unused imports',
    'Removing unused imports from all files',
    'delete unneeded imports',
    'get rid of unused imports',
    'remove imports that are not used',
    "Remove the imports that aren't used",
    'Entferne nicht benutzte Importe',
    'Remove all the unused import statements in the project',
    'organize imports',
    'tidy my imports please',
    'fix imports',
    'merge duplicate imports',
    'remove unused dependencies',
    'prune unused packages',
    'Analyze dependencies',
    'analyze dependencies and imports',
    'remove unused imports, unused dependencies and duplicate imports',
    'optimze imprts',
    'analize dependancies and optimise import',
    'Importe aufräumen',
    'Bitte unbenutzte Importe entfernen',
    'Analysiere die Abhängigkeiten und optimiere die Importe',
    'dependency optimizer',
  ],
  'cycle-finder': [
    'find circular imports',
    'detect circular dependencies',
    'show me the import cycles',
    'are there cyclic imports in this repo?',
    'which modules import each other?',
    'list dependency cycles',
    'zirkuläre Importe finden',
  ],
  'dead-code-finder': [
    'find dead code',
    'dead code',
    'find unused code',
    'list code that is never used',
    'Report dead code',
    'find unused exports',
    'which files are never imported',
    'list unused files in packages/web',
    'Toten Code finden',
  ],
  'dependency-auditor': [
    'report unused dependencies',
    'unused dependencies',
    'list dependencies that are not used',
    'audit dependencies',
    'which dependencies are unused?',
    'find missing dependencies',
    'check dependencies in package.json',
    'Prüfe die Abhängigkeiten',
  ],
};

for (const [name, texts] of Object.entries(UNDERSTOOD)) {
  test(`${texts.length} ways of asking for ${name} are understood`, async () => {
    const wrong: string[] = [];
    for (const text of texts) if ((await chosen(text)) !== name) wrong.push(`${text} -> ${await chosen(text)}`);
    assert.deepEqual(wrong, []);
  });
}

const REFUSED: Readonly<Record<string, readonly string[]>> = {
  'asks for something else': [
    'write me a poem',
    'refactor the login page to use OAuth',
    'explain the architecture',
    'translate the README to German',
    'implement dependency injection',
    'make it faster',
    'optimize the database queries',
    'analyze performance',
    'fix the tests',
    'find bugs',
    'schreibe ein Gedicht',
    'import customers from a CSV file',
    'export the report as a PDF',
    'find my keys',
  ],
  'asks for more or other work on imports and dependencies': [
    'update dependencies',
    'upgrade all dependencies to the latest version',
    'install dependencies',
    'add the dependency lodash',
    'add missing imports',
    'convert imports to ESM',
    'replace moment with date-fns in all imports',
    'refactor the imports to use absolute paths',
    'sort imports alphabetically',
    'fix the bug in the import parser',
    'write tests for the import module',
    'check dependencies for vulnerabilities',
    'analyze imports and rewrite the app in Rust',
    'write a function that removes unused imports',
    'remove imports',
  ],
  'asks for a change that is only reported': ['remove dead code', 'delete unused files', 'fix circular imports'],
  'asks to remove something else': ['remove unused variables', 'remove unused CSS', 'remove console.log statements'],
  'is negated': [
    'do not remove unused imports',
    "don't optimize imports",
    'never fix imports',
    'keine Importe entfernen',
  ],
  'says too little': [
    '',
    '   ',
    '!!!',
    'imports',
    'optimize',
    'report',
    'check code',
    'clean up the code',
    'x'.repeat(50_000),
  ],
};

for (const [why, texts] of Object.entries(REFUSED)) {
  test(`a text that ${why} is refused`, async () => {
    const wrong: string[] = [];
    for (const text of texts) {
      const name = await chosen(text);
      if (name !== undefined) wrong.push(`${text} -> ${name}`);
    }
    assert.deepEqual(wrong, []);
  });
}

test('the main job is understood without doubt', async () => {
  const result = await plan('Analyze dependencies and optimize imports');
  assert.ok(result.kind === 'planned');
  assert.deepEqual([result.entry.manifest.name, result.score, result.how], ['dependency-optimizer', 1, 'match']);
  assert.deepEqual(result.ignored, []);
});

test('a manifest name is taken as it is, before any matching', async () => {
  const result = await plan(' cycle-finder ');
  assert.ok(result.kind === 'planned');
  assert.deepEqual([result.entry.manifest.name, result.how, result.score], ['cycle-finder', 'name', 1]);
});

test('words that the match leaves out are named', async () => {
  const result = await plan('find import cycles and dead code');
  assert.ok(result.kind === 'planned');
  assert.deepEqual([result.entry.manifest.name, result.ignored], ['cycle-finder', ['dead']]);
});

test('a refusal lists everything that can be done, each with a phrase that is understood', async () => {
  const result = await plan('write me a poem', { modelHint: 'Set up a model with X.' });
  assert.ok(result.kind === 'no-match');
  assert.equal(result.offers.length, entries.length);
  for (const { name, example } of result.offers) {
    assert.equal(await chosen(example), name);
    assert.ok(result.message.includes(example), name);
  }
  assert.ok(result.message.includes('write me a poem') && result.message.endsWith('Set up a model with X.'));
});

test('the nearest offers come first, and a long task does not flood the message', async () => {
  const result = await plan(`remove dead code ${'please '.repeat(500)}`);
  assert.ok(result.kind === 'no-match');
  assert.equal(result.offers[0]?.name, 'dead-code-finder');
  assert.ok(result.message.length < 1_500, String(result.message.length));
});

test('a planned definition carries the flow of the manifest', async () => {
  const result = await plan('find dead code');
  assert.ok(result.kind === 'planned');
  assert.deepEqual(
    [result.definition.name, result.definition.nodes.length > 0, result.definition.edges],
    ['dead-code-finder', true, result.entry.manifest.flow.edges],
  );
});

test('every built-in flow is a sound workflow', async () => {
  for (const { manifest } of entries) assert.equal((await plan(manifest.name)).kind, 'planned', manifest.name);
});

test('every intent of a built-in manifest leads to that manifest', async () => {
  const wrong: string[] = [];
  for (const { manifest } of entries) {
    for (const intent of manifest.intents) {
      const name = await chosen(intent);
      if (name !== manifest.name) wrong.push(`${intent} -> ${name}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('a flow that cannot run is told with the file it is from', async () => {
  const [example] = builtinManifests;
  assert.ok(example !== undefined);
  const change = (more: Partial<Manifest>): CatalogueEntry => {
    return { manifest: { ...example, name: 'own', ...more }, origin: { kind: 'project', path: '/p/own.json' } };
  };
  const told = async (more: Partial<Manifest>) => {
    const result = await planTask('own', { entries: [change(more)], skills: ['imports', 'cycles'] });
    return result.kind === 'broken-flow' ? result.message : result.kind;
  };
  const flow = (...nodes: Manifest['flow']['nodes'][number][]) => ({ nodes, edges: [] });
  const undeclared = { skills: [{ name: 'imports' }], flow: flow({ id: 'a', kind: 'skill', skill: 'imprts' }) };
  assert.match(
    await told(undeclared),
    /^\/p\/own\.json cannot run: \$\.flow\.nodes\[0\]\.skill: .*did you mean "imports"/,
  );
  const absent = { skills: [{ name: 'cycle' }], flow: flow({ id: 'a', kind: 'verify' }) };
  assert.match(await told(absent), /\$\.skills\[0\]\.name: expected a skill that is at hand .*did you mean "cycles"/);
  const twice = flow({ id: 'a', kind: 'verify' }, { id: 'a', kind: 'verify' });
  assert.match(await told({ skills: [], flow: twice }), /\$\.flow\.nodes\[1\]\.id/);
});

test("a project's own manifest is found by its own intents", async () => {
  const [example] = builtinManifests;
  assert.ok(example !== undefined);
  const manifest: Manifest = {
    ...example,
    name: 'licence-checker',
    role: 'licence checker',
    description: 'Checks licences.',
    intents: ['verify the licence headers', 'are all licences compatible'],
  };
  const own: CatalogueEntry = { manifest, origin: { kind: 'project', path: '/p/licence.json' } };
  const result = await planTask('Verify all licence headers', { entries: [...entries, own] });
  assert.ok(result.kind === 'planned' && result.entry === own);
});

test('ranking is deterministic, bounded, and blind to case, order of entries and white space', () => {
  const words = fc.constantFrom(
    'optimize',
    'imports',
    'unused',
    'not',
    'the',
    'poem',
    'Zyklen',
    'dead',
    'code',
    '-',
    'x/y',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 8 }), (parts) => {
      const text = parts.join(' ');
      const ranked = rank(text, entries).map(({ entry, score }) => [entry.manifest.name, score] as const);
      for (const [, score] of ranked) assert.ok(score >= 0 && score <= 1);
      const again = rank(`  ${text.toUpperCase()}\n`, entries.toReversed());
      assert.deepEqual(
        again.map(({ entry, score }) => [entry.manifest.name, score]),
        ranked,
      );
    }),
  );
  assert.ok(MATCH_THRESHOLD > 0.5 && MATCH_THRESHOLD < 1);
});
