import { spawn } from 'node:child_process';
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LayerName, REQUIRED_LAYERS, readPolicyFile, type SandboxOptions } from '../../../src/sandbox/index.ts';
import type { Attempt, Ran } from '../attempt.ts';
import { ended, runByPolicy, runIn, specLine, startHelper } from '../in-sandbox.ts';
import { type Place, pictureOf } from '../place.ts';

/** A file in the workspace that shows that the command was run at all. */
const TRACE = 'it-ran';
const COMMAND = ['sh', '-c', `: > ${TRACE}; printf planted > "$LC_OUTSIDE/planted"`];

const ranAtAll = (place: Place) => {
  const left = [join(place.workspace, TRACE), join(place.layers, 'upper', TRACE)].some((path) => existsSync(path));
  rmSync(join(place.workspace, TRACE), { force: true });
  return left ? 'the command was run' : undefined;
};

const refusal = (
  number: number,
  title: string,
  start: NonNullable<Attempt['start']>,
  more: Partial<Attempt> = {},
): Attempt => ({
  number,
  title,
  start,
  after: ranAtAll,
  ...more,
});

const policies: readonly (readonly [title: string, text: string | undefined])[] = [
  ['no policy where one is named', undefined],
  ['an empty policy', ''],
  ['a policy that is null', 'null'],
  ['a policy that is cut off', '{"version": 1, "isolation": "na'],
  ['a policy without a version', '{"extends": "standard"}'],
  ['a policy of a later version', '{"version": 2, "extends": "standard"}'],
  ['a policy with a name that nobody knows', '{"version": 1, "extends": "standard", "isolatoin": "namespaces"}'],
  ['a policy with a level that nobody knows', '{"version": 1, "isolation": "strong"}'],
  ['a policy with a limit that is a word', '{"version": 1, "extends": "standard", "limits": {"processes": "many"}}'],
];

const underPolicy = policies.map(([title, text]) =>
  refusal(
    33,
    title,
    async (place, way) => {
      if (way === 'plain') return runIn(place, 'plain', COMMAND);
      const path = join(place.base, 'outside/policy.jsonc');
      if (text !== undefined) writeFileSync(path, text);
      const reading = await readPolicyFile(path);
      rmSync(path, { force: true });
      if (reading.kind !== 'policy') return { kind: 'refused', reason: reading.message, stdout: '', stderr: '' };
      return runByPolicy(place, way, COMMAND, reading.policy);
    },
    { ways: ['write'] },
  ),
);

/** The product's runner with another helper. */
const withHelper = (title: string, helper: (place: Place) => string): Attempt =>
  refusal(34, title, async (place, way) => {
    if (way === 'plain') return runIn(place, 'plain', COMMAND);
    const change = (options: SandboxOptions) => ({ ...options, helper: helper(place) });
    const ran = await runIn(place, way, COMMAND, {}, change);
    // Nothing may look as if it had been run.
    return ran.kind === 'refused' ? ran : { ...ran, stdout: `${ran.stdout}${place.secret}` };
  });

const helpers: Attempt[] = [
  withHelper('the helper is missing', ({ base }) => join(base, 'none')),
  withHelper('the helper is a folder', ({ outside }) => outside),
  withHelper('the helper may not be run', ({ outside }) => join(outside, 'victim.txt')),
  withHelper('the helper does nothing and is content', () => '/bin/true'),
  withHelper('the helper fails without a word', () => '/bin/false'),
  withHelper('the helper only says what it was told', ({ tools }) => tools.echo),
  withHelper('the helper dies', (place) => programIn(place, 'kill -9 $$')),
];

