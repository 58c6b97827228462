import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
// Inside the checkout, so that the bundle finds the native addon; one per process, so that test files do not share it.
const folder = join('dist', 'stories', String(process.pid));
let bundled: Promise<string> | undefined;

/** The real command, bundled from the present sources once per process. */
export function pyagentCommand(): Promise<string> {
  bundled ??= (async () => {
    mkdirSync(join(root, folder), { recursive: true });
    process.once('exit', () => rmSync(join(root, folder), { recursive: true, force: true }));
    await bundle(folder);
    return join(root, folder, 'pyagent.js');
  })();
  return bundled;
}

/** How a command ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface StartOptions {
  cwd?: string;
  env?: Readonly<Record<string, string | undefined>>;
  /** Words to put before the command, such as `unshare -Urm`. */
  before?: readonly string[];
  /** Give it a terminal of 80 columns by util-linux's `script`; what it writes comes on stdout. */
  terminal?: boolean;
  /** Give it a pipe as its standard input; default: there is nothing to read. */
  input?: boolean;
}

/** A command that was started. */
export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Settles when `pattern` was seen on stdout or stderr; rejects when the command ends without. */
  saw(pattern: RegExp): Promise<void>;
}

/** A person with a home folder of their own, where PyAgent keeps its state. */
export interface Person {
  home: string;
  pyagent(args: readonly string[], options?: StartOptions): Promise<Ended>;
  start(args: readonly string[], options?: StartOptions): Promise<Started>;
}

/** A person whose checks run without isolation: they and the test meet in the home folder. */
export async function unisolatedPerson(): Promise<Person> {
  return person(tmpdir(), { PYAGENT_ISOLATION: 'none' });
}

/** A person whose home is a new, empty folder below `parent`. */
export async function person(parent = tmpdir(), env: Record<string, string> = {}): Promise<Person> {
  const home = await mkdtemp(join(parent, 'pyagent-home-'));
  const start = async (args: readonly string[], options: StartOptions = {}) => {
    const command = await pyagentCommand();
    const plain = [process.execPath, command, ...args];
    const [program = '', ...words] = options.terminal ? onTerminal(plain) : [...(options.before ?? []), ...plain];
    const child = spawn(program, words, {
      cwd: options.cwd ?? home,
      env: {
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
        HOME: home,
        LANG: 'C.UTF-8',
        ...env,
        ...options.env,
      },
      stdio: [options.input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    return started(child);
  };
  return { home, start, pyagent: async (args, options) => (await start(args, options)).ended };
}

function onTerminal(words: readonly string[]): string[] {
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  return ['script', '-qec', `stty cols 80 rows 24; exec ${quoted}`, '/dev/null'];
}

function started(child: ChildProcess): Started {
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      for (const look of watchers) look();
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  const saw = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!pattern.test(output.stdout) && !pattern.test(output.stderr)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
      ended.then(
        (end) => reject(new Error(`ended with ${end.code} before ${pattern}: ${end.stdout}${end.stderr}`)),
        reject,
      );
    });
  return { child, ended, saw };
}
