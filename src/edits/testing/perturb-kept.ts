import type { Expected, FuzzCase } from './fuzz-case.ts';
import { bytesOf, replaceEdit, resultOf, text } from './fuzz-case.ts';
import type { Random } from './random.ts';
import { contentOf, type RealEdit } from './real-edit.ts';

/** Distorts an edit; nothing where this distortion has no meaning for it. */
export type Perturbation = (edit: RealEdit, random: Random) => FuzzCase | undefined;

/** A case whose file, old and new lines were distorted line by line. */
export function distorted(
  edit: RealEdit,
  form: {
    file?: (line: string) => string;
    old?: (line: string, index: number) => string;
    new?: (line: string, index: number) => string;
    /** What the written lines are in the result. Default: as `file` distorts them. */
    written?: (line: string, index: number) => string;
    expected?: Expected;
  },
): FuzzCase {
  const same = (line: string) => line;
  const file = form.file ?? same;
  const lines = edit.lines.map(file);
  const written = form.written ?? file;
  const kept = keptOf(edit);
  const result = edit.new.map((line, index) => {
    const from = kept.get(index);
    return from === undefined ? written(line, index) : (lines[edit.from + from] ?? '');
  });
  return {
    path: edit.path,
    before: bytesOf({ lines }),
    edits: [replaceEdit(edit.path, edit.old.map(form.old ?? same), edit.new.map(form.new ?? same))],
    expected: form.expected ?? 'apply',
    after: bytesOf({ lines: resultOf({ ...edit, lines }, result) }),
  };
}

/** Which line of the old text each unwritten line of the new text is. */
export function keptOf({ old, new: wanted, gone, written }: RealEdit): Map<number, number> {
  const kept = old.map((_, index) => index).filter((index) => !gone.has(index));
  const stays = wanted.map((_, index) => index).filter((index) => !written.has(index));
  return new Map(stays.map((index, place) => [index, kept[place] ?? 0]));
}

/** A choice per line content, so that equal lines are treated alike in all texts. */
export function chosen(random: Random, share: number): (line: string) => boolean {
  const known = new Map<string, boolean>();
  return (line) => {
    const key = contentOf(line);
    if (!known.has(key)) known.set(key, random.chance(share));
    return known.get(key) === true;
  };
}

const blanks = ['  ', ' ', '\t'];

