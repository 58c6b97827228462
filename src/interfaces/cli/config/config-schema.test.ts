import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { validate } from '../../../kernel/index.ts';
import { configSchema } from './config-schema.ts';
import { loadConfig } from './load-config.ts';

const home = await mkdtemp(join(tmpdir(), 'pyagent-schema-'));
after(() => rm(home, { recursive: true, force: true }));

test('the published schema is the one that the settings describe', async () => {
  const published = await readFile(new URL('../../../../schemas/config.v1.json', import.meta.url), 'utf8');
  assert.deepEqual(JSON.parse(published), configSchema());
});

test('the schema and the reader accept and refuse the same files', async () => {
  const documents: [unknown, boolean][] = [
    [{}, true],
    [{ $schema: './config.v1.json', strict: true, only: ['src'], timeout: '1h30m', priority: 'HIGHEST' }, true],
    [{ verify: 'npm run check', unsafe: false, applyDeps: true, timeout: 'none' }, true],
    [{ strict: 1 }, false],
    [{ strickt: true }, false],
    [{ only: [''] }, false],
    [{ timeout: '90' }, false],
    [{ priority: 'SOON' }, false],
    [{ verify: ' ' }, false],
    [[], false],
    [null, false],
  ];
  for (const [document, good] of documents) {
    const text = JSON.stringify(document);
    assert.equal((await validate(configSchema(), document)).kind, good ? 'valid' : 'invalid', text);
    await writeFile(join(home, 'config.jsonc'), text);
    const loaded = loadConfig({ flags: {}, env: {}, configHome: home });
    await (good ? assert.doesNotReject(loaded, text) : assert.rejects(loaded, { code: 'cli/usage' }, text));
  }
});
