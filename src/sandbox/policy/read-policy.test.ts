import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readPolicy, readPolicyFile, STANDARD_POLICY } from '../index.ts';
import { judge } from './testing/judge.ts';

/** Why a policy is refused. */
async function refusal(text: string): Promise<string> {
  const reading = await readPolicy(text, 'p.json');
  assert.equal(reading.kind, 'malformed', text);
  return reading.kind === 'malformed' ? reading.message : '';
}

test('a policy that is not one is refused with the line or the path', async () => {
  const cases: [text: string, told: RegExp][] = [
    ['', /line 1, column 1/],
    ['  \n', /line 2, column 1|line 1/],
    ['{\n  "version": 1,\n  "commands": [}\n}', /line 3, column 16/],
    ['{ "version": 1', /line 1, column 15/],
    ['[]', /\$: /],
    ['null', /\$: /],
    ['"version"', /\$: /],
    ['{}', /version/],
    ['{ "version": 2 }', /\$\.version/],
    ['{ "version": "1" }', /\$\.version/],
    ['{ "version": 1, "comands": [] }', /comands/],
    ['{ "version": 1, "extends": "everything" }', /\$\.extends/],
    ['{ "version": 1, "isolation": "some" }', /\$\.isolation/],
    ['{ "version": 1, "commands": [{ "run": ["ls"] }] }', /\$\.commands\[0\].*decision/],
    ['{ "version": 1, "commands": [{ "run": [], "decision": "allow" }] }', /\$\.commands\[0\]\.run/],
    ['{ "version": 1, "commands": [{ "run": ["a|"], "decision": "allow" }] }', /\$\.commands\[0\]\.run\[0\]/],
    ['{ "version": 1, "commands": [{ "run": ["a|*"], "decision": "deny" }] }', /\$\.commands\[0\]\.run\[0\]/],
    ['{ "version": 1, "commands": [{ "run": ["a"], "decision": "yes" }] }', /\$\.commands\[0\]\.decision/],
    ['{ "version": 1, "commands": [{ "run": "ls", "decision": "allow" }] }', /\$\.commands\[0\]\.run/],
    ['{ "version": 1, "commands": [{ "decision": "allow" }] }', /\$\.commands\[0\]/],
    ['{ "version": 1, "commands": [{ "run": ["a"], "exact": ["a"], "decision": "allow" }] }', /\$\.commands\[0\]/],
    ['{ "version": 1, "commands": [{ "exact": ["a"], "options": ["-x"], "decision": "allow" }] }', /\$\.commands\[0\]/],
    ['{ "version": 1, "commands": [{ "run": ["a"], "options": ["x"], "decision": "allow" }] }', /options\[0\]/],
    ['{ "version": 1, "commands": [{ "run": ["a"], "afterDashes": "any", "decision": "allow" }] }', /afterDashes/],
    ['{ "version": 1, "network": { "hosts": ["*"] } }', /\$\.network\.hosts.*all of them/],
    ['{ "version": 1, "network": { "hosts": ["a b"] } }', /\$\.network\.hosts/],
    ['{ "version": 1, "network": { "hosts": ["*:443"] } }', /\$\.network\.hosts.*all of them/],
    ['{ "version": 1, "network": { "hosts": [""] } }', /\$\.network\.hosts\[0\]/],
    ['{ "version": 1, "files": { "read": ["relative"] } }', /\$\.files\.read\[0\]/],
    ['{ "version": 1, "files": { "write": ["/a/../etc"] } }', /\$\.files\.write\[0\]/],
    ['{ "version": 1, "files": { "hide": ["/etc"] } }', /\$\.files\.hide\[0\]/],
    ['{ "version": 1, "files": { "protect": [{ "path": "../x" }] } }', /\$\.files\.protect\[0\]\.path/],
    ['{ "version": 1, "environment": { "pass": ["*"] } }', /\$\.environment\.pass\[0\]/],
    ['{ "version": 1, "environment": { "set": { "LD_PRELOAD": "x" } } }', /\$\.environment\.set\.LD_PRELOAD/],
    ['{ "version": 1, "environment": { "set": { "NODE_OPTIONS": "-r x" } } }', /\$\.environment\.set\.NODE_OPTIONS/],
    ['{ "version": 1, "environment": { "set": { "A": "a\\u0000b" } } }', /\$\.environment\.set/],
    ['{ "version": 1, "limits": { "processes": -1 } }', /\$\.limits\.processes/],
    ['{ "version": 1, "unixSockets": "no" }', /\$\.unixSockets/],
  ];
  for (const [text, told] of cases) {
    const message = await refusal(text);
    assert.match(message, told, text);
    assert.match(message, /^The sandbox policy p\.json cannot be used: .*Nothing runs until it is mended\.$/);
  }
});

