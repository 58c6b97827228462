import type { CommandRule } from '../../index.ts';
import { WRAPPER_FORMS } from './wrapper-forms.ts';

/** Where a command is judged. */
export interface OraclePlace {
  cwd: string;
  workspace: string;
  /** Where PATH leads to. */
  find?: (name: string) => string | undefined;
}

/** No word that is judged holds it. */
const END = '\0';
const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/**
 * What the rules say of a command, by trying every way to read it. It is slow, shares nothing with the product, and may only
 * be more generous than it: what the product allows, this must allow.
 */
export function oracle(
  rules: readonly CommandRule[],
  argv: readonly string[],
  place: OraclePlace,
): 'allow' | 'ask' | 'deny' {
  const first = argv[0] ?? '';
  if (first === '' || first[0] === '-' || argv.join('').includes(END)) return 'deny';
  if ((first.includes('/') ? /[\t\r\n]/ : /\s/).test(first)) return 'deny';
  if (!within(place.workspace, segments(place.cwd))) return 'deny';
  const literal = rules.filter((rule) => JSON.stringify(rule.exact) === JSON.stringify(argv));
  if (literal.some(({ decision }) => decision === 'deny')) return 'deny';
  if (literal.some(({ decision }) => decision === 'ask')) return 'ask';
  if (literal.some((rule) => mayStart(rule, rule.exact?.slice(0, 1) ?? [], argv, place, false))) return 'allow';
  let best: 'allow' | 'ask' | 'deny' = 'deny';
  for (const chain of chains(argv, [])) {
    const says = ofChain(rules, chain, place);
    if (says === 'allow') return 'allow';
    if (says === 'ask') best = 'ask';
  }
  return best;
}

/** What is left of a command without its wrappers, read in the way that goes deepest. */
export function innermost(argv: readonly string[]): readonly string[] {
  const inner = chains(argv, []).map((chain) => chain.at(-1)?.words ?? argv);
  const programs = inner.filter((words) => !words[0]?.startsWith('-'));
  return programs.toSorted((one, other) => one.length - other.length)[0] ?? argv;
}

interface Link {
  words: readonly string[];
  byProject: boolean;
  ofProject: boolean;
}

/** Every way to take a command for wrappers around another one; the last link is no wrapper. */
function chains(words: readonly string[], before: readonly Link[]): Link[][] {
  const byProject = before.some((link) => link.ofProject || isProjects(link.words));
  const here = { words, byProject, ofProject: false };
  const text = words.join(END);
  const forms = WRAPPER_FORMS.filter(({ head }) => head.test(text));
  if (forms.length === 0) return [[...before, here]];
  if (before.length >= 8) return [];
  return forms.flatMap(({ prefix, ofProject = false }) =>
    words.flatMap((_, at) =>
      at > 0 && prefix.test(words.slice(0, at).join(END))
        ? chains(words.slice(at), [...before, { ...here, ofProject }])
        : [],
    ),
  );
}

function isProjects(words: readonly string[]): boolean {
  return /(^|\/)(npx|npm|pnpm|yarn|bunx|poetry|uv|pipenv|pdm|hatch|rye|bundle)$/.test(words[0] ?? '');
}

function ofChain(rules: readonly CommandRule[], chain: readonly Link[], place: OraclePlace): 'allow' | 'ask' | 'deny' {
  const hit = (decision: string) =>
    chain.some(({ words }) => rules.some((rule) => rule.decision === decision && isMeant(rule, words, place)));
  if (hit('deny')) return 'deny';
  if (hit('ask')) return 'ask';
  const inner = chain.at(-1) as Link;
  for (const { words, byProject, ofProject } of chain.slice(0, -1)) {
    if (!ofProject && (byProject || isInWorkspace(words[0] ?? '', place))) return 'deny';
  }
  return rules.some((rule) => rule.decision === 'allow' && canMean(rule, inner, place)) ? 'allow' : 'deny';
}

