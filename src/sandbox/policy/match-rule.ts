import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { readGlob } from '../../kernel/index.ts';
import { mayMean } from './may-mean.ts';
import type { CommandRule } from './sandbox-policy.ts';

/** A command as a rule sees it. */
export interface JudgedCommand {
  argv: readonly string[];
  /** Where it runs; absolute. */
  cwd: string;
  /** Absolute. */
  workspace: string;
  /** The file that PATH leads to for the last part of the first word. Absent: nobody has looked. */
  program?: string | undefined;
  /** Whether the program is looked for among the tools of the project first, as `npx` does. Default: false. */
  byProject?: boolean;
}

/** Where only the machine's owner puts programs. */
const SYSTEM_FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin'];

/**
 * Whether an allowing rule fits: each word is accounted for, by its exact spelling. What could be read in two ways
 * (bundled, abbreviated or attached options) does not fit.
 */
export function fitsExactly(rule: CommandRule, command: JudgedCommand): boolean {
  const { argv } = command;
  const first = rule.exact ?? rule.run ?? [];
  if (argv.length < first.length) return false;
  if (rule.exact !== undefined) return programFits(first.slice(0, 1), rule, command) && sameWords(first, argv);
  const begins = first.every((word, index) =>
    index === 0 ? programFits(alternatives(word), rule, command) : wordFits(word, argv[index] ?? ''),
  );
  return begins && restFits(argv.slice(first.length), rule, command);
}

/**
 * Whether a refusing rule fits: its first words come in their order with nothing but options and what may be their values
 * between them, and one of its options could be meant, wherever it stands and however it is spelt.
 */
export function fitsLoosely(rule: CommandRule, command: JudgedCommand): boolean {
  const { argv, cwd, workspace } = command;
  if (rule.exact !== undefined) return sameWords(rule.exact, argv);
  const [program = '', ...first] = rule.run ?? [];
  const [word = '', ...words] = argv;
  const name = basename(word);
  const named = alternatives(program).some((one) =>
    one.includes('/') ? resolve(workspace, one) === resolve(cwd, word) : one === name || one === withoutEnding(name),
  );
  if (!named || !followLoosely(first, words)) return false;
  const options = rule.options?.filter((option) => option !== '**').map(optionName) ?? [];
  return options.length === 0 || words.some((word) => options.some((option) => mayMean(word, option)));
}

/** All ways to take words for options and their values are followed at once: the set holds how many are found in each. */
function followLoosely(wanted: readonly string[], words: readonly string[]): boolean {
  let found = new Set([0]);
  for (const [index, word] of words.entries()) {
    if (found.has(wanted.length)) return true;
    const skipped = word.startsWith('-') || words[index - 1]?.startsWith('-') === true;
    const next = new Set<number>(skipped ? found : []);
    for (const count of found) {
      const one = wanted[count] ?? '';
      if (one === '*' || alternatives(one).includes(word)) next.add(count + 1);
    }
    found = next;
  }
  return found.has(wanted.length);
}

function withoutEnding(name: string): string {
  return name.replace(/\.(?:exe|cmd|bat|com)$/i, '');
}

function sameWords(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}

function alternatives(word: string): string[] {
  return word.split('|');
}

function wordFits(wanted: string, word: string): boolean {
  if (wanted === '*') return word !== '' && !word.startsWith('-');
  return alternatives(wanted).includes(word);
}

function programFits(names: readonly string[], { from = 'system' }: CommandRule, command: JudgedCommand): boolean {
  const word = command.argv[0] ?? '';
  const { workspace, cwd, program, byProject = false } = command;
  if (!word.includes('/')) {
    const inside = byProject || (program !== undefined && isBelow(workspace, program));
    return names.includes(word) && (from === 'anywhere' || !inside);
  }
  // `npx` and its kin read a path as a package.
  if (byProject || !isStraight(word)) return false;
  const path = resolve(cwd, word);
  if (names.some((name) => name.includes('/') && resolve(workspace, name) === path)) return true;
  // A tool of the repository may be called by its path there.
  if (isBelow(workspace, path)) {
    const tool = /\/(?:node_modules\/\.bin|\.?venv\/bin|vendor\/bin)\/([^/]+)$/.exec(path)?.[1];
    return from === 'anywhere' && tool !== undefined && names.includes(tool);
  }
  return names.includes(basename(path)) && (path === program || SYSTEM_FOLDERS.includes(dirname(path)));
}

function restFits(words: readonly string[], rule: CommandRule, command: JudgedCommand): boolean {
  const { options = [], afterDashes = false, rest = false } = rule;
  const isArgument = (word: string) => rule.arguments?.some((kind) => argumentFits(kind, word, command)) ?? false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string;
    if (word === '--') {
      if (rest || afterDashes === false) return false;
      return afterDashes === true || words.slice(index + 1).every(isArgument);
    }
    if (!word.startsWith('-') || word === '-') {
      if (!isArgument(word)) return false;
      if (rest) return true;
      continue;
    }
    if (options.includes('**')) continue;
    const used = optionFits(options, word, words[index + 1], command);
    if (used === 0) return false;
    index += used - 1;
  }
  return !rest;
}

/** How many words an option takes; 0: it is none of these. */
function optionFits(
  options: readonly string[],
  word: string,
  next: string | undefined,
  command: JudgedCommand,
): 0 | 1 | 2 {
  for (const option of options) {
    const at = option.indexOf('=');
    if (at === -1) {
      if (word === option) return 1;
      continue;
    }
    const [name, kind] = [option.slice(0, at), option.slice(at + 1)];
    // After a single letter a parser may take `=` for a part of the value.
    const attached = name.length > 2 && word.startsWith(`${name}=`);
    if (attached && valueFits(kind, word.slice(name.length + 1), command)) return 1;
    // A value that looks like an option may be read as one.
    if (word === name && next !== undefined && !next.startsWith('-') && valueFits(kind, next, command)) return 2;
  }
  return 0;
}

function valueFits(kind: string, value: string, command: JudgedCommand): boolean {
  if (kind === '*') return true;
  if (kind === 'path') return isPathInside(value, command);
  if (kind === 'number') return /^[0-9]+(\.[0-9]+)?$/.test(value);
  return alternatives(kind).includes(value);
}

function argumentFits(kind: string, word: string, command: JudgedCommand): boolean {
  if (kind === '*') return true;
  if (kind === 'path') return isPathInside(word, command);
  if (kind === word) return true;
  const glob = readGlob(kind);
  return glob.kind !== 'malformed' && isPlain(word) && glob.matches(word.replace(/^\.\//, ''));
}

function isPathInside(word: string, { cwd, workspace }: JudgedCommand): boolean {
  // A lone dash means what comes in, which may be code.
  if (word === '' || word === '-' || word.startsWith('~') || /[\0\n\r]/.test(word) || !isStraight(word)) return false;
  return isBelow(workspace, resolve(cwd, word));
}

/** A word that a glob may judge as it is written. */
function isPlain(word: string): boolean {
  const names = word.replace(/^\.\//, '').split('/');
  return !/[\0\n\r\\]/.test(word) && names.every((name) => name !== '' && name !== '.' && name !== '..');
}

/** Whether `..` stands only at the front: after a name that is a link it leads elsewhere than the words say. */
function isStraight(path: string): boolean {
  let named = path.startsWith('/');
  for (const name of path.split('/')) {
    if (name === '..' && named) return false;
    named ||= name !== '..' && name !== '.';
  }
  return true;
}

/** Whether `path` is `folder` or lies below it, by its words. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function optionName(option: string): string {
  const at = option.indexOf('=');
  return at === -1 ? option : option.slice(0, at);
}
