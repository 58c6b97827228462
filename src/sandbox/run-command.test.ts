import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { systemClock } from '../kernel/index.ts';
import { type Command, commandRunner, isolationStatement, shellCommand } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const run = commandRunner({ clock: systemClock, graceMs: 300 });
const env = { PATH: process.env.PATH };
const node = (script: string, rest: Partial<Command> = {}) =>
  run({ argv: [process.execPath, '-e', script], cwd: folder, env, ...rest });
const shell = (line: string, rest: Partial<Command> = {}) =>
  run({ argv: shellCommand(line, process.platform), cwd: folder, env, ...rest });

/** Whether a process still runs; a zombie does not. */
function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

test('a command that ends tells its exit code and both streams', async () => {
  const outcome = await node('console.log("out"); console.error("err"); process.exitCode = 3');
  assert.equal(outcome.kind, 'exited');
  assert.ok(outcome.kind === 'exited' && outcome.code === 3 && outcome.durationMs > 0 && !outcome.truncated);
  assert.deepEqual([outcome.stdout, outcome.stderr], ['out\n', 'err\n']);
});

test('a command without input reads its end at once, one with input reads it whole', async () => {
  const echo = 'process.stdin.pipe(process.stdout)';
  const text = `${'ä'.repeat(300_000)}\n`;
  const [without, withText] = await Promise.all([node(echo), node(echo, { stdin: text })]);
  assert.ok(without.kind === 'exited' && without.stdout === '');
  assert.ok(withText.kind === 'exited' && withText.stdout === text);
});

test('a program that does not read its input ends as it would without', async () => {
  const outcome = await node('process.exit(4)', { stdin: 'x'.repeat(1_000_000) });
  assert.ok(outcome.kind === 'exited' && outcome.code === 4);
});

test('an argument reaches the program as it is, whatever a shell would make of it', async () => {
  const word = '$(touch x) ; "quoted" * \n end';
  const outcome = await run({ argv: [process.execPath, '-p', 'process.argv[1]', word], cwd: folder, env });
  assert.ok(outcome.kind === 'exited');
  assert.equal(outcome.stdout, `${word}\n`);
});

test('a command gets only the environment it was given', async () => {
  process.env.SANDBOX_TEST_SECRET = 'leaked';
  const outcome = await node('console.log(JSON.stringify(process.env))', { env: { ...env, GIVEN: 'yes' } });
  assert.ok(outcome.kind === 'exited');
  assert.match(outcome.stdout, /"GIVEN":"yes"/);
  assert.doesNotMatch(outcome.stdout, /leaked/);
});

test('a command that reads its input finds the end of it', async () => {
  const outcome = await node('process.stdin.on("data", () => {}).on("end", () => console.log("end of input"))');
  assert.ok(outcome.kind === 'exited' && outcome.stdout === 'end of input\n');
});

test('a command has no terminal to ask at', { skip: process.platform === 'win32' }, async () => {
  const outcome = await shell('if true < /dev/tty; then echo terminal; fi');
  assert.ok(outcome.kind === 'exited' && outcome.stdout === '');
});

test('a program that is not there is not found', async () => {
  assert.deepEqual(await run({ argv: ['no-such-program-here'], cwd: folder, env }), {
    kind: 'not-found',
    program: 'no-such-program-here',
  });
});

test('a command is refused in a folder that is not there, without a program, and for a file that cannot be run', async () => {
  const missing = await run({ argv: ['true'], cwd: join(folder, 'missing'), env });
  assert.ok(missing.kind === 'refused' && missing.reason.includes(join(folder, 'missing')));
  assert.equal((await run({ argv: [], cwd: folder, env })).kind, 'refused');
  const file = join(folder, 'plain.txt');
  writeFileSync(file, 'text', { mode: 0o644 });
  assert.equal((await run({ argv: [file], cwd: folder, env })).kind, 'refused');
  assert.equal((await run({ argv: ['true'], cwd: file, env })).kind, 'refused');
});

test('a command that dies of a signal says which', { skip: process.platform === 'win32' }, async () => {
  const outcome = await shell('kill -9 $$');
  assert.ok(outcome.kind === 'signalled' && outcome.signal === 'SIGKILL');
});

test('a command that runs out of time is ended with all its descendants, and what it printed is kept', async () => {
  const outcome = await shell('sleep 300 & echo $!; trap "" TERM; while :; do sleep 300; done', { timeoutMs: 300 });
  assert.ok(outcome.kind === 'timed-out');
  assert.ok(outcome.durationMs < 10_000);
  assert.equal(runs(Number(outcome.stdout)), false);
});

