import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';

const folder = fileURLToPath(new URL('../schemas/', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const schemas = names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>);

test('every published schema is a draft 2020-12 schema without unknown words, named as its file', () => {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false });
  for (const schema of schemas) ajv.addSchema(schema);
  for (const [index, schema] of schemas.entries()) {
    const name = names[index] ?? '';
    assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema', name);
    assert.equal(schema.$id, name);
    assert.equal(typeof ajv.getSchema(String(schema.$id)), 'function', name);
  }
});

test('every object that a published schema describes refuses unknown keys', () => {
  const open: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const schema = value as Record<string, unknown>;
    const described = schema.type === 'object' && 'properties' in schema;
    // A node's keys depend on its kind and are closed there.
    if (described && !('additionalProperties' in schema) && !('allOf' in schema)) open.push(path);
    for (const [key, inner] of Object.entries(schema)) visit(inner, `${path}.${key}`);
  };
  for (const [index, schema] of schemas.entries()) visit(schema, names[index] ?? '');
  assert.deepEqual(open, []);
});
