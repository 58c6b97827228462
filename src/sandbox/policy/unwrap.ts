import { isForbiddenVariable } from './filter-environment.ts';

/** What a command consists of when the commands around it are taken off. */
export type Unwrapped =
  | { kind: 'command'; argv: readonly string[]; through: readonly string[] }
  /** A wrapper is used in a way that is not understood for sure. */
  | { kind: 'unclear'; reason: string };

/** How to find the command inside a wrapper: the position of its first word, or why that is not clear. */
type Reader = (argv: readonly string[]) => number | string;

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)=/;
const DURATION = /^[0-9]+(\.[0-9]+)?[smhd]?$/;

/** Options that each take the next word, or a value after `=`; everything else is unclear. */
function afterOptions(known: Readonly<Record<string, RegExp | undefined>>, positionals = 0): Reader {
  return (argv) => {
    let at = 1;
    for (; at < argv.length; at += 1) {
      const word = argv[at] as string;
      if (!word.startsWith('-')) break;
      const [name, value] = splitOption(word);
      if (!(name in known)) return `the option ${word} of ${argv[0]} is not known to be harmless`;
      const pattern = known[name];
      if (pattern === undefined) {
        if (value !== undefined) return `the option ${name} of ${argv[0]} takes no value`;
        continue;
      }
      const given = value ?? argv[at + 1];
      if (given === undefined || !pattern.test(given))
        return `the option ${name} of ${argv[0]} has a value that is not understood`;
      if (value === undefined) at += 1;
    }
    for (let skip = 0; skip < positionals; skip += 1, at += 1) {
      if (!DURATION.test(argv[at] ?? '')) return `${argv[0]} needs a duration before its command`;
    }
    return at;
  };
}

function splitOption(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return word.startsWith('--') && at !== -1 ? [word.slice(0, at), word.slice(at + 1)] : [word, undefined];
}

const env: Reader = (argv) => {
  let at = 1;
  for (; at < argv.length; at += 1) {
    const word = argv[at] as string;
    const name = ASSIGNMENT.exec(word)?.[1];
    if (name === undefined) break;
    if (isForbiddenVariable(name, word.slice(name.length + 1))) return `${name} may not be set for a command`;
  }
  const word = argv[at];
  return word?.startsWith('-') ? `the option ${word} of env is not known to be harmless` : at;
};

/** A tool that runs the program of a project: the words before it are fixed. */
const runner =
  (...forms: string[][]): Reader =>
  (argv) => {
    const form = forms
      .toSorted((one, other) => other.length - one.length)
      .find((words) => words.every((word, index) => argv[index] === word));
    if (form === undefined) return -1;
    const word = argv[form.length];
    return word?.startsWith('-') ? `the option ${word} of ${argv[0]} is not known to be harmless` : form.length;
  };

const number = /^-?[0-9]+$/;

const WRAPPERS: Readonly<Record<string, Reader>> = {
  env,
  nice: afterOptions({ '-n': number, '--adjustment': number }),
  ionice: afterOptions({ '-c': number, '-n': number, '-t': undefined }),
  nohup: afterOptions({}),
  time: afterOptions({ '-p': undefined, '-v': undefined }),
  timeout: afterOptions(
    {
      '-k': DURATION,
      '--kill-after': DURATION,
      '-s': /^[A-Z0-9]+$/,
      '--signal': /^[A-Z0-9]+$/,
      '--foreground': undefined,
      '-v': undefined,
    },
    1,
  ),
  stdbuf: afterOptions({ '-oL': undefined, '-eL': undefined, '-o0': undefined, '-e0': undefined, '-i0': undefined }),
  setsid: afterOptions({ '-w': undefined, '--wait': undefined }),
  npx: runner(['npx', '--no-install'], ['npx', '--no'], ['npx', '--no', '--'], ['npx', '--'], ['npx']),
  npm: runner(['npm', 'exec', '--'], ['npm', 'exec', '--no', '--'], ['npm', 'x', '--']),
  pnpm: runner(['pnpm', 'exec']),
  yarn: runner(['yarn', 'exec'], ['yarn', 'run', '-T']),
  bunx: runner(['bunx', '--no-install'], ['bunx']),
  poetry: runner(['poetry', 'run']),
  uv: runner(['uv', 'run', '--'], ['uv', 'run', '--no-sync'], ['uv', 'run', '--offline'], ['uv', 'run']),
  pipenv: runner(['pipenv', 'run']),
  pdm: runner(['pdm', 'run']),
  hatch: runner(['hatch', 'run']),
  rye: runner(['rye', 'run']),
  bundle: runner(['bundle', 'exec']),
};

const DEEPEST = 8;

/** Takes the wrappers off, one after the other. */
export function unwrap(argv: readonly string[]): Unwrapped {
  const through: string[] = [];
  let rest = argv;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const name = rest[0] ?? '';
    const read = WRAPPERS[name.replace(/^\/(?:usr\/)?bin\//, '')];
    const at = read === undefined || !Object.hasOwn(WRAPPERS, name.replace(/^\/(?:usr\/)?bin\//, '')) ? -1 : read(rest);
    if (at === -1) return { kind: 'command', argv: rest, through };
    if (typeof at === 'string') return { kind: 'unclear', reason: at };
    if (at >= rest.length) return { kind: 'unclear', reason: `${name} has no command to run` };
    through.push(name);
    rest = rest.slice(at);
  }
  return { kind: 'unclear', reason: `commands are wrapped more than ${DEEPEST} times` };
}
