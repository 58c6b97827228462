import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { loadConfig } from './load-config.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'pyagent-config-'));
  await mkdir(join(home, 'root'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const project = (text: string | Uint8Array) => writeFile(join(home, 'root', 'pyagent.jsonc'), text);
const user = (text: string) => writeFile(join(home, 'config.jsonc'), text);
const load = (flags: Parameters<typeof loadConfig>[0]['flags'] = {}, env: Record<string, string> = {}) =>
  loadConfig({ flags, env, root: join(home, 'root'), configHome: home });

test('without anything the defaults hold', async () => {
  const config = await load();
  assert.equal(config.priority.value, 'NORMAL');
  assert.equal(config.verify.value, 'auto');
  assert.equal(config.timeout.value, undefined);
  assert.deepEqual(config.only, { value: [], source: { kind: 'default' } });
});

test('a flag beats a variable beats the project beats the user beats the default, and each says where it is from', async () => {
  await user('{ "strict": true, "verify": "none", "priority": "LOW", "timeout": "1m" }');
  await project('{ /* ours */ "verify": "test", "priority": "HIGH", "timeout": "2m", }');
  const config = await load({ timeout: undefined }, { PYAGENT_PRIORITY: 'highest', PYAGENT_TIMEOUT: '3m' });
  assert.deepEqual(config.timeout, { value: undefined, source: { kind: 'flag', name: '--timeout' } });
  assert.deepEqual(config.priority, { value: 'CRITICAL', source: { kind: 'variable', name: 'PYAGENT_PRIORITY' } });
  const projectFile = join(home, 'root', 'pyagent.jsonc');
  assert.deepEqual(config.verify, { value: 'test', source: { kind: 'project', name: projectFile } });
  assert.deepEqual(config.strict, { value: true, source: { kind: 'user', name: join(home, 'config.jsonc') } });
  assert.deepEqual(config.unsafe, { value: false, source: { kind: 'default' } });
});

test('an unknown key is an error that names the file and the nearest key', async () => {
  await project('{ "strickt": true }');
  await assert.rejects(load(), {
    code: 'cli/usage',
    message: /pyagent\.jsonc: unknown setting "strickt"\. Did you mean "strict"\?/,
  });
  await project('{ "zzz": 1 }');
  await assert.rejects(load(), { message: /Known: priority, verify/ });
});

test('a malformed file is an error with line and column', async () => {
  await project('{\n  "strict": tru\n}');
  await assert.rejects(load(), { code: 'cli/usage', message: /pyagent\.jsonc:2:13 is not valid JSON/ });
});

test('a value of the wrong kind is an error that names the key', async () => {
  const wrong: [string, RegExp][] = [
    ['{ "strict": "yes" }', /"strict" expects true or false, found "yes"/],
    ['{ "priority": "URGENT" }', /"priority".*expected a priority/],
    ['{ "timeout": 30 }', /"timeout" expects a duration/],
    ['{ "only": "src" }', /"only" expects a list/],
    ['{ "verify": "tset" }', /"tset" looks like "test"/],
    ['[]', /expects an object/],
  ];
  for (const [text, message] of wrong) {
    await project(text);
    await assert.rejects(load(), { code: 'cli/usage', message }, text);
  }
});

test('a repository cannot answer confirmations for the person; the person can', async () => {
  await project('{ "yes": true }');
  await assert.rejects(load(), { code: 'cli/usage', message: /"yes" cannot be set here/ });
  await project('{}');
  await user('{ "yes": true }');
  assert.equal((await load()).yes.value, true);
});

test('a settings file that is no UTF-8 text or no file is an error, not an absence', async () => {
  await project(new Uint8Array([0x7b, 0xff, 0x7d]));
  await assert.rejects(load(), { code: 'cli/usage', message: /not UTF-8/ });
  await rm(join(home, 'root', 'pyagent.jsonc'));
  await mkdir(join(home, 'root', 'pyagent.jsonc'));
  await assert.rejects(load(), { code: 'cli/usage', message: /is not a file/ });
});

test('variables are read strictly, an empty one counts as absent, and a misspelt one is named', async () => {
  assert.equal((await load({}, { PYAGENT_STRICT: '1' })).strict.value, true);
  assert.equal((await load({}, { PYAGENT_STRICT: '' })).strict.value, false);
  assert.deepEqual((await load({}, { PYAGENT_ONLY: '["a", "b"]' })).only.value, ['a', 'b']);
  assert.deepEqual((await load({}, { PYAGENT_ONLY: 'src/**' })).only.value, ['src/**']);
  await assert.rejects(load({}, { PYAGENT_STRICT: 'maybe' }), { message: /PYAGENT_STRICT expects 1 or 0/ });
  await assert.rejects(load({}, { PYAGENT_PRIORTY: 'LOW' }), { message: /Did you mean PYAGENT_PRIORITY\?/ });
  await load({}, { PYAGENT_CONFORMANCE: '/data' });
});
