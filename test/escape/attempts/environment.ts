import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type Attempt, type Ran, script, type Way } from '../attempt.ts';
import { ended, type HelperStart, specLine, startHelper } from '../in-sandbox.ts';
import type { Place } from '../place.ts';

const tokens: Attempt[] = [
  ...[
    'API_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'GITHUB_TOKEN',
    'NPM_TOKEN',
    'DATABASE_URL',
    'MY_PASSWORD',
    'SOME_UNKNOWN_NAME',
  ].map(
    (name): Attempt => ({
      number: 21,
      title: `${name} in the environment of whoever starts the command`,
      argv: script('env; cat /proc/self/environ'),
      wishes: ({ secret }) => ({ env: { [name]: secret } }),
    }),
  ),
  {
    number: 21,
    title: 'the environment of every process that can be seen',
    argv: script('cat /proc/[0-9]*/environ /proc/[0-9]*/task/*/environ'),
  },
  {
    number: 21,
    title: 'the environment of process 1 and of the parent',
    start: (place, way) => startedBySecretive(place, way, ['sh', '-c', 'cat /proc/1/environ /proc/$PPID/environ']),
  },
  {
    number: 21,
    title: 'the words of every process that can be seen',
    argv: script('cat /proc/[0-9]*/cmdline'),
  },
];

/** A process with the secret in its environment starts the command, or the helper. */
async function startedBySecretive(place: Place, way: Way, argv: readonly string[]): Promise<Ran> {
  if (way === 'plain') {
    const words = ['-c', `env -i PATH="$PATH" ${argv.map(quoted).join(' ')}; true`];
    return ended(spawn('sh', words, { env: { PATH: '/usr/bin:/bin', API_TOKEN: place.secret } }));
  }
  return throughHelper(place, way, argv, {
    before: ['/usr/bin/env', `API_TOKEN=${place.secret}`, '/bin/sh', '-c', '"$0"; true'],
  });
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;

async function throughHelper(
  place: Place,
  way: 'write' | 'overlay',
  argv: readonly string[],
  how: HelperStart,
): Promise<Ran> {
  const { child, heard } = startHelper(place, await specLine(place, way, argv), how);
  const ran = await ended(child);
  return { ...ran, reason: `${ran.stdout}${ran.stderr}${heard()}` };
}

/** Variables by which a program is made to load or run something else, with a word that shows when they arrive. */
const LOADERS: Readonly<Record<string, readonly string[]>> = {
  'the loader': ['LD_PRELOAD', 'LD_LIBRARY_PATH', 'LD_AUDIT'],
  'the C library': ['GLIBC_TUNABLES', 'GCONV_PATH', 'MALLOC_TRACE', 'HOSTALIASES'],
  Node: ['NODE_OPTIONS', 'NODE_PATH'],
  Python: ['PYTHONSTARTUP', 'PYTHONHOME', 'PYTHONBREAKPOINT', 'PYTHONINSPECT'],
  'Perl, Ruby and Java': ['PERL5OPT', 'PERL5LIB', 'RUBYOPT', 'RUBYLIB', 'JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS'],
  git: ['GIT_DIR', 'GIT_SSH_COMMAND', 'GIT_EXTERNAL_DIFF', 'GIT_CONFIG_PARAMETERS', 'GIT_EDITOR', 'GIT_EXEC_PATH'],
  'agents and daemons': [
    'SSH_AUTH_SOCK',
    'DOCKER_HOST',
    'DBUS_SESSION_BUS_ADDRESS',
    'GPG_AGENT_INFO',
    'XDG_RUNTIME_DIR',
  ],
  shells: ['BASH_ENV', 'ENV', 'PS4', 'PROMPT_COMMAND', 'BASH_FUNC_ls%%', 'CDPATH'],
  'compilers and build tools': ['RUSTC_WRAPPER', 'CC', 'MAKEFLAGS', 'GOFLAGS', 'npm_config_script_shell'],
};

const loaders = Object.entries(LOADERS).map(
  ([who, names]): Attempt => ({
    number: 22,
    title: `variables that make ${who} run something else`,
    // A builtin reads them: a program that cannot be loaded would hide that they arrived.
    argv: () => ['/usr/bin/cat', '/proc/self/environ'],
    wishes: ({ secret }) => ({ env: Object.fromEntries(names.map((name) => [name, `--require=/${secret}`])) }),
  }),
);

async function withDescriptor(place: Place, way: Way, path: string, argv: readonly string[]): Promise<Ran> {
  const fd = openSync(path, 'r');
  // Descriptor 9 of the child.
  const descriptors = ['ignore', 'ignore', 'ignore', 'ignore', 'ignore', fd] as const;
  try {
    if (way !== 'plain') return await throughHelper(place, way, argv, { descriptors });
    const [program = '', ...words] = argv;
    const stdio = ['ignore', 'pipe', 'pipe', 'ignore', ...descriptors] as const;
    return await ended(spawn(place.tools[program as 'probe'], words, { stdio: [...stdio] }));
  } finally {
    closeSync(fd);
  }
}

const PROBE = 'escape-probe';
const inherited: Attempt[] = [
  {
    number: 23,
    title: 'a file that the starter left open at descriptor 9',
    start: (place, way) =>
      withDescriptor(place, way, join(place.outside, 'secret.txt'), [
        way === 'plain' ? 'probe' : PROBE,
        'read-descriptor',
        '9',
      ]),
  },
  {
    number: 23,
    title: 'a folder that the starter left open at descriptor 9',
    start: (place, way) =>
      withDescriptor(place, way, place.outside, [
        way === 'plain' ? 'probe' : PROBE,
        'write-by-descriptor',
        '9',
        'planted',
      ]),
  },
  {
    number: 23,
    title: 'the input, a file opened for reading, opened again for writing',
    start: async (place, way) => {
      const fd = openSync(join(place.outside, 'victim.txt'), 'r');
      try {
        if (way !== 'plain') return await throughHelper(place, way, [PROBE, 'reopen-input'], { stdin: fd });
        return await ended(spawn(place.tools.probe, ['reopen-input'], { stdio: [fd, 'pipe', 'pipe'] }));
      } finally {
        closeSync(fd);
      }
    },
  },
  {
    number: 23,
    title: 'an answer in the name of the helper, on every open descriptor',
    start: async (place, way) => {
      const lie = JSON.stringify({ event: 'ended', code: 0, word: place.mark.toUpperCase() });
      if (way !== 'plain') return throughHelper(place, way, [PROBE, 'write-to-descriptors', lie], {});
      const child = spawn(place.tools.probe, ['write-to-descriptors', lie], {
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      });
      let heard = '';
      child.stdio[3]?.on('data', (chunk: Buffer) => {
        heard += chunk.toString();
      });
      return { ...(await ended(child)), reason: heard };
    },
    after: (place, ran) => (ran.reason?.includes(place.mark.toUpperCase()) ? 'the lie was heard' : undefined),
  },
  {
    number: 23,
    title: 'words typed into the terminal that it was started from',
    claims: true,
    start: async (place, way) => {
      const wrapper = [place.tools.probe, 'on-terminal'];
      if (way !== 'plain') return throughHelper(place, way, [PROBE, 'type-into-terminal', 'ls'], { before: wrapper });
      return ended(spawn(place.tools.probe, ['on-terminal', place.tools.probe, 'type-into-terminal', 'ls']));
    },
  },
];

/** (21) to (23). */
export const ENVIRONMENT: readonly Attempt[] = [...tokens, ...loaders, ...inherited];
