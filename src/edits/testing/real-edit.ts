import type { Random } from './random.ts';
import type { Source } from './sources.ts';

/** A real edit of a real file: `old` stands at `from`, once, and becomes `new`. */
export interface RealEdit {
  path: string;
  lines: readonly string[];
  from: number;
  old: readonly string[];
  new: readonly string[];
  /** Indexes of `old` that the edit replaces or deletes. */
  gone: ReadonlySet<number>;
  /** Indexes of `new` that the edit writes. */
  written: ReadonlySet<number>;
  /** What the edit does to a line when all that it does is to rename a word. */
  rename?: (line: string) => string;
}

/** What identifies a line whatever its blanks and its Unicode form are. */
export function contentOf(line: string): string {
  return line
    .normalize('NFC')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201C\u201D]/g, '"')
    .replace(/[\u2013\u2014]/g, '-')
    .replace(/\u00A0/g, ' ')
    .trim();
}

/** How often `wanted` stands in `lines`, whatever the blanks at the ends of lines are. */
export function occurrences(lines: readonly string[], wanted: readonly string[]): number {
  const [first = '', ...rest] = wanted.map(contentOf);
  let count = 0;
  for (let at = 0; at + wanted.length <= lines.length; at += 1) {
    if (contentOf(lines[at] ?? '') !== first) continue;
    if (rest.every((line, index) => contentOf(lines[at + index + 1] ?? '') === line)) count += 1;
  }
  return count;
}

/** Makes an edit with one place in the file, or nothing where the chosen lines are not unique. */
export function realEdit(source: Source, random: Random): RealEdit | undefined {
  const { lines } = source;
  let from = random.below(lines.length);
  let size = 1 + random.below(random.chance(0.3) ? 2 : 10);
  while (from + size > lines.length) from -= 1;
  if (from < 0) return undefined;
  // As an author does: take more lines until they name one place.
  while (occurrences(lines, lines.slice(from, from + size)) > 1 && size < 25) {
    if (from > 0 && random.chance(0.5)) from -= 1;
    if (from + size < lines.length) size += 1;
    else return undefined;
  }
  const old = lines.slice(from, from + size);
  if (occurrences(lines, old) !== 1 || contentOf(old[0] ?? '') === '' || contentOf(old.at(-1) ?? '') === '')
    return undefined;
  // A text is looked for inside lines too, without its first blanks.
  if (lines.join('\n').split(old.join('\n').trimStart()).length > 2) return undefined;
  const edited = edit(old, lines, random);
  return edited === undefined ? undefined : { path: source.path, lines, from, old, ...edited };
}

type Edited = Pick<RealEdit, 'new' | 'gone' | 'written' | 'rename'>;

function edit(old: readonly string[], lines: readonly string[], random: Random): Edited | undefined {
  const kind = random.pick(['rename', 'rename', 'replace', 'insert', 'insert', 'delete'] as const);
  if (kind === 'rename') return rename(old, random);
  const index = random.below(old.length);
  const here = old[index] ?? '';
  if (contentOf(here) === '' || occurrences(old, [here]) > 1) return undefined;
  const count = kind === 'delete' ? 0 : 1 + random.below(3);
  const added: string[] = [];
  for (let made = 0; made < count; made += 1) {
    const line = freshLine(here, lines, old, random);
    if (line === undefined || added.some((other) => contentOf(other) === contentOf(line))) return undefined;
    added.push(line);
  }
  const keep = kind === 'insert';
  const result = [...old.slice(0, index + (keep ? 1 : 0)), ...added, ...old.slice(index + 1)];
  if (result.length === 0) return undefined;
  const first = index + (keep ? 1 : 0);
  const written = new Set(added.map((_, offset) => first + offset));
  return { new: result, gone: new Set(keep ? [] : [index]), written };
}

function rename(old: readonly string[], random: Random): Edited | undefined {
  const words = [...new Set(old.join('\n').match(/[A-Za-z_]\w{2,}/g) ?? [])];
  if (words.length === 0) return undefined;
  const word = random.pick(words);
  const change = (line: string) => line.replace(new RegExp(`\\b${word}\\b`, 'g'), `${word}Next`);
  const result = old.map(change);
  const changed = new Set(result.flatMap((line, index) => (line === old[index] ? [] : [index])));
  const unclear = [...changed].some(
    (index) => occurrences(old, [old[index] ?? '']) > 1 || occurrences(result, [result[index] ?? '']) > 1,
  );
  return changed.size === 0 || unclear ? undefined : { new: result, gone: changed, written: changed, rename: change };
}

/** A line of the file, made new by one more word and put where `here` stands or one level deeper. */
function freshLine(here: string, lines: readonly string[], old: readonly string[], random: Random): string | undefined {
  const donor = random.pick(lines);
  if (!/[A-Za-z_]\w*/.test(donor) || /"""|'''|`/.test(donor)) return undefined;
  const odd = ['$&', '$1', '$$', '\\n', '\\1', "$'"];
  const content =
    donor.trim().replace(/[A-Za-z_]\w*/, (word) => `${word}Fresh`) + (random.chance(0.1) ? ` ${random.pick(odd)}` : '');
  const indent = /^[ \t]*/.exec(here)?.[0] ?? '';
  const deeper = !random.chance(0.3)
    ? ''
    : indent.includes('\t')
      ? '\t'
      : lines.some((line) => /^ {2}\S/.test(line))
        ? '  '
        : '    ';
  const line = indent + deeper + content;
  return occurrences(lines, [line]) + occurrences(old, [line]) > 0 ? undefined : line;
}