function isInWorkspace(word: string, { find, workspace }: OraclePlace): boolean {
  const file = find?.(word.slice(word.lastIndexOf('/') + 1));
  return file !== undefined && within(workspace, segments(file));
}

/** Whether a refusing rule could be meant: the whole command as one text against one expression per spelling. */
function isMeant(rule: CommandRule, words: readonly string[], place: OraclePlace): boolean {
  if (rule.exact !== undefined) return JSON.stringify(rule.exact) === JSON.stringify(words);
  const [program = '', ...rest] = rule.run ?? [];
  const name = (words[0] ?? '').replace(/^.*\//s, '');
  const names = program.split('|');
  const byPath = names.some(
    (one) => one.includes('/') && segments(one, place.workspace).join() === segments(words[0] ?? '', place.cwd).join(),
  );
  if (!byPath && !names.includes(name)) return false;
  const gap = `(?:-[^${END}]*${END}(?:[^${END}]*${END})?)*`;
  const follow = rest.map(
    (one) => `${gap}(?:${one === '*' ? `[^${END}]*` : one.split('|').map(literally).join('|')})${END}`,
  );
  if (
    !new RegExp(`^${follow.join('')}`).test(
      words
        .slice(1)
        .map((word) => word + END)
        .join(''),
    )
  )
    return false;
  const options = (rule.options ?? []).filter((option) => option !== '**').map((option) => option.replace(/=.*$/s, ''));
  return options.length === 0 || options.some((option) => words.slice(1).some((word) => spellings(option).test(word)));
}

const spellingsOf = new Map<string, RegExp>();

function spellings(option: string): RegExp {
  const found = spellingsOf.get(option) ?? expressionFor(option);
  spellingsOf.set(option, found);
  return found;
}

function expressionFor(option: string): RegExp {
  const name = option.replace(/^-+/, '');
  if (/^-[^-]$/.test(option)) return new RegExp(`^-(?!-)[^=]*${literally(name)}`, 's');
  if (!option.startsWith('--')) return new RegExp(`^-${literally(name)}|^--${literally(name)}([=.]|$)`, 's');
  const letters = [...name].map((letter) => (letter === '-' ? '[-_]' : literally(letter)));
  const cut = letters.reduceRight((after, letter) => `(?:${letter}${after})?`, '');
  return new RegExp(`^--(?=[^=.])${cut}(?:[=.]|$)|^-${letters.join('')}(?:[=.]|$)`, 's');
}

/** Whether an allowing rule can mean a command: all derivations are tried. */
function canMean(rule: CommandRule, { words, byProject }: Link, place: OraclePlace): boolean {
  if (rule.exact !== undefined)
    return (
      JSON.stringify(rule.exact) === JSON.stringify(words) &&
      mayStart(rule, rule.exact.slice(0, 1), words, place, byProject)
    );
  const [program = '', ...first] = rule.run ?? [];
  if (!mayStart(rule, program.split('|'), words, place, byProject)) return false;
  const fixed = first.every((one, index) => {
    const word = words[index + 1];
    if (word === undefined) return false;
    return one === '*' ? /^[^-]/s.test(word) : `|${one}|`.includes(`|${word}|`) && !word.includes('|');
  });
  return fixed && derive(rule, words.slice(first.length + 1), place);
}

function derive(rule: CommandRule, words: readonly string[], place: OraclePlace): boolean {
  const [word, next] = words;
  if (word === undefined) return rule.rest !== true;
  const argument = (text: string) => (rule.arguments ?? []).some((kind) => isOfKind(kind, text, place, true));
  if (word === '--') {
    if (rule.rest) return false;
    return rule.afterDashes === true || (rule.afterDashes === 'arguments' && words.slice(1).every(argument));
  }
  if (word === '-' || !word.startsWith('-'))
    return argument(word) && (rule.rest === true || derive(rule, words.slice(1), place));
  return (rule.options ?? []).some((option) => {
    const [name = '', ...kinds] = option.split('=');
    const kind = kinds.join('=');
    if (option === '**' || option === word) return derive(rule, words.slice(1), place);
    if (kinds.length === 0) return false;
    const attached =
      name.length > 2 && word.startsWith(`${name}=`) && isOfKind(kind, word.slice(name.length + 1), place, false);
    if (attached && derive(rule, words.slice(1), place)) return true;
    const apart = word === name && next !== undefined && next[0] !== '-' && isOfKind(kind, next, place, false);
    return apart && derive(rule, words.slice(2), place);
  });
}

function isOfKind(kind: string, word: string, { cwd, workspace }: OraclePlace, globs: boolean): boolean {
  if (kind === '*') return true;
  if (kind === 'path') {
    const clean = word !== '' && word !== '-' && word[0] !== '~' && !/[\r\n]/.test(word);
    return clean && !climbsLater(word) && within(workspace, segments(word, cwd));
  }
  if (!globs) return kind === 'number' ? /^\d+(\.\d+)?$/.test(word) : kind.split('|').includes(word);
  if (kind === word) return true;
  const plain = word.replace(/^\.\//, '');
  if (/[\r\n\\]/.test(word) || plain.split('/').some((name) => /^\.{0,2}$/.test(name))) return false;
  return globExpression(kind).test(plain);
}

/** `**` whole names, `*` and `?` within one, `{a,b}` not nested. */
function globExpression(glob: string): RegExp {
  const text = literally(glob)
    .replace(/\\\/\\\*\\\*$/, '(?:/.*)?')
    .replaceAll('\\*\\*\\/', '(?:[^/]+/)*')
    .replaceAll('\\*\\*', '(?:.*)')
    .replaceAll('\\*', '[^/]*')
    .replaceAll('\\?', '[^/]')
    .replace(/\\\{([^}]*)\\\}/g, (_, inner: string) => `(?:${inner.replaceAll(',', '|')})`);
  return new RegExp(`^${text}$`, 's');
}

function mayStart(
  rule: CommandRule,
  names: readonly string[],
  words: readonly string[],
  place: OraclePlace,
  byProject: boolean,
): boolean {
  const word = words[0] ?? '';
  const anywhere = rule.from === 'anywhere';
  if (!word.includes('/')) return names.includes(word) && (anywhere || !(byProject || isInWorkspace(word, place)));
  if (byProject || climbsLater(word)) return false;
  const path = segments(word, place.cwd);
  const same = (other: string, base?: string) => segments(other, base).join('/') === path.join('/');
  if (names.some((name) => name.includes('/') && same(name, place.workspace))) return true;
  const last = path.at(-1) ?? '';
  if (!names.includes(last)) return false;
  const folder = `/${path.slice(0, -1).join('/')}`;
  if (within(place.workspace, path))
    return anywhere && /\/(node_modules\/\.bin|venv\/bin|\.venv\/bin|vendor\/bin)$/.test(folder);
  const file = place.find?.(last);
  return ['/usr/bin', '/bin', '/usr/local/bin'].includes(folder) || (file !== undefined && same(file));
}

/** The names of a path after walking it, one by one. */
function segments(path: string, base = '/'): string[] {
  const stack = path.startsWith('/') ? [] : base.split('/').filter((name) => name !== '');
  for (const name of path.split('/')) {
    if (name === '..') stack.pop();
    else if (name !== '' && name !== '.') stack.push(name);
  }
  return stack;
}

function within(folder: string, path: readonly string[]): boolean {
  return segments(folder).every((name, index) => path[index] === name);
}

/** Whether `..` comes after a name, which may be a link. */
function climbsLater(path: string): boolean {
  return /(^|\/)(?!\.{1,2}(\/|$))[^/]+\/(.*\/)?\.\.(\/|$)/s.test(path) || /^\/(.*\/)?\.\.(\/|$)/s.test(path);
}