/** In the folder of layers, which is not part of the picture. */
function programIn(place: Place, text: string): string {
  const path = join(place.layers, 'dies');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A machine that lacks something, while the spec demands `require`. */
const without = (title: string, layer: string, require: readonly LayerName[]): Attempt =>
  refusal(34, title, async (place, way) => {
    const wrapper = ['without', layer];
    if (way === 'plain') return plainly(place, [...wrapper, ...COMMAND]);
    const line = await specLine(place, way, COMMAND);
    return talked(place, demanding(line, require), [place.tools.probe, ...wrapper]);
  });

function demanding(line: string, require: readonly LayerName[]): string {
  return `${JSON.stringify({ ...(JSON.parse(line) as object), require })}\n`;
}

function plainly(place: Place, words: readonly string[]): Promise<Ran> {
  const env = { PATH: '/usr/bin:/bin', LC_OUTSIDE: place.outside };
  return ended(spawn(place.tools.probe, words, { cwd: place.workspace, env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

async function talked(place: Place, line: string, before: readonly string[] = []): Promise<Ran> {
  const { child, heard } = startHelper(place, line, { before });
  const ran = await ended(child, 5000);
  return { ...ran, reason: heard().trim() };
}

const { namespaces } = REQUIRED_LAYERS;
const layers: Attempt[] = [
  without('user namespaces are switched off', 'user-namespaces', namespaces),
  without('a filter refuses user namespaces', 'namespaces', namespaces),
  without('seccomp is missing', 'seccomp', namespaces),
  without('Landlock is missing and demanded', 'landlock', [...namespaces, 'landlock']),
  without('seccomp is missing, and Landlock would do', 'seccomp', REQUIRED_LAYERS.landlock),
];

/** What the helper is told, and that it is told no more. */
const told = (title: string, change: (line: string) => string): Attempt =>
  refusal(34, title, async (place, way) => {
    if (way === 'plain') return runIn(place, 'plain', COMMAND);
    const line = await specLine(place, way, COMMAND);
    const { child, channel, heard } = startHelper(place, change(line));
    channel.end();
    const ran = await ended(child, 5000);
    return { ...ran, reason: heard().trim() };
  });

const specs: Attempt[] = [
  told('the spec is cut off', (line) => line.slice(0, line.length / 2)),
  told('the spec lacks its line break', (line) => line.trimEnd()),
  told('the spec is empty', () => '\n'),
  told('the spec has a field that nobody knows', (line) =>
    line.replace('{"version":1', '{"version":1,"netwrok":"none"'),
  ),
  told('the spec is of another version', (line) => line.replace('"version":1', '"version":2')),
  told('the spec demands a layer that nobody knows', (line) => line.replace('"require":[', '"require":["magic",')),
  told('the spec lacks the network', (line) => line.replace(/"network":\{[^}]*\},/, '')),
];

/** Killed again and again, each time a little later: before, while and after the sandbox is made. */
const whileItIsMade: Attempt = {
  number: 34,
  title: 'the helper is killed while it makes the sandbox',
  start: async (place, way) => {
    const before = pictureOf(place.workspace).size;
    const line = way === 'plain' ? '' : await specLine(place, way, COMMAND);
    for (let delay = 0; delay < 16; delay += 1 / place.patience) {
      const child =
        way === 'plain'
          ? spawn('sh', COMMAND.slice(1), { cwd: place.workspace, env: { LC_OUTSIDE: place.outside }, stdio: 'ignore' })
          : startHelper(place, line).child;
      const gone = new Promise((resolve) => child.once('close', resolve));
      await new Promise((resolve) => setTimeout(resolve, delay));
      child.kill('SIGKILL');
      await gone;
      rmSync(join(place.workspace, TRACE), { force: true });
    }
    // What stood in for absent files is taken away after everybody else has gone.
    for (let waited = 0; waited < 2000 && pictureOf(place.workspace).size !== before; waited += 20) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return { kind: 'exited', stdout: '', stderr: '' };
  },
};

/** Where user namespaces are missing and the policy is content with Landlock. */
const weaker = (title: string, argv: (place: Place) => readonly string[]): Attempt => ({
  number: 34,
  title: `with Landlock alone: ${title}`,
  ways: ['write'],
  start: async (place, way) => {
    if (way === 'plain') return runIn(place, way, argv(place));
    const line = await specLine(place, way, argv(place));
    return talked(place, demanding(line, REQUIRED_LAYERS.landlock), [place.tools.probe, 'without', 'namespaces']);
  },
});

const landlock: Attempt[] = [
  weaker('write outside', () => COMMAND),
  weaker('read outside', () => ['sh', '-c', 'cat ../outside/secret.txt "$HOME/.ssh/id" ../state/journal']),
  weaker('a hook in a repository that is not there yet', () => [
    'sh',
    '-c',
    'mkdir -p .git/hooks; cp readme.txt .git/hooks/post-checkout',
  ]),
  weaker('a service on loopback', ({ witnesses }) => ['escape-probe', 'tcp', '127.0.0.1', String(witnesses.tcp)]),
  weaker('a datagram to loopback', ({ witnesses }) => ['escape-probe', 'udp', '127.0.0.1', String(witnesses.udp)]),
  weaker('a socket by its path', ({ witnesses }) => ['escape-probe', 'unix', witnesses.inside]),
  weaker('a socket by its abstract name', ({ witnesses }) => ['escape-probe', 'unix-abstract', witnesses.abstract]),
  weaker('a process outside is killed', ({ witnesses }) => ['escape-probe', 'signal', String(witnesses.victim), '9']),
  weaker('the limits of a process outside are changed', ({ witnesses }) => [
    'escape-probe',
    'limit',
    String(witnesses.victim),
  ]),
  weaker('the priority of a process outside is lowered', ({ witnesses }) => [
    'escape-probe',
    'priority',
    String(witnesses.victim),
  ]),
  weaker('the environment of every process', () => ['sh', '-c', 'cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline']),
  weaker('a daemon', ({ mark }) => ['escape-probe', 'outlive', mark, '15']),
];

/** (33) and (34). */
export const CONTROL: readonly Attempt[] = [
  ...underPolicy,
  ...helpers,
  ...layers,
  ...specs,
  whileItIsMade,
  ...landlock,
];
