import { type ChildProcess, spawn } from 'node:child_process';
import { systemClock } from '../../src/kernel/index.ts';
import {
  type CommandOutcome,
  commandRunner,
  type Environment,
  execute,
  filterEnvironment,
  overlayLayer,
  REQUIRED_LAYERS,
  type SandboxOptions,
  type SandboxPolicy,
  STANDARD_POLICY,
  sandbox,
} from '../../src/sandbox/index.ts';
import type { Ran, Way, Wishes } from './attempt.ts';
import type { Place } from './place.ts';

const TIME_LIMIT = 15_000;

/** What a person has in the environment there; the variables of the place are for the attempts' scripts. */
export function environmentOf(place: Place, more: Environment = {}): Environment {
  return {
    PATH: `${place.tools.bin}:/usr/local/bin:/usr/bin:/bin`,
    HOME: place.home,
    LANG: 'C.UTF-8',
    // Names that a policy lets pass: these tell where things are, as any attacker would know.
    LC_OUTSIDE: place.outside,
    LC_WORKSPACE: place.workspace,
    LC_MARK: place.mark,
    LC_VICTIM: String(place.witnesses.victim),
    ...more,
  };
}

/** The product's sandbox, by its standard policy, around the workspace of a place. */
export async function sandboxFor(place: Place, way: 'write' | 'overlay', wishes: Wishes = {}): Promise<SandboxOptions> {
  const { files, environment, limits, unixSockets } = STANDARD_POLICY;
  const { outputBytes: _, seconds: __, ...standard } = limits;
  const access = way === 'write' ? ({ kind: 'write' } as const) : await layerOf(place);
  return {
    clock: systemClock,
    helper: place.tools.helper,
    place: {
      ...files,
      workspace: place.workspace,
      access,
      home: place.home,
      env: environmentOf(place, wishes.env),
      hide: [...files.hide, place.state, ...(wishes.hide ?? [])],
      user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    },
    ...(wishes.network === undefined ? {} : { network: wishes.network }),
    unixSockets: wishes.unixSockets ?? unixSockets,
    limits: wishes.limits ?? standard,
    require: REQUIRED_LAYERS.namespaces,
    environment: (env) => filterEnvironment(env, environment),
    graceMs: 300,
  };
}

async function layerOf(place: Place) {
  const { upper, work } = await overlayLayer(place.layers);
  return { kind: 'overlay', upper, work } as const;
}

/** Runs a command as the product does by a policy: it is judged first, then isolated. */
export async function runByPolicy(
  place: Place,
  way: 'write' | 'overlay',
  argv: readonly string[],
  policy: SandboxPolicy,
  env: Environment = {},
): Promise<Ran> {
  const output = { stdout: '', stderr: '' };
  const { outcome } = await execute({
    policy,
    argv,
    workspace: place.workspace,
    cwd: place.workspace,
    writes: way === 'write' ? 'kept' : 'discarded',
    env: environmentOf(place, env),
    home: place.home,
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    helper: place.tools.helper,
    scratch: place.layers,
    hidden: [place.state],
    clock: systemClock,
    timeoutMs: TIME_LIMIT,
    onOutput: (chunk, stream) => {
      output[stream] += Buffer.from(chunk).toString('utf8');
    },
  });
  return { ...ranOf(outcome), ...output };
}

/** Runs a command in one of the ways. */
export async function runIn(
  place: Place,
  way: Way,
  argv: readonly string[],
  wishes: Wishes = {},
  change: (options: SandboxOptions) => SandboxOptions = (options) => options,
): Promise<Ran> {
  const runCommand =
    way === 'plain'
      ? commandRunner({ clock: systemClock, graceMs: 300 })
      : sandbox(change(await sandboxFor(place, way, wishes))).runCommand;
  const outcome = await runCommand({
    argv,
    cwd: place.workspace,
    env: environmentOf(place, wishes.env),
    timeoutMs: wishes.timeoutMs ?? TIME_LIMIT,
    ...(way === 'plain' ? {} : { outputLimitBytes: wishes.outputLimitBytes }),
    maxOutputBytes: 2 * 1024 * 1024,
  });
  return ranOf(outcome);
}

/** An outcome, in the words of the suite. */
export function ranOf(outcome: CommandOutcome): Ran {
  switch (outcome.kind) {
    case 'not-found':
      return { kind: outcome.kind, stdout: '', stderr: '', reason: `${outcome.program} was not found` };
    case 'refused':
      return { kind: outcome.kind, stdout: '', stderr: '', reason: outcome.reason };
    default: {
      const { kind, stdout, stderr } = outcome;
      return { kind, stdout, stderr, ...(outcome.kind === 'exited' ? { code: outcome.code } : {}) };
    }
  }
}

/** The line that the product would send to the helper for a command. */
export async function specLine(place: Place, way: 'write' | 'overlay', argv: readonly string[], wishes: Wishes = {}) {
  let line = '';
  const options = await sandboxFor(place, way, wishes);
  // The helper is `cat`: what it is told comes back on its output.
  const { runCommand } = sandbox({ ...options, helper: place.tools.echo });
  const outcome = await runCommand({
    argv,
    cwd: place.workspace,
    env: environmentOf(place, wishes.env),
    onOutput: (chunk) => {
      line += Buffer.from(chunk).toString('utf8');
    },
    timeoutMs: TIME_LIMIT,
  });
  if (!line.startsWith('{')) throw new Error(`expected the line for the helper, found ${JSON.stringify(outcome)}`);
  return line;
}

/** A process that the suite starts itself, to its end; killed with its group after a limit. */
export function ended(child: ChildProcess, limitMs = TIME_LIMIT): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limitMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ kind: late ? 'timed-out' : 'exited', stdout, stderr, ...(code === null ? {} : { code }) });
    });
  });
}

/** Options for starting a program with a helper's descriptors. */
export interface HelperStart {
  /** What comes before the helper: a wrapper of the probe, with its words. */
  before?: readonly string[];
  /** Further descriptors, from 4 on. */
  descriptors?: readonly (number | 'ignore')[];
  stdin?: number | 'ignore';
}

/** Starts the helper itself, as the product's runner does, and sends it `line`. */
export function startHelper(
  place: Place,
  line: string,
  { before = [], descriptors = [], stdin = 'ignore' }: HelperStart = {},
) {
  const [program = '', ...words] = [...before, place.tools.helper];
  const child = spawn(program, words, {
    cwd: '/',
    env: {},
    stdio: [stdin, 'pipe', 'pipe', 'pipe', ...descriptors],
    detached: true,
  });
  let heard = '';
  const channel = child.stdio[3] as import('node:net').Socket;
  channel
    .on('error', () => undefined)
    .on('data', (chunk: Buffer) => {
      heard += chunk.toString('utf8');
    });
  channel.write(line);
  return { child, channel, heard: () => heard };
}
