import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Ended, type Person, person } from '../support/pyagent.ts';
import { repository, tidyShop, treeOf } from '../support/repository.ts';

const linux = { skip: process.platform === 'linux' ? false : 'there is no isolation on this system' };
const PROJECT = {
  'package.json': '{ "name": "p", "type": "module", "scripts": { "test": "node --test" } }\n',
  'sum.test.js':
    "import test from 'node:test';\nimport assert from 'node:assert';\ntest('sum', () => assert.equal(1 + 1, 2));\n",
  'test_sum.py':
    'import unittest\nclass T(unittest.TestCase):\n    def test_sum(self):\n        self.assertEqual(1 + 1, 2)\n',
  'Cargo.toml': '[package]\nname = "p"\nversion = "0.1.0"\nedition = "2021"\n',
  'src/lib.rs': '#[test]\nfn sum() { assert_eq!(1 + 1, 2); }\n',
  'go.mod': 'module p\n\ngo 1.21\n',
  'sum_test.go':
    'package p\n\nimport "testing"\n\nfunc TestSum(t *testing.T) {\n\tif 1+1 != 2 {\n\t\tt.Fatal()\n\t}\n}\n',
};

/** Whether a program is on the PATH that stories are run with. */
function has(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

async function exec(someone: Person, root: string, argv: string[], options: string[] = []): Promise<Ended> {
  return someone.pyagent(['sandbox', 'exec', '--path', root, ...options, '--', ...argv], { cwd: root });
}

test('the test commands of Node, Python, Rust and Go work with the standard policy', linux, async (t: TestContext) => {
  const [root, someone] = [await repository(PROJECT), await person()];
  // The tools' own homes are found through PATH; the person's home is a new, empty one.
  const env = { RUSTUP_HOME: process.env.RUSTUP_HOME ?? `${process.env.HOME}/.rustup` };
  const commands: [program: string, argv: string[]][] = [
    ['npm', ['npm', 'test']],
    ['npm', ['npm', 'run', '--silent', 'test']],
    ['node', ['node', '--test']],
    ['python3', ['python3', '-m', 'unittest', '-q', 'test_sum']],
    ['cargo', ['cargo', 'test', '--offline', '--quiet']],
    ['go', ['go', 'test', './...']],
  ];
  for (const [program, argv] of commands) {
    if (!has(program) && program !== 'go') {
      t.diagnostic(`${program} is not installed: its test command was not tried`);
      continue;
    }
    if (program === 'go' && spawnSync('go', ['version'], { stdio: 'ignore' }).status !== 0) {
      t.diagnostic('go is not installed: its test command was not tried');
      continue;
    }
    const { code, stdout, stderr } = await someone.pyagent(
      ['sandbox', 'exec', '--path', root, '--discard', '--', ...argv],
      { cwd: root, env },
    );
    assert.equal(code, 0, `${argv.join(' ')}: ${stdout}${stderr}`);
  }
});

test('a command sees its workspace and nothing else of the person, and no network but its own', linux, async () => {
  const [root, someone] = [await repository(PROJECT), await person()];
  const look = `
import { readdirSync, existsSync, readFileSync } from 'node:fs';
import { networkInterfaces, homedir } from 'node:os';
const seen = { home: readdirSync(homedir()), state: existsSync(process.env.HOME + '/.local/state/pyagent'), env: process.env, one: '' };
try { seen.one = readFileSync('/proc/1/environ', 'latin1'); } catch {}
try { seen.interfaces = Object.keys(networkInterfaces()); } catch { seen.interfaces = ['lo']; }
console.log(JSON.stringify(seen));`;
  const { stdout, code, stderr } = await someone.pyagent(
    ['sandbox', 'exec', '--path', await withFile(root, look), '--', 'node', 'look.mjs'],
    {
      cwd: root,
      env: { MY_API_TOKEN: 'hush', SSH_AUTH_SOCK: '/tmp/agent', LD_PRELOAD: '' },
    },
  );
  assert.equal(code, 0, stderr);
  const seen = JSON.parse(stdout);
  assert.deepEqual(seen.home, []);
  assert.equal(seen.state, false);
  assert.deepEqual(seen.interfaces, ['lo']);
  for (const name of ['MY_API_TOKEN', 'SSH_AUTH_SOCK', 'LD_PRELOAD']) assert.equal(seen.env[name], undefined, name);
  assert.ok(!seen.one.includes('hush'));
});

async function withFile(root: string, text: string): Promise<string> {
  const { writeFile } = await import('node:fs/promises');
  await writeFile(join(root, 'look.mjs'), text);
  return root;
}

test('what it writes is kept, thrown away or refused, as was asked for', linux, async () => {
  const root = await repository({
    'w.mjs':
      "import { writeFileSync } from 'node:fs';\nwriteFileSync('new.txt', 'x');\nwriteFileSync('.git-credentials-x', 'y');\n",
  });
  const someone = await person();
  const before = await treeOf(root);
  assert.equal((await exec(someone, root, ['node', 'w.mjs'], ['--discard'])).code, 0);
  assert.deepEqual(await treeOf(root), before);
  assert.notEqual((await exec(someone, root, ['node', 'w.mjs'], ['--read-only'])).code, 0);
  assert.deepEqual(await treeOf(root), before);
  assert.equal((await exec(someone, root, ['node', 'w.mjs'])).code, 0);
  assert.equal(readFileSync(join(root, 'new.txt'), 'utf8'), 'x');
});

test(
  'hooks, settings and instructions cannot be made, changed or moved away, and nothing stays behind',
  linux,
  async () => {
    const script = `
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
const tries = {
  hook: () => { mkdirSync('.git/hooks', { recursive: true }); writeFileSync('.git/hooks/pre-commit', 'x'); },
  settings: () => { mkdirSync('.claude'); writeFileSync('.claude/settings.json', '{}'); },
  npmrc: () => writeFileSync('.npmrc', 'script-shell=evil'),
  agents: () => writeFileSync('AGENTS.md', 'obey'),
  replace: () => { rmSync('AGENTS.md'); writeFileSync('AGENTS.md', 'obey'); },
  move: () => renameSync('.github', 'elsewhere'),
  workflow: () => writeFileSync('.github/workflows/ci.yml', 'evil'),
};
for (const [name, attempt] of Object.entries(tries)) {
  try { attempt(); console.log(name + ' worked'); } catch { /* as it should be */ }
}`;
    const root = await repository({
      'try.mjs': script,
      'AGENTS.md': 'be kind',
      '.github/workflows/ci.yml': 'on: push',
    });
    const before = await treeOf(root);
    const { code, stdout, stderr } = await exec(await person(), root, ['node', 'try.mjs']);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '');
    assert.deepEqual(await treeOf(root), before);
    for (const name of ['.git', '.claude', '.npmrc', '.vscode'])
      assert.equal(existsSync(join(root, name)), false, name);
  },
);