test('a policy that is not there is refused', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'policy-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const path of [join(folder, 'none.json'), folder]) {
    const reading = await readPolicyFile(path);
    assert.equal(reading.kind, 'missing');
    assert.match('message' in reading ? reading.message : '', /nothing runs without one/);
  }
  await writeFile(join(folder, 'p.json'), '');
  assert.equal((await readPolicyFile(join(folder, 'p.json'))).kind, 'malformed');
  await writeFile(join(folder, 'p.json'), '{ "version": 1 }');
  assert.equal((await readPolicyFile(join(folder, 'p.json'))).kind, 'policy');
});

test('a policy that stands alone allows nothing that it does not say', async () => {
  const reading = await readPolicy('{ "version": 1 } // comment', 'p.json');
  assert.ok(reading.kind === 'policy');
  const { commands, network, unixSockets, isolation, files } = reading.policy;
  assert.deepEqual(
    { commands, network, unixSockets, isolation },
    { commands: [], network: { hosts: [] }, unixSockets: false, isolation: 'namespaces' },
  );
  assert.deepEqual(files, STANDARD_POLICY.files);
});

test('a policy that extends the standard one adds to it and loses none of its refusals', async () => {
  const text = JSON.stringify({
    version: 1,
    extends: 'standard',
    commands: [{ run: ['x'], decision: 'allow' }],
    environment: { pass: ['MINE'], set: { MODE: 'test' } },
    files: { protect: [{ path: 'ci' }], hide: ['.env'] },
    network: { hosts: ['example.com'] },
    limits: { seconds: 5 },
  });
  const reading = await readPolicy(text, 'p.json');
  assert.ok(reading.kind === 'policy');
  const { policy } = reading;
  assert.deepEqual(policy.commands, [...STANDARD_POLICY.commands, { run: ['x'], decision: 'allow' }]);
  assert.deepEqual(policy.environment.pass, [...STANDARD_POLICY.environment.pass, 'MINE']);
  assert.deepEqual(policy.files.protect, [...STANDARD_POLICY.files.protect, { path: 'ci', as: 'folder' }]);
  assert.deepEqual(policy.files.hide, ['.env']);
  assert.deepEqual(policy.limits, { ...STANDARD_POLICY.limits, seconds: 5 });
});

test('the standard policy can be written down and read again', async () => {
  const reading = await readPolicy(JSON.stringify({ version: 1, ...STANDARD_POLICY }), 'p.json');
  assert.equal(reading.kind, 'policy', 'message' in reading ? reading.message : '');
  assert.ok(reading.kind === 'policy');
  assert.deepEqual(reading.policy.commands, STANDARD_POLICY.commands);
});

test('the example in the documentation is a policy and says what it shows', async () => {
  const page = await readFile(new URL('../../../docs/design/sandbox-policy.md', import.meta.url), 'utf8');
  const example = /```jsonc\n(.*?)```/s.exec(page)?.[1] ?? '';
  const reading = await readPolicy(example, 'example');
  assert.ok(reading.kind === 'policy', 'message' in reading ? reading.message : '');
  const rules = reading.policy.commands;
  assert.equal(judge('terraform fmt -check modules', { rules }).kind, 'allow');
  assert.equal(judge('terraform fmt -check /etc', { rules }).kind, 'deny');
  assert.equal(judge('npm run deploy', { rules }).kind, 'deny');
  assert.equal(judge('npm run build', { rules }).kind, 'allow');
  assert.equal(judge('node --import tsx --test', { rules }).kind, 'allow');
  assert.equal(judge('node --import tsx --test x', { rules }).kind, 'deny');
});