test('cancelling ends the command, before or after it started', async () => {
  const early = await node('setInterval(() => {}, 1000)', { signal: AbortSignal.abort() });
  assert.ok(early.kind === 'cancelled' && early.stdout === '');
  const controller = new AbortController();
  const late = await node('console.log(process.pid); setInterval(() => {}, 1000)', {
    signal: controller.signal,
    onOutput: () => controller.abort(),
  });
  assert.ok(late.kind === 'cancelled');
  assert.equal(runs(Number(late.stdout)), false);
});

test('a background process that a command leaves behind does not outlive it', async () => {
  const outcome = await shell('sleep 300 & echo $!');
  assert.ok(outcome.kind === 'exited' && outcome.code === 0);
  assert.equal(runs(Number(outcome.stdout)), false);
});

test('a daemon that left the process group is found and ended', { skip: process.platform !== 'linux' }, async () => {
  const outcome = await shell('setsid sh -c "sleep 300 & echo \\$!; wait" & sleep 300', {
    timeoutMs: 500,
  });
  assert.ok(outcome.kind === 'timed-out');
  assert.ok(Number(outcome.stdout) > 0);
  assert.equal(runs(Number(outcome.stdout)), false);
});

test('when we end, what we run ends too', { skip: process.platform !== 'linux' }, () => {
  const room = new URL('./index.ts', import.meta.url).href;
  const script = `
    const { commandRunner } = await import(${JSON.stringify(room)});
    const run = commandRunner({ clock: { now: Date.now, monotonic: () => performance.now() } });
    await run({
      argv: ['sh', '-c', 'echo $$; exec sleep 300'], cwd: '/', env: process.env,
      onOutput: (chunk) => { console.log(String.fromCharCode(...chunk).trim()); process.exit(0); },
    });`;
  // Not by the runner: it would end the grandchild itself.
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(status, 0);
  assert.ok(Number(stdout) > 0);
  // The kill was sent before the end; when the system carries it out depends on how busy it is.
  for (const deadline = performance.now() + 10_000; runs(Number(stdout)) && performance.now() < deadline; );
  assert.equal(runs(Number(stdout)), false);
});

test('a listener that is not ready makes the command wait', async () => {
  const script = `let n = 0; const more = () => { for (;;) { n += 65536; if (!process.stdout.write("x".repeat(65536))) break; }
    if (n < 4e6) process.stdout.once("drain", more); else console.error(n); }; more();`;
  let release = () => {};
  let bytes = 0;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const running = node(script, {
    onOutput: (chunk, stream) => {
      if (stream === 'stdout') bytes += chunk.length;
      return stream === 'stdout' ? held : undefined;
    },
  });
  const early = await Promise.race([running, new Promise((resolve) => setTimeout(() => resolve('waits'), 700))]);
  assert.equal(early, 'waits');
  assert.ok(bytes < 1_000_000, `${bytes} bytes were read ahead`);
  release();
  const outcome = await running;
  assert.ok(outcome.kind === 'exited' && outcome.code === 0);
  assert.ok(bytes >= 4_000_000);
});

test('a command that writes more than it may is ended', async () => {
  const outcome = await node('setInterval(() => process.stdout.write("y".repeat(100000)), 1)', {
    outputLimitBytes: 1_000_000,
  });
  assert.ok(outcome.kind === 'exceeded' && outcome.resource === 'output');
  assert.ok(outcome.stdout.length <= 1_000_000);
});

test('of a flood of output the head and the tail are kept, cut at line ends, and listeners see all of it', async () => {
  let seen = 0;
  const script = 'for (let i = 0; i < 100000; i += 1) console.log("line " + i)';
  const outcome = await node(script, {
    maxOutputBytes: 1000,
    onOutput: (chunk) => {
      seen += chunk.length;
    },
  });
  assert.ok(outcome.kind === 'exited' && outcome.truncated);
  assert.ok(outcome.stdout.length < 1100);
  assert.match(outcome.stdout, /^line 0\nline 1\n/);
  assert.match(outcome.stdout, /\n\[\.\.\. \d+ bytes left out \.\.\.\]\nline \d+\n/);
  assert.ok(outcome.stdout.endsWith('line 99999\n'));
  assert.equal(seen, 1_088_890);
});

test('the runner does not claim isolation', () => {
  assert.equal(isolationStatement(undefined), 'ran unisolated');
});
