import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STANDARD_POLICY } from '../../../src/sandbox/index.ts';
import type { Attempt } from '../attempt.ts';
import { runByPolicy, runIn } from '../in-sandbox.ts';
import type { Place } from '../place.ts';

/** A file that the trap makes in the workspace: a program ran that no rule names. */
const TRACE = 'it-ran';

function trapIn(place: Place): void {
  for (const name of ['trap', 'git']) {
    writeFileSync(join(place.workspace, name), `#!/bin/sh\n: > "$LC_WORKSPACE/${TRACE}"\nexit 0\n`);
    chmodSync(join(place.workspace, name), 0o755);
  }
  writeFileSync(join(place.workspace, 'lines.txt'), 'one\ntwo\n');
}

/** As the product does it: first the policy, then the sandbox. Without: the words as they are. */
const judged =
  (argv: readonly string[], more: Trick = {}): NonNullable<Attempt['start']> =>
  (place, way) => {
    const env = more.env?.(place) ?? {};
    if (way === 'plain') return runIn(place, way, more.plainly?.(place) ?? argv, { env, timeoutMs: 5000 });
    return runByPolicy(place, way, argv, STANDARD_POLICY, env);
  };

interface Trick {
  env?: (place: Place) => Record<string, string>;
  /** What it becomes where a shell reads it, or a person types it. */
  plainly?: (place: Place) => readonly string[];
  prepare?: (place: Place) => void;
}

const trick = (number: number, title: string, argv: readonly string[], more: Trick = {}): Attempt => ({
  number,
  title,
  prepare: (place) => {
    trapIn(place);
    more.prepare?.(place);
  },
  start: judged(argv, more),
  after: ({ workspace, layers }) => {
    const left = [join(workspace, TRACE), join(layers, 'upper', TRACE)].some((path) => existsSync(path));
    rmSync(join(workspace, TRACE), { force: true });
    return left ? 'a program that no rule names was run' : undefined;
  },
  ways: ['write'],
});

const shell = (text: string) => (): readonly string[] => ['sh', '-c', text];

const programs: Attempt[] = [
  trick(17, 'git -c with an alias', ['git', '-c', 'alias.x=!./trap', 'x']),
  trick(17, 'git -c core.fsmonitor', ['git', '-c', 'core.fsmonitor=./trap', 'status'], {
    prepare: ({ workspace }) => void execFileSync('git', ['init', '-q', workspace]),
  }),
  trick(17, 'git with another folder of programs', ['git', '--exec-path=.', 'trap'], {
    prepare: ({ workspace }) => symlinkSync('trap', join(workspace, 'git-trap')),
  }),
  trick(17, 'git grep with a pager', ['git', 'grep', '--no-index', '-O./trap', 'one', '--', 'lines.txt']),
  trick(17, 'git diff with an external program', [
    'env',
    'GIT_EXTERNAL_DIFF=./trap',
    'git',
    'diff',
    '--no-index',
    '--ext-diff',
    'lines.txt',
    'trap',
  ]),
  trick(17, 'find -exec', ['find', 'lines.txt', '-exec', './trap', ';']),
  trick(17, 'find -execdir', ['find', 'lines.txt', '-execdir', './trap', ';'], {
    env: () => ({ PATH: '/usr/local/bin:/usr/bin:/bin' }),
  }),
  trick(17, 'find -fprintf', ['find', 'lines.txt', '-fprintf', TRACE, 'x']),
  trick(17, 'tar --checkpoint-action', [
    'tar',
    '--checkpoint=1',
    '--checkpoint-action=exec=./trap',
    '-cf',
    '/dev/null',
    'lines.txt',
  ]),
  trick(17, 'tar with a program to compress', ['tar', '-I', './trap', '-cf', 'a.tar', 'lines.txt']),
  trick(17, 'awk system()', ['awk', 'BEGIN { system("./trap") }']),
  trick(17, 'sed with e', ['sed', '1e ./trap', 'lines.txt']),
  trick(17, 'sed -n with w', ['sed', '-n', `w ${TRACE}`, 'lines.txt']),
  trick(17, 'sort -o', ['sort', '-o', TRACE, 'lines.txt']),
  trick(17, 'sort with a program to compress', ['sort', '-S', '1k', '--compress-program=./trap', 'long.txt'], {
    prepare: ({ workspace }) => writeFileSync(join(workspace, 'long.txt'), 'another line\n'.repeat(100_000)),
  }),
  trick(17, 'ssh with a proxy command', ['ssh', '-oBatchMode=yes', '-oProxyCommand=./trap', '127.0.0.1']),
  trick(17, 'env', ['env', './trap']),
  trick(17, 'env -S', ['env', '-S', './trap']),
  trick(17, 'xargs', ['xargs', '-a', 'lines.txt', './trap']),
  trick(17, 'nice, timeout, nohup around it', ['nice', '-n', '1', 'timeout', '5', 'nohup', './trap']),
  trick(17, 'timeout with an option that nobody knows', ['timeout', '--kill-after=5', '5', './trap']),
  trick(17, 'a shell', ['sh', '-c', './trap']),
  trick(17, 'python -c', ['python3', '-c', 'import os; os.system("./trap")'], {
    env: () => ({ PATH: '/usr/bin:/bin' }),
  }),
  trick(17, 'perl -e', ['perl', '-e', 'system("./trap")']),
  trick(17, 'node -e', ['node', '-e', 'require("child_process").execFileSync("./trap")']),
  trick(17, 'npm with a shell of its own', ['npm', 'exec', '--script-shell=./trap', '--', 'true'], {
    plainly: shell('./trap'),
  }),
  trick(17, 'the loader', ['/lib64/ld-linux-x86-64.so.2', '/bin/sh', './trap']),
  trick(17, 'busybox and its kind', ['setsid', '-w', './trap']),
];

