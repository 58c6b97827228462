import { isHarmlessVariable } from './harmless-variable.ts';
import { PROJECT_TOOLS } from './project-tools.ts';

/** A command that runs another one. */
export interface Wrapper {
  /** The position of the first word of the command inside; -1: there is none in this form; or why it is not clear. */
  read: (argv: readonly string[]) => number | string;
  /** Whether it looks for the program among the tools of the project first. */
  byProject?: boolean;
  /** Whether it may itself be a tool of the project. */
  ofProject?: boolean;
}

type Reader = Wrapper['read'];

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
      if (!Object.hasOwn(known, name)) return `the option ${word} of ${argv[0]} is not known to be harmless`;
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
    if (!isHarmlessVariable(name, word.slice(name.length + 1))) return `${name} is not known to be harmless to set`;
  }
  const word = argv[at];
  return word?.startsWith('-') ? `the option ${word} of env is not known to be harmless` : at;
};

/** A tool that runs the program of a project: the words between its name and the program are one of `forms`. */
function runner(...forms: string[][]): Wrapper {
  const longestFirst = forms.toSorted((one, other) => other.length - one.length);
  const read: Reader = (argv) => {
    const form = longestFirst.find((words) => words.every((word, index) => argv[index + 1] === word));
    if (form === undefined) return -1;
    const word = argv[form.length + 1];
    if (word?.startsWith('-')) return `the option ${word} of ${argv[0]} is not known to be harmless`;
    return form.length + 1;
  };
  return { read, byProject: true };
}

/** A package manager that takes the name of a tool for its command. */
function orTool({ read, ...runs }: Wrapper): Wrapper {
  return { ...runs, read: (argv) => (PROJECT_TOOLS.includes(argv[1] ?? '') ? 1 : read(argv)) };
}

const NUMBER = /^-?[0-9]+$/;
const ENTRY = /^[\w./*{},-]+$/;

/** Coverage tools run a command of the project, and lie in it. */
const coverage: Wrapper = {
  byProject: true,
  ofProject: true,
  read: afterOptions({
    '--all': undefined,
    '--check-coverage': undefined,
    '--reporter': /^(text|text-summary|html|lcov|lcovonly|json|json-summary|cobertura|clover|none)$/,
    '--include': ENTRY,
    '--exclude': ENTRY,
    '--src': ENTRY,
    '--lines': NUMBER,
    '--branches': NUMBER,
    '--functions': NUMBER,
    '--statements': NUMBER,
  }),
};

/** The commands that run other commands, by name. */
export const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  ['env', { read: env }],
  ['nice', { read: afterOptions({ '-n': NUMBER, '--adjustment': NUMBER }) }],
  ['ionice', { read: afterOptions({ '-c': NUMBER, '-n': NUMBER, '-t': undefined }) }],
  ['nohup', { read: afterOptions({}) }],
  ['time', { read: afterOptions({ '-p': undefined, '-v': undefined }) }],
  [
    'timeout',
    {
      read: afterOptions(
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
    },
  ],
  [
    'stdbuf',
    {
      read: afterOptions({ '-oL': undefined, '-eL': undefined, '-o0': undefined, '-e0': undefined, '-i0': undefined }),
    },
  ],
  ['npx', runner([], ['--'], ['--no-install'], ['--no'], ['--no', '--'])],
  ['npm', runner(['exec', '--'], ['x', '--'])],
  ['pnpm', orTool(runner(['exec'], ['exec', '--']))],
  ['yarn', orTool(runner(['exec'], ['run', '-T']))],
  ['bunx', runner([], ['--no-install'])],
  ['poetry', runner(['run'])],
  ['uv', runner(['run'], ['run', '--'], ['run', '--no-sync'], ['run', '--offline'], ['run', '--frozen'])],
  ['pipenv', runner(['run'])],
  ['pdm', runner(['run'])],
  ['hatch', runner(['run'])],
  ['rye', runner(['run'])],
  ['bundle', runner(['exec'])],
  ['c8', coverage],
  ['nyc', coverage],
]);
