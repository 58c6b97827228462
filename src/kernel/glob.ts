/** A glob ready to match, or why it is not one. */
export type GlobReading = { kind: 'glob'; matches(path: string): boolean } | { kind: 'malformed'; reason: string };

/**
 * Reads a path glob: `*` is any run of characters within a name, `?` one character, `**` as a whole name any number
 * of names, `{a,b}` either. Everything else stands for itself, dots included. Paths are relative with `/` between
 * names; matching takes time proportional to pattern times path, whatever the pattern.
 */
export function readGlob(pattern: string): GlobReading {
  const problem = malformation(pattern);
  if (problem !== undefined) return { kind: 'malformed', reason: problem };
  const alternatives = expandBraces(pattern);
  if (alternatives === undefined) return { kind: 'malformed', reason: `more than ${MAX_ALTERNATIVES} alternatives` };
  const compiled = alternatives.map((alternative) => alternative.split('/'));
  return { kind: 'glob', matches: (path) => compiled.some((names) => matchSequence(names, path.split('/'))) };
}

const MAX_ALTERNATIVES = 256;

function malformation(pattern: string): string | undefined {
  if (pattern === '') return 'it is empty';
  if (/[\\\0]/.test(pattern)) return 'it holds a backslash or a zero byte; names are separated by /';
  if (pattern.startsWith('/') || /^[a-zA-Z]:/.test(pattern)) return 'it is absolute; write it relative to the root';
  if (pattern.startsWith('!')) return 'it is negated; list what is allowed instead';
  if (pattern.split('/').some((name) => name === '' || name === '.' || name === '..')) {
    return 'it holds an empty name, "." or ".."';
  }
  let depth = 0;
  for (const character of pattern) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth < 0) break;
  }
  return depth === 0 ? undefined : 'its braces do not pair';
}

function expandBraces(pattern: string): string[] | undefined {
  const open = pattern.indexOf('{');
  if (open === -1) return [pattern];
  let depth = 0;
  let start = open + 1;
  const choices: string[] = [];
  for (let index = open; index < pattern.length; index += 1) {
    const character = pattern[index];
    if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if ((character === ',' && depth === 1) || depth === 0) {
      choices.push(pattern.slice(start, index));
      start = index + 1;
    }
    if (depth === 0) break;
  }
  const rest = pattern.slice(start);
  const expanded: string[] = [];
  for (const choice of choices) {
    const inner = expandBraces(pattern.slice(0, open) + choice + rest);
    if (inner === undefined) return undefined;
    expanded.push(...inner);
    if (expanded.length > MAX_ALTERNATIVES) return undefined;
  }
  return expanded;
}

function matchSequence(pattern: readonly string[], path: readonly string[]): boolean {
  return matchWild(pattern, path, '**', (name, text) => matchName(name, text));
}

function matchName(pattern: string, name: string): boolean {
  return matchWild([...pattern], [...name], '*', (one, character) => one === '?' || one === character);
}

/**
 * Greedy matching with one point to come back to: when a later part fails, only the last wildcard has to take more,
 * because an earlier one could only do what the last one does.
 */
function matchWild(
  pattern: readonly string[],
  text: readonly string[],
  wildcard: string,
  matchesOne: (pattern: string, text: string) => boolean,
): boolean {
  let at = 0;
  let patternAt = 0;
  let resume: { pattern: number; at: number } | undefined;
  while (at < text.length) {
    const part = pattern[patternAt];
    if (part === wildcard) {
      resume = { pattern: patternAt + 1, at };
      patternAt += 1;
    } else if (part !== undefined && matchesOne(part, text[at] ?? '')) {
      patternAt += 1;
      at += 1;
    } else if (resume !== undefined) {
      resume = { pattern: resume.pattern, at: resume.at + 1 };
      [patternAt, at] = [resume.pattern, resume.at];
    } else return false;
  }
  while (pattern[patternAt] === wildcard) patternAt += 1;
  return patternAt === pattern.length;
}