const files: Attempt[] = [
  trick(18, 'a file that is called like an option, by a glob', ['tar', '-cf', '/dev/null', '*'], {
    prepare: ({ workspace }) => {
      writeFileSync(join(workspace, '--checkpoint=1'), '');
      writeFileSync(join(workspace, '--checkpoint-action=exec=sh trap'), '');
    },
    plainly: shell('tar -cf /dev/null *'),
  }),
  trick(18, 'a file that is called like an option, by its name', ['sort', '--', '-o', TRACE, 'lines.txt'], {
    plainly: () => ['sort', '-o', TRACE, 'lines.txt'],
  }),
];

const shadows: Attempt[] = [
  trick(19, 'a program of the repository that is called git', ['./git', 'status']),
  {
    ...trick(19, 'the same by its absolute path', []),
    start: (place, way) => judged([join(place.workspace, 'git'), 'status'])(place, way),
  },
  trick(19, 'the repository comes first on the PATH', ['git', 'status'], {
    env: ({ workspace }) => ({ PATH: `${workspace}:/usr/bin:/bin` }),
  }),
  trick(19, 'the working folder is on the PATH', ['git', 'status'], { env: () => ({ PATH: '.:/usr/bin:/bin' }) }),
  trick(19, 'an empty entry on the PATH', ['git', 'status'], { env: () => ({ PATH: ':/usr/bin:/bin' }) }),
  trick(19, 'a link that leads to the repository', ['bin/git', 'status'], {
    prepare: ({ workspace }) => symlinkSync('.', join(workspace, 'bin')),
  }),
  trick(19, 'a first word that lies', ['git\0', 'status'], { plainly: shell('exec ./git status') }),
];

const texts: Attempt[] = [
  trick(20, 'a command in $( )', ['git', 'status', '$(./trap)'], { plainly: shell('git status $(./trap)') }),
  trick(20, 'a command in backquotes', ['git', 'log', '`./trap`'], { plainly: shell('git log `./trap`') }),
  trick(20, 'a command after a semicolon', ['git', 'status', ';', './trap'], { plainly: shell('git status; ./trap') }),
  trick(20, 'a command after a line break', ['git', 'status\n./trap'], { plainly: shell('git status\n./trap') }),
  trick(20, 'a command after &&', ['git', 'status', '||', './trap'], { plainly: shell('git status || ./trap') }),
  trick(20, 'the whole line in one word', ['git status || ./trap'], { plainly: shell('git status || ./trap') }),
  trick(20, 'other separators of words', ['git', 'status', ':./trap'], {
    plainly: shell('IFS=:; line=\'git:version:./trap\'; set -- $line; "$3"'),
  }),
  trick(20, 'BASH_ENV', ['bash', '-c', 'true'], { env: ({ workspace }) => ({ BASH_ENV: join(workspace, 'trap') }) }),
];

/** (17) to (20). */
export const ALLOW_LIST: readonly Attempt[] = [...programs, ...files, ...shadows, ...texts];
