import { WORKSPACE } from './judge.ts';

/** Programs that the standard policy must not start, under any path and in any wrapper. */
const PROGRAMS =
  'sh bash rbash dash zsh ksh fish busybox sudo su doas pkexec env xargs parallel ssh scp nc socat docker podman awk gawk sed vi vim less man perl ruby php lua rm mv cp dd chmod chown ln tee kill curl wget pip pip3 apt apt-get dpkg mount umount unshare nsenter chroot setsid tar install truncate crontab at gdb strace xxd'.split(
    ' ',
  );

const READERS =
  'ls cat nl tac stat file sha256sum sha1sum sha512sum md5sum cksum realpath readlink du diff cmp head tail wc cut sort uniq comm tree grep egrep fgrep rg find fd fdfind git'.split(
    ' ',
  );

const GIT_READS =
  'status log show diff blame shortlog describe rev-parse rev-list ls-files ls-tree cat-file merge-base name-rev branch tag remote stash --no-pager --version'.split(
    ' ',
  );

/** What a word may not look like after a program, by program. */
const WORDS: readonly [programs: string, word: RegExp][] = [
  ['git', /^-[^-=]*[cCO]|^--(c$|co|conf|exe|ext|git-d|work|upload|receive|textc|open|outp|no-ind|contents)/],
  ['find', /^-(exec|execdir|ok|okdir|delete|fprint|fprint0|fprintf|fls|files0-from)$/],
  ['fd|fdfind', /^-[^-=]*[xX]|^--ex(e|$)/],
  ['rg', /^--(pr|host|search-z)|^-[^-=]*z/],
  ['sort', /^-[^-=]*[oT]|^--(o|compress|files0|temp)/],
  ['date', /^(?!\+)[^-]|^-[^-=]*s|^--s/],
  ['tail', /^-[^-=]*[fF]|^--(f|retry|pid)/],
  ['file', /^-[^-=]*[Cmfz]|^--(comp|magic|files)/],
  ['tree', /^-[^-=]*o|^--(output|fromf)/],
  ['uniq|hostname|true|false|pwd|whoami', /^[^-]/],
  ['grep|egrep|fgrep', /^-[^-=]*f|^--fi/],
  ['go', /^--?(exec|toolexec|overlay|vettool|ldflags|gccgoflags|modfile|C|w)(=|$)/],
  ['cargo', /^-[^-=]*Z|^--(con|open)/],
  ['make|gmake', /^-[^-=]*[EfCI]|^--(ev|fi|dir|inc)|=/],
  ['cmake', /^-[^-=]*[EP]/],
  ['ctest', /^--(build-|test-c)|^-S/],
  ['meson', /^--(wr|gdb)/],
  ['eslint', /^--(rul|resolve-pl)/],
  ['mocha', /^-[^-=]*n|^--(node-op|im|loa)/],
  ['pylint', /^--init/],
  ['mypy', /^--(python-e|install-t)/],
  ['npm', /^--(script-sh|node-op|call|userc)/],
  ['gradle|./gradlew', /^-[^-=]*I|^--init/],
];

/** Before the first word that is no option, these make an interpreter run what it is given as text. */
const INLINE: readonly [programs: RegExp, word: RegExp][] = [
  [
    /^(node|nodejs|bun|tsx|ts-node)$/,
    /^-[^-=]*[eprEi]|^--(eval|print|require|import|loader|experimental.loader|interactive|input-type)|^-$/,
  ],
  [/^(python[\d.]*|pypy3?)$/, /^-[^-=]*[ci]|^-$/],
];

/** Why the standard policy may never allow a command; `inner` is what is left of it without wrappers. */
export function neverAllowed(inner: readonly string[], cwd: string): string | undefined {
  const [program = '', ...words] = inner;
  const name = program.replace(/^.*\//s, '');
  if (PROGRAMS.includes(name)) return `it starts ${name}`;
  const beforeDashes = words.includes('--') && name !== 'npm' ? words.slice(0, words.indexOf('--')) : words;
  const own = name === 'npm' && words.includes('--') ? words.slice(0, words.indexOf('--')) : words;
  for (const [programs, word] of WORDS) {
    if (!programs.split('|').includes(name) && !programs.split('|').includes(program)) continue;
    const found = (name === 'cargo' || name === 'go' || name === 'git' ? beforeDashes : own)
      .filter((one) => one !== '--')
      .find((one) => word.test(one) && !isValueOf(name, one, own));
    if (found !== undefined) return `${name} with ${found}`;
  }
  for (const [programs, word] of INLINE) {
    if (!programs.test(name)) continue;
    const script = words.findIndex((one) => !one.startsWith('-'));
    const options = script === -1 ? words : words.slice(0, script);
    const found = options.find((one) => word.test(one));
    if (found !== undefined) return `${name} with ${found}`;
    if (script !== -1 && /^(inspect|debug)$/.test(words[script] ?? '')) return `${name} ${words[script]}`;
    const only = options.some((one) => ['--version', '-v', '-V', '--test', '-m'].includes(one));
    if (script === -1 && !only) return `${name} reads its input`;
  }
  const command = words.find((one) => !one.startsWith('-')) ?? '';
  if (name === 'npm' && /^(install|i|ci|publish|explore|exec|x|config|set|link|init|create|rebuild)$/.test(command))
    return `npm ${command}`;
  if (name === 'git' && !GIT_READS.includes(words[0] ?? '')) return `git ${words[0]}`;
  if (
    name === 'git' &&
    ['branch', 'tag'].includes(words[0] ?? '') &&
    !/^(--list|-l)$/.test(words[1] ?? '--list') &&
    words.slice(1).some((one) => !one.startsWith('-'))
  )
    return `git ${words[0]} makes one`;
  if (READERS.includes(name)) {
    const outside = words.find((word, index) => !isPattern(words[index - 1]) && leads(word, cwd));
    if (outside !== undefined) return `${name} reads ${outside}`;
  }
  return undefined;
}

/** A word in the place of a value that may be any text. */
function isValueOf(name: string, word: string, words: readonly string[]): boolean {
  const before = words[words.indexOf(word) - 1] ?? '';
  return name === 'npm' && ['run', 'run-script', '-w', '--workspace'].includes(before);
}

function isPattern(before: string | undefined): boolean {
  return (
    /^(-[a-zA-Z]|--[a-z-]+|-i?(name|path)|-regex|-size|-mtime|-mmin)$/.test(before ?? '') &&
    !/^(--|-newer)$/.test(before ?? '')
  );
}

/** Whether a word, read as a path, leads out of the workspace. */
function leads(word: string, cwd: string): boolean {
  if (word.startsWith('-')) return false;
  const stack = word.startsWith('/') ? [] : cwd.split('/').filter(Boolean);
  for (const name of word.split('/')) {
    if (name === '..') stack.pop();
    else if (name !== '' && name !== '.') stack.push(name);
  }
  return `/${stack.join('/')}/`.startsWith(`${WORKSPACE}/`) === false;
}