test(
  'what no rule allows, a policy that cannot be read and a helper that is missing mean that nothing runs',
  linux,
  async () => {
    const root = await repository({
      'bad.jsonc': '{ "version": 1, "comands": [] }',
      'ok.jsonc':
        '{ "version": 1, "commands": [{ "exact": ["echo", "hi"], "decision": "allow" }, { "run": ["cat"], "decision": "ask", "arguments": ["path"] }] }',
    });
    const someone = await person();
    const refused: [argv: string[], options: string[], said: RegExp][] = [
      [['sh', '-c', 'echo hi'], [], /a shell reads text/],
      [['curl', 'http://localhost'], [], /no rule of the policy allows curl/],
      [['find', '.', '-exec', 'echo', '{}', ';'], [], /runs commands for what it finds/],
      [['sudo', 'true'], [], /changes the user/],
      [['env', 'LD_PRELOAD=x.so', 'true'], [], /LD_PRELOAD is not known to be harmless/],
      [['true'], ['--policy', 'missing.jsonc'], /there is none/],
      [['true'], ['--policy', 'bad.jsonc'], /comands/],
      [['true'], ['--policy', 'ok.jsonc'], /no rule/],
      [['cat', 'ok.jsonc'], ['--policy', 'ok.jsonc'], /nobody is there to answer/],
    ];
    for (const [argv, options, said] of refused) {
      const { code, stdout, stderr } = await exec(someone, root, argv, options);
      assert.equal(code, 4, `${argv.join(' ')}: ${stdout}${stderr}`);
      assert.match(stderr, said);
      assert.equal(stdout, '');
    }
    const allowed = await exec(someone, root, ['echo', 'hi'], ['--policy', 'ok.jsonc']);
    assert.deepEqual([allowed.code, allowed.stdout], [0, 'hi\n'], allowed.stderr);
  },
);

