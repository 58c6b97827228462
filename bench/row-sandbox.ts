import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../src/kernel/index.ts';
import { sandboxHelperPath } from '../src/native/index.ts';
import { overlayLayer, REQUIRED_LAYERS, type RunCommand, STANDARD_POLICY, sandbox } from '../src/sandbox/index.ts';
import { samples } from './measure/statistics.ts';
import { type Row, seconds } from './row.ts';
import { installPeer } from './tool/install-peer.ts';

/** One way of running `true`. */
interface Way {
  name: string;
  run(): Promise<void>;
}

/** What it costs to start a command in a sandbox: `true`, with every way in turn in each round. */
export async function sandboxRows(count: number): Promise<Row[]> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'pyagent-bench-sandbox-')));
  // The runtime puts placeholders into the current folder.
  const here = process.cwd();
  process.chdir(folder);
  try {
    const ways = [plain, ...(await bwrap()), ...(await ours(folder)), ...(await runtime())];
    const times = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
    for (const { run } of ways) await run();
    for (let round = 0; round < count * 6; round += 1) {
      for (const { name, run } of ways) {
        const start = performance.now();
        await run();
        times.get(name)?.push(performance.now() - start);
      }
    }
    return rowsOf(new Map([...times].map(([name, list]) => [name, samples(list).median])));
  } finally {
    process.chdir(here);
    await rm(folder, { recursive: true, force: true });
  }
}

function rowsOf(medians: ReadonlyMap<string, number>): Row[] {
  const at = (name: string) => medians.get(name);
  const others = [...medians].filter(([name]) => !name.startsWith('ours'));
  const peers = others.map(([name, time]) => `${name} ${seconds(time)}`).join(', ');
  const bare = at('bwrap');
  return [...medians]
    .filter(([name]) => name.startsWith('ours'))
    .flatMap(([name, time]): Row[] => {
      const row = {
        group: 'sandbox',
        what: 'start-up of a sandboxed `true`',
        on: name.replace(/^ours, /, ''),
        ours: seconds(time),
        peers,
      };
      if (bare === undefined)
        return [
          { ...row, target: { text: 'at most 15 ms over bwrap', measured: 'bwrap is not installed here', met: false } },
        ];
      const over = time - bare;
      const target = { text: 'at most 15 ms over bwrap', measured: `${over.toFixed(1)} ms over`, met: over <= 15 };
      const against = ['sandbox-runtime, command', 'sandbox-runtime, library'].flatMap((peer): Row[] => {
        const theirs = at(peer);
        if (theirs === undefined) return [];
        const ratio = theirs / time;
        const faster = {
          text: `at least 10 times faster than ${peer}`,
          measured: `${ratio.toFixed(1)} times`,
          met: ratio >= 10,
        };
        return [{ ...row, what: `the same, against ${peer}`, target: faster }];
      });
      return [{ ...row, target }, ...against];
    });
}

const plain: Way = { name: 'plain spawn', run: () => ended(spawn('true', { stdio: 'ignore' })) };

async function bwrap(): Promise<Way[]> {
  if (!installed('bwrap')) return [];
  const argv = [
    '--ro-bind',
    '/',
    '/',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    '--unshare-all',
    '--die-with-parent',
    'true',
  ];
  return [{ name: 'bwrap', run: () => ended(spawn('bwrap', argv, { stdio: 'ignore' })) }];
}

function installed(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child
      .once('error', reject)
      .once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`true ended with ${code}`))));
  });
}

/** The place and the policy that checks have: read-only, and through an overlay. */
async function ours(folder: string): Promise<Way[]> {
  const workspace = join(folder);
  const layer = await overlayLayer(`${folder}-layer`);
  const { outputBytes: _, seconds: __, ...limits } = STANDARD_POLICY.limits;
  const user = process.getuid === undefined ? undefined : { uid: process.getuid(), gid: process.getgid?.() ?? 0 };
  const files = { protect: STANDARD_POLICY.files.protect, env: process.env, home: homedir(), user };
  const common = { clock: systemClock, helper: sandboxHelperPath(), limits, require: REQUIRED_LAYERS.namespaces };
  const reading = sandbox({ ...common, place: { ...files, workspace, access: { kind: 'read' } } });
  const overlaid = sandbox({
    ...common,
    place: { ...files, workspace, access: { kind: 'overlay', upper: layer.upper, work: layer.work } },
  });
  const run = (runCommand: RunCommand) => async () => {
    const outcome = await runCommand({ argv: ['true'], cwd: workspace, env: { PATH: '/usr/bin:/bin' } });
    if (outcome.kind !== 'exited' || outcome.code !== 0)
      throw new Error(`expected true to end with 0, found ${JSON.stringify(outcome)}`);
  };
  return [
    { name: 'ours, read-only workspace', run: run(reading.runCommand) },
    { name: 'ours, workspace through an overlay', run: run(overlaid.runCommand) },
  ];
}

interface Runtime {
  SandboxManager: {
    initialize(config: object): Promise<void>;
    wrapWithSandbox(command: string): Promise<string>;
    reset?(): Promise<void>;
  };
}

/** @anthropic-ai/sandbox-runtime: its command, and its library when it has been initialised once. */
async function runtime(): Promise<Way[]> {
  if (!['bwrap', 'socat', 'rg'].every(installed)) return [];
  const root = join(await installPeer('sandbox'), 'node_modules/@anthropic-ai/sandbox-runtime');
  const { bin, main } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    bin: { srt: string };
    main: string;
  };
  const { SandboxManager } = (await import(pathToFileURL(join(root, main)).href)) as Runtime;
  const config = {
    network: { allowedDomains: [], deniedDomains: [] },
    filesystem: { denyRead: [], allowWrite: ['.'], denyWrite: [] },
  };
  await SandboxManager.initialize(config);
  return [
    {
      name: 'sandbox-runtime, command',
      run: () => ended(spawn(process.execPath, [join(root, bin.srt), 'true'], { stdio: 'ignore' })),
    },
    {
      name: 'sandbox-runtime, library',
      run: async () => ended(spawn(await SandboxManager.wrapWithSandbox('true'), { shell: true, stdio: 'ignore' })),
    },
  ];
}
