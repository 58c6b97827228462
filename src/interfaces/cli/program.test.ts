import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { manualClock } from '../../kernel/index.ts';
import type { Output } from './output.ts';
import { runProgram } from './program.ts';

const home = await mkdtemp(join(tmpdir(), 'pyagent-program-'));
after(() => rm(home, { recursive: true, force: true }));

function memory(): Output & { text(): string } {
  let text = '';
  return {
    write: (more) => {
      text += more;
    },
    text: () => text,
    isTerminal: false,
    columns: () => 80,
    rows: () => 24,
    onBroken: () => {},
    flushed: async () => {},
  };
}

async function pyagent(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdout, stderr] = [memory(), memory()];
  const environment = {
    env: {},
    platform: 'linux' as const,
    cwd: () => home,
    home,
    user: undefined,
    host: 'here',
    clock: manualClock(),
    random: (bytes: Uint8Array) => bytes,
  };
  const folders = () => ({ state: join(home, 's'), config: join(home, 'c'), cache: join(home, 'k') });
  const swarm = () => Promise.reject(new Error('not needed here'));
  const code = await runProgram(args, '1.2.3', { environment, folders, swarm, stdout, stderr });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

test('--version and --help answer on stdout with 0', async () => {
  assert.deepEqual(await pyagent('--version'), { code: 0, stdout: '1.2.3\n', stderr: '' });
  const help = await pyagent('--help');
  assert.equal(help.code, 0);
  assert.match(help.stdout, /Examples:\n {2}\$ pyagent run --task/);
  assert.match(help.stdout, /130 interrupted/);
});

test('every command has help with an example, no wider than 100 columns', async () => {
  const commands = ['run', 'plan', 'runs', 'show', 'undo', 'redo', 'merge', 'config', 'audit', 'manifest', 'skill'];
  const nested = ['manifest list', 'manifest show', 'manifest validate', 'skill list', 'skill show', 'runs prune'];
  for (const command of [...commands, ...nested]) {
    const { code, stdout } = await pyagent(...command.split(' '), '--help');
    assert.equal(code, 0, command);
    assert.match(stdout, new RegExp(`\\$ (\\w+=\\w+ )?pyagent (help )?${command}`), command);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 100, line);
  }
});

test('no command at all is wrong usage and shows the help', async () => {
  const { code, stdout, stderr } = await pyagent();
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /Usage: pyagent/);
});

test('what is not known is refused with the nearest that is', async () => {
  const wrong: [string[], RegExp][] = [
    [['rnu'], /unknown command 'rnu'\n\(Did you mean run\?\)/],
    [['run', '--priorty', 'LOW'], /unknown option '--priorty'\n\(Did you mean --priority\?\)/],
    [['run', '--task'], /argument missing/],
    [['run'], /There is no task/],
    [['run', '--task', ' '], /There is no task/],
    [['run', 'fix', 'it'], /too many arguments/],
    [['config', '--priority', 'HIGHT'], /did you mean HIGH\?/],
    [['config', '--timeout', '5'], /Add a unit/],
    [['undo', '--wait', '5'], /Add a unit: 5s/],
    [['runs', 'prune', '--older-than', '30'], /Add a unit: 30d/],
    [['runs', 'prune', '--max-size', '1'], /Add a unit: 1MB/],
    [['runs', 'prune', '--keep', '-1'], /how many runs/],
    [['runs', 'purge'], /too many arguments|unknown command/],
    [['config', '--path', 'nowhere'], /nowhere does not exist/],
    [['run', '--task', 'x', '--only', 'nothing.ts'], /no such file/],
  ];
  for (const [args, message] of wrong) {
    await assert.rejects(pyagent(...args), { code: 'cli/usage', message }, args.join(' '));
  }
});

test('config shows each value and where it came from, and a flag can switch off what a file switched on', async () => {
  await writeFile(join(home, 'pyagent.jsonc'), '{ "strict": true, "timeout": "5m" }');
  const plain = await pyagent('config');
  assert.equal(plain.code, 0);
  assert.match(plain.stdout, /^timeout +5 min 00 s +project: .*pyagent\.jsonc$/m);
  assert.match(plain.stdout, /^verify +auto +default \(PYAGENT_VERIFY\)$/m);
  const { stdout } = await pyagent('config', '--no-strict', '--priority', 'highest', '--json');
  const document = JSON.parse(stdout);
  assert.deepEqual(document.strict, { value: false, source: { kind: 'flag', name: '--strict' } });
  assert.equal(document.priority.value, 'CRITICAL');
  assert.equal(document.timeout.value, 300_000);
  await rm(join(home, 'pyagent.jsonc'));
});