/** Distortions that leave the edit its one meaning, apart from indentation. */
export const keepingMeaning: Readonly<Record<string, Perturbation>> = {
  exact: (edit) => distorted(edit, {}),
  'inside lines': (edit) => {
    if (contentOf(edit.new.at(-1) ?? '') === '') return undefined;
    const [old, wanted] = [edit.old.join('\n'), edit.new.join('\n')];
    const made = distorted(edit, {});
    return { ...made, edits: [{ kind: 'replace', path: edit.path, old, new: wanted }] };
  },
  'CRLF file': (edit) => {
    const ending = () => '\r\n';
    const made = distorted(edit, {});
    return {
      ...made,
      before: bytesOf({ lines: edit.lines, ending }),
      after: bytesOf({ lines: resultOf(edit, edit.new), ending }),
    };
  },
  'CRLF edit': (edit) => {
    const crlf = (lines: readonly string[]) => text(lines).replaceAll('\n', '\r\n');
    return {
      ...distorted(edit, {}),
      edits: [{ kind: 'replace', path: edit.path, old: crlf(edit.old), new: crlf(edit.new) }],
    };
  },
  'mixed line endings': (edit, random) => {
    // Written lines take the ending of the line that they replace; more of them would take that of the last.
    if (edit.written.size !== edit.gone.size) return undefined;
    const endings = edit.lines.map(() => (random.chance(0.5) ? '\r\n' : '\n'));
    const ending = (line: number) => endings[line] ?? '\n';
    return {
      ...distorted(edit, {}),
      before: bytesOf({ lines: edit.lines, ending }),
      after: bytesOf({ lines: resultOf(edit, edit.new), ending }),
    };
  },
  'BOM in the file': (edit) => ({
    ...distorted(edit, {}),
    before: bytesOf({ lines: edit.lines, bom: true }),
    after: bytesOf({ lines: resultOf(edit, edit.new), bom: true }),
  }),
  'BOM in the edit': (edit) => ({
    ...distorted(edit, {}),
    edits: [{ kind: 'replace', path: edit.path, old: `\uFEFF${text(edit.old)}`, new: `\uFEFF${text(edit.new)}` }],
  }),
  'no final line break': (edit) => {
    const made = distorted(edit, {});
    const finalBreak = false;
    return {
      ...made,
      before: bytesOf({ lines: edit.lines, finalBreak }),
      after: bytesOf({ lines: resultOf(edit, edit.new), finalBreak }),
    };
  },
  'trailing blanks in the file': (edit, random) => {
    const trail = chosen(random, 0.5);
    const file = (line: string) => (trail(line) ? line + random.pick(blanks) : line);
    return distorted(edit, { file, written: (line) => line });
  },
  'trailing blanks in the edit': (edit, random) => {
    const trail = chosen(random, 0.5);
    const old = (line: string) => (trail(line) ? `${line}  ` : line);
    const newToo = random.chance(0.5);
    const wanted = (line: string, index: number) => (newToo && !edit.written.has(index) ? old(line) : line);
    return distorted(edit, { old, new: wanted, file: (line) => line });
  },
  'other trailing blanks in the edit': (edit, random) => {
    const trail = chosen(random, 0.5);
    const file = (line: string) => (trail(line) ? `${line}\t` : line);
    return distorted(edit, { file, old: (line) => `${line}  `, written: (line) => line });
  },
  'NFD file': (edit, random) => {
    const accented = chosen(random, 0.5);
    const accent = (line: string) =>
      accented(line) ? line.replace(/[aeo](?=\w)/, (letter) => ({ a: 'ä', e: 'é', o: 'ô' })[letter] ?? letter) : line;
    const based = accentedEdit(edit, accent);
    return based && distorted(based, { file: (line) => line.normalize('NFD') });
  },
  'NFD edit': (edit, random) => {
    const accented = chosen(random, 0.5);
    const accent = (line: string) =>
      accented(line) ? line.replace(/[aeo](?=\w)/, (letter) => ({ a: 'ä', e: 'é', o: 'ô' })[letter] ?? letter) : line;
    const based = accentedEdit(edit, accent);
    if (
      based === undefined ||
      [...based.lines, ...based.new].join('').normalize('NFC') !== [...based.lines, ...based.new].join('')
    )
      return undefined;
    // An exact match is literal, so that its form is not in question.
    if (based.old.every((line) => line === line.normalize('NFD'))) return undefined;
    return distorted(based, {
      file: (line) => line,
      old: (line) => line.normalize('NFD'),
      new: (line) => line.normalize('NFD'),
    });
  },
  'Latin-1 file': (edit, random) => {
    if (/[^\0-\x7F]/.test(edit.lines.join('') + edit.new.join(''))) return undefined;
    const place = random.below(edit.lines.length);
    if (place >= edit.from && place < edit.from + edit.old.length) return undefined;
    const lines = edit.lines.map((line, index) => (index === place ? `${line} caf\xE9` : line));
    const latin = (all: readonly string[]) => Buffer.from(text(all), 'latin1');
    return { ...distorted(edit, {}), before: latin(lines), after: latin(resultOf({ ...edit, lines }, edit.new)) };
  },
};

/** The same edit of a file with accents; written lines keep their own content. */
function accentedEdit(edit: RealEdit, accent: (line: string) => string): RealEdit | undefined {
  const lines = edit.lines.map(accent);
  const old = edit.old.map(accent);
  const wanted = edit.new.map((line, index) => (edit.written.has(index) ? line : accent(line)));
  const distinct = new Set(old.map(contentOf)).size === new Set(edit.old.map(contentOf)).size;
  return distinct && old.some((line) => line !== line.normalize('NFD'))
    ? { ...edit, lines, old, new: wanted }
    : undefined;
}
