/** Gitleaks' rules as JavaScript runs them: what a program in Node would do with them. */
import type { Span } from './score.ts';

interface AllowText {
  regexes?: string[];
  regexTarget?: 'match' | 'line';
  stopwords?: string[];
  condition?: string;
  paths?: string[];
}

/** What is used of gitleaks' configuration, as TOML gives it. */
export interface GitleaksConfiguration {
  allowlist?: AllowText;
  rules: {
    id: string;
    regex?: string;
    secretGroup?: number;
    entropy?: number;
    keywords?: string[];
    allowlists?: AllowText[];
  }[];
}

interface Rule {
  regex: RegExp;
  group: number;
  entropy: number;
  keywords: string[];
  allows: ((match: string, line: string, secret: string) => boolean)[];
}

/** Finds what the rules find, and says how many of them JavaScript can run. */
export function gitleaksRules({ allowlist, rules }: GitleaksConfiguration): {
  find(text: string): Span[];
  compiled: number;
  given: number;
} {
  const everywhere = allowOf(allowlist ?? {});
  const made: Rule[] = [];
  const withRegex = rules.filter(({ regex }) => regex !== undefined);
  for (const { regex, secretGroup = 0, entropy = 0, keywords = [], allowlists = [] } of withRegex) {
    const expression = ported(regex ?? '');
    if (expression === undefined) continue;
    const allows = [...allowlists.map(allowOf), everywhere];
    made.push({
      regex: expression,
      group: secretGroup,
      entropy,
      keywords: keywords.map((word) => word.toLowerCase()),
      allows,
    });
  }
  return { compiled: made.length, given: withRegex.length, find: (text) => search(text, made) };
}

function search(text: string, rules: readonly Rule[]): Span[] {
  const lower = text.toLowerCase();
  const spans: Span[] = [];
  for (const { regex, group, entropy, keywords, allows } of rules) {
    if (keywords.length > 0 && !keywords.some((word) => lower.includes(word))) continue;
    for (const match of text.matchAll(regex)) {
      const secret = (group > 0 ? match[group] : match.slice(1).find((part) => part)) ?? match[0];
      if (entropy > 0 && entropyOf(secret) <= entropy) continue;
      const line = lineAround(text, match.index, match[0].length);
      if (allows.some((allow) => allow(match[0], line, secret))) continue;
      const start = match.index + match[0].indexOf(secret);
      spans.push({ start, end: start + secret.length, kind: 'secret' });
    }
  }
  return spans;
}

function lineAround(text: string, start: number, length: number): string {
  const end = text.indexOf('\n', start + length);
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, end === -1 ? undefined : end);
}

function allowOf({ regexes = [], regexTarget, stopwords = [], condition, paths = [] }: AllowText) {
  const expressions = regexes.flatMap((regex) => ported(regex, '') ?? []);
  const words = stopwords.map((word) => word.toLowerCase());
  return (match: string, line: string, secret: string): boolean => {
    // A condition on paths has nothing to hold for: the texts here have none.
    if (condition === 'AND' && paths.length > 0) return false;
    const looked = regexTarget === 'line' ? line : regexTarget === 'match' ? match : secret;
    const byRegex = expressions.some((expression) => expression.test(looked));
    const lower = secret.toLowerCase();
    const byWord = words.some((word) => lower.includes(word));
    return condition === 'AND' ? byRegex && byWord : byRegex || byWord;
  };
}

/** RE2's syntax in that of JavaScript; `undefined` where there is no such expression. */
function ported(expression: string, flags = 'g'): RegExp | undefined {
  const text = expression
    .replaceAll('(?P<', '(?<')
    .replaceAll('\\z', '$')
    .replaceAll('\\A', '^')
    .replaceAll('[[:alnum:]]', '[0-9A-Za-z]')
    .replaceAll('[:alnum:]', '0-9A-Za-z');
  try {
    return new RegExp(withScopedFlags(text), flags);
  } catch {
    return undefined;
  }
}

/** `(?i)` in RE2 holds to the end of its group: `(?i:` … `)` in JavaScript. */
function withScopedFlags(text: string): string {
  let result = '';
  const opened: number[] = [0];
  for (let at = 0, inClass = false; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (letter === '\\') {
      result += text.slice(at, at + 2);
      at += 1;
      continue;
    }
    if (inClass) {
      inClass = letter !== ']';
    } else if (letter === '[') {
      inClass = true;
    } else if (letter === '(') {
      const flag = /^\(\?([a-z-]+)\)/.exec(text.slice(at));
      if (flag !== null) {
        result += `(?${flag[1]}:`;
        opened[opened.length - 1] = (opened.at(-1) ?? 0) + 1;
        at += flag[0].length - 1;
        continue;
      }
      opened.push(0);
    } else if (letter === ')') {
      result += ')'.repeat(opened.pop() ?? 0);
    }
    result += letter;
  }
  return result + ')'.repeat(opened[0] ?? 0);
}

/** Shannon's entropy of the letters, in bits. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let sum = 0;
  for (const count of counts.values()) sum -= (count / text.length) * Math.log2(count / text.length);
  return sum;
}