test('the exit code is that of the command, or says what kept it from having one', linux, async () => {
  const root = await repository({
    'code.mjs': 'process.exit(Number(process.argv[2]));\n',
    'hang.mjs': 'setInterval(() => {}, 1000);\n',
    'die.mjs': "process.kill(process.pid, 'SIGTERM');\nsetInterval(() => {}, 1000);\n",
    'policy.jsonc': '{ "version": 1, "extends": "standard", "limits": { "outputBytes": 100000 } }',
    'flood.mjs': "for (let i = 0; i < 100; i += 1) process.stdout.write('x'.repeat(10000));\n",
  });
  const someone = await person();
  assert.equal((await exec(someone, root, ['node', 'code.mjs', '37'])).code, 37);
  const late = await exec(someone, root, ['node', 'hang.mjs'], ['--timeout', '500ms']);
  assert.equal(late.code, 8);
  assert.match(late.stderr, /took too long/);
  assert.equal((await exec(someone, root, ['node', 'die.mjs'])).code, 143);
  assert.equal((await exec(someone, root, ['jest'])).code, 127);
  const flood = await exec(someone, root, ['node', 'flood.mjs'], ['--policy', 'policy.jsonc']);
  assert.equal(flood.code, 125, flood.stderr);
  assert.match(flood.stderr, /more output than it may/);
});

test('the report and the audit name the layers that were active', linux, async () => {
  const [root, someone] = [await repository({}), await person()];
  const report = join(someone.home, 'report.json');
  assert.equal((await exec(someone, root, ['true'], ['--report', report])).code, 0);
  const { isolation, layers, outcome } = JSON.parse(readFileSync(report, 'utf8'));
  assert.match(isolation, /^isolated by .*namespaces/);
  assert.ok(layers.some(({ name, active }: { name: string; active: boolean }) => name === 'seccomp' && active));
  assert.equal(outcome.code, 0);
  const open = await exec(someone, root, ['true'], ['--isolation', 'none', '--report', report]);
  assert.equal(open.code, 0);
  assert.equal(JSON.parse(readFileSync(report, 'utf8')).isolation, 'ran unisolated');
  assert.match(
    (await someone.pyagent(['audit', '--path', root])).stdout,
    /sandbox: a command was run isolated by .*seccomp/,
  );
  const status = JSON.parse((await someone.pyagent(['sandbox', 'status', '--json', '--path', root])).stdout);
  assert.equal(status.kind, 'ran');
});

test(
  'hosts that the policy names are reached through the proxy, and in no other way',
  linux,
  async (t: TestContext) => {
    const server = createServer((message, response) => response.end(`hello ${message.url}`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const get = `import { get } from 'node:http';
const proxy = new URL(process.env.HTTP_PROXY);
const ask = (options) => new Promise((resolve) => {
  get(options, (answer) => { let text = ''; answer.on('data', (part) => { text += part; }).on('end', () => resolve(answer.statusCode + ' ' + text.trim())); })
    .on('error', (error) => resolve(error.code));
});
const through = (url) => ask({ host: proxy.hostname, port: proxy.port, path: url, headers: { host: new URL(url).host } });
console.log(await through('http://localhost:${port}/x'));
console.log(await through('http://denied.example/'));
console.log(await ask('http://127.0.0.1:${port}/x'));
`;
    const policy = `{ "version": 1, "extends": "standard", "network": { "hosts": ["localhost:${port}"] } }`;
    const root = await repository({ 'get.mjs': get, 'policy.jsonc': policy });
    const { code, stdout, stderr } = await exec(
      await person(),
      root,
      ['node', 'get.mjs'],
      ['--policy', 'policy.jsonc'],
    );
    assert.equal(code, 0, stderr);
    const [allowed, denied, direct] = stdout.trim().split('\n');
    assert.equal(allowed, '200 hello /x');
    assert.match(denied ?? '', /^403 pyagent: denied\.example:80 is not among the hosts/);
    assert.equal(direct, 'ECONNREFUSED');
  },
);

test(
  'where there are no user namespaces, checks run only when less is accepted, and say so',
  linux,
  async (t: TestContext) => {
    const script = 'echo 0 > /proc/sys/user/max_user_namespaces || exit 99; exec "$0" "$@"';
    const before = ['unshare', '-Ur', 'sh', '-c', script];
    if (spawnSync(before[0] as string, [...before.slice(1), 'true']).status !== 0) {
      t.skip('this system lets nobody make a user namespace to take them away in');
      return;
    }
    const someone = await person();
    const run = async (...more: string[]) => {
      const root = await repository(tidyShop());
      const started = await someone.start(['run', '--task', 'optimize imports', '--path', root, ...more], { before });
      return started.ended;
    };
    const refused = await run();
    assert.equal(refused.code, 0, refused.stderr);
    assert.match(refused.stdout, /Done, unverified/);
    assert.match(refused.stdout, /the sandbox lacks namespaces .*nothing was run/);
    const weaker = await run('--isolation', 'landlock');
    assert.match(weaker.stdout, /verified by test/, weaker.stdout + weaker.stderr);
    assert.match(weaker.stdout, /isolated by .*landlock.*; without namespaces/);
  },
);
