import { isAbsolute, normalize, relative, resolve, sep } from 'node:path';
import { readGlob } from '../../kernel/index.ts';
import type { CommandRule } from './sandbox-policy.ts';

/** A command as a rule sees it. */
export interface JudgedCommand {
  argv: readonly string[];
  /** Where it runs; absolute. */
  cwd: string;
  /** Absolute. */
  workspace: string;
  /** The file that the first word leads to. Absent: nobody has looked. */
  program?: string | undefined;
}

/**
 * Whether an allowing rule fits: each word is accounted for, by its exact spelling. What could be read in two ways
 * (bundled, abbreviated or attached options) does not fit.
 */
export function fitsExactly(rule: CommandRule, command: JudgedCommand): boolean {
  const { argv } = command;
  if (rule.exact !== undefined) return sameWords(rule.exact, argv);
  const first = rule.run ?? [];
  if (!beginsWith(first, rule, command)) return false;
  return restFits(argv.slice(first.length), rule, command);
}

/** Whether a refusing rule fits: the first words do, and one of its options could be meant, however it is spelt. */
export function fitsLoosely(rule: CommandRule, command: JudgedCommand): boolean {
  const { argv } = command;
  if (rule.exact !== undefined) return sameWords(rule.exact, argv);
  const first = rule.run ?? [];
  if (argv.length < first.length) return false;
  const named = first.every((word, index) =>
    alternatives(word).includes(index === 0 ? nameOf(argv) : (argv[index] ?? '')),
  );
  if (!named) return false;
  const options = rule.options?.filter((option) => option !== '**').map(optionName) ?? [];
  return (
    options.length === 0 || argv.slice(first.length).some((word) => options.some((option) => mayMean(word, option)))
  );
}

function sameWords(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}

/** The last part of the program's path: `/usr/bin/sudo` is sudo too when it is to be refused. */
function nameOf(argv: readonly string[]): string {
  return argv[0]?.split('/').at(-1) ?? '';
}

function alternatives(word: string): string[] {
  return word.split('|');
}

function beginsWith(first: readonly string[], rule: CommandRule, command: JudgedCommand): boolean {
  const { argv } = command;
  if (argv.length < first.length) return false;
  return first.every((word, index) =>
    index === 0 ? programFits(alternatives(word), rule, command) : alternatives(word).includes(argv[index] ?? ''),
  );
}

function programFits(names: readonly string[], { from = 'system' }: CommandRule, command: JudgedCommand): boolean {
  const word = command.argv[0] ?? '';
  const { workspace, cwd, program } = command;
  if (!word.includes('/')) {
    const inside = program !== undefined && isBelow(workspace, program);
    return names.includes(word) && (from === 'anywhere' || !inside);
  }
  const path = resolve(cwd, word);
  // A tool of the repository may be called by its path there.
  if (from === 'anywhere' && isBelow(workspace, path)) {
    const tool = /\/(?:node_modules\/\.bin|\.?venv\/bin|vendor\/bin)\/([^/]+)$/.exec(path)?.[1];
    if (tool !== undefined && names.includes(tool)) return true;
  }
  return names.some((name) => name.includes('/') && resolve(workspace, name) === path);
}

function restFits(words: readonly string[], rule: CommandRule, command: JudgedCommand): boolean {
  const options = rule.options ?? [];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as string;
    if (word === '--') return rule.afterDashes === true;
    if (!word.startsWith('-') || word === '-') {
      if (!rule.arguments?.some((kind) => argumentFits(kind, word, command))) return false;
      continue;
    }
    if (options.includes('**')) continue;
    const used = optionFits(options, word, words[index + 1], command);
    if (used === 0) return false;
    index += used - 1;
  }
  return true;
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
    if (word.startsWith(`${name}=`) && valueFits(kind, word.slice(name.length + 1), command)) return 1;
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
  if (word.startsWith('-') && word !== '-') return false;
  if (kind === '*') return true;
  if (kind === 'path') return isPathInside(word, command);
  if (kind === word) return true;
  const glob = readGlob(kind);
  return glob.kind !== 'malformed' && isPlain(word) && glob.matches(word);
}

function isPathInside(word: string, { cwd, workspace }: JudgedCommand): boolean {
  if (word === '' || word.startsWith('~') || /[\0\n]/.test(word)) return false;
  return isBelow(workspace, resolve(cwd, word));
}

/** A word that a glob may judge as it is written. */
function isPlain(word: string): boolean {
  return (
    word !== '' && !isAbsolute(word) && normalize(word) === word && !word.startsWith('..') && !/[\0\n\\]/.test(word)
  );
}

/** Whether `path` is `folder` or lies below it, by its words. */
function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

function optionName(option: string): string {
  const at = option.indexOf('=');
  return at === -1 ? option : option.slice(0, at);
}

/** Whether a program's option parser could take `word` for `option`: attached value, bundle, abbreviation. */
function mayMean(word: string, option: string): boolean {
  if (word === option || word.startsWith(`${option}=`)) return true;
  if (option.startsWith('--')) {
    const name = word.split('=')[0] ?? '';
    return name.length > 2 && name.startsWith('--') && option.startsWith(name);
  }
  if (option.length === 2) return /^-[^-]/.test(word) && word.slice(1).includes(option.slice(1));
  return word.startsWith(option);
}
