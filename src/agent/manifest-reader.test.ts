import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builtinManifests, readManifest } from './index.ts';

const [example] = builtinManifests;
assert.ok(example !== undefined);

async function message(change: object): Promise<string> {
  const reading = await readManifest(JSON.stringify({ ...example, ...change }), 'my.json');
  return reading.kind === 'invalid' ? reading.message : '';
}

test('every built-in manifest fits the published schema', async () => {
  for (const manifest of builtinManifests) {
    const reading = await readManifest(JSON.stringify(manifest), manifest.name);
    assert.equal(reading.kind, 'manifest', reading.kind === 'invalid' ? reading.message : '');
  }
});

test('a manifest may hold comments and trailing commas', async () => {
  const text = JSON.stringify(example).replace('{', '{ // mine\n').replace(/\}$/, ',}');
  assert.equal((await readManifest(text, 'my.json')).kind, 'manifest');
});

test('every key of the schema is read', async () => {
  const full = {
    $schema: 'x',
    tools: ['search'],
    mixins: [{ name: 'governance', options: {} }],
    memoryStrategy: 'task',
    reasoningMode: 'cort',
    model: { required: false, contextTokens: 8000, capabilities: ['tools'] },
    budget: { tokens: 1000, microdollars: 5, milliseconds: 60_000 },
  };
  assert.equal(await message(full), '');
});

test('an unknown key is an error that names the file, the place and the nearest key', async () => {
  assert.match(await message({ intens: [] }), /^my\.json: \$: .*the key "intens"; did you mean "intents"\?/);
  assert.match(await message({ permissions: { raed: [] } }), /\$\.permissions: .*"raed"; did you mean "read"/);
  assert.match(await message({ skills: [{ name: 'a', version: '1' }] }), /\$\.skills\[0\]: .*the key "version"/);
});

test('a wrong word is an error that names the allowed ones', async () => {
  assert.match(
    await message({ reasoningMode: 'cott' }),
    /\$\.reasoningMode: expected one of "direct", "cot", "cort", found "cott"; did you mean "cot"\?/,
  );
  assert.match(await message({ version: '2' }), /\$\.version: expected "1", found "2"/);
  assert.match(await message({ name: 'Not A Name' }), /\$\.name: /);
});

test('a flow is checked node by node', async () => {
  const flow = { nodes: [{ id: 'a', kind: 'skill', skill: 'imports', inputs: {} }], edges: [] };
  assert.match(await message({ flow }), /\$\.flow\.nodes\[0\]: .*the key "inputs"; did you mean "input"/);
});

test('a permission pattern that is none is an error with its place', async () => {
  const text = await message({ permissions: { read: ['**'], write: ['../**'] } });
  assert.match(text, /\$\.permissions\.write: expected a pattern, found "\.\.\/\*\*" \(it holds/);
});

test('text that is not JSON is an error with line and column', async () => {
  const reading = await readManifest('{\n  "version": one\n}', 'my.json');
  assert.ok(reading.kind === 'invalid');
  assert.match(reading.message, /^my\.json: line 2, column 14: expected JSON, found "one"/);
});

test('values that are no object are errors', async () => {
  for (const text of ['[]', 'null', '3', '""', '']) {
    assert.equal((await readManifest(text, 'x')).kind, 'invalid', text);
  }
});
